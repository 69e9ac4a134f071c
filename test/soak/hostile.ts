import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { CHILD_ACCOUNT, startPlatformChild, type ServerChild } from '../support/platform-child.ts'
import { seededRandom, type SeededRandom } from './random.ts'
import type { Soak } from './run.ts'

/**
 * Sends requests and frames that nobody means well with: valid ones with damage, framings that two parsers could read
 * differently, and idle sessions. Looks for a process that ends, an answer that does not come, an answer of 500, a
 * smuggled request that was carried out, and memory that grows.
 */
export const FULL_COUNT = 100_000
const CLIENTS = 16
/** One attempt of eight is a WebSocket frame, one of sixteen a smuggling shape. */
const FRAME_SHARE = 8
const SMUGGLING_SHARE = 16
/** How long an answer may take on a busy machine after everything was sent. */
const HANG_MS = 30_000
/** Below this count memory says nothing: the engine is still warming up. */
const COUNT_FOR_MEMORY = 20_000
/** What the heap of a busy server breathes. */
const MAX_GROWTH_MIB = 64
const IDLE_SESSIONS = 2000
const MAX_IDLE_MIB = 100

export const soak: Soak = async (count, seed, tell) => {
  const data = await mkdtemp(join(tmpdir(), 'flowscope-soak-'))
  const server = await startPlatformChild(data)
  const findings: string[] = []
  let hasEnded = false
  server.child.once('exit', () => (hasEnded = true))
  try {
    const victim = await makeFlow(server, '/ana/victim')
    const place = await makeFlow(server, '/ana/place')
    // First, while nothing else has made the heap large.
    const idleSessions = Math.min(IDLE_SESSIONS, Math.ceil(count / 10))
    const idleMib = await idle(server, idleSessions)
    if (idleMib > MAX_IDLE_MIB)
      findings.push(`${String(idleSessions)} idle sessions take ${String(Math.round(idleMib))} MiB`)
    let done = 0
    let memoryAtHalf = 0
    const answers = new Map<number, number>()
    const client = async (random: SeededRandom): Promise<void> => {
      const frames = new FrameClient(server, place, random)
      while (done < count && !hasEnded && findings.length < 20) {
        done += 1
        if (done === Math.floor(count / 2)) memoryAtHalf = residentMib(server)
        if (done % 10_000 === 0)
          tell(`${String(done)} attempts, ${String(Math.round(residentMib(server)))} MiB`)
        if (random.below(FRAME_SHARE) === 0) {
          const finding = await frames.attempt()
          if (finding !== undefined) findings.push(finding)
          continue
        }
        const isSmuggling = random.below(SMUGGLING_SHARE) === 0
        const bytes = isSmuggling ? smuggling(random, victim) : damaged(random, validRequest(random, place))
        const answer = await exchange(server, bytes)
        if (answer === undefined) findings.push(`no end within ${String(HANG_MS)} ms: ${shown(bytes)}`)
        else {
          const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0)
          answers.set(status, (answers.get(status) ?? 0) + 1)
          if (status >= 500) findings.push(`answered ${String(status)}: ${shown(bytes)}`)
          if (answer !== '' && status === 0) findings.push(`the answer is no HTTP: ${shown(bytes)}`)
          if (isSmuggling && status !== 400) findings.push(`answered ${String(status)} to ${shown(bytes)}`)
        }
      }
      frames.close()
    }
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(seededRandom(seed + index))))
    const growth = residentMib(server) - memoryAtHalf
    if (hasEnded) return { findings: [...findings, 'the process ended'], figures: { attempts: done } }
    if (count >= COUNT_FOR_MEMORY && growth > MAX_GROWTH_MIB)
      findings.push(`memory grew by ${String(Math.round(growth))} MiB in the second half`)
    if ((await flowStatus(server, victim)) !== 200) findings.push('a smuggled request was carried out')
    const code = await server.end('SIGTERM')
    if (code !== 0) findings.push(`it ended with ${String(code)}`)
    return {
      findings,
      figures: {
        attempts: done,
        growthMib: Math.round(growth),
        idleSessions,
        idleMib: Math.round(idleMib),
        ...Object.fromEntries([...answers].map(([status, times]) => [`answered${String(status)}`, times]))
      }
    }
  } finally {
    await server.end('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}

const AUTH = `Host: x\r\nX-Auth-Token: ${CHILD_ACCOUNT.token}\r\n`
const DROP = '{"elems":{"temp":21.5,"at":{"type":"date","value":5},"tags":["a","b"]},"fhash":"x"}'

function validRequest(random: SeededRandom, flowId: string): string {
  const withBody = (method: string, path: string, body: string): string =>
    `${method} /v4.0/ana${path} HTTP/1.1\r\n${AUTH}Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`
  const chunked = (method: string, path: string, body: string): string =>
    `${method} /v4.0/ana${path} HTTP/1.1\r\n${AUTH}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const plain = (method: string, path: string): string => `${method} /v0.1/ana${path} HTTP/1.1\r\n${AUTH}\r\n`
  return random.pick([
    () =>
      plain(
        'GET',
        `/drop/${flowId}?filter=temp%20%3E%2020&limit=5&sort=elems.temp&order=asc&refs=1&only=elems`
      ),
    () => plain('GET', '/flow?filter=path%20%3D~%20%2Fpl(a)ce%2Fi'),
    () => plain('DELETE', `/drop/${flowId}`),
    () => plain('GET', `/statistics/flowDropAdded/${flowId}/2026/11?level=day`),
    () => withBody('POST', `/drop/${flowId}`, DROP),
    () => chunked('POST', '/drop', `{"path":"/ana/place",${DROP.slice(1)}`),
    () => withBody('MGET', '/drop', `[{"flowId":"${flowId}","params":{"limit":2}}]`),
    () => chunked('MPUT', '/flow', `{"${flowId}":{"description":"d"}}`),
    () =>
      withBody(
        'POST',
        `/drop/${flowId}/aggregate`,
        '{"output":["$avg:temp","$count"],"groupBy":["$month"],"rules":{"r":"temp > 1"}}'
      ),
    () =>
      withBody(
        'POST',
        '/flow',
        `{"path":"/ana/f${String(random.below(50))}","filter":"a == 1 && (b > 2 || NOT c =~ /x/)"}`
      ),
    () => withBody('POST', '/track', '{"source":"/ana/place","destination":"/ana/f1","filter":"n > 1"}'),
    () => withBody('POST', '/token', '{"paths":{"/ana/place":{"dropRead":true}},"duration":60000}'),
    () =>
      `GET /session/x/ws HTTP/1.1\r\n${AUTH}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    () =>
      plain('GET', '/flow') +
      withBody('POST', `/drop/${flowId}`, DROP) +
      plain('GET', '/drop?path=/ana/place')
  ])()
}

const POISON = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    '/',
    '//',
    '%',
    '%zz',
    '%00',
    '?',
    '&',
    '"',
    '{',
    '}',
    '[',
    ']',
    '\\',
    '\uffff'
  ],
  ...[
    'HTTP/1.1',
    'HTTP/1.0',
    'HTTP/9.9',
    'Content-Length: 5\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 1e9\r\n'
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Content-Encoding: gzip\r\n',
    'Connection: close\r\n',
    'Expect: 100-continue\r\n'
  ],
  ...[
    'ffffffffffffffff\r\n',
    '99999999999999999999',
    '-0',
    '1e999',
    '__proto__',
    'constructor',
    '{"type":"set","value":'
  ],
  ...['[['.repeat(40), 'x'.repeat(5000), '(((((((((('.repeat(30)]
]

