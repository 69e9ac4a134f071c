import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import {
  AGE,
  BadRequest,
  createClient,
  defaults,
  EXISTS,
  FlowthingsError,
  Forbidden,
  HAS,
  LocalError,
  MATCHES,
  mem,
  member,
  modify,
  NOT,
  NotFound,
  PlatformError,
  Token
} from '../../../src/main/client/index.ts'
import type { Client, ClientOptions } from '../../../src/main/client/index.ts'
import type { Flow } from '../../../src/shared/model/flow.ts'
import type { References } from '../../../src/shared/model/reference.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { ANA, BEN, startTestPlatform, until } from '../../support/platform.ts'
import type { TestPlatform } from '../../support/platform.ts'
import { openTlsFront } from '../../support/tls-front.ts'

/**
 * Every feature of the official Python client, one test each, against the running platform (platform protocol, "Python
 * client feature map"). The name of the feature there begins the title.
 */
let platform: TestPlatform
let api: Client
let path: string
let flow: Flow
let number = 0

const SOMEWHERE_ELSE = 'f000000000000000000000000'
const clients: Client[] = []

function client(options: ClientOptions = {}, creds = Token(ANA.account, ANA.token)): Client {
  const made = createClient(creds, { host: new URL(platform.url).host, secure: false, ...options })
  clients.push(made)
  return made
}

beforeAll(async () => {
  platform = await startTestPlatform()
  api = client()
})
afterAll(async () => {
  for (const each of clients) await each.close()
  await platform.close()
})
beforeEach(async () => {
  number += 1
  path = `/ana/case${String(number)}`
  flow = await api.flow.create({ path })
})

/** Drops with these numbers in `n`, the first one first. */
const fill = async (...numbers: readonly number[]) => {
  const drops = []
  for (const n of numbers) drops.push(await api.drop(flow.id).create({ elems: { n } }))
  return drops
}
const numbersOf = (drops: readonly { readonly elems: Readonly<Record<string, unknown>> }[]) =>
  drops.map(({ elems }) => elems['n'])

