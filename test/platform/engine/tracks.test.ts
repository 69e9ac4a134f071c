import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_DROPS_OF_ONE, MAX_HOPS } from '../../../src/platform/engine/track-runner.ts'
import {
  ANA,
  BEN,
  startTestPlatform,
  temporaryFolder,
  until,
  type Loose,
  type TestPlatform
} from '../../support/platform.ts'

/** Workers start slowly on a busy machine. */
const PATIENCE_MS = 60_000

let number = 0
const name = (): string => `t${String(number++)}`

/** The same for a database, whose functions read on their own connection, and for memory, where the server reads. */
describe.each(['file', 'memory'])('tracks over a store in %s', { timeout: PATIENCE_MS }, (kind) => {
  let platform: TestPlatform
  let remove = async (): Promise<void> => {}

  beforeAll(async () => {
    const folder = await temporaryFolder()
    remove = folder.remove
    platform = await startTestPlatform(kind === 'file' ? { data: folder.path } : {})
  })
  afterAll(async () => {
    await platform.close()
    await remove()
  })

  const track = async (members: object, headers?: Record<string, string>) =>
    await platform.request('POST', '/track', members, headers)
  const drop = async (path: string, elems: object, more: object = {}) =>
    await platform.request('POST', '/drop', { path, elems, ...more })
  const drops = async (path: string): Promise<Loose[]> =>
    (await platform.request('GET', `/drop?path=${path}&order=asc&limit=1000`)).body as Loose[]
  const flows = async (...suffixes: readonly string[]): Promise<string[]> => {
    const base = name()
    for (const suffix of suffixes) await platform.flow(`${base}/${suffix}`)
    return suffixes.map((suffix) => `/ana/${base}/${suffix}`)
  }
  const count = async (path: string, atLeast: number): Promise<Loose[]> => {
    await until(async () => (await drops(path)).length >= atLeast, PATIENCE_MS)
    return await drops(path)
  }

  test('without a function a drop that passes the filter goes to every destination, with its parent', async () => {
    const [source = '', first = '', second = ''] = await flows('source', 'first', 'second')
    const made = await track({ source, destination: [first, second], filter: 'temp > 20' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ source, destination: [first, second], disabled: false })
    expect(made.body.id).toMatch(/^t[0-9a-f]{24}$/)
    await drop(source, { temp: 10 })
    const hot = await drop(
      source,
      { temp: 30, at: { type: 'date', value: 5 } },
      { fhash: 'x', location: { lat: 1, lon: 2 } }
    )
    for (const path of [first, second]) {
      const [forwarded, ...others] = await count(path, 1)
      expect(others).toEqual([])
      expect(forwarded).toMatchObject({
        path,
        elems: { temp: 30, at: 5 },
        fhash: 'x',
        location: { lat: 1, lon: 2 },
        parentDropId: { flowId: hot.body.flowId, dropId: hot.body.id },
        version: 0
      })
      expect(forwarded.id).not.toBe(hot.body.id)
    }
    const counts = async (type: string, id: string) =>
      (await platform.request('GET', `/statistics/${type}/${id}`)).body as number[]
    const [forwarded] = await drops(first)
    expect(await counts('trackHit', made.body.id as string)).toEqual([2])
    expect(await counts('trackPass', made.body.id as string)).toEqual([1])
    expect(await counts('flowTracked', forwarded.flowId as string)).toEqual([1])
  })

  test('what a function returns is written, a path map where it says, and nothing for nothing', async () => {
    const [source = '', listed = '', chosen = ''] = await flows('source', 'listed', 'chosen')
    const js = `function (input) {
      if (input.elems.n == 1) return { elems: { doubled: input.elems.n.value * 2 } };
      if (input.elems.n == 2) { var map = {}; map['${chosen}'] = [{ elems: { a: 1 } }, { elems: { a: 2 } }]; return map; }
      return null;
    }`
    expect((await track({ source, destination: listed, js })).status).toBe(201)
    for (const n of [1, 3, 2]) await drop(source, { n })
    expect((await count(listed, 1)).map(({ elems }) => elems as object)).toEqual([{ doubled: 2 }])
    expect((await count(chosen, 2)).map(({ elems }) => elems as object)).toEqual([{ a: 1 }, { a: 2 }])
    expect(await drops(listed)).toHaveLength(1)
  })

  test('a function reads flows, tracks and drops as they were committed, with its identity’s rights', async () => {
    const [source = '', destination = ''] = await flows('source', 'destination')
    const asBen = { 'x-auth-token': BEN.token }
    const secret = `/ben/${name()}`
    await platform.request('POST', '/v4.0/ben/flow', { path: secret }, asBen)
    const js = `function (input) {
      var foreign = 'read';
      try { Flow.Drop.find('${secret}', {}) } catch (e) { foreign = e.message }
      return { elems: {
        newest: Flow.Drop.findOne(input.flowId, {}).elems.n.value,
        some: Flow.Drop.find(input.path, { filter: 'n > 1', order: 'asc' }).length,
        byHash: Flow.Drop.findFHash(input.flowId, 'two').elems.n.value,
        same: Flow.Drop.get(input.flowId, input.id).id === input.id,
        sum: Flow.Drop.aggregate(input.flowId, { output: ['$sum:n'] })[0]['$sum:n'],
        flow: Flow.Flow.get('${source}').id === input.flowId,
        flows: Flow.Flow.find({ filter: 'path == "${source}"' }).length,
        tracks: Flow.Track.find({ filter: 'source == "${source}"' }).length,
        foreign: foreign
      } };
    }`
    await drop(source, { n: 1 })
    await drop(source, { n: 2 }, { fhash: 'two' })
    expect((await track({ source, destination, js })).status).toBe(201)
    await drop(source, { n: 3 })
    const [result] = await count(destination, 1)
    expect(result.elems).toEqual({
      newest: 3,
      some: 2,
      byHash: 2,
      same: true,
      sum: 6,
      flow: true,
      flows: 1,
      tracks: 1,
      foreign: `There is no flow ${secret}.`
    })
  })

  test('tracks of one drop write in the order of their creation, and drops of one track in theirs', async () => {
    const [source = '', destination = ''] = await flows('source', 'destination')
    const js = (by: string): string =>
      `function (d) { return { elems: { by: '${by}', n: d.elems.n.value } } }`
    for (const by of ['first', 'second']) await track({ source, destination, js: js(by) })
    await drop(source, { n: 0 })
    await count(destination, 2)
    for (const n of [1, 2, 3]) await drop(source, { n })
    const written = (await count(destination, 8)).map(({ elems }) => `${String(elems.by)} ${String(elems.n)}`)
    expect(written.slice(0, 2)).toEqual(['first 0', 'second 0'])
    for (const by of ['first', 'second'])
      expect(written.filter((each) => each.startsWith(by))).toEqual(
        [0, 1, 2, 3].map((n) => `${by} ${String(n)}`)
      )
  })

  test('a cycle ends after sixteen hops', async () => {
    const [left = '', right = ''] = await flows('left', 'right')
    await track({ source: left, destination: right })
    await track({ source: right, destination: left })
    await drop(left, { n: 1 })
    await until(async () => (await drops(left)).length + (await drops(right)).length === MAX_HOPS + 1)
    expect([(await drops(left)).length, (await drops(right)).length]).toEqual([9, 8])
    // The next drop makes the same journey: nothing of the first is still on its way.
    await drop(left, { n: 2 })
    await until(async () => (await drops(left)).length === 18)
    expect(await drops(right)).toHaveLength(16)
  })

  test('a destination’s filter refuses silently; a missing flow makes its end inert until it is back', async () => {
    const [source = '', strict = '', other = ''] = await flows('source', 'strict', 'other')
    await platform.request('PUT', `/flow/${encodeURIComponent(strict)}`, { filter: 'n > 5' })
    await track({ source, destination: [strict, other] })
    await platform.request('DELETE', `/flow/${encodeURIComponent(other)}`)
    expect((await drop(source, { n: 1 })).status).toBe(201)
    await drop(source, { n: 6 })
    expect((await count(strict, 1)).map(({ elems }) => elems as object)).toEqual([{ n: 6 }])
    await platform.request('POST', '/flow', { path: other })
    await drop(source, { n: 7 })
    expect((await count(other, 1)).map(({ elems }) => elems as object)).toEqual([{ n: 7 }])
  })

  test('a track that is disabled, changed or deleted acts at once', async () => {
    const [source = '', first = '', second = ''] = await flows('source', 'first', 'second')
    const { body } = await track({ source, destination: first })
    await platform.request('PUT', `/track/${String(body.id)}/disabled`, true)
    await drop(source, { n: 1 })
    await platform.request('PUT', `/track/${String(body.id)}`, { disabled: false, destination: second })
    await drop(source, { n: 2 })
    expect((await count(second, 1)).map(({ elems }) => elems as object)).toEqual([{ n: 2 }])
    await platform.request('DELETE', `/track/${String(body.id)}`)
    await drop(source, { n: 3 })
    // A track made later has run when the deleted one would have.
    await track({ source, destination: first })
    await drop(source, { n: 4 })
    expect((await count(first, 1)).map(({ elems }) => elems as object)).toEqual([{ n: 4 }])
    expect(await drops(second)).toHaveLength(1)
  })

  test('a function that fails or never ends stops no other track, and no request waits for it', async () => {
    const [source = '', destination = ''] = await flows('source', 'destination')
    await track({ source, destination, js: 'function () { throw new Error("no") }' })
    await track({ source, destination, js: 'function () { for (;;) {} }' })
    await track({ source, destination, js: 'function () { return { elems: { by: "third" } } }' })
    await track({ source, destination })
    await drop(source, { n: 1 })
    // In which order is not said: a track that is in trouble is not waited for.
    const written = (await count(destination, 2)).map(({ elems }) => JSON.stringify(elems))
    expect(written.sort()).toEqual(['{"by":"third"}', '{"n":1}'])
  })

  test('simulate answers drops, log and errors, and stores nothing', async () => {
    const simulate = async (body: object) => await platform.request('POST', '/track/simulate', body)
    const good = await simulate({
      drop: { elems: { n: 2 } },
      js: 'function (d) { return { elems: { m: d.elems.n * 2 } } }'
    })
    expect(good.status).toBe(200)
    expect(good.body).toMatchObject({ drops: [{ elems: { m: 4 } }], errors: [] })
    expect(good.body.log.length).toBeGreaterThan(0)
    const bad = await simulate({ drop: { elems: {} }, js: 'function () { throw new Error("no") }' })
    expect([bad.status, bad.body.drops, bad.body.errors.length]).toEqual([200, [], 1])
    expect((await simulate({ js: 'function () {}' })).status).toBe(400)
    expect((await platform.request('GET', '/track/simulate')).status).toBe(404)
  })

  test('what is no track answers 400, and what the caller may not do 403', async () => {
    const [source = '', destination = ''] = await flows('source', 'destination')
    const bad: object[] = [
      {},
      { source },
      { source, destination: '/ana/nowhere' },
      { source: '/ana/nowhere', destination },
      { source: 'ana', destination },
      { source, destination: [] },
      { source, destination: 7 },
      { source, destination, filter: 'n >' },
      { source, destination, js: 'function (' },
      { source, destination, disabled: 'yes' },
      { source, destination, description: 1 }
    ]
    for (const members of bad) expect([members, (await track(members)).status]).toEqual([members, 400])
    const token = await platform.request('POST', '/token', {
      paths: { [source]: { dropRead: true, dropWrite: true } }
    })
    const asToken = { 'x-auth-token': String(token.body.tokenString) }
    expect((await track({ source, destination: source }, asToken)).status).toBe(403)
    const made = await track({ source, destination })
    expect((await platform.request('GET', `/track/${String(made.body.id)}`, undefined, asToken)).status).toBe(
      200
    )
    expect(
      (await platform.request('DELETE', `/track/${String(made.body.id)}`, undefined, asToken)).status
    ).toBe(403)
    const asBen = { 'x-auth-token': BEN.token }
    expect(
      (await platform.request('GET', `/v4.0/ben/track/${String(made.body.id)}`, undefined, asBen)).status
    ).toBe(404)
  })

  test('the generic endpoints read, find, change and answer several', async () => {
    const [source = '', destination = ''] = await flows('source', 'destination')
    const made = await track({ source, destination, metadata: { x: [1] }, id: 'ignored' })
    const id = String(made.body.id)
    expect((await platform.request('GET', `/track/${id}`)).body).toEqual(made.body)
    const found = await platform.request(
      'GET',
      `/track?filter=${encodeURIComponent(`source == "${source}"`)}&refs=1`
    )
    expect(found.body).toEqual([made.body])
    expect(Object.values(found.head.references).map((each) => (each as Loose).path)).toContain(destination)
    expect((await platform.request('MGET', '/track', [id, 't000000000000000000000000'])).body).toEqual({
      [id]: made.body
    })
    const changed = await platform.request('MPUT', '/track', { [id]: { description: 'd', metadata: null } })
    expect(changed.body[id]).toMatchObject({ description: 'd', source, lastEditorId: made.body.creatorId })
    expect(changed.body[id]).not.toHaveProperty('metadata')
    expect((await platform.request('PUT', `/track/${id}/filter`, '"n > 1"')).body).toEqual({
      filter: 'n > 1'
    })
    expect((await platform.request('PUT', `/track/${id}/creatorId`, '"x"')).status).toBe(400)
    const session = await platform.session()
    const overSocket = await session.ask({
      msgId: 1,
      type: 'create',
      object: 'track',
      value: { source, destination }
    })
    expect([overSocket.head.status, overSocket.body.destination]).toEqual([201, destination])
    const many = await session.ask({
      msgId: 2,
      type: 'findmany',
      object: 'track',
      options: { filter: `source == "${source}"` }
    })
    expect(many.body).toHaveLength(2)
    session.socket.close()
  })
})

