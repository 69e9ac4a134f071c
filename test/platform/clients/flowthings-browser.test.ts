import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ANA, startTestPlatform, until, type Loose, type TestPlatform } from '../../support/platform.ts'
import { StandInXmlHttpRequest } from './browser-stand-ins.ts'

/** The official browser client, unchanged, against the platform. */

interface Envelope {
  readonly head: Loose
  readonly body: Loose
}
type Ask<Result = Envelope> = (...args: readonly unknown[]) => Promise<Result>

interface DropService {
  readonly find: Ask
  readonly read: Ask
  readonly readMany: Ask
  readonly create: Ask
  readonly update: Ask
  readonly save: Ask
  readonly aggregate: Ask
}
interface LiveClient {
  readonly connect: Ask<LiveClient>
  readonly subscribe: Ask<Loose>
  readonly unsubscribe: Ask<Loose>
  readonly send: Ask<Loose>
  readonly __socket: WebSocket
  onclose?: () => void
}
interface Client {
  readonly flow: { readonly find: Ask; readonly read: Ask; readonly readMany: Ask }
  readonly drop: ((flowId: string) => DropService) & { readonly create: Ask }
  readonly ws: LiveClient
}
interface Library {
  readonly API: (options: object) => Client
  readonly promisify: (promise: PromiseConstructor) => unknown
}

/** Loads the library with the globals of a browser, which it looks for once. */
function loadLibrary(): Library {
  const before = {
    XMLHttpRequest: Reflect.get(globalThis, 'XMLHttpRequest') as unknown,
    WebSocket: globalThis.WebSocket
  }
  Object.assign(globalThis, { XMLHttpRequest: StandInXmlHttpRequest, WebSocket })
  try {
    return createRequire(import.meta.url)('flowthings-browser') as Library
  } finally {
    Object.assign(globalThis, before)
  }
}

const library = loadLibrary()
let platform: TestPlatform
let client: Client
let flowId: string

beforeAll(async () => {
  platform = await startTestPlatform()
  flowId = await platform.flow('garden', { description: 'herbs' })
  client = clientWith({})
})
afterAll(async () => {
  await platform.close()
})

function clientWith(options: object): Client {
  const { host } = new URL(platform.url)
  const transform = library.promisify(Promise)
  return library.API({ ...ANA, host, wsHost: host, secure: false, transform, ...options })
}

const create = async (n: number, more: object = {}) =>
  (await client.drop(flowId).create({ elems: { n, ...more } })).body

test('flows are found with a filter of the client, read, and read together', async () => {
  const other = await platform.flow('attic')
  const found = await client.flow.find({ filter: { path: '/ana/garden' }, only: ['path', 'description'] })
  expect(found.head).toMatchObject({ ok: true, status: 200 })
  expect(found.body).toEqual([{ id: flowId, path: '/ana/garden', description: 'herbs' }])
  expect((await client.flow.find({ filter: { path: /gar/i } })).body).toHaveLength(1)
  expect(
    (await client.flow.find({ filter: { $or: [{ path: '/ana/garden' }, { path: { $regex: 'ana/att' } }] } }))
      .body
  ).toHaveLength(2)
  expect((await client.flow.read(flowId)).body.path).toBe('/ana/garden')
  const many = await client.flow.readMany([flowId, other, 'f000000000000000000000000'])
  expect(Object.keys(many.body as object).sort()).toEqual([flowId, other].sort())
})

