import { createInterface } from 'node:readline'
import pino from 'pino'
import { readArguments, USAGE, type Arguments } from './arguments.ts'
import type { AccountConfiguration } from './auth.ts'
import { startPlatform } from './index.ts'

/**
 * The platform from a terminal. Standard output carries one JSON line, when it listens; everything else goes
 * to standard error. Exit codes: 0 after SIGTERM or SIGINT, 1 when it cannot start, 2 for a mistake in the
 * flags.
 */
async function main(): Promise<void> {
  const outcome = readArguments(process.argv.slice(2))
  if (outcome.kind === 'help') {
    process.stderr.write(`${USAGE}\n`)
    return
  }
  if (outcome.kind === 'mistake') {
    process.stderr.write(`${outcome.sentence}\n`)
    process.exitCode = 2
    return
  }
  const { value } = outcome
  const accounts = value.awaitingTokens.length === 0 ? value.accounts : await readTokens(value.awaitingTokens)
  if (accounts === undefined) {
    process.stderr.write('--tokens-stdin needs one token a line on standard input for each --account.\n')
    process.exitCode = 2
    return
  }
  await run(value, accounts)
}

async function run(given: Arguments, accounts: readonly AccountConfiguration[]): Promise<void> {
  // Synchronous, so that the last line of a process that ends is written too.
  const log = pino({ level: 'info', base: null }, pino.destination({ dest: 2, sync: true }))
  const { data, host, portNumber, fhash, trackElements, allowedHosts } = given
  const sample = { isPaused: given.replayRate === 0, ratePerSecond: given.replayRate }
  const started = await startPlatform({
    data,
    host,
    portNumber,
    fhash,
    trackElements,
    allowedHosts,
    accounts,
    log,
    ...(given.hasSample ? { sample } : {})
  })
  if (!started.ok) {
    const { message, hint } = started.failure
    process.stderr.write(`${hint === undefined ? message : `${message} ${hint}`}\n`)
    process.exitCode = 1
    return
  }
  const platform = started.value
  const end = (): void => {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
    void platform.close()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  const [first] = accounts
  const { url, wsUrl } = platform
  process.stdout.write(
    `${JSON.stringify({ ready: true, url, wsUrl, account: first?.account, token: first?.token })}\n`
  )
}

/** One token a line for each account; undefined when standard input ends before. */
async function readTokens(accounts: readonly string[]): Promise<readonly AccountConfiguration[] | undefined> {
  const tokens: string[] = []
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) {
    if (line.trim() !== '') tokens.push(line.trim())
    if (tokens.length === accounts.length) break
  }
  process.stdin.destroy()
  return tokens.length < accounts.length
    ? undefined
    : accounts.map((account, index) => ({ account, token: tokens[index] ?? '' }))
}

await main()
