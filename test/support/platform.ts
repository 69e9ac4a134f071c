import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { startPlatform, type PlatformOptions, type RunningPlatform } from '../../src/platform/index.ts'
import type { EnvelopeHead } from '../../src/shared/wire/envelope.ts'
import { parseJson } from '../../src/shared/wire/json.ts'

/** An answer of the platform, its envelope opened. */
export interface Reply {
  readonly status: number
  readonly head: EnvelopeHead
  // The tests know what they asked for.
  readonly body: Loose
  readonly headers: Headers
}

/** JSON whose shape a test states by what it expects of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any

export interface TestPlatform extends RunningPlatform {
  /** A request under `/v4.0/ana`, with ana's token; `path` may begin with another version and account. */
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>
  ) => Promise<Reply>
  /** Makes a flow of ana's and answers its id. */
  readonly flow: (name: string, members?: Record<string, unknown>) => Promise<string>
  readonly session: (query?: string) => Promise<TestSession>
}

export const ANA = { account: 'ana', token: 'ana-token-0123456789abcdefghijkl' } as const
export const BEN = { account: 'ben', token: 'ben-token-0123456789abcdefghijkl' } as const

/** Starts a platform on a free port for ana and ben, in memory unless `data` says otherwise. */
export async function startTestPlatform(options: Partial<PlatformOptions> = {}): Promise<TestPlatform> {
  const started = await startPlatform({ data: ':memory:', accounts: [ANA, BEN], ...options })
  if (!started.ok) throw new Error(started.failure.message)
  const platform = started.value
  const request: TestPlatform['request'] = async (method, path, body, headers = {}) => {
    const url = platform.url + (/^\/(v\d|session|health)/.test(path) ? path : `/v4.0/ana${path}`)
    const response = await fetch(url, {
      method,
      headers: { 'x-auth-token': ANA.token, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const { head, body: opened } = parseJson(await response.text()) as { head: EnvelopeHead; body: unknown }
    return { status: response.status, head, body: opened, headers: response.headers }
  }
  return {
    ...platform,
    request,
    flow: async (name, members = {}) => {
      const made = await request('POST', '/flow', { path: `/ana/${name}`, ...members })
      if (made.status !== 201) throw new Error(made.head.errors.join())
      return String(made.body.id)
    },
    session: async (query = '') => {
      const opened = await request('POST', `/session${query}`, undefined, { 'x-auth-account': 'ana' })
      return await openSession(`${platform.wsUrl}/session/${String(opened.body.id)}/ws`)
    }
  }
}

/** A WebSocket session whose frames can be waited for, in order. */
export interface TestSession {
  readonly socket: WebSocket
  readonly send: (frame: unknown) => void
  /** The next frame, parsed. */
  readonly next: () => Promise<Loose>
  /** Sends a command and answers the next frame. */
  readonly ask: (frame: unknown) => Promise<Loose>
  readonly closed: Promise<number>
}

export async function openSession(url: string): Promise<TestSession> {
  const socket = new WebSocket(url)
  const frames: string[] = []
  const waiting: ((frame: string) => void)[] = []
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    const waiter = waiting.shift()
    if (waiter === undefined) frames.push(text)
    else waiter(text)
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve)
  })
  await new Promise((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
  const next = async (): Promise<Loose> => {
    const text = frames.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)))
    return parseJson(text)
  }
  const send = (frame: unknown): void => {
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }
  return {
    socket,
    send,
    next,
    ask: (frame) => {
      send(frame)
      return next()
    },
    closed
  }
}

/** Sends raw bytes and answers everything that comes back until the other side closes. */
export function exchange(url: string, ...pieces: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    const received: Buffer[] = []
    socket.on('data', (data) => received.push(data))
    // A server that refuses what is still being sent resets the connection after its answer.
    socket.on('error', (error) => {
      if (received.length === 0) reject(error)
    })
    socket.on('close', () => {
      resolve(Buffer.concat(received).toString())
    })
    void (async () => {
      for (const piece of pieces) {
        await new Promise((written) => socket.write(piece, written))
        // Lets each piece arrive as a chunk of its own.
        await new Promise((turn) => setTimeout(turn, 1))
      }
    })()
  })
}

/** Waits until `condition` holds; fails after `limitMs`. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 5000): Promise<void> {
  const endMs = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error('the condition did not come true in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A folder for one test, and its removal. */
export async function temporaryFolder(): Promise<{
  readonly path: string
  readonly remove: () => Promise<void>
}> {
  const path = await mkdtemp(join(tmpdir(), 'flowscope-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
