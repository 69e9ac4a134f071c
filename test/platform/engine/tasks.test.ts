import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ANA,
  BEN,
  startTestPlatform,
  temporaryFolder,
  type Loose,
  type TestPlatform
} from '../../support/platform.ts'

let platform: TestPlatform
beforeAll(async () => {
  platform = await startTestPlatform()
  await platform.flow('in')
})
afterAll(async () => {
  await platform.close()
})

const post = async (service: string, body: object) => await platform.request('POST', `/${service}`, body)
const get = async (path: string) => await platform.request('GET', path)

const REQUIRED = {
  'api-task': { destination: '/ana/in', js: 'function () {}' },
  mqtt: { destination: '/ana/in', uri: 'tcp://broker:1883', topic: 'a/b' },
  rss: { destination: '/ana/in', url: 'https://example.com/feed' }
} as const

describe.each([
  ['api-task', 'q', { periodicity: 3_600_000, lastRun: 0, nextRun: 0, runCt: 0 }],
  ['mqtt', 'm', { qos: 0, version: '3.1.1', reportFrequency: 300_000 }],
  ['rss', 'r', { periodicity: 3_600_000, isFeatured: false, lastRun: 0, nextRun: 0, runCt: 0 }]
] as const)('%s', (service, letter, defaults) => {
  test('is kept with its defaults, says that it is not run, and has an empty report flow', async () => {
    const made = await post(service, { ...REQUIRED[service], status: 'OK', lastRun: 5, runCt: 9 })
    expect([made.status, made.head.errors]).toEqual([201, []])
    const { id, reportPath, reportFlowId } = made.body as Record<string, string>
    expect(id).toMatch(new RegExp(`^${letter}[0-9a-f]{24}$`))
    expect(made.body).toMatchObject({ ...REQUIRED[service], ...defaults, status: 'NOT_RUN', disabled: false })
    expect(reportPath).toBe(`/ana/:reports/${String(id)}-report`)
    expect((await get(`/flow/${String(reportFlowId)}`)).body).toMatchObject({ path: reportPath })
    expect((await get(`/drop/${String(reportFlowId)}`)).body).toEqual([])
    const changed = await platform.request('PUT', `/${service}/${String(id)}`, {
      displayName: 'x',
      status: 'OK',
      reportPath: '/ana/in'
    })
    expect(changed.body).toMatchObject({
      ...REQUIRED[service],
      ...defaults,
      displayName: 'x',
      status: 'NOT_RUN',
      reportPath
    })
    const found = await get(`/${service}?filter=${encodeURIComponent(`id == "${String(id)}"`)}`)
    expect(found.body).toEqual([changed.body])
    expect((await platform.request('PUT', `/${service}/${String(id)}/disabled`, true)).body).toEqual({
      disabled: true
    })
    expect((await platform.request('PUT', `/${service}/${String(id)}/status`, '"OK"')).status).toBe(400)
    expect((await platform.request('DELETE', `/${service}/${String(id)}`)).body).toEqual({})
    expect((await get(`/${service}/${String(id)}`)).status).toBe(404)
  })

  test('is seen and changed by those who may read and write its path', async () => {
    const { body } = await post(service, REQUIRED[service])
    const token = await post('token', { paths: { '/ana/in': { dropRead: true, dropWrite: true } } })
    const asToken = { 'x-auth-token': String(token.body.tokenString) }
    const path = `/${service}/${String(body.id)}`
    const status = async (method: string, at: string, given: unknown, headers: Record<string, string>) =>
      (await platform.request(method, at, given, headers)).status
    expect(await status('GET', path, undefined, asToken)).toBe(200)
    expect(await status('PUT', path, { description: 'x' }, asToken)).toBe(403)
    expect(await status('POST', `/${service}`, REQUIRED[service], asToken)).toBe(403)
    expect(await status('GET', `/v4.0/ben${path}`, undefined, { 'x-auth-token': BEN.token })).toBe(404)
  })

  test.each([
    { destination: null, source: null, js: null },
    { destination: 'in' },
    { destination: 7 },
    { displayName: 'x'.repeat(2049) },
    { disabled: 1 }
  ])('refuses %j', async (members) => {
    expect((await post(service, { ...REQUIRED[service], ...members })).status).toBe(400)
  })
})

test.each([
  ['api-task', { js: null }],
  ['api-task', { periodicity: 59_999 }],
  ['api-task', { js: null, source: 'x' }],
  ['rss', { url: null }],
  ['rss', { periodicity: 1.5 }],
  ['mqtt', { source: '/ana/in' }],
  ['mqtt', { destination: null }],
  ['mqtt', { qos: 3 }],
  ['mqtt', { topic: '' }],
  ['mqtt', { reportFrequency: 0 }]
] as const)('%s refuses %j', async (service, members) => {
  expect((await post(service, { ...REQUIRED[service], ...members })).status).toBe(400)
})