describe('credentials and clients', () => {
  test('Token(account, token): its account shows, its token only to who asks for it', () => {
    const token = Token('ana', ANA.token)
    expect([token.account, token.apiToken]).toEqual(['ana', ANA.token])
    const shown = [inspect(token, { showHidden: true, depth: 9 }), JSON.stringify(token), String(token)]
    expect(shown.join()).not.toContain(ANA.token)
  })

  test('Token.from_bluemix: the environment, or the default, or an error of this side', () => {
    const environment = {
      VCAP_SERVICES: JSON.stringify({
        flowthings: [{ credentials: { account: 'ana', token: 'secret-one' } }]
      }),
      OTHER: JSON.stringify({ flowthings: [{ credentials: { account: 'ben', token: 'secret-two' } }] }),
      BROKEN: '{"flowthings": "secret-three'
    }
    const other = Token('cleo', 'x')
    expect([
      Token.fromBluemix({ environment }).account,
      Token.fromBluemix({ environment, envVar: 'OTHER' }).apiToken,
      Token.fromBluemix({ environment, envVar: 'BROKEN', default: other })
    ]).toEqual(['ana', 'secret-two', other])
    const attempt = () => Token.fromBluemix({ environment, envVar: 'BROKEN' })
    expect(attempt).toThrow(LocalError)
    expect(attempt).not.toThrow(/secret-three/)
  })

  test('API(creds, secure, params, host, ws_host, version, verify_ssl): each is what requests are made with', async () => {
    const front = await openTlsFront(new URL(platform.url).host, makeCertificate())
    const overTls = client({ host: front.host, secure: true })
    await expect(overTls.flow.read(flow.id)).rejects.toMatchObject({ code: 'network/tls' })
    const trusting = client({ host: front.host, secure: true, verifyCertificate: false })
    expect((await trusting.flow.read(flow.id)).path).toBe(path)
    const session = await trusting.websocket.connect()
    session.close()
    await trusting.close()
    await overTls.close()
    await front.close()

    await fill(1, 2, 3)
    expect(
      await client({ params: { limit: 2 } })
        .drop(flow.id)
        .find()
    ).toHaveLength(2)
    const legacy = client({ version: '0.1' })
    expect((await legacy.drop(flow.id).find({ limit: 1 }))[0]?.elems).toEqual({
      n: { type: 'integer', value: 3 }
    })
    const elsewhere = client({ wsHost: '127.0.0.1:9' })
    expect((await elsewhere.flow.read(flow.id)).path).toBe(path)
    expect(elsewhere.server.liveHost).toBe('127.0.0.1:9')
  })

  test('defaults: a client made afterwards takes them, one that exists does not', async () => {
    const before = { ...defaults }
    try {
      Object.assign(defaults, { host: new URL(platform.url).host, secure: false, params: { limit: 1 } })
      const made = createClient(Token(ANA.account, ANA.token))
      clients.push(made)
      defaults.params = {}
      defaults.secure = true
      await fill(1, 2)
      expect(await made.drop(flow.id).find()).toHaveLength(1)
      expect(await api.drop(flow.id).find()).toHaveLength(2)
    } finally {
      Object.assign(defaults, before)
    }
  })

  test('api.request: any verb on any path, with data and parameters', async () => {
    expect(await api.request('PUT', `/flow/${flow.id}`, { description: 'by hand' })).toMatchObject({
      description: 'by hand'
    })
    const [found, references] = await api.request<readonly Flow[], { refs: true; limit: number }>(
      'GET',
      '/flow',
      undefined,
      { refs: true, limit: 1 }
    )
    expect([found, references[found[0]?.id ?? '']?.kind]).toMatchObject([[{}], 'flow'])
    await expect(api.request('GET', '/nowhere')).rejects.toThrow(NotFound)
  })

  test('api.creds setter: all services speak for the other account from the next request on', async () => {
    const switching = client()
    const { drop, flow: flows } = switching
    switching.creds = Token(BEN.account, BEN.token)
    expect([switching.account, switching.creds.account]).toEqual(['ben', 'ben'])
    await expect(drop(flow.id).find()).rejects.toThrow(NotFound)
    expect(await flows.create({ path: `/ben/case${String(number)}` })).toMatchObject({
      path: `/ben/case${String(number)}`
    })
    switching.creds = { account: ANA.account, apiToken: 'of nobody' }
    await expect(flows.find()).rejects.toThrow(Forbidden)
    expect(inspect(switching, { showHidden: true, getters: true, depth: 9 })).not.toContain('of nobody')
  })
})