/** Up to four kinds of damage at random places. */
function damaged(random: SeededRandom, text: string): string {
  let result = text
  for (let damage = random.below(5); damage > 0; damage--) {
    const at = random.below(result.length)
    const length = random.below(Math.min(40, result.length - at))
    const [before, middle, after] = [
      result.slice(0, at),
      result.slice(at, at + length),
      result.slice(at + length)
    ]
    result = random.pick([
      () => before + after,
      () => before + middle + middle + after,
      () => before + random.pick(POISON) + after,
      () => before + String.fromCharCode(random.below(256)) + middle.slice(1) + after,
      () => before + middle
    ])()
  }
  return result
}

/** A request with two readings, one of which deletes the victim. */
function smuggling(random: SeededRandom, victim: string): string {
  const inner = `DELETE /v4.0/ana/flow/${victim} HTTP/1.1\r\n${AUTH}\r\n`
  const length = String(inner.length)
  const head = `POST /v4.0/ana/flow HTTP/1.1\r\n${AUTH}`
  return random.pick([
    `${head}Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Content-Length: 0\r\nContent-Length: ${length}\r\n\r\n${inner}`,
    `${head}Content-Length: ${length}, 0\r\n\r\n${inner}`,
    `${head}Content-Length: +0\r\n\r\n${inner}`,
    `${head}Content-Length : 0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
    `${head}X: y\nContent-Length: 0\r\n\r\n${inner}`,
    `${head}Content-Length: 0x0\r\n\r\n${inner}`
  ])
}

/** Sends everything, ends the sending side and answers what came back until the end; undefined when no end comes. */
function exchange(server: ServerChild, text: string): Promise<string | undefined> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    const received: Buffer[] = []
    const timer = setTimeout(() => {
      resolve(undefined)
      socket.destroy()
    }, HANG_MS)
    socket.on('data', (bytes) => received.push(bytes))
    // A server that refuses while bytes are on their way resets the connection.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(received).toString('latin1'))
    })
    socket.end(Buffer.from(text, 'latin1'))
  })
}

/** A session that gets damaged frames, and is opened anew whenever the server has had enough of it. */
class FrameClient {
  private readonly server: ServerChild
  private readonly flowId: string
  private readonly random: SeededRandom
  private socket: WebSocket | undefined

  constructor(server: ServerChild, flowId: string, random: SeededRandom) {
    this.server = server
    this.flowId = flowId
    this.random = random
  }

  /** Sends one frame and waits for the answer to a good one after it, or for the end of the socket. */
  async attempt(): Promise<string | undefined> {
    const { random } = this
    if (this.socket?.readyState !== WebSocket.OPEN) this.socket = await openSession(this.server)
    const { socket } = this
    const text = damaged(random, validCommand(random, this.flowId))
    const kind = random.below(8)
    if (kind === 0) rawSocketOf(socket).write(Buffer.from(text, 'latin1'))
    else socket.send(kind === 1 ? Buffer.from(text) : text)
    const msgId = `good ${String(random.below(2 ** 30))}`
    return await new Promise((resolve) => {
      const finish = (finding: string | undefined): void => {
        clearTimeout(timer)
        socket.removeAllListeners('message')
        socket.removeAllListeners('close')
        resolve(finding)
      }
      const timer = setTimeout(
        () => {
          // After raw bytes the server may wait for the rest of what it takes for a frame.
          if (kind === 0) socket.terminate()
          finish(kind === 0 ? undefined : `no answer after the frame ${shown(text)}`)
        },
        kind === 0 ? 200 : HANG_MS
      )
      socket.on('close', () => {
        finish(undefined)
      })
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes(msgId)) finish(undefined)
      })
      socket.send(JSON.stringify({ msgId, type: 'find', object: 'flow', id: this.flowId }))
    })
  }

  close(): void {
    this.socket?.terminate()
  }
}

const validCommand = (random: SeededRandom, flowId: string): string =>
  JSON.stringify(
    random.pick([
      {
        msgId: 1,
        type: 'create',
        object: 'drop',
        flowId,
        value: { elems: { a: 1, t: { type: 'set', value: [1, 1] } } }
      },
      { msgId: 'x', type: 'findmany', object: 'drop', flowId, options: { filter: 'a == 1', limit: '2' } },
      { msgId: null, type: 'subscribe', object: 'drop', path: '/ana/place' },
      { msgId: 2, type: 'unsubscribe', object: 'drop', flowId },
      { msgId: 3, type: 'update', object: 'flow', id: flowId, value: { description: 'd' } },
      { msgId: 4, type: 'find', object: 'drop', id: [flowId, 'd000000000000000000000000'] },
      { type: 'heartbeat' }
    ])
  )

async function openSession(server: ServerChild): Promise<WebSocket> {
  const response = await fetch(`${server.url}/session`, {
    method: 'POST',
    headers: { 'x-auth-token': CHILD_ACCOUNT.token, 'x-auth-account': CHILD_ACCOUNT.account }
  })
  const { body } = (await response.json()) as { readonly body: { readonly id: string } }
  const socket = new WebSocket(`${server.wsUrl}/session/${body.id}/ws`)
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  // Frames of the other side that cannot be read are its affair; the close that follows is waited for.
  socket.on('error', () => undefined)
  return socket
}

/** The stream below a client's socket: only there can bytes be sent that are no frames. */
const rawSocketOf = (socket: WebSocket): { readonly write: (bytes: Buffer) => void } =>
  (socket as unknown as { readonly _socket: { readonly write: (bytes: Buffer) => void } })._socket

/** What so many sessions cost that do nothing, in MiB. */
async function idle(server: ServerChild, count: number): Promise<number> {
  const before = residentMib(server)
  const sockets: WebSocket[] = []
  while (sockets.length < count) {
    const together = Math.min(50, count - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: together }, () => openSession(server)))))
  }
  const after = residentMib(server)
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
  for (const socket of sockets) socket.terminate()
  await Promise.all(closed)
  return after - before
}

async function makeFlow(server: ServerChild, path: string): Promise<string> {
  const response = await fetch(`${server.url}/v4.0/ana/flow`, {
    method: 'POST',
    headers: { 'x-auth-token': CHILD_ACCOUNT.token },
    body: JSON.stringify({ path })
  })
  return ((await response.json()) as { readonly body: { readonly id: string } }).body.id
}

const flowStatus = async (server: ServerChild, id: string): Promise<number> =>
  (await fetch(`${server.url}/v4.0/ana/flow/${id}`, { headers: { 'x-auth-token': CHILD_ACCOUNT.token } }))
    .status

/** The resident memory of the server, as Linux tells it; 0 elsewhere, where memory is not looked at. */
function residentMib({ child }: ServerChild): number {
  try {
    const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 600))