test('drops are created, read, updated and saved, with typed elements as version 0.1 has them', async () => {
  const created = await client.drop.create({ path: '/ana/garden', elems: { temp: 21.5, place: 'shed' } })
  expect(created.head.status).toBe(201)
  expect(created.body).toMatchObject({ flowId, path: '/ana/garden', version: 0 })
  const drops = client.drop(flowId)
  const { id } = created.body as { id: string }
  const typed = { temp: { type: 'float', value: 21.5 }, place: { type: 'string', value: 'shed' } }
  expect((await drops.read(id)).body.elems).toEqual(typed)
  expect((await drops.read(id, { hints: 0 })).body.elems).toEqual({ temp: 21.5, place: 'shed' })
  const updated = await drops.update({ id, elems: { temp: 22.5 } })
  expect(updated.body).toMatchObject({ id, version: 1, elems: { temp: { type: 'float', value: 22.5 } } })
  // A whole drop as it was answered is saved back.
  expect((await drops.save({ ...updated.body, fhash: 'x' })).body).toMatchObject({
    id,
    version: 2,
    fhash: 'x'
  })
  const saved = await drops.save({ elems: { temp: 1 } })
  expect([saved.head.status, saved.body.id === id]).toEqual([201, false])
  const many = await drops.readMany([id, saved.body.id])
  expect(Object.keys(many.body as object).sort()).toEqual([id, saved.body.id as string].sort())
})

test('drops are found by filter, page and order, with references', async () => {
  const before = await create(1, { kind: 'find' })
  for (const n of [2, 3]) await create(n, { kind: 'find' })
  const drops = client.drop(flowId)
  const found = await drops.find({
    filter: { kind: 'find', n: { $gte: 2 } },
    order: 'asc',
    limit: 1,
    refs: true
  })
  expect(found.body.map((drop: Loose) => drop.elems.n.value as number)).toEqual([2])
  expect(found.head.references[flowId]).toMatchObject({ kind: 'flow', path: '/ana/garden' })
  expect((await drops.find({ filter: 'kind == "find"', hints: 0 })).body).toHaveLength(3)
  expect((await drops.find(before.id)).body.id).toBe(before.id)
})

test('drops are aggregated', async () => {
  for (const [room, temp] of [
    ['a', 1],
    ['a', 3],
    ['b', 5]
  ] as const)
    await create(0, { room, temp })
  const { body } = await client
    .drop(flowId)
    .aggregate({ output: ['$avg:temp', '$count'], groupBy: ['room'], filter: 'EXISTS room' })
  expect(body).toEqual([
    { room: 'a', '$avg:temp': 2, $count: 2 },
    { room: 'b', '$avg:temp': 5, $count: 1 }
  ])
})

test('errors come as the envelope', async () => {
  const rejected = async (asked: Promise<unknown>): Promise<Loose> =>
    await asked.then(
      () => undefined,
      (error: unknown) => error
    )
  expect((await rejected(client.flow.read('f000000000000000000000000'))).head).toMatchObject({
    ok: false,
    status: 404
  })
  expect((await rejected(client.drop(flowId).find({ filter: 'n >' }))).head.errors[0]).toContain('filter')
  expect((await rejected(clientWith({ token: 'wrong' }).flow.find())).head.status).toBe(403)
})

test('a subscription gets every drop once, by path and by id, until it ends', async () => {
  const live = await client.ws.connect()
  const byPath: number[] = []
  const byId: number[] = []
  const heardByPath = (drop: Loose): void => void byPath.push(drop.elems.n as number)
  const heardById = (drop: Loose): void => void byId.push(drop.elems.n as number)
  // Both are sent before the socket is open, and wait in the client's queue.
  await Promise.all([live.subscribe('/ana/garden', heardByPath), live.subscribe(flowId, heardById)])
  await create(11)
  const sent = await live.send({ object: 'drop', type: 'create', flowId, value: { elems: { n: 12 } } })
  expect(sent).toMatchObject({ flowId, elems: { n: 12 } })
  await until(() => byId.length >= 2 && byPath.length >= 2)
  expect([byPath, byId]).toEqual([
    [11, 12],
    [11, 12]
  ])
  // The client sends a second subscribe to end one, and needs no more than an ok.
  expect(await live.unsubscribe('/ana/garden', heardByPath)).toEqual({})
  await create(13)
  await until(() => byId.length >= 3)
  expect([byPath, byId]).toEqual([
    [11, 12],
    [11, 12, 13]
  ])
  const refused = await live.subscribe('/ana/nowhere', heardById).catch((error: unknown) => error)
  expect((refused as Envelope).head).toMatchObject({ ok: false, status: 404 })
  const closed = new Promise<void>((resolve) => {
    live.onclose = resolve
  })
  live.__socket.close()
  await closed
})