describe('reading', () => {
  test('read(id)', async () => {
    expect(await api.flow.read(flow.id)).toEqual(flow)
    await expect(api.flow.read(SOMEWHERE_ELSE)).rejects.toThrow(NotFound)
  })

  test('read_or_else(id, default): only what is not there is the default', async () => {
    expect(await api.flow.readOrElse(flow.id, 'none')).toEqual(flow)
    expect(await api.flow.readOrElse(SOMEWHERE_ELSE, 'none')).toBe('none')
    const stranger = client({}, Token(ANA.account, 'of nobody'))
    await expect(stranger.flow.readOrElse(flow.id, 'none')).rejects.toThrow(Forbidden)
  })

  test('read_many(ids): by id, without those that are not there', async () => {
    const [first, second] = await fill(1, 2)
    expect(await api.drop(flow.id).readMany([first!.id, second!.id, 'd000000000000000000000000'])).toEqual({
      [first!.id]: first,
      [second!.id]: second
    })
  })

  test('find_many(*filters, **params): filters of any kind must all match', async () => {
    await fill(1, 2, 3, 4, 5)
    const drops = api.drop(flow.id)
    const found = await drops.findMany('n > 1', member('elems.n').lt(5), {
      filter: 'n != 3 || n == 3',
      sort: 'n',
      order: 'asc',
      start: 1
    })
    expect(numbersOf(found)).toEqual([3, 4])
    expect(await drops.findMany()).toHaveLength(5)
    // Each filter stands for itself: together these two texts would be one that matches everything.
    await expect(drops.findMany('n == 1) || (n > 0', 'n == 2')).rejects.toMatchObject({
      code: 'filter/invalid'
    })
  })

  test('find(...): a text reads, a list reads many, anything else finds', async () => {
    const [drop] = await fill(1)
    const drops = api.drop(flow.id)
    expect(await drops.find(drop!.id)).toEqual(drop)
    expect(await drops.find([drop!.id])).toEqual({ [drop!.id]: drop })
    expect(await drops.find(member('elems.n').eq(1))).toEqual([drop])
    expect(await drops.find({ filter: 'n == 2' })).toEqual([])
    expect(await drops.find()).toEqual([drop])
  })

  test('P(...): the known parameters are typed, any other is passed on, refs and only as the platform wants them', async () => {
    await fill(1)
    const [found] = await api
      .drop(flow.id)
      .find({ only: ['path', 'elems.n'], hints: true, somethingNew: 'x' })
    expect(found).toEqual({ id: found?.id, path, elems: { n: { type: 'integer', value: 1 } } })
    const refused = { order: 'sideways' } as unknown as { order: 'asc' }
    await expect(api.drop(flow.id).find(refused)).rejects.toThrow(BadRequest)
  })

  test('refs=True: the body and the references, in the type too', async () => {
    const [read, references] = await api.flow.read(flow.id, { refs: true })
    expectTypeOf(read).toEqualTypeOf<Flow>()
    expectTypeOf(references).toEqualTypeOf<References>()
    expectTypeOf(await api.flow.read(flow.id, { only: 'path' })).toEqualTypeOf<Flow>()
    expect([read.id, references[flow.creatorId]]).toEqual([
      flow.id,
      { id: flow.creatorId, kind: 'identity', name: 'ana' }
    ])
    const [missing] = await api.flow.readMany([SOMEWHERE_ELSE], { refs: true })
    expect(missing).toEqual({})
  })

  test('filters mem, AGE, EXISTS, HAS, MATCHES, NOT, AND, OR, re, IN, CONTAINS, WITHIN: each finds its drop', async () => {
    const drops = api.drop(flow.id)
    const oslo = { lat: 59.91, lon: 10.75 }
    await drops.create({ elems: { n: 1, name: 'Attic', tags: ['a', 'b'] }, location: oslo })
    await drops.create({ elems: { n: 2, name: 'cellar', tags: ['b'], isOpen: true } })
    const n = member('elems.n')
    const named = member('elems.name')
    const filters = [
      mem.elems!.n!.eq(1),
      n.ne(2),
      n.lt(2),
      n.lte(1),
      NOT(n.gt(1)),
      NOT(n.gte(2).OR(n.eq(7))),
      named.re('^att', 'i'),
      named.IN('Attic', 'roof'),
      member('elems.tags').CONTAINS('a', 'b'),
      member('location').WITHIN(5, 'KM', [59.9, 10.7]),
      NOT(EXISTS(member('elems.isOpen'))),
      NOT(HAS('boolean')),
      MATCHES('attic', 'i'),
      n.mod(2).eq(1),
      n.eq(1).AND(AGE.lt(60_000), named.eq('Attic'))
    ]
    for (const filter of filters) {
      expect([String(filter), numbersOf(await drops.find(filter))]).toEqual([String(filter), [1]])
    }
  })

  test('any number of results, one after the other: for await, bounded and ended early', async () => {
    await fill(1, 2, 3, 4, 5)
    const drops = api.drop(flow.id)
    const seen: unknown[] = []
    for await (const drop of drops.all({ sort: 'n', order: 'asc', start: 1, limit: 3 }))
      seen.push(drop.elems['n'])
    for await (const drop of drops.all()) {
      seen.push(drop.elems['n'])
      if (seen.length > 3) break
    }
    expect(seen).toEqual([2, 3, 4, 5])
    const nothing = api.drop(SOMEWHERE_ELSE).all()
    await expect(nothing.next()).rejects.toThrow(NotFound)
  })
})

