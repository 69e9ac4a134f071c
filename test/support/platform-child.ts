import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const CLI = join(import.meta.dirname, '../../src/platform/cli.ts')

/** A server as a process of its own, which told where it listens. */
export interface ServerChild {
  readonly url: string
  readonly wsUrl: string
  readonly child: ChildProcess
  /** From the start of the process to its ready line, in milliseconds. */
  readonly startedInMs: number
  /** Ends the process, waits until it is gone and answers its exit code; ending twice is harmless. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>
}

export const CHILD_ACCOUNT = { account: 'ana', token: 'ana-token-0123456789abcdefghijkl' } as const

/** Starts the platform's command line on a free port. */
export const startPlatformChild = (data: string, more: readonly string[] = []): Promise<ServerChild> =>
  startServerChild(CLI, [
    ...['--data', data, '--account', CHILD_ACCOUNT.account, '--token', CHILD_ACCOUNT.token],
    ...more
  ])

/** Starts a program that prints `{"ready":true,"url":…,"wsUrl":…}` on one line when it listens. */
export async function startServerChild(
  program: string,
  args: readonly string[],
  limitMs = 60_000
): Promise<ServerChild> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let complaints = ''
  child.stderr.on('data', (bytes: Buffer) => (complaints = (complaints + bytes.toString()).slice(-4000)))
  const gone = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      resolve(code)
    })
  })
  const end = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    return gone
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer)
    const { url, wsUrl } = JSON.parse(line) as { readonly url: string; readonly wsUrl: string }
    return { url, wsUrl, child, startedInMs: performance.now() - startedMs, end }
  }
  clearTimeout(timer)
  throw new Error(`The server ended before it listened: ${complaints}`)
}