test('the password of a connection is answered only to who may change it', async () => {
  const { body } = await post('mqtt', { ...REQUIRED.mqtt, password: 'secret' })
  expect(body.password).toBe('secret')
  const token = await post('token', { paths: { '/ana/in': { dropRead: true } } })
  const asToken = { 'x-auth-token': String(token.body.tokenString) }
  const seen = [
    await platform.request('GET', `/mqtt/${String(body.id)}`, undefined, asToken),
    await platform.request('GET', '/mqtt', undefined, asToken),
    await platform.request('MGET', '/mqtt', [body.id], asToken),
    await platform.request('GET', '/mqtt?filter=password%3D%3D%22secret%22&only=password', undefined, asToken)
  ]
  expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(JSON.stringify(seen.map((reply) => reply.body as unknown))).not.toContain('secret')
  expect(seen[3]?.body).toEqual([])
})

describe('a device', () => {
  test('is made with a token for its path and with its flows, which stay when it is deleted', async () => {
    const made = await post('device', {
      path: '/ana/attic',
      displayName: 'Attic',
      status: 'SEEN',
      lastSeen: 5
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      path: '/ana/attic',
      displayName: 'Attic',
      status: 'UNSEEN',
      timeSinceLastSeen: -1,
      reportPeriodicity: 60_000
    })
    expect(made.body).not.toHaveProperty('lastSeen')
    const { id, tokenId } = made.body as Record<string, string>
    expect(id).toMatch(/^v[0-9a-f]{24}$/)
    const token = await get(`/token/${String(tokenId)}`)
    expect(token.body.paths).toEqual({ '/ana/attic': { dropRead: true, dropWrite: true } })
    const asDevice = { 'x-auth-token': String(token.body.tokenString) }
    for (const name of ['default', 'commands', 'reports']) {
      const drop = { path: `/ana/attic/${name}`, elems: {} }
      expect((await platform.request('POST', '/drop', drop, asDevice)).status).toBe(201)
    }
    const path = `/device/${String(id)}`
    const told = await platform.request(
      'PUT',
      path,
      { status: 'OK', lastSeen: 1000, deviceSummary: { v: 2 } },
      asDevice
    )
    expect(told.body).toMatchObject({ status: 'OK', lastSeen: 1000, deviceSummary: { v: 2 }, tokenId })
    expect(told.body.timeSinceLastSeen).toBeGreaterThan(1000)
    expect((await platform.request('PUT', path, { displayName: 'x' }, asDevice)).status).toBe(403)
    expect((await platform.request('DELETE', path, undefined, asDevice)).status).toBe(403)
    const found = await get(`/device?filter=${encodeURIComponent('status == "OK" && timeSinceLastSeen > 0')}`)
    expect((found.body as Loose[]).map((device) => device.id as string)).toEqual([id])
    expect((await platform.request('DELETE', path)).status).toBe(200)
    expect((await get(`/token/${String(tokenId)}`)).status).toBe(404)
    expect((await platform.request('GET', '/flow', undefined, asDevice)).status).toBe(403)
    expect((await get('/drop?path=/ana/attic/default')).body).toHaveLength(1)
    const again = await post('device', { path: '/ana/attic' })
    expect([again.status, (await get('/drop?path=/ana/attic/default')).body.length]).toEqual([201, 1])
  })

  test.each([
    {},
    { path: 'attic' },
    { path: '/ana' },
    { path: '/ana/:x' },
    { path: `/ana/${'x'.repeat(120)}` },
    { path: '/ana/x', tracks: [] }
  ])('refuses %j', async (members) => {
    const before = (await get('/flow?limit=1000')).body as unknown[]
    expect((await post('device', members)).status).toBe(400)
    expect((await get('/flow?limit=1000')).body).toHaveLength(before.length)
  })

  test('needs the master token, and rights on its path', async () => {
    const token = await post('token', { paths: { '/ana': { administer: true } } })
    const asToken = { 'x-auth-token': String(token.body.tokenString) }
    expect((await platform.request('POST', '/device', { path: '/ana/y' }, asToken)).status).toBe(403)
    expect((await post('device', { path: '/ben/y' })).status).toBe(403)
  })
})

test('tasks and devices are there after a restart', async () => {
  const { path: data, remove } = await temporaryFolder()
  const first = await startTestPlatform({ data, accounts: [ANA] })
  await first.flow('in')
  const device = await first.request('POST', '/device', { path: '/ana/attic' })
  const task = await first.request('POST', '/rss', REQUIRED.rss)
  expect((await first.request('GET', '/rss')).body).toEqual([task.body])
  await first.close()
  const second = await startTestPlatform({ data, accounts: [ANA] })
  expect((await second.request('GET', `/rss/${String(task.body.id)}`)).body).toEqual(task.body)
  expect((await second.request('MGET', '/device', [device.body.id])).body).toEqual({
    [String(device.body.id)]: device.body
  })
  await second.close()
  await remove()
})