describe('writing', () => {
  test('create, update, update_many, save: save picks by list and id', async () => {
    const made = await api.flow.save({ path: `${path}/made`, capacity: 5 })
    expect(await api.flow.update(made.id, { capacity: 6 })).toMatchObject({ capacity: 6 })
    expect(await api.flow.update({ ...made, capacity: 7 })).toMatchObject({ id: made.id, capacity: 7 })
    expect(await api.flow.save({ id: made.id, description: 'saved' })).toMatchObject({
      capacity: 7,
      description: 'saved'
    })
    const both = [{ id: made.id, capacity: 8 }, modify(flow, { capacity: 9 })]
    expect(await api.flow.updateMany(both)).toMatchObject({
      [made.id]: { capacity: 8, description: 'saved' },
      [flow.id]: { capacity: 9 }
    })
    expect(Object.keys(await api.flow.save(both))).toHaveLength(2)
    await expect(api.flow.update({ capacity: 1 } as unknown as Flow)).rejects.toThrow(LocalError)
  })

  test('member update: one member, or one element, is answered alone', async () => {
    const drops = api.drop(flow.id)
    const drop = await drops.create({ elems: { n: 1, more: true } })
    expect(await drops.updateMember(drop.id, 'elems.n', 9007199254740993n)).toEqual({
      'elems.n': 9007199254740993n
    })
    expect((await drops.read(drop.id)).elems).toEqual({ n: 9007199254740993n, more: true })
    expect(await api.flow.updateMember(flow.id, 'description', 'warm')).toEqual({ description: 'warm' })
  })

  test('delete(id, data), drop(f).delete_all()', async () => {
    const [first] = await fill(1, 2, 3)
    expect(await api.drop(flow.id).delete(first!.id, { why: 'ignored' })).toBeNull()
    expect(numbersOf(await api.drop(flow.id).find({ sort: 'n', order: 'asc' }))).toEqual([2, 3])
    expect(await api.drop(flow.id).deleteAll()).toBeNull()
    expect(await api.drop(flow.id).find()).toEqual([])
    await api.flow.delete(flow.id)
    await expect(api.flow.read(flow.id)).rejects.toThrow(NotFound)
  })

  test('drop(flow_id) and drop.create({path}): a flow’s drops by id or path, several flows at once', async () => {
    const other = await api.flow.create({ path: `${path}/other` })
    const made = await api.drop.create({ path, elems: { n: 1 } })
    await api.drop.create({ path: other.path, elems: { n: 2 } })
    expect(made).toMatchObject({ path, flowId: flow.id })
    expect(await api.drop(path).read(made.id)).toEqual(made)
    expect(await api.drop.findMany(member('elems.n').eq(1), { path })).toEqual([made])
    expect(
      await api.drop.multiFind([
        { flowId: flow.id, params: { filter: member('elems.n').gt(5) } },
        { path: other.path, params: { limit: 1 } }
      ])
    ).toMatchObject({ [flow.id]: [], [other.id]: [{ elems: { n: 2 } }] })
  })

  test('M(model, **changes), modify, done(): only what changed is sent, and the model stays as it was', async () => {
    const before = structuredClone(flow)
    const changed = modify(flow, { capacity: 3 }).modify('description', 'shared')
    // Somebody else changed it meanwhile: what this change does not name is kept.
    await api.flow.update(flow.id, { displayName: 'theirs' })
    expect(changed.done()).toEqual([
      { ...flow, capacity: 3, description: 'shared' },
      { capacity: 3, description: 'shared' }
    ])
    expect(await api.flow.update(changed)).toMatchObject({
      displayName: 'theirs',
      capacity: 3,
      description: 'shared'
    })
    expect(await api.flow.save(modify(flow).modify('description', null))).not.toHaveProperty('description')
    expect(flow).toEqual(before)
  })

  test('token.create, share.create + find/delete, no update', async () => {
    const token = await api.token.create({ paths: { [path]: { dropRead: true } }, duration: 60_000 })
    const guest = client({}, Token('ana', token.tokenString))
    expect(await guest.drop(flow.id).find()).toEqual([])
    await expect(guest.drop(flow.id).create({ elems: {} })).rejects.toThrow(Forbidden)
    expect((await api.token.read(token.id)).expiresInMs).toBeLessThanOrEqual(60_000)
    const ben = client({}, Token(BEN.account, BEN.token))
    const [identity] = await ben.identity.find()
    const share = await api.share.create({
      issuedTo: identity!.id,
      paths: { [path]: { read: true, dropRead: true } }
    })
    expect(await ben.drop(flow.id).find()).toEqual([])
    expect((await api.share.find([share.id]))[share.id]?.issuedTo).toBe(identity!.id)
    await api.token.delete(token.id)
    await api.share.delete(share.id)
    await expect(guest.drop(flow.id).find()).rejects.toThrow(Forbidden)
    await expect(ben.drop(flow.id).find()).rejects.toThrow(NotFound)
    // @ts-expect-error: a token is never changed
    expect(api.token.update).toBeUndefined()
    // @ts-expect-error: nor is a share
    expect([api.share.save, api.share.updateMany]).toEqual([undefined, undefined])
  })

  test('every other service makes, finds, changes and deletes its own', async () => {
    const report = `${path}/report`
    await api.flow.create({ path: report })
    const [self] = await api.identity.find()
    expect(await api.identity.update(self!.id, { firstName: 'Ana' })).toMatchObject({
      name: 'ana',
      firstName: 'Ana'
    })
    const track = await api.track.create({ source: path, destination: report, filter: 'n > 1' })
    expect(await api.track.update(modify(track, { disabled: true }))).toMatchObject({ disabled: true })
    const group = await api.group.create({ memberIds: [self!.id], displayName: 'all' })
    expect(await api.group.update(group.id, { description: 'everyone' })).toMatchObject({
      memberIds: [self!.id],
      description: 'everyone'
    })
    const apiTask = await api.apiTask.create({
      destination: path,
      js: 'function () { return [] }',
      periodicity: 60_000
    })
    expect(await api.apiTask.update(apiTask.id, { displayName: 'poll' })).toMatchObject({
      displayName: 'poll',
      runCt: 0
    })
    const mqtt = await api.mqttTask.create({ destination: path, uri: 'tcp://127.0.0.1:1883', topic: 'a/b' })
    expect(await api.mqttTask.update(mqtt.id, { qos: 2 })).toMatchObject({ topic: 'a/b', qos: 2 })
    const rss = await api.rssTask.create({ destination: path, url: 'http://127.0.0.1/feed' })
    expect(await api.rssTask.update(rss.id, { category: 'news' })).toMatchObject({ category: 'news' })
    const device = await api.device.create({ path: `${path}/pump`, displayName: 'Pump' })
    expect(await api.device.update(device.id, { displayName: 'The pump' })).toMatchObject({
      displayName: 'The pump',
      status: 'UNSEEN'
    })
    const found = [
      await api.track.find([track.id]),
      await api.group.find([group.id]),
      await api.apiTask.find([apiTask.id]),
      await api.mqttTask.find([mqtt.id]),
      await api.rssTask.find([rss.id]),
      await api.device.find([device.id])
    ]
    expect(found.map((each) => Object.keys(each))).toEqual(
      [track, group, apiTask, mqtt, rss, device].map(({ id }) => [id])
    )
    await api.track.delete(track.id)
    await api.group.delete(group.id)
    await api.apiTask.delete(apiTask.id)
    await api.mqttTask.delete(mqtt.id)
    await api.rssTask.delete(rss.id)
    await api.device.delete(device.id)
    expect(await api.track.readOrElse(track.id, null)).toBeNull()
  })

  test('simulate: a function is tried and nothing is stored', async () => {
    const tried = await api.track.simulate({
      drop: { elems: { n: 20 } },
      js: 'function (input) { return { elems: { double: input.elems.n * 2 } } }'
    })
    expect([tried.drops, tried.errors]).toEqual([[{ elems: { double: 40 } }], []])
    expect(
      (await api.track.simulate({ drop: { elems: {} }, js: 'function () { throw new Error("no") }' })).errors
    ).toHaveLength(1)
  })
})