test('a track of a share ends with the share', { timeout: PATIENCE_MS }, async () => {
  const platform = await startTestPlatform()
  const asBen = { 'x-auth-token': BEN.token }
  const source = await platform.flow('shared')
  await platform.request('POST', '/v4.0/ben/flow', { path: '/ben/own' }, asBen)
  const ben = await platform.request('GET', '/v4.0/ben/identity', undefined, asBen)
  const share = await platform.request('POST', '/share', {
    issuedTo: ben.body[0].id,
    paths: { '/ana/shared': { read: true, write: true } }
  })
  const made = await platform.request(
    'POST',
    '/v4.0/ben/track',
    { source: '/ana/shared', destination: '/ben/own' },
    asBen
  )
  expect(made.status).toBe(201)
  const own = async (): Promise<number> =>
    ((await platform.request('GET', '/v4.0/ben/drop?path=/ben/own', undefined, asBen)).body as unknown[])
      .length
  await platform.request('POST', `/drop/${source}`, { elems: {} })
  await until(async () => (await own()) === 1)
  await platform.request('DELETE', `/share/${String(share.body.id)}`)
  await platform.request('POST', `/drop/${source}`, { elems: {} })
  // A track of ana's on the same drop comes after it.
  await platform.flow('mine')
  await platform.request('POST', '/track', { source: '/ana/shared', destination: '/ana/mine' })
  await platform.request('POST', `/drop/${source}`, { elems: {} })
  await until(
    async () => ((await platform.request('GET', '/drop?path=/ana/mine')).body as unknown[]).length === 1
  )
  expect(await own()).toBe(1)
  await platform.close()
})

