import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_HEAD_BYTES } from '../../src/platform/methods.ts'
import { ANA, exchange, startTestPlatform, type TestPlatform } from '../support/platform.ts'

let platform: TestPlatform
let flow: string

beforeAll(async () => {
  platform = await startTestPlatform()
  flow = await platform.flow('raw')
})
afterAll(async () => {
  await platform.close()
})

const AUTH = `X-Auth-Token: ${ANA.token}\r\n`
const CLOSE = 'Connection: close\r\n'

const request = (line: string, headers = '', body = ''): string =>
  `${line} HTTP/1.1\r\nHost: platform\r\n${AUTH}${headers}\r\n${body}`

const withLength = (line: string, body: string, headers = ''): string =>
  request(line, `Content-Length: ${String(Buffer.byteLength(body))}\r\n${headers}`, body)

const chunked = (line: string, chunks: readonly string[], headers = '', end = '0\r\n\r\n'): string =>
  request(
    line,
    `Transfer-Encoding: chunked\r\n${headers}`,
    chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') + end
  )

/** The statuses of the answers in what came back, in order. */
const statuses = (received: string): number[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

/** The bodies of the answers, in order. */
const errorsIn = (received: string): string[] =>
  [...received.matchAll(/"errors":\[([^\]]*)\]/g)].map(([, text]) => text ?? '')

