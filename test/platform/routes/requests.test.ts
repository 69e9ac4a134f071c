import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ANA, BEN, startTestPlatform, type TestPlatform } from '../../support/platform.ts'

let platform: TestPlatform
const NOWHERE = 'f000000000000000000000000'

beforeAll(async () => {
  platform = await startTestPlatform()
})
afterAll(async () => {
  await platform.close()
})

describe('the envelope', () => {
  test.each([
    ['GET', '/flow', 200],
    ['GET', `/flow/${NOWHERE}`, 404],
    ['GET', '/nothing', 404],
    ['GET', '/flow/a/b/c', 404],
    ['PATCH', '/flow', 405],
    ['PUT', '/flow', 405],
    ['MPUT', '/identity', 405],
    ['GET', '/v4.0/ana/%zz', 400],
    ['GET', '/session', 405],
    ['POST', '/health', 405],
    ['GET', '/local-track', 404],
    ['POST', '/identity', 403]
  ])('%s %s answers %i with head and body', async (method, path, status) => {
    const reply = await platform.request(method, path)
    expect(reply.status).toBe(status)
    expect(reply.head).toMatchObject({ ok: status < 400, status, references: {} })
    expect(reply.head.errors.length > 0).toBe(status >= 400)
    if (status >= 400) expect(reply.body).toEqual({})
    expect(reply.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('a trailing slash and any version lead to the same place', async () => {
    for (const path of ['/v4.0/ana/flow/', '/v0.1/ana/flow', '/v9/ana/flow', '/v1.2.3/ana/flow/']) {
      expect((await platform.request('GET', path)).status).toBe(200)
    }
  })

  test('the health of the platform can be asked without a token', async () => {
    const reply = await platform.request('GET', '/health', undefined, { 'x-auth-token': '' })
    expect(reply).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  test('a preflight is answered for any path', async () => {
    const response = await fetch(`${platform.url}/v0.1/ana/drop/x`, { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toContain('MGET')
    expect(response.headers.get('access-control-allow-headers')).toContain('X-Auth-Token')
  })
})

describe('who may call', () => {
  test.each([
    ['no token', '/v4.0/ana/flow', { 'x-auth-token': '' }],
    ['a wrong token', '/v4.0/ana/flow', { 'x-auth-token': `${ANA.token.slice(0, -1)}x` }],
    ['a token with more behind it', '/v4.0/ana/flow', { 'x-auth-token': `${ANA.token}x` }],
    ['the token of another account', '/v4.0/ana/flow', { 'x-auth-token': BEN.token }],
    ['an unknown account', '/v4.0/eve/flow', { 'x-auth-token': ANA.token }],
    ['a header that names another account', '/v4.0/ana/flow', { 'x-auth-account': 'ben' }],
    ['a session without an account', '/session', {}],
    ['a session with a wrong token', '/session', { 'x-auth-account': 'ana', 'x-auth-token': 'no' }]
  ])('%s: 403', async (_name, path, headers) => {
    const reply = await platform.request(path === '/session' ? 'POST' : 'GET', path, undefined, headers)
    expect(reply.status).toBe(403)
  })

  test('the account may be named in a header, in any case', async () => {
    const reply = await platform.request('GET', '/flow', undefined, { 'X-AUTH-ACCOUNT': 'ana' })
    expect(reply.status).toBe(200)
  })

  test('the flows of another account are not there', async () => {
    const flow = await platform.flow('private')
    const asBen = { 'x-auth-token': BEN.token }
    expect((await platform.request('GET', `/v4.0/ben/flow/${flow}`, undefined, asBen)).status).toBe(404)
    expect((await platform.request('GET', `/v4.0/ben/drop/${flow}`, undefined, asBen)).status).toBe(404)
    expect((await platform.request('POST', '/v4.0/ben/flow', { path: '/ana/intruder' }, asBen)).status).toBe(
      403
    )
    expect((await platform.request('GET', '/v4.0/ben/flow', undefined, asBen)).body).toEqual([])
  })
})

describe('bodies', () => {
  test('a gzip body is inflated, with and without a content type', async () => {
    for (const [index, headers] of [{ 'content-type': 'application/json' }, {}].entries()) {
      const response = await fetch(`${platform.url}/v4.0/ana/flow`, {
        method: 'POST',
        headers: { 'x-auth-token': ANA.token, 'content-encoding': 'gzip', ...headers },
        body: gzipSync(JSON.stringify({ path: `/ana/gzip${String(index)}` }))
      })
      expect(response.status).toBe(201)
    }
  })

  test.each([
    ['malformed JSON', '{"path":', 400, {}],
    ['an array for an object', '[]', 400, {}],
    ['no body', undefined, 400, {}],
    ['a body that is no gzip but says so', '{}', 400, { 'content-encoding': 'gzip' }],
    ['a compression that is not known', '{}', 400, { 'content-encoding': 'br' }],
    ['more than a mebibyte', `{"path":"${'x'.repeat(1024 * 1024)}"}`, 413, {}]
  ])('%s: %s', async (_name, body, status, headers) => {
    const reply = await platform.request('POST', '/flow', body, headers)
    expect(reply.status).toBe(status)
  })

  test('a small gzip body that inflates beyond the limit is refused', async () => {
    const response = await fetch(`${platform.url}/v4.0/ana/flow`, {
      method: 'POST',
      headers: { 'x-auth-token': ANA.token, 'content-encoding': 'gzip' },
      body: gzipSync(' '.repeat(20 * 1024 * 1024))
    })
    expect(response.status).toBe(413)
  })

  test('the body of a delete is ignored, whatever it holds', async () => {
    const flow = await platform.flow('short-lived')
    expect(await platform.request('DELETE', `/flow/${flow}`, '{broken')).toMatchObject({
      status: 200,
      body: {}
    })
  })
})
