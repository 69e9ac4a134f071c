import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttp } from '../../../src/main/client/http.ts'
import type { Http, HttpOptions, HttpRequest } from '../../../src/main/client/http.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { createHandTurnedScheduler } from '../../support/hand-turned-scheduler.ts'
import { openHttpPeer } from '../../support/http-peer.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import type { Treatment } from '../../support/tcp-proxy.ts'
import { openTlsFront } from '../../support/tls-front.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function peer(listener: RequestListener): Promise<string> {
  const { origin, close } = await openHttpPeer(listener)
  closing.push(close)
  return origin
}

/** Waits are as short as they can be. */
function http(options: HttpOptions = {}): Http {
  const made = createHttp({ random: () => 0, headersTimeoutMs: 1000, bodyTimeoutMs: 1000, ...options })
  closing.push(() => made.close())
  return made
}

const get = (origin: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  origin,
  method: 'GET',
  path: '/v4.0/ana/flow',
  account: 'ana',
  headers: {},
  ...more
})
const ENVELOPE = '{"head":{"ok":true,"status":200,"messages":[],"errors":[],"references":{}},"body":[]}'

describe('waiting as long as the server asks', () => {
  /** 503 with these headers, then an answer; the waits in between, in milliseconds. */
  async function waitsFor(headers: Record<string, string>): Promise<{ waits: number[]; isOk: boolean }> {
    let requests = 0
    const origin = await peer((_request, response) => {
      requests += 1
      if (requests === 1) response.writeHead(503, headers).end('busy')
      else response.end(ENVELOPE)
    })
    const scheduler = createHandTurnedScheduler()
    const waits: number[] = []
    const recording = {
      ...scheduler,
      after: (delayMs: number, callback: () => void) => {
        waits.push(delayMs)
        return scheduler.after(delayMs, callback)
      }
    }
    const answer = http({ scheduler: recording }).request(get(origin))
    let isOver = false
    void answer.finally(() => {
      isOver = true
    })
    await until('a wait or an end', () => waits.length > 0 || isOver)
    scheduler.advance(60_000)
    return { waits, isOk: (await answer).ok }
  }

  const date = (afterMs: number): string => new Date(Date.UTC(2026, 0, 1) + afterMs).toUTCString()

  test.each([
    { what: 'seconds', headers: { 'Retry-After': '3' }, waits: [3000], isOk: true },
    {
      what: 'a date, by the clock of the server',
      headers: { 'Retry-After': date(4000), Date: date(0) },
      waits: [4000],
      isOk: true
    },
    {
      what: 'a date that has passed',
      headers: { 'Retry-After': date(-9000), Date: date(0) },
      waits: [50],
      isOk: true
    },
    { what: 'nothing', headers: {}, waits: [50], isOk: true },
    { what: 'nonsense', headers: { 'Retry-After': 'soon' }, waits: [50], isOk: true },
    { what: 'more patience than a person has', headers: { 'Retry-After': '3600' }, waits: [], isOk: false }
  ])('$what', async ({ headers, waits, isOk }) => {
    expect(await waitsFor(headers)).toEqual({ waits, isOk })
  })

  test('a wait that is too long is told in the hint', async () => {
    const origin = await peer((_request, response) => response.writeHead(503, { 'Retry-After': '90' }).end())
    expect(await http().request(get(origin))).toMatchObject({
      failure: {
        code: 'platform/server-error',
        retryable: true,
        hint: 'Try again in 90 s, as the platform asks.',
        details: { retryAfterMs: 90_000 }
      }
    })
  })

  test('waits of many clients are spread', async () => {
    const scheduler = createHandTurnedScheduler()
    const waits: number[] = []
    const origin = await peer((_request, response) => response.writeHead(503).end())
    for (const random of [0, 0.5, 0.999]) {
      const made = http({
        maxAttempts: 2,
        random: () => random,
        scheduler: {
          nowMs: scheduler.nowMs,
          after: (delayMs, callback) => (waits.push(delayMs), setTimeout(callback), () => {})
        }
      })
      await made.request(get(origin))
    }
    expect(new Set(waits).size).toBe(3)
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * Math.min(...waits))
  })
})