describe('adding up', () => {
  test('statistics x 6: every helper, at every level and range', async () => {
    const report = await api.flow.create({ path: `${path}/report` })
    const track = await api.track.create({ source: path, destination: report.path, filter: 'n > 1' })
    const [self] = await api.identity.find()
    await fill(1, 2)
    await until(async () => (await api.drop(report.id).find()).length === 1)
    const created = new Date(flow.creationDate)
    const year = created.getUTCFullYear()
    const month = created.getUTCMonth() + 1
    const day = created.getUTCDate()
    const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
    const { statistics } = api
    expect({
      flowDropAdded: total(await statistics.flowDropAdded(flow.id)),
      flowTracked: total(await statistics.flowTracked(report.id, { year })),
      trackHit: total(await statistics.trackHit(track.id, { year, month })),
      trackPass: total(await statistics.trackPass(track.id, { year, month, day })),
      ownDrops: total(await statistics.dropCreatedBy(self!.id)) >= 2,
      ownCalls: total(await statistics.apiCallByIdentity(self!.id)) > 2
    }).toEqual({
      flowDropAdded: 2,
      flowTracked: 1,
      trackHit: 2,
      trackPass: 1,
      ownDrops: true,
      ownCalls: true
    })
    const added = async (
      ...range: Parameters<typeof statistics.flowDropAdded> extends [string, ...infer Rest] ? Rest : never
    ) => (await statistics.flowDropAdded(flow.id, ...range)).length
    expect([
      await added({}),
      await added({ year }),
      await added({ year, level: 'YEAR' }),
      await added({ year: 2015, level: 'DAY' }),
      await added({ year: 2016, level: 'hour' }),
      await added({ year: 2015, month: 1 }),
      await added({ year: 2015, month: 2, level: 'HOUR' }),
      await added({ year, month, day }),
      await added({ year, month, day, level: 'year' })
    ]).toEqual([1, 12, 1, 365, 8784, 31, 672, 24, 1])
    // @ts-expect-error: a day needs its month
    void (() => statistics.trackHit(track.id, { year, day }))
    await expect(statistics.flowTracked(track.id)).rejects.toThrow(NotFound)
  })

  test('aggregate(output, group_by, filter, rules, sorts): what is absent is left out', async () => {
    const drops = api.drop(flow.id)
    for (const [room, temp] of [
      ['attic', 18],
      ['attic', 20],
      ['cellar', 11],
      ['cellar', 90]
    ] as const) {
      await drops.create({ elems: { room, temp } })
    }
    expect(await drops.aggregate(['$count'])).toEqual([{ $count: 4 }])
    expect(
      await drops.aggregate(['$avg:temp', '$avg:warm'], {
        groupBy: ['room'],
        filter: member('elems.temp').lt(50),
        rules: { warm: member('elems.temp').gt(19), cold: 'temp < 12' },
        sorts: ['$avg:temp:asc']
      })
    ).toEqual([
      { room: 'cellar', '$avg:temp': 11, '$avg:warm': 0 },
      { room: 'attic', '$avg:temp': 19, '$avg:warm': 0.5 }
    ])
    await expect(drops.aggregate(['$stddev:temp'])).rejects.toThrow(BadRequest)
  })
})

