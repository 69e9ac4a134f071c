import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '../../../src/main/client/api.ts'
import { createTestApi, startTestPlatform, TEST_TOKEN } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { valueOf } from '../../support/value-of.ts'

let platform: TestPlatform
let api: Api

beforeAll(async () => {
  platform = await startTestPlatform()
  api = createTestApi(platform, platform.host)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

test('printed, a client says for whom and with what it speaks, and no token', () => {
  expect(inspect(api)).toContain("account: 'ana'")
  expect(inspect(api).split('\n').length).toBeLessThan(12)
  expect(inspect(api, { depth: 20, showHidden: true, getters: true })).not.toContain(TEST_TOKEN)
})

describe('against the platform', () => {
  test('a flow is made, read by id and by path, changed and deleted', async () => {
    const made = valueOf(await api.flow.create({ path: '/ana/attic', capacity: 10 }))
    expect(made).toMatchObject({ path: '/ana/attic', capacity: 10 })
    expect(valueOf(await api.flow.read(made.id))).toEqual(made)
    expect(valueOf(await api.flowAt('/ana/attic')).id).toBe(made.id)
    expect(valueOf(await api.flow.update(made.id, { description: 'warm' }))).toMatchObject({
      description: 'warm',
      capacity: 10
    })
    expect(valueOf(await api.flow.delete(made.id))).toBeNull()
    expect(await api.flow.read(made.id)).toMatchObject({ ok: false, failure: { code: 'platform/not-found' } })
    expect(await api.flowAt('/ana/attic')).toMatchObject({
      ok: false,
      failure: { code: 'platform/not-found' }
    })
  })

  test('drops are made, found with a filter, read many at once, changed and deleted all', async () => {
    const flow = valueOf(await api.flow.create({ path: '/ana/drops' }))
    const drops = api.drop(flow.id)
    const made = [1, 2, 3].map(async (n) => valueOf(await drops.create({ elems: { n } })))
    const [first, second] = await Promise.all(made)
    const found = valueOf(await drops.find({ filter: 'n >= 2', sort: 'n', order: 'asc', only: ['elems'] }))
    expect(found.map(({ elems }) => elems)).toEqual([{ n: 2 }, { n: 3 }])
    const many = valueOf(await drops.readMany([first!.id, second!.id, 'd000000000000000000000000']))
    expect(Object.keys(many).sort()).toEqual([first!.id, second!.id].sort())
    expect(valueOf(await drops.update(first!.id, { elems: { n: 10 } }))).toMatchObject({
      elems: { n: 10 },
      version: 1
    })
    expect(valueOf(await drops.deleteAll())).toBeNull()
    expect(valueOf(await drops.find())).toEqual([])
  })

  test('a 64-bit integer keeps its digits, as text and as a value', async () => {
    const flow = valueOf(await api.flow.create({ path: '/ana/long' }))
    const drops = api.drop(flow.id)
    const text = valueOf(await drops.asText.create('{"elems":{"n":9007199254740993}}'))
    expect(text).toContain('"n":9007199254740993')
    const { id } = JSON.parse(text) as { id: string }
    expect(valueOf(await drops.read(id)).elems['n']).toBe(9007199254740993n)
    expect(valueOf(await drops.update(id, { elems: { n: 9007199254740995n } })).elems['n']).toBe(
      9007199254740995n
    )
  })

  test('what the platform refuses is a failure with its code, its errors and the request, and no token', async () => {
    const refused = await api.flow.create({ path: 'nonsense' })
    expect(refused).toMatchObject({
      ok: false,
      failure: {
        code: 'platform/bad-request',
        details: { method: 'POST', path: '/v4.0/ana/flow', status: 400, account: 'ana' }
      }
    })
    expect(refused.ok ? [] : refused.failure.details?.errors).not.toEqual([])
    expect(inspect(refused, { depth: 9 })).not.toContain(TEST_TOKEN)
  })

  test('other credentials are used from the next request on', async () => {
    const other = createTestApi(platform, platform.host)
    other.creds = { account: 'ana', apiToken: 'wrong' }
    expect(await other.flow.find()).toMatchObject({ ok: false, failure: { code: 'platform/forbidden' } })
    other.creds = { account: 'ana', apiToken: TEST_TOKEN }
    expect((await other.flow.find()).ok).toBe(true)
    await other.close()
  })

  test('a read of any size comes in pieces, and no character is cut', async () => {
    const flow = valueOf(await api.flow.create({ path: '/ana/large', capacity: 1000 }))
    for (let index = 0; index < 40; index += 1) {
      valueOf(await api.drop(flow.id).create({ elems: { text: '🌊é'.repeat(1000 + index) } }))
    }
    const stream = valueOf(await api.drop(flow.id).findStream({ limit: 100 }))
    let text = ''
    let pieces = 0
    for (;;) {
      const piece = valueOf(await stream.next())
      if (piece === undefined) break
      expect(piece).not.toContain('\uFFFD')
      text += piece
      pieces += 1
    }
    expect(pieces).toBeGreaterThan(1)
    expect(stream.sizeBytes()).toBe(Buffer.byteLength(text))
    expect((JSON.parse(text) as { body: unknown[] }).body).toHaveLength(40)
  })

  test('a stream that the platform refuses is the failure of its envelope', async () => {
    expect(await api.drop('f000000000000000000000000').findStream()).toMatchObject({
      ok: false,
      failure: { code: 'platform/not-found', details: { status: 404 } }
    })
  })

  test('the client shows no token when it is printed', () => {
    expect(inspect(api, { depth: 9, showHidden: true })).not.toContain(TEST_TOKEN)
  })
})

/** A peer that does what no platform should. */
async function startPeer(handler: Parameters<typeof createServer>[1]) {
  const server = createServer(handler as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const peer = createTestApi({ account: 'ana', apiToken: TEST_TOKEN }, host, {
    headersTimeoutMs: 500,
    bodyTimeoutMs: 500,
    random: () => 0,
    parameters: { hints: false }
  })
  return {
    peer,
    close: async () => {
      await peer.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

const ENVELOPE = '{"head":{"ok":true,"status":200,"messages":[],"errors":[],"references":{}},"body":[]}'

describe('against a peer that misbehaves', () => {
  test('a read is tried again after 503, as long as Retry-After says; a create is not', async () => {
    const seen: string[] = []
    const { peer, close } = await startPeer((request, response) => {
      seen.push(request.method ?? '')
      const isBusy = seen.length < 3
      response.writeHead(isBusy ? 503 : 200, { 'Retry-After': '0' })
      response.end(isBusy ? 'busy' : ENVELOPE)
    })
    expect((await peer.flow.find()).ok).toBe(true)
    expect(seen).toEqual(['GET', 'GET', 'GET'])
    seen.splice(0)
    expect(await peer.flow.create({ path: '/ana/x' })).toMatchObject({
      failure: { code: 'platform/server-error' }
    })
    expect(seen).toEqual(['POST'])
    await close()
  })

  test('a redirect is refused, so that the token is not sent elsewhere', async () => {
    const { peer, close } = await startPeer((_request, response) => {
      response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end('{}')
    })
    expect(await peer.flow.find()).toMatchObject({
      failure: { code: 'response/malformed', details: { status: 302 } }
    })
    await close()
  })

  test('a page of a proxy is told as such', async () => {
    const { peer, close } = await startPeer((_request, response) => {
      response.end('<html>Please log in</html>')
    })
    expect(await peer.flow.find()).toMatchObject({
      failure: { code: 'response/malformed', details: { excerpt: '<html>Please log in</html>' } }
    })
    await close()
  })

  test('an answer that does not come is a timeout', async () => {
    const { peer, close } = await startPeer(() => {})
    expect(await peer.flow.find()).toMatchObject({ failure: { code: 'network/timeout' } })
    await close()
  })

  test('an answer that is cut in its middle is told, and a create is not repeated', async () => {
    let requests = 0
    const { peer, close } = await startPeer((_request, response) => {
      requests += 1
      response.writeHead(200, { 'Content-Length': '1000' })
      response.write('{"head"')
      setTimeout(() => response.destroy(), 10)
    })
    expect(await peer.flow.create({ path: '/ana/x' })).toMatchObject({ failure: { code: 'network/closed' } })
    expect(requests).toBe(1)
    await close()
  })

  test('a server that repeats the head of the request in its answer does not bring the token into a failure', async () => {
    const { peer, close } = await startPeer((request, response) => {
      const isPage = request.url?.includes('/flow') === true
      response.writeHead(isPage ? 200 : 400)
      const token = String(request.headers['x-auth-token'])
      const errors = [`the token ${token} is odd`]
      response.end(
        isPage
          ? `<pre>X-Auth-Token: ${token}</pre>`
          : JSON.stringify({ head: { ok: false, status: 400, errors }, body: {} })
      )
    })
    const failures = [await peer.flow.find(), await peer.token.find(), await peer.drop('f1').findStream()]
    expect(failures).toMatchObject([
      { failure: { code: 'response/malformed' } },
      { failure: { code: 'platform/bad-request', details: { errors: ['the token ••• is odd'] } } },
      { failure: { code: 'platform/bad-request' } }
    ])
    expect(inspect(failures, { depth: 9 })).not.toContain(TEST_TOKEN)
    await close()
  })

  test('cancelling reaches the socket', async () => {
    let isClosed = false
    const controller = new AbortController()
    const { peer, close } = await startPeer((_request, response) => {
      response.on('close', () => {
        isClosed = true
      })
      controller.abort()
    })
    expect(await peer.flow.find({ signal: controller.signal })).toMatchObject({
      failure: { code: 'request/cancelled' }
    })
    await expect.poll(() => isClosed).toBe(true)
    await close()
  })

  test('a gzip answer is unpacked, whole and in pieces', async () => {
    const { peer, close } = await startPeer((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(ENVELOPE))
    })
    expect(valueOf(await peer.flow.find())).toEqual([])
    const stream = valueOf(await peer.flow.findStream())
    expect(valueOf(await stream.next())).toBe(ENVELOPE)
    expect(valueOf(await stream.next())).toBeUndefined()
    await close()
  })

  test('a server that is not there is unreachable', async () => {
    const nobody = createTestApi({ account: 'ana', apiToken: TEST_TOKEN }, '127.0.0.1:1', { random: () => 0 })
    expect(await nobody.flow.find()).toMatchObject({
      failure: { code: 'network/unreachable', retryable: true }
    })
    await nobody.close()
  })

  test('default parameters go with every request, and those of a call win', async () => {
    const urls: string[] = []
    const { peer, close } = await startPeer((request, response) => {
      urls.push(request.url ?? '')
      response.end(ENVELOPE)
    })
    await peer.flow.find({ limit: 5, only: ['id', 'path'], refs: true })
    await peer.flow.find({ hints: true })
    expect(urls).toEqual(['/v4.0/ana/flow?hints=0&limit=5&only=id%2Cpath&refs=1', '/v4.0/ana/flow?hints=1'])
    await close()
  })
})