describe('redirects', () => {
  async function following(target: (host: string) => string, status: number, method = 'GET') {
    const seen: string[] = []
    const origin = await peer((request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['x-auth-token'])}`)
      if (request.url === '/elsewhere') response.end(ENVELOPE)
      else response.writeHead(status, { Location: target(request.headers.host ?? '') }).end('moved')
    })
    const answer = await http().request(get(origin, { method, headers: { 'X-Auth-Token': 'secret' } }))
    return { seen: seen.slice(1), failure: answer.ok ? undefined : answer.failure }
  }

  test('on the same server are followed by requests that read', async () => {
    expect(await following(() => '/elsewhere', 301)).toEqual({
      seen: ['GET /elsewhere secret'],
      failure: undefined
    })
    expect(await following((host) => `http://${host}/elsewhere`, 302)).toMatchObject({
      seen: ['GET /elsewhere secret']
    })
  })

  test('of a request that writes are followed only when its method stays', async () => {
    expect(await following(() => '/elsewhere', 307, 'POST')).toMatchObject({
      seen: ['POST /elsewhere secret'],
      failure: undefined
    })
    expect(await following(() => '/elsewhere', 302, 'POST')).toMatchObject({
      seen: [],
      failure: { code: 'response/malformed', details: { status: 302 } }
    })
  })

  test('to another server, port or scheme are refused with their address, never with its query', async () => {
    let leaked = 0
    const other = await peer(() => {
      leaked += 1
    })
    for (const target of [
      `${other}/login?secret=1`,
      'https://example.com/login?secret=1',
      '//example.com/x'
    ]) {
      const { failure } = await following(() => target, 302)
      expect(failure).toMatchObject({ code: 'response/malformed', details: { status: 302 } })
      expect(JSON.stringify(failure)).not.toContain('secret')
    }
    const { failure } = await following((host) => `https://${host}/elsewhere`, 308)
    expect(failure?.hint).toBe('Switch TLS on for this connection.')
    expect(leaked).toBe(0)
  })

  test('in a circle end', async () => {
    const { seen, failure } = await following(() => '/again', 302)
    expect(seen).toHaveLength(3)
    expect(failure?.hint).toContain('in a circle')
  })
})