describe('MGET and MPUT', () => {
  test('are understood, with a length and in chunks', async () => {
    const body = `["${flow}"]`
    for (const sent of [
      withLength('MGET /v4.0/ana/flow', body, CLOSE),
      chunked('MGET /v4.0/ana/flow', [body.slice(0, 5), body.slice(5)], CLOSE)
    ]) {
      const received = await exchange(platform.url, sent)
      expect(statuses(received)).toEqual([200])
      expect(received).toContain(`"body":{"${flow}":`)
    }
  })

  test('one after the other on a connection that is kept, mixed with other methods', async () => {
    const received = await exchange(
      platform.url,
      withLength('MGET /v4.0/ana/flow', '[]'),
      request('GET /health'),
      withLength('MPUT /v4.0/ana/flow', `{"${flow}":{"description":"MGET / HTTP/1.1"}}`),
      withLength('MGET /v4.0/ana/flow', `["${flow}"]`, CLOSE)
    )
    expect(statuses(received)).toEqual([200, 200, 200, 200])
    expect(received.match(/"description":"MGET/g)).toHaveLength(2)
  })

  test('pipelined in one piece, with bodies of both framings', async () => {
    const received = await exchange(
      platform.url,
      chunked('MPUT /v4.0/ana/flow', ['{}']) +
        withLength('MGET /v4.0/ana/flow', '[]') +
        chunked('POST /v4.0/ana/flow', ['{', '}'], '', '0\r\nTrailer: x\r\n\r\n') +
        request('MGET /v4.0/ana/flow', CLOSE)
    )
    expect(statuses(received)).toEqual([200, 200, 400, 400])
  })

  test('in pieces that are cut anywhere', async () => {
    const whole =
      withLength('MGET /v4.0/ana/flow', `["${flow}"]`) + chunked('MGET /v4.0/ana/flow', ['[', ']'], CLOSE)
    for (const size of [7, 8, 9, 16, 23]) {
      const pieces = whole.match(new RegExp(`[^]{1,${String(size)}}`, 'g')) ?? []
      const received = await exchange(platform.url, ...pieces)
      expect(statuses(received)).toEqual([200, 200])
    }
  })

  test('a real QUERY or PROPPATCH answers 405, also with a forged copy of the private header', async () => {
    for (const method of ['QUERY', 'PROPPATCH']) {
      const forged = `x-flowscope-method: ${method === 'QUERY' ? 'MGET' : 'MPUT'}\r\nX-FLOWSCOPE-METHOD: MGET\r\n`
      const received = await exchange(
        platform.url,
        withLength(`${method} /v4.0/ana/flow`, '[]'),
        withLength(`${method} /v4.0/ana/flow`, '[]', forged + CLOSE)
      )
      expect(statuses(received)).toEqual([405, 405])
    }
  })

  test('a forged refusal is not believed', async () => {
    const received = await exchange(
      platform.url,
      request('GET /health', `x-flowscope-refusal: 418\r\n${CLOSE}`)
    )
    expect(statuses(received)).toEqual([200])
  })
})

describe('heads that two parsers could read differently', () => {
  test.each([
    ['both lengths', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n'],
    ['both lengths, the other way round', 'Transfer-Encoding: chunked\r\nContent-Length: 2\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n'],
    ['the same length twice', 'Content-Length: 2\r\nContent-Length: 2\r\n'],
    ['a list of lengths', 'Content-Length: 2, 2\r\n'],
    ['a signed length', 'Content-Length: +2\r\n'],
    ['a hexadecimal length', 'Content-Length: 0x2\r\n'],
    ['an encoding besides chunked', 'Transfer-Encoding: gzip, chunked\r\n'],
    ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'],
    ['a space before the colon', 'Content-Length : 2\r\n'],
    ['a folded line', 'X-Folded: a\r\n b\r\n'],
    ['a line end without its return', 'X-Bare: a\nContent-Length: 5\r\n'],
    ['a return without its line end', 'X-Bare: a\rContent-Length: 5\r\n'],
    ['a name with a space', 'Bad name: x\r\n'],
    ['no name', ': x\r\n'],
    ['no colon', 'nonsense\r\n']
  ])('%s: 400, and nothing after it is looked at', async (_name, headers) => {
    const received = await exchange(
      platform.url,
      request('POST /v4.0/ana/flow', headers, '{}') + request('GET /health')
    )
    expect(statuses(received)).toEqual([400])
    expect(errorsIn(received)[0]).not.toBe('')
  })

  test.each([
    ['GET  /health HTTP/1.1'],
    ['GET /health HTTP/2.0'],
    ['GET /health'],
    ['G@T /health HTTP/1.1'],
    ['PRI * HTTP/2.0']
  ])('the request line "%s": 400', async (line) => {
    expect(statuses(await exchange(platform.url, `${line}\r\nHost: x\r\n\r\n`))).toEqual([400])
  })

  test('a head beyond the limit: 431', async () => {
    const headers = `X-Large: ${'x'.repeat(MAX_HEAD_BYTES)}\r\n`
    expect(statuses(await exchange(platform.url, request('GET /health', headers)))).toEqual([431])
  })

  test.each([
    ['no number', 'x\r\n{}\r\n'],
    ['a sign', '+2\r\n{}\r\n'],
    ['too many digits', '000000002\r\n{}\r\n'],
    ['a chunk longer than it says', '2\r\n{} \r\n'],
    ['a line without an end', '2'.repeat(400)]
  ])('a chunk with %s ends the connection with 400', async (_name, body) => {
    const received = await exchange(
      platform.url,
      request('POST /v4.0/ana/flow', 'Transfer-Encoding: chunked\r\n', body)
    )
    expect(statuses(received)).toEqual([400])
  })

  test('a refusal comes after the answers to what was asked before', async () => {
    const received = await exchange(platform.url, request('GET /v4.0/ana/flow') + 'nonsense\r\n\r\n')
    expect(statuses(received)).toEqual([200, 400])
  })
})

describe('slow clients', () => {
  let hasty: TestPlatform

  beforeAll(async () => {
    hasty = await startTestPlatform({ times: { headTimeoutMs: 400, bodyTimeoutMs: 400 } })
  })
  afterAll(async () => {
    await hasty.close()
  })

  test('a connection that sends nothing, half a head, or a byte now and then, is answered 408', async () => {
    expect(statuses(await exchange(hasty.url))).toEqual([408])
    expect(statuses(await exchange(hasty.url, 'GET /health HTTP/1.1\r\nHo'))).toEqual([408])
    const trickle = Array.from({ length: 200 }, () => 'x')
    expect(statuses(await exchange(hasty.url, 'GET /', ...trickle))).toEqual([408])
  })

  test('a second head on a kept connection has its own time', async () => {
    const received = await exchange(hasty.url, request('GET /health'), 'MGET /v4.0')
    expect(statuses(received)).toEqual([200, 408])
  })

  test('a body that does not come is answered 408', async () => {
    const received = await exchange(hasty.url, request('POST /v4.0/ana/flow', 'Content-Length: 100\r\n', '{'))
    expect(statuses(received)).toEqual([408])
    const chunks = request('POST /v4.0/ana/flow', 'Transfer-Encoding: chunked\r\n', '5\r\nab')
    expect(statuses(await exchange(hasty.url, chunks))).toEqual([408])
  })

  test('an idle connection is kept longer than a head may take', async () => {
    const { hostname, port } = new URL(hasty.url)
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('data', (data) => (received += data.toString()))
    const ended = new Promise((resolve) => socket.on('close', resolve))
    socket.write(request('GET /health'))
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(statuses(received)).toEqual([200])
    socket.write(request('GET /health', CLOSE))
    await ended
    expect(statuses(received)).toEqual([200, 200])
  })
})

describe('upgrades', () => {
  test('an upgrade to something else is ignored and the request is answered', async () => {
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n'
    const received = await exchange(
      platform.url,
      withLength('MGET /v4.0/ana/flow', '[]', upgrade),
      request('GET /health', CLOSE)
    )
    expect(statuses(received)).toEqual([200, 200])
  })

  test('a handshake that is not valid: 400 in the envelope', async () => {
    const { body } = await platform.request('POST', '/session', undefined, { 'x-auth-account': 'ana' })
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    const received = await exchange(platform.url, request(`GET /session/${String(body.id)}/ws`, upgrade))
    expect(statuses(received)).toEqual([400])
    expect(errorsIn(received)[0]).not.toBe('')
  })

  test.each([
    ['/session/unknown/ws', 404],
    ['/v4.0/ana/flow', 404]
  ])('a WebSocket at %s: %i in the envelope', async (path, status) => {
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    const received = await exchange(platform.url, request(`GET ${path}`, upgrade))
    expect(statuses(received)).toEqual([status])
    expect(errorsIn(received)[0]).not.toBe('')
  })
})