describe('at once', () => {
  test('exceptions: a class for each status, what the request was, and never the token', async () => {
    const secret = 'Xk29-never-to-be-seen-4711'
    const stranger = client({}, Token('ana', secret))
    const errors = await Promise.all(
      [
        api.flow.create({ path: 'nonsense' }),
        stranger.flow.find(),
        api.flow.read(SOMEWHERE_ELSE),
        api.request('PUT', '/token/t000000000000000000000000', {}),
        client({ host: '127.0.0.1:9' }, Token('ana', secret)).flow.create({ path })
      ].map((call) =>
        call.then(
          () => undefined,
          (error: unknown) => error as FlowthingsError
        )
      )
    )
    expect(
      errors.map((error) => [error?.name, error?.status, error?.method, error?.path, error?.account])
    ).toEqual([
      ['BadRequest', 400, 'POST', '/v4.0/ana/flow', 'ana'],
      ['Forbidden', 403, 'GET', '/v4.0/ana/flow', 'ana'],
      ['NotFound', 404, 'GET', `/v4.0/ana/flow/${SOMEWHERE_ELSE}`, 'ana'],
      ['PlatformError', 405, 'PUT', '/v4.0/ana/token/t000000000000000000000000', 'ana'],
      ['LocalError', undefined, 'POST', '/v4.0/ana/flow', 'ana']
    ])
    expect(errors.map((error) => [error instanceof PlatformError, (error?.errors.length ?? 0) > 0])).toEqual([
      [true, true],
      [true, true],
      [true, true],
      [true, true],
      [false, false]
    ])
    const told = errors.flatMap((error) => [
      inspect(error, { showHidden: true, depth: 9, getters: true }),
      JSON.stringify(error),
      error?.stack
    ])
    expect(told.join('\n')).not.toContain(secret)
    expect(inspect(stranger, { showHidden: true, depth: 9, getters: true })).not.toContain(secret)
  })

  test('async(), results(with_exceptions): in the order of the calls; the first failure is thrown, or each has its place', async () => {
    const ids = [flow.id, SOMEWHERE_ELSE, flow.id]
    const batch = api.batch<Flow>({ concurrency: 2 })
    for (const id of ids) batch.add((each) => each.flow.read(id))
    await expect(batch.results()).rejects.toThrow(NotFound)
    expect(await batch.results()).toEqual([])
    for (const id of ids) batch.add((each) => each.flow.read(id))
    const outcomes = await batch.results({ withExceptions: true })
    expect(outcomes.map(([error, value]) => error?.name ?? value?.path)).toEqual([path, 'NotFound', path])
    expect(await batch.results()).toEqual([])
  })

  test('lazy(): calls that do not need each other run at once, one that needs another waits for it', async () => {
    const other = api.flow.create({ path: `${path}/b` })
    const own = api.flow.find(member('path').eq(path))
    const drops = own.then(([first]) => api.drop(first!.id).find({ limit: 10 }))
    await expect(Promise.all([own, other, drops])).resolves.toMatchObject([
      [{ path }],
      { path: `${path}/b` },
      []
    ])
  })

  test('websocket.connect, run, subscribe, unsubscribe, send: drops by id or path, commands with replies', async () => {
    const live = client()
    const told: string[] = []
    const socket = await live.websocket.connect({
      onOpen: () => told.push('open'),
      onMessage: (resource, drop) =>
        told.push(`${resource === flow.id ? 'own' : 'other'} ${String(drop.elems['n'])}`),
      onClose: () => told.push('close')
    })
    expect(await socket.subscribe(path)).toEqual({ flowId: flow.id, path })
    await socket.send({
      type: 'create',
      object: 'drop',
      flowId: flow.id,
      value: { elems: { n: 9007199254740993n } }
    })
    await until(() => told.length === 2)
    await socket.unsubscribe(path)
    await fill(2)
    await socket.subscribe(flow.id)
    await fill(3)
    await until(() => told.length === 3)
    await expect(socket.subscribe('/ana/nowhere')).rejects.toThrow(NotFound)
    await expect(socket.send({ type: 'find', object: 'flow', id: SOMEWHERE_ELSE })).rejects.toThrow(NotFound)
    const ended = socket.run()
    await live.close()
    await ended
    expect(told).toEqual(['open', 'own 9007199254740993', 'own 3', 'close'])
    const stranger = client({}, Token('ana', 'of nobody'))
    await expect(stranger.websocket.connect()).rejects.toThrow(Forbidden)
  })
})