describe('what is packed', () => {
  const LARGE = JSON.stringify({ text: 'weather '.repeat(1000) })

  test('a large body goes out as gzip and is asked for as gzip, a small one as it is', async () => {
    const received: { encoding: string; accepts: string; text: string }[] = []
    const origin = await peer((request, response) => {
      void bytesOf(request).then((bytes) => {
        const encoding = request.headers['content-encoding'] ?? 'none'
        const text = (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString()
        received.push({ encoding, accepts: String(request.headers['accept-encoding']), text })
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(ENVELOPE))
      })
    })
    const packing = http({ isPacking: true })
    for (const body of [LARGE, '{}']) valueOf(await packing.request(get(origin, { method: 'POST', body })))
    expect(received).toEqual([
      { encoding: 'gzip', accepts: 'gzip', text: LARGE },
      { encoding: 'none', accepts: 'gzip', text: '{}' }
    ])
    received.splice(0)
    // Loopback is faster without.
    valueOf(await http().request(get(origin, { method: 'POST', body: LARGE })))
    expect(received).toEqual([{ encoding: 'none', accepts: 'undefined', text: LARGE }])
  })

  test('an answer that is larger than can be taken ends, packed or not', async () => {
    let isClosed = false
    const origin = await peer((request, response) => {
      const isPacked = request.url?.includes('packed') === true
      response.on('close', () => {
        isClosed = true
      })
      response.writeHead(200, isPacked ? { 'Content-Encoding': 'gzip' } : {})
      response.write(isPacked ? gzipSync(Buffer.alloc(3_000_000)) : Buffer.alloc(3_000_000, 32))
    })
    for (const query of ['', '?packed']) {
      isClosed = false
      expect(await http({ maxAnswerBytes: 1_000_000 }).request(get(origin, { query }))).toMatchObject({
        failure: { code: 'response/malformed', details: { cause: 'FLOWSCOPE_ANSWER_TOO_LARGE' } }
      })
      await until('the end of the socket', () => isClosed)
    }
  })

  test('an answer that cannot be unpacked is told', async () => {
    const origin = await peer((_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('no gzip')
    )
    expect(await http().request(get(origin))).toMatchObject({ failure: { code: 'response/malformed' } })
  })
})

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

describe('what cannot be sent', () => {
  test.each([
    {
      what: 'a token with a line end',
      part: { headers: { 'X-Auth-Token': 'a\r\nX-Evil: 1' } },
      says: 'The token'
    },
    {
      what: 'an account with a line end',
      part: { headers: { 'X-Auth-Account': 'a\nb' } },
      says: 'The account'
    },
    { what: 'a token beyond ASCII', part: { headers: { 'X-Auth-Token': 'tökén' } }, says: 'The token' },
    { what: 'a header name', part: { headers: { 'X Evil:': '1' } }, says: 'The header X?Evil?' },
    { what: 'a method', part: { method: 'GET / HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET' }, says: 'The method' },
    { what: 'a path with a line end', part: { path: '/v4.0/ana\r\nX-Evil: 1' }, says: 'The path' },
    { what: 'a query with a space', part: { query: '?a b' }, says: 'The path' }
  ])('$what is refused before anything goes out', async ({ part, says }) => {
    let requests = 0
    const origin = await peer((_request, response) => {
      requests += 1
      response.end(ENVELOPE)
    })
    const answer = await http().request(get(origin, part))
    expect(answer).toMatchObject({ failure: { code: 'input/invalid', retryable: false } })
    expect(answer.ok ? '' : answer.failure.message).toContain(says)
    expect(JSON.stringify(answer)).not.toMatch(/Evil: 1|tökén/)
    expect(requests).toBe(0)
  })
})

test('a certificate is verified, unless that is switched off for the connection', async () => {
  const origin = await peer((_request, response) => response.end(ENVELOPE))
  const front = await openTlsFront(new URL(origin).host, makeCertificate())
  closing.push(() => front.close())
  const secure = get(`https://${front.host}`)
  expect(await http().request(secure)).toMatchObject({
    failure: {
      code: 'network/tls',
      retryable: false,
      message: expect.stringContaining('signed by itself') as string,
      details: { cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' }
    }
  })
  expect(valueOf(await http({ verifyCertificate: false }).request(secure)).text).toBe(ENVELOPE)
})

test('a server that takes the connection and never begins with TLS is given up', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {}).resume()
  })
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve)
  })
  closing.push(
    () =>
      new Promise((resolve) => {
        silent.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      })
  )
  const { port } = silent.address() as AddressInfo
  const client = http({ connectTimeoutMs: 100, maxAttempts: 1 })
  expect(await client.request(get(`https://127.0.0.1:${String(port)}`))).toMatchObject({
    failure: { code: 'network/timeout', retryable: true }
  })
  await client.close()
})

test('proxy settings of the environment are ignored', async () => {
  const origin = await peer((_request, response) => response.end(ENVELOPE))
  const before = { ...process.env }
  Object.assign(process.env, {
    HTTP_PROXY: 'http://127.0.0.1:1',
    http_proxy: 'http://127.0.0.1:1',
    NO_PROXY: ''
  })
  closing.push(() => {
    process.env = before
    return Promise.resolve()
  })
  expect((await http().request(get(origin))).ok).toBe(true)
})

test('requests one after the other share connections', async () => {
  const ports = new Set<number | undefined>()
  const origin = await peer((request, response) => {
    ports.add(request.socket.remotePort)
    response.end(ENVELOPE)
  })
  const kept = http()
  for (let request = 0; request < 20; request += 1) valueOf(await kept.request(get(origin)))
  // The next one may begin before the pool hears that the one before is over.
  expect(ports.size).toBeLessThanOrEqual(2)
})

