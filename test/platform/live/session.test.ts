import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  openSession,
  startTestPlatform,
  until,
  type TestPlatform,
  type TestSession
} from '../../support/platform.ts'
import { MAX_WAITING_PUSHES } from '../../../src/platform/live/outbox.ts'

let platform: TestPlatform
let flow: string

beforeEach(async () => {
  platform = await startTestPlatform()
  flow = await platform.flow('attic')
})
afterEach(async () => {
  await platform.close()
})

const create = (n: number, over: object = {}): Promise<unknown> =>
  platform.request('POST', `/drop/${flow}`, { elems: { n }, ...over })

const subscribed = async (query = ''): Promise<TestSession> => {
  const session = await platform.session(query)
  await session.ask({ msgId: 0, type: 'subscribe', object: 'drop', flowId: flow })
  return session
}

describe('a session', () => {
  test('is opened with 201 and an id that may stand in a URL', async () => {
    const reply = await platform.request('POST', '/session', undefined, { 'x-auth-account': 'ana' })
    expect(reply).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^[\w-]{20,}$/) as string }
    })
  })

  test('has one socket: a second is refused with 409, and after the first closed there is none', async () => {
    const { body } = await platform.request('POST', '/session', undefined, { 'x-auth-account': 'ana' })
    const url = `${platform.wsUrl}/session/${String(body.id)}/ws`
    const session = await openSession(url)
    await expect(openSession(url)).rejects.toThrow('409')
    session.socket.close()
    await session.closed
    await until(() =>
      openSession(url).then(
        () => false,
        (error: Error) => error.message.includes('404')
      )
    )
  })

  test('lapses when it is not used', async () => {
    const brief = await startTestPlatform({ times: { sessionLifeMs: 30 } })
    const { body } = await brief.request('POST', '/session', undefined, { 'x-auth-account': 'ana' })
    await new Promise((resolve) => setTimeout(resolve, 60))
    await expect(openSession(`${brief.wsUrl}/session/${String(body.id)}/ws`)).rejects.toThrow('404')
    await brief.close()
  })

  test('of a peer that answers no ping is ended; one that does lives on', async () => {
    const probing = await startTestPlatform({ times: { pingIntervalMs: 300 } })
    const alive = await probing.session()
    const { body } = await probing.request('POST', '/session', undefined, { 'x-auth-account': 'ana' })
    const { hostname, port } = new URL(probing.url)
    const dead = connect(Number(port), hostname)
    dead.write(
      `GET /session/${String(body.id)}/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
    )
    dead.resume()
    await new Promise((resolve) => dead.on('close', resolve))
    expect((await alive.ask({ msgId: 1, type: 'findmany', object: 'flow' })).head.ok).toBe(true)
    await probing.close()
    expect(await alive.closed).toBe(1001)
  })
})

describe('commands', () => {
  test('the message id comes back with its type, null when there was none', async () => {
    const session = await platform.session()
    for (const msgId of [0, 1, '-7', 'text', true, null]) {
      expect((await session.ask({ msgId, type: 'findmany', object: 'flow' })).head.msgId).toBe(msgId)
    }
    expect((await session.ask({ type: 'findmany', object: 'flow' })).head).toMatchObject({
      msgId: null,
      ok: true
    })
  })

  test('a heartbeat gets no reply', async () => {
    const session = await platform.session()
    session.send({ type: 'heartbeat' })
    expect((await session.ask({ msgId: 5, type: 'findmany', object: 'flow' })).head.msgId).toBe(5)
  })

  test.each([
    ['no JSON', '{', null],
    ['no object', '[1]', null],
    ['an unknown type', { msgId: 1, type: 'dance', object: 'drop' }, 1],
    ['an unknown object', { msgId: 2, type: 'find', object: 'moon' }, 2],
    ['no id', { msgId: 3, type: 'find', object: 'flow' }, 3],
    ['no flow', { msgId: 4, type: 'subscribe', object: 'drop' }, 4],
    ['a name of an object prototype', { msgId: 5, type: 'find', object: 'constructor', id: 'x' }, 5]
  ])('%s: 400, with the message id that could be read', async (_name, frame, msgId) => {
    const session = await platform.session()
    const reply = await session.ask(frame)
    expect(reply.head).toMatchObject({ msgId, ok: false, status: 400 })
    expect(reply.head.errors.length).toBeGreaterThan(0)
    expect(reply.body).toEqual({})
  })

  test('drops: create, find, findmany, update, delete, and empty the flow', async () => {
    const session = await platform.session()
    const drop = { object: 'drop', flowId: flow }
    const made = await session.ask({ msgId: 1, ...drop, type: 'create', value: { elems: { n: 1 } } })
    expect(made).toMatchObject({ head: { status: 201, msgId: 1 }, body: { flowId: flow, elems: { n: 1 } } })
    const { id } = made.body as { id: string }
    expect((await session.ask({ ...drop, type: 'find', id })).body.id).toBe(id)
    expect((await session.ask({ object: 'drop', type: 'find', id: [flow, id] })).body.id).toBe(id)
    const changed = await session.ask({
      object: 'drop',
      type: 'update',
      id: [flow, id],
      value: { elems: { n: 2 } }
    })
    expect(changed.body).toMatchObject({ version: 1, elems: { n: 2 } })
    const options = { filter: 'n == 2', limit: '5', hints: '1' }
    const found = await session.ask({ ...drop, type: 'findmany', options })
    expect(found.body[0].elems).toEqual({ n: { type: 'integer', value: 2 } })
    expect((await session.ask({ object: 'drop', type: 'findmany', path: '/ana/attic' })).body).toHaveLength(1)
    expect((await session.ask({ ...drop, type: 'findmany', options: { filter: 'n ==' } })).head.status).toBe(
      400
    )
    expect(await session.ask({ ...drop, type: 'delete', id })).toMatchObject({
      head: { status: 200 },
      body: {}
    })
    expect((await session.ask({ ...drop, type: 'find', id })).head.status).toBe(404)
    const byPath = { object: 'drop', type: 'create', value: { path: '/ana/attic', elems: {} } }
    expect((await session.ask(byPath)).head.status).toBe(201)
    expect((await session.ask({ ...byPath, value: { path: '/ana/none', elems: {} } })).head.status).toBe(400)
    await session.ask({ ...drop, type: 'delete' })
    expect((await session.ask({ ...drop, type: 'findmany' })).body).toEqual([])
  })

  test('flows: create, find, findmany, update, delete', async () => {
    const session = await platform.session()
    const made = await session.ask({ object: 'flow', type: 'create', value: { path: '/ana/cellar' } })
    expect(made.head.status).toBe(201)
    const { id } = made.body as { id: string }
    expect((await session.ask({ object: 'flow', type: 'find', id })).body.path).toBe('/ana/cellar')
    expect(
      (await session.ask({ object: 'flow', type: 'update', id, value: { capacity: 3 } })).body.capacity
    ).toBe(3)
    expect(
      (await session.ask({ object: 'flow', type: 'findmany', options: { limit: 1 } })).body
    ).toHaveLength(1)
    expect((await session.ask({ object: 'flow', type: 'delete', id })).body).toEqual({})
    expect((await session.ask({ object: 'flow', type: 'find', id })).head.status).toBe(404)
  })

  test('a ping, whose payload may be a heartbeat, is answered with the same payload', async () => {
    const session = await platform.session()
    const answered = new Promise<string>((resolve) => {
      session.socket.once('pong', (payload: Buffer) => {
        resolve(payload.toString())
      })
    })
    session.socket.ping('{"type":"heartbeat"}')
    expect(await answered).toBe('{"type":"heartbeat"}')
  })

  test.each([
    ['track', { source: '/ana/attic', destination: '/ana/attic' }],
    ['device', { path: '/ana/cellar' }],
    ['api-task', { destination: '/ana/attic', source: { type: 'http' } }],
    ['mqtt', { source: '/ana/attic', uri: 'tcp://broker', topic: 't' }],
    ['rss', { destination: '/ana/attic', url: 'https://example.com' }],
    ['group', { memberIds: [] }]
  ])('%s: create, find, findmany, update, delete', async (object, value) => {
    const session = await platform.session()
    const made = await session.ask({ msgId: 'a', type: 'create', object, value })
    expect(made).toMatchObject({ head: { msgId: 'a', status: 201 }, body: value })
    const { id } = made.body as { id: string }
    expect((await session.ask({ type: 'find', object, id })).body).toMatchObject({ id, ...value })
    const changed = await session.ask({ type: 'update', object, id, value: { description: 'd' } })
    expect(changed.head.status).toBe(200)
    expect((await session.ask({ type: 'findmany', object, options: { limit: '5' } })).body).toHaveLength(1)
    expect(await session.ask({ type: 'delete', object, id })).toMatchObject({
      head: { status: 200 },
      body: {}
    })
    expect((await session.ask({ type: 'find', object, id })).head.status).toBe(404)
    expect((await session.ask({ type: 'delete', object })).head.status).toBe(400)
  })

  test('hundreds at once are all answered', async () => {
    const session = await platform.session()
    const count = 700
    for (let msgId = 0; msgId < count; msgId++) {
      session.send({ msgId, type: 'create', object: 'drop', flowId: flow, value: { elems: { msgId } } })
    }
    const answered = new Set<number>()
    for (let n = 0; n < count; n++)
      answered.add(((await session.next()) as { head: { msgId: number } }).head.msgId)
    expect(answered.size).toBe(count)
    expect((await platform.request('GET', `/drop/${flow}?limit=1000`)).body).toHaveLength(count)
  })

  test('a frame beyond a mebibyte ends the socket with 1009', async () => {
    const session = await platform.session()
    session.send('x'.repeat(1024 * 1024 + 1))
    expect(await session.closed).toBe(1009)
  })
})

describe('pushes', () => {
  test('a subscriber gets each drop once and in order, however it subscribed', async () => {
    const session = await subscribed()
    for (const frame of [
      { msgId: 1, type: 'subscribe', object: 'drop', flowId: flow },
      { msgId: 2, type: 'subscribe', object: 'drop', path: '/ana/attic' },
      { msgId: 3, type: 'subscribe', object: 'drop', path: '/ana/attic/' }
    ]) {
      expect(await session.ask(frame)).toMatchObject({ head: { status: 200, msgId: frame.msgId }, body: {} })
    }
    for (const n of [1, 2, 3]) await create(n)
    for (const n of [1, 2, 3]) {
      const push = await session.next()
      expect(Object.keys(push as object)).toEqual(['type', 'resource', 'value'])
      expect(push).toMatchObject({
        type: 'message',
        resource: flow,
        value: { flowId: flow, path: '/ana/attic', elems: { n } }
      })
    }
    expect((await session.ask({ msgId: 4, type: 'findmany', object: 'flow' })).head.msgId).toBe(4)
  })

  test('the reply to a create comes before the push of its own drop', async () => {
    const session = await subscribed()
    session.send({ msgId: 9, type: 'create', object: 'drop', flowId: flow, value: { elems: {} } })
    expect((await session.next()).head.msgId).toBe(9)
    expect((await session.next()).type).toBe('message')
  })

  test('drops of a flow that keeps none are pushed, repeats of an fhash and updates are not', async () => {
    await platform.request('PUT', `/flow/${flow}`, { capacity: 0 })
    const session = await subscribed()
    await create(1)
    expect((await session.next()).value.elems.n).toBe(1)
    await platform.request('PUT', `/flow/${flow}`, { capacity: 10 })
    await create(2, { fhash: 'x' })
    const { id } = ((await session.next()) as { value: { id: string } }).value
    await create(3, { fhash: 'x' })
    await platform.request('PUT', `/drop/${flow}/${id}`, { elems: { n: 4 } })
    await create(5)
    expect((await session.next()).value.elems.n).toBe(5)
  })

  test('elements are plain, or typed for a session with hints=1', async () => {
    const [plain, typed] = [await subscribed(), await subscribed('?hints=1')]
    await create(1)
    expect((await plain.next()).value.elems).toEqual({ n: 1 })
    expect((await typed.next()).value.elems).toEqual({ n: { type: 'integer', value: 1 } })
  })

  test('nothing comes after unsubscribing, nor after the flow was deleted', async () => {
    const session = await subscribed()
    const unsubscribe = { msgId: 1, type: 'unsubscribe', object: 'drop', path: '/ana/attic' }
    expect((await session.ask(unsubscribe)).head.ok).toBe(true)
    expect((await session.ask(unsubscribe)).head.ok).toBe(true)
    await create(1)
    expect((await session.ask({ msgId: 2, type: 'findmany', object: 'flow' })).head.msgId).toBe(2)
    await session.ask({ msgId: 3, type: 'subscribe', object: 'drop', flowId: flow })
    await platform.request('DELETE', `/flow/${flow}`)
    flow = await platform.flow('attic')
    await create(2)
    expect((await session.ask({ msgId: 4, type: 'findmany', object: 'flow' })).head.msgId).toBe(4)
  })

  test('an unknown flow cannot be subscribed to, nor one of another account', async () => {
    const session = await platform.session()
    for (const key of [{ flowId: 'f000000000000000000000000' }, { path: '/ana/none' }, { path: '/ben/x' }]) {
      expect((await session.ask({ msgId: 1, type: 'subscribe', object: 'drop', ...key })).head.status).toBe(
        404
      )
    }
  })

  test('a reader that is too slow loses the oldest drops and is told how many', async () => {
    const session = await subscribed()
    await platform.request('PUT', `/flow/${flow}`, { capacity: 0 })
    session.socket.pause()
    const writer = await platform.session()
    const total = MAX_WAITING_PUSHES + 4000
    const filler = 'x'.repeat(1000)
    for (let n = 0; n < total; n++) {
      writer.send({ msgId: n, type: 'create', object: 'drop', flowId: flow, value: { elems: { n, filler } } })
      if (n % 500 === 499) for (let reply = 0; reply < 500; reply++) await writer.next()
    }
    session.socket.resume()
    const seen: number[] = []
    let skipped = 0
    while (seen.at(-1) !== total - 1) {
      const frame = await session.next()
      if (frame.head === undefined) {
        seen.push(frame.value.elems.n as number)
        continue
      }
      expect(frame.head).toMatchObject({ msgId: null, ok: true, status: 200 })
      skipped += frame.body.skipped[flow] as number
    }
    expect(skipped).toBeGreaterThan(0)
    expect(seen.length + skipped).toBe(total)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  test('compression is not offered', async () => {
    const session = await platform.session()
    expect(session.socket.extensions).toBe('')
  })
})
