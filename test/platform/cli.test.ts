import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readArguments } from '../../src/platform/arguments.ts'
import { DATABASE_NAME } from '../../src/platform/store/sqlite-schema.ts'
import { until } from '../support/platform.ts'

interface Run {
  readonly child: ChildProcess
  readonly out: () => string
  readonly error: () => string
  readonly exit: Promise<number | null>
}

const CLI = join(import.meta.dirname, '../../src/platform/cli.ts')
const ACCOUNT = ['--account', 'ana', '--token', 'secret-of-ana']

function run(args: readonly string[], input?: string): Run {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args])
  let out = ''
  let error = ''
  child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (error += data.toString()))
  if (input !== undefined) child.stdin.end(input)
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return { child, out: () => out, error: () => error, exit }
}

async function ready(
  started: Run
): Promise<{ url: string; wsUrl: string; account: string; token: string; ready: boolean }> {
  await until(() => started.out().includes('\n'), 10_000)
  return JSON.parse(started.out()) as {
    url: string
    wsUrl: string
    account: string
    token: string
    ready: boolean
  }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'flowscope cli '))
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true })
  })
  return path
}

describe('the command line', () => {
  test('says in one line of JSON where it listens, keeps what was stored, and ends with 0 when told to', async () => {
    const data = folder()
    const headers = { 'x-auth-token': 'secret-of-ana' }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const started = run(['--data', data, '--port', '0', ...ACCOUNT])
      const line = await ready(started)
      expect(line).toEqual({
        ready: true,
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
        wsUrl: line.url.replace('http', 'ws'),
        account: 'ana',
        token: 'secret-of-ana'
      })
      const made = { method: 'POST', headers, body: '{"path":"/ana/kept"}' }
      expect((await fetch(`${line.url}/v4.0/ana/flow`, made)).status).toBe(signal === 'SIGTERM' ? 201 : 400)
      started.child.kill(signal)
      expect(await started.exit).toBe(0)
      expect(started.out().trim().split('\n')).toHaveLength(1)
      expect(started.error()).not.toContain('secret-of-ana')
    }
  })

  test('serves several accounts, with tokens from standard input', async () => {
    const started = run(
      ['--data', ':memory:', '--account', 'ana', '--account', 'ben', '--tokens-stdin'],
      'one\ntwo\n'
    )
    const { url } = await ready(started)
    for (const [account, token] of [
      ['ana', 'one'],
      ['ben', 'two']
    ] as const) {
      expect(
        (await fetch(`${url}/v4.0/${account}/flow`, { headers: { 'x-auth-token': token } })).status
      ).toBe(200)
    }
    expect((await fetch(`${url}/v4.0/ana/flow`, { headers: { 'x-auth-token': 'two' } })).status).toBe(403)
  })

  test('fills an account with the sample and replays it', async () => {
    const started = run(['--data', ':memory:', '--sample', '--replay-rate', '50', ...ACCOUNT])
    const { url } = await ready(started)
    const reply = await fetch(`${url}/v4.0/ana/flow`, { headers: { 'x-auth-token': 'secret-of-ana' } })
    expect(((await reply.json()) as { body: unknown[] }).body).toHaveLength(3)
  })

  test('too few tokens on standard input: exit 2', async () => {
    const started = run(
      ['--data', ':memory:', '--account', 'ana', '--account', 'ben', '--tokens-stdin'],
      'one\n'
    )
    expect(await started.exit).toBe(2)
    expect(started.out()).toBe('')
  })

  test('a mistake in the flags: exit 2 with one sentence', async () => {
    const started = run(['--data', ':memory:', '--colour', 'red'])
    expect(await started.exit).toBe(2)
    expect(started.error().trim().split('\n')).toHaveLength(1)
    expect(started.error()).toContain('--colour')
    expect(started.out()).toBe('')
  })

  test('a port that is in use: exit 1 with one sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => {
      other.close()
    })
    await until(() => other.listening)
    const { port } = other.address() as AddressInfo
    const started = run(['--data', folder(), '--port', String(port), ...ACCOUNT])
    expect(await started.exit).toBe(1)
    expect(started.error().trim().split('\n').at(-1)).toMatch(
      new RegExp(`^The port 127\\.0\\.0\\.1:${String(port)} is in use`)
    )
    expect(started.out()).toBe('')
  })

  test('a data folder that cannot be written: exit 1 with one sentence', async () => {
    // The root user may write anywhere but into this file system of the kernel.
    const started = run(['--data', '/proc/flowscope', ...ACCOUNT])
    expect(await started.exit).toBe(1)
    expect(started.error()).toMatch(/^The data folder \/proc\/flowscope cannot be written/)
  })

  test('a damaged database: exit 1 with one sentence, and the file stays as it is', async () => {
    const data = folder()
    writeFileSync(join(data, DATABASE_NAME), 'no database '.repeat(500))
    const started = run(['--data', data, ...ACCOUNT])
    expect(await started.exit).toBe(1)
    expect(started.error()).toMatch(/is damaged/)
    expect(readFileSync(join(data, DATABASE_NAME), 'utf8')).toBe('no database '.repeat(500))
  })
})

describe('reading the flags', () => {
  const DATA = ['--data', ':memory:']

  test('gives what they say, and loopback, any port and two a second when they say nothing', () => {
    const outcome = readArguments([...DATA, ...ACCOUNT])
    expect(outcome).toEqual({
      kind: 'arguments',
      value: {
        data: ':memory:',
        accounts: [{ account: 'ana', token: 'secret-of-ana' }],
        awaitingTokens: [],
        host: '127.0.0.1',
        portNumber: 0,
        fhash: 'ignore',
        trackElements: 'typed',
        allowedHosts: [],
        hasSample: false,
        replayRate: 2
      }
    })
    expect(readArguments(['--help']).kind).toBe('help')
  })

  test.each([
    ['no data folder', [...ACCOUNT]],
    ['no account', DATA],
    ['an account without a token', [...DATA, '--account', 'ana']],
    ['two accounts, one token', [...DATA, ...ACCOUNT, '--account', 'ben']],
    ['an account twice', [...DATA, ...ACCOUNT, ...ACCOUNT]],
    ['an account with a slash', [...DATA, '--account', 'a/b', '--token', 'x']],
    ['an empty token', [...DATA, '--account', 'ana', '--token', '']],
    ['tokens twice', [...DATA, ...ACCOUNT, '--tokens-stdin']],
    ['a port beyond the range', [...DATA, ...ACCOUNT, '--port', '70000']],
    ['a port that is no number', [...DATA, ...ACCOUNT, '--port', 'x']],
    ['an unknown fhash rule', [...DATA, ...ACCOUNT, '--fhash', 'merge']],
    ['a URL in place of a host', [...DATA, ...ACCOUNT, '--allow-http', 'http://example.com/']],
    ['a negative rate', [...DATA, ...ACCOUNT, '--replay-rate=-1']],
    ['a rate that is no number', [...DATA, ...ACCOUNT, '--replay-rate', '']],
    ['a value that is missing', [...DATA, ...ACCOUNT, '--port']],
    ['something without a flag', [...DATA, ...ACCOUNT, 'more']]
  ])('%s is a mistake, told in one sentence without a token', (_name, args) => {
    const outcome = readArguments(args)
    expect(outcome.kind).toBe('mistake')
    if (outcome.kind !== 'mistake') return
    expect(outcome.sentence).toMatch(/\.$|-$/)
    expect(outcome.sentence).not.toContain('\n')
    expect(outcome.sentence).not.toContain('secret-of-ana')
  })
})