/** What a way of the test's does to a read, which may be tried again, and to a write, which may not. */
describe('a way that breaks', () => {
  const BODY = `{"head":{"ok":true,"status":200,"messages":[],"errors":[]},"body":"${'x'.repeat(5000)}"}`
  interface Fault {
    readonly what: string
    readonly treatment: Treatment | 'frozen' | 'refusing'
    readonly times?: number
    readonly read: string
    /** How often the server saw the read. */
    readonly reads: number
    readonly write: string
  }
  const faults: readonly Fault[] = [
    { what: 'latency', treatment: { kind: 'latency', ms: 100 }, read: 'ok', reads: 1, write: 'ok' },
    { what: 'one byte at a time', treatment: { kind: 'byte-by-byte' }, read: 'ok', reads: 1, write: 'ok' },
    {
      what: 'a cut in the middle of a body, once',
      treatment: { kind: 'cut-after', bytes: 2000 },
      times: 1,
      read: 'ok',
      reads: 2,
      write: 'network/closed'
    },
    {
      what: 'a cut in the middle of every body',
      treatment: { kind: 'cut-after', bytes: 2000 },
      read: 'network/closed',
      reads: 3,
      write: 'network/closed'
    },
    {
      what: 'a cut in the middle of every head',
      treatment: { kind: 'cut-after', bytes: 20 },
      read: 'network/closed',
      reads: 3,
      write: 'network/closed'
    },
    {
      what: 'noise instead of a head',
      treatment: { kind: 'garbage-after', bytes: 0 },
      read: 'response/malformed',
      reads: 1,
      write: 'response/malformed'
    },
    { what: 'half-open', treatment: 'frozen', read: 'network/timeout', reads: 0, write: 'network/timeout' },
    { what: 'a reset', treatment: 'refusing', read: 'network/closed', reads: 0, write: 'network/closed' }
  ]
  test.each(faults)('$what', async ({ treatment, times, read, reads, write }) => {
    const methods: string[] = []
    const origin = await peer((request, response) => {
      methods.push(request.method ?? '')
      response.end(BODY)
    })
    const proxy = await openTcpProxy(new URL(origin).host)
    closing.push(() => proxy.close())
    const outcome = async (method: string): Promise<string> => {
      if (treatment === 'frozen') proxy.freeze()
      else if (treatment === 'refusing') proxy.refuse(true)
      else proxy.treat(treatment, times)
      const client = http()
      const answer = await client.request(
        get(`http://${proxy.host}`, { method, body: method === 'GET' ? '' : '{}' })
      )
      // A kept connection is not what is tried next.
      await client.close()
      return answer.ok ? (answer.value.text === BODY ? 'ok' : 'wrong') : answer.failure.code
    }
    expect({ read: await outcome('GET'), reads: methods.length }).toEqual({ read, reads })
    methods.splice(0)
    // Never twice, whatever happens: it may have been done.
    expect({ write: await outcome('POST'), isOnce: methods.length <= 1 }).toEqual({ write, isOnce: true })
  })

  test('a storm of 503 ends for a read after three attempts, for a write after one', async () => {
    const methods: string[] = []
    const origin = await peer((request, response) => {
      methods.push(request.method ?? '')
      response.writeHead(503).end('<html>busy</html>')
    })
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect(await http().request(get(origin, { method }))).toMatchObject({
        failure: { code: 'platform/server-error', retryable: true }
      })
    }
    expect(methods).toEqual(['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'])
  })

  test('a stream that is cut says so at its place, and what came before it stays', async () => {
    const origin = await peer((_request, response) => response.end(BODY))
    const proxy = await openTcpProxy(new URL(origin).host)
    closing.push(() => proxy.close())
    proxy.treat({ kind: 'cut-after', bytes: 2000 })
    const stream = valueOf(await http().stream(get(`http://${proxy.host}`)))
    let text = ''
    for (;;) {
      const piece = await stream.next()
      if (!piece.ok) {
        expect(piece.failure.code).toBe('network/closed')
        break
      }
      if (piece.value === undefined) throw new Error('It must not end well.')
      text += piece.value
    }
    expect(text.length).toBeGreaterThan(0)
    expect(BODY.startsWith(text)).toBe(true)
  })
})