test('tracks and what they counted are there after a restart', { timeout: PATIENCE_MS }, async () => {
  const { path: data, remove } = await temporaryFolder()
  const first = await startTestPlatform({ data, accounts: [ANA] })
  await first.flow('in')
  await first.flow('out')
  const { body } = await first.request('POST', '/track', { source: '/ana/in', destination: '/ana/out' })
  await first.request('POST', '/drop', { path: '/ana/in', elems: { n: 1 } })
  await first.close()
  const second = await startTestPlatform({ data, accounts: [ANA] })
  await second.request('POST', '/drop', { path: '/ana/in', elems: { n: 2 } })
  const out = async (): Promise<Loose[]> =>
    (await second.request('GET', '/drop?path=/ana/out')).body as Loose[]
  await until(async () => (await out()).length === 2)
  expect((await second.request('GET', `/statistics/trackPass/${String(body.id)}`)).body).toEqual([2])
  await second.close()
  await remove()
})

test('functions reach the hosts that were allowed, and no others', { timeout: PATIENCE_MS }, async () => {
  const host = createServer((request, response) => {
    response.end(`${String(request.method)} ${String(request.url)}`)
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${String((host.address() as AddressInfo).port)}`
  const js = `function () { return { elems: { body: Flow.Http.get('http://${address}/x').body } } }`
  for (const allowedHosts of [[address], []]) {
    const platform = await startTestPlatform({ allowedHosts })
    const { body } = await platform.request('POST', '/track/simulate', { drop: { elems: {} }, js })
    if (allowedHosts.length > 0) expect(body.drops).toEqual([{ elems: { body: 'GET /x' } }])
    else expect([body.drops, body.errors.length]).toEqual([[], 1])
    await platform.close()
  }
  host.close()
})

test(
  'a function that multiplies drops in a cycle comes to an end',
  { timeout: 2 * PATIENCE_MS },
  async () => {
    const platform = await startTestPlatform()
    const id = await platform.flow('cycle', { capacity: 100_000 })
    const js =
      'function () { var drops = []; for (var i = 0; i < 1000; i++) drops.push({ elems: {} }); return drops }'
    await platform.request('POST', '/track', { source: '/ana/cycle', destination: '/ana/cycle', js })
    await platform.request('POST', `/drop/${id}`, { elems: {} })
    const count = async (): Promise<unknown> => {
      const rows = await platform.request('POST', `/drop/${id}/aggregate`, { output: ['$count'] })
      return rows.body[0].$count as unknown
    }
    await until(async () => (await count()) === MAX_DROPS_OF_ONE + 1, 2 * PATIENCE_MS)
    await platform.close()
  }
)

test(
  'a platform that is asked to end lets tracks under way write first',
  { timeout: PATIENCE_MS },
  async () => {
    const { path: data, remove } = await temporaryFolder()
    const first = await startTestPlatform({ data, accounts: [ANA] })
    await first.flow('in')
    await first.flow('out')
    const js = 'function (d) { return { elems: d.elems } }'
    await first.request('POST', '/track', { source: '/ana/in', destination: '/ana/out', js })
    // The worker has started when the first drop is through; of the others some are still on their way.
    await first.request('POST', '/drop', { path: '/ana/in', elems: { n: 0 } })
    await until(
      async () => ((await first.request('GET', '/drop?path=/ana/out')).body as unknown[]).length === 1,
      PATIENCE_MS
    )
    const writes = Array.from({ length: 5 }, (_, n) =>
      first.request('POST', '/drop', { path: '/ana/in', elems: { n } })
    )
    await Promise.all(writes)
    await first.close()
    const second = await startTestPlatform({ data, accounts: [ANA] })
    expect((await second.request('GET', '/drop?path=/ana/out&limit=100')).body).toHaveLength(6)
    await second.close()
    await remove()
  }
)

test('whoever changes a track last lends it its rights', async () => {
  const platform = await startTestPlatform()
  const asBen = { 'x-auth-token': BEN.token }
  await platform.flow('shared')
  await platform.flow('secret')
  const ben = await platform.request('GET', '/v4.0/ben/identity', undefined, asBen)
  await platform.request('POST', '/share', {
    issuedTo: ben.body[0].id,
    paths: { '/ana/shared': { read: true, write: true, dropWrite: true } }
  })
  const made = await platform.request('POST', '/track', { source: '/ana/shared', destination: '/ana/shared' })
  const id = String(made.body.id)
  const change = async (members: object) =>
    (await platform.request('PUT', `/v4.0/ben/track/${id}`, members, asBen)).status
  // Ben may write the track, yet not lead it to a flow that only ana may write to.
  expect(await change({ destination: '/ana/secret' })).toBe(400)
  expect(await change({ description: 'by ben' })).toBe(200)
  await platform.request('PUT', `/track/${id}`, { destination: '/ana/secret' })
  // Nor may he take over one that leads there.
  expect(await change({ description: 'by ben again' })).toBe(400)
  await platform.close()
})
