import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../src/main/client/api.ts'
import type { LiveSink } from '../../../src/main/client/gap-repair.ts'
import { createHistoryReader } from '../../../src/main/client/history.ts'
import { createLiveSocket } from '../../../src/main/client/live-socket.ts'
import type { LiveSocket, LiveSocketStatus } from '../../../src/main/client/live-socket.ts'
import { systemScheduler } from '../../../src/main/client/scheduler.ts'
import type { Scheduler } from '../../../src/main/client/scheduler.ts'
import { createSubscriptions } from '../../../src/main/client/subscriptions.ts'
import type { Subscriptions } from '../../../src/main/client/subscriptions.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import { createHandTurnedScheduler } from '../../support/hand-turned-scheduler.ts'
import { createTestApi, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import type { TcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

/** The real platform behind a proxy that the test can break; `direct` writes past the proxy. */
let platform: TestPlatform
let proxy: TcpProxy
let direct: Api
let api: Api
let socket: LiveSocket
let subscriptions: Subscriptions
let shown: { id: string; n: number }[]
let markers: LiveMarker[]
let statuses: LiveSocketStatus[]

beforeEach(async () => {
  platform = await startTestPlatform()
  proxy = await openTcpProxy(platform.host)
  direct = createTestApi(platform, platform.host)
  api = createTestApi(platform, proxy.host)
  shown = []
  markers = []
  statuses = []
})

afterEach(async () => {
  socket.close()
  await api.close()
  await direct.close()
  await proxy.close()
  await platform.close()
})

function connect(scheduler: Scheduler = systemScheduler): void {
  let lastSubscriptionId = 0
  const sink: LiveSink = {
    drop: (_subscriptionId, _receivedAtMs, text) => {
      const { id, elems } = JSON.parse(text) as { id: string; elems: { n: number } }
      shown.push({ id, n: elems.n })
    },
    marker: (marker) => {
      markers.push(marker)
    },
    whenRoom: () => Promise.resolve(),
    newSubscriptionId: () => ++lastSubscriptionId
  }
  subscriptions = createSubscriptions({
    api,
    socket: () => socket,
    readHistory: createHistoryReader(api),
    sink,
    connectionId: 'test',
    clock: systemClock,
    scheduler
  })
  socket = createLiveSocket({
    openSession: (signal) => api.openSession({ signal }),
    onPush: subscriptions.onPush,
    onNotice: subscriptions.onNotice,
    onUnsubscribed: subscriptions.onUnsubscribed,
    onStatus: (status) => {
      statuses.push(status)
      subscriptions.onStatus(status)
    },
    scheduler,
    // The shortest waits of the back-off.
    random: () => 0
  })
  socket.start()
}

const numbers = (): number[] => shown.map(({ n }) => n)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const gaps = (): LiveMarker[] => markers.filter(({ kind }) => kind === 'gap')

async function makeFlow(capacity = 100_000): Promise<string> {
  return valueOf(await direct.flow.create({ path: `/ana/live${String(capacity)}`, capacity })).id
}

async function write(flowId: string, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) valueOf(await direct.drop(flowId).create({ elems: { n } }))
}

describe('subscriptions', () => {
  test('a flow is followed by id or by path, counted, and let go with the last', async () => {
    connect()
    const flowId = await makeFlow()
    const path = '/ana/live100000'
    const subscription = { subscriptionId: 1, connectionId: 'test', flowId, path }
    expect(valueOf(await subscriptions.subscribe({ path }))).toEqual(subscription)
    expect(valueOf(await subscriptions.subscribe({ flowId }))).toEqual(subscription)
    await write(flowId, 0, 2)
    await until('both drops', () => shown.length === 2)
    valueOf(await subscriptions.unsubscribe(flowId))
    await write(flowId, 2, 1)
    await until('the third drop', () => shown.length === 3)
    valueOf(await subscriptions.unsubscribe(flowId))
    await write(flowId, 3, 1)
    // A command's reply keeps its place among the pushes: a push would have come before it.
    valueOf(await socket.send({ type: 'findmany', object: 'flow', options: {} }))
    expect(numbers()).toEqual([0, 1, 2])
    expect(markers.map(({ kind }) => kind)).toEqual(['subscribed', 'unsubscribed'])
  })

  test('two that start at once become one that counts two', async () => {
    connect()
    const flowId = await makeFlow()
    await Promise.all([subscriptions.subscribe({ flowId }), subscriptions.subscribe({ flowId })])
    valueOf(await subscriptions.unsubscribe(flowId))
    expect(subscriptions.flowIds).toEqual([flowId])
    expect(markers).toHaveLength(1)
  })

  test('a flow that is not there is the platform’s failure', async () => {
    connect()
    expect(await subscriptions.subscribe({ path: '/ana/nowhere' })).toMatchObject({
      failure: { code: 'platform/not-found' }
    })
  })
})

describe('a lost connection', () => {
  test('is restored, and what came meanwhile is filled in before live drops go on', async () => {
    connect()
    const flowId = await makeFlow()
    valueOf(await subscriptions.subscribe({ flowId }))
    await write(flowId, 0, 3)
    await until('three drops', () => shown.length === 3)
    proxy.refuse(true)
    proxy.cut()
    await until('the loss', () => socket.status.kind === 'waiting')
    await write(flowId, 3, 5)
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1)
    await write(flowId, 8, 2)
    await until('ten drops', () => shown.length === 10)
    expect(numbers()).toEqual(upTo(10))
    expect(gaps()).toMatchObject([{ flowId, filledDrops: 5, missedDrops: 0 }])
    expect(markers.map(({ kind }) => kind)).toEqual(['subscribed', 'connection-lost', 'gap'])
  })

  test('before the first drop is repaired too', async () => {
    connect()
    const flowId = await makeFlow()
    valueOf(await subscriptions.subscribe({ flowId }))
    proxy.refuse(true)
    proxy.cut()
    await until('the loss', () => socket.status.kind === 'waiting')
    await write(flowId, 0, 4)
    proxy.refuse(false)
    await until('four drops', () => shown.length === 4)
    expect(numbers()).toEqual(upTo(4))
  })

  test('of which capacity discarded a part ends in a marker that says so', async () => {
    connect()
    const flowId = await makeFlow(3)
    valueOf(await subscriptions.subscribe({ flowId }))
    await write(flowId, 0, 1)
    await until('a drop', () => shown.length === 1)
    proxy.refuse(true)
    proxy.cut()
    await until('the loss', () => socket.status.kind === 'waiting')
    await write(flowId, 1, 9)
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1)
    expect(numbers()).toEqual([0, 7, 8, 9])
    expect(gaps()).toMatchObject([{ filledDrops: 3, missedDrops: 'unknown' }])
  })

  test('of a flow that was deleted meanwhile ends its subscription', async () => {
    connect()
    const flowId = await makeFlow()
    valueOf(await subscriptions.subscribe({ flowId }))
    proxy.refuse(true)
    proxy.cut()
    await until('the loss', () => socket.status.kind === 'waiting')
    valueOf(await direct.flow.delete(flowId))
    proxy.refuse(false)
    await until('the end', () => markers.at(-1)?.kind === 'unsubscribed')
    expect(subscriptions.flowIds).toEqual([])
  })

  test('cut again and again under load, every drop is shown exactly once and in order', async () => {
    const CUTS = 12
    connect()
    const flowId = await makeFlow()
    valueOf(await subscriptions.subscribe({ flowId }))
    let written = 0
    let isWriting = true
    const writing = (async () => {
      while (isWriting) {
        await Promise.all(
          Array.from({ length: 20 }, () => direct.drop(flowId).create({ elems: { n: written++ } }))
        )
      }
    })()
    for (let cut = 1; cut <= CUTS; cut += 1) {
      const seen = shown.length
      await until('drops go on', () => shown.length > seen + 30)
      // In the middle of a repair, too: every third cut does not wait for its end.
      if (cut % 3 !== 0) await until('live again', () => gaps().length >= 1 || cut === 1)
      proxy.cut()
    }
    isWriting = false
    await writing
    await until('everything', () => shown.length >= written, 20_000)
    const ids = shown.map(({ id }) => id)
    expect(new Set(ids).size).toBe(written)
    expect(ids).toEqual(ids.toSorted())
    expect(gaps().filter((marker) => marker.kind === 'gap' && marker.missedDrops !== 0)).toEqual([])
  })
})

describe('a dead peer', () => {
  test('is noticed within 20 s without a word from it, and connected to again', async () => {
    const scheduler = createHandTurnedScheduler()
    connect(scheduler)
    await until('open', () => socket.status.kind === 'open')
    proxy.freeze()
    scheduler.advance(19_999)
    expect(statuses.map(({ kind }) => kind)).toContain('waiting')
    proxy.heal()
    scheduler.advance(10_000)
    await until('open again', () => socket.status.kind === 'open')
  })

  test('that answers pings is left alone', async () => {
    const scheduler = createHandTurnedScheduler()
    const replies: boolean[] = []
    connect(scheduler)
    await until('open', () => socket.status.kind === 'open')
    for (let round = 0; round < 8; round += 1) {
      scheduler.advance(5000)
      // A reply comes after the pong of the ping before it.
      const reply = await socket.send({ type: 'findmany', object: 'flow', options: {} })
      replies.push(reply.ok)
    }
    expect(replies).toEqual(Array(8).fill(true))
    expect(socket.status.kind).toBe('open')
  })
})

test('a command fails at once when the socket is lost, and when it is not open', async () => {
  connect()
  await until('open', () => socket.status.kind === 'open')
  proxy.freeze()
  const pending = socket.send({ type: 'findmany', object: 'flow', options: {} })
  proxy.cut()
  socket.reconnect('The test says so.')
  expect(await pending).toMatchObject({ failure: { code: 'network/closed' } })
  expect(await socket.send({ type: 'heartbeat' })).toMatchObject({ failure: { code: 'network/closed' } })
  proxy.heal()
})

test('the platform’s own failure of a command carries its code', async () => {
  connect()
  await until('open', () => socket.status.kind === 'open')
  expect(
    await socket.send({ type: 'subscribe', object: 'drop', flowId: 'f000000000000000000000000' })
  ).toMatchObject({ failure: { code: 'platform/not-found', details: { command: 'subscribe' } } })
})

describe('a frame that a person wrote', () => {
  const ask = async (frame: unknown) => {
    const { text } = valueOf(
      await socket.sendFrame(typeof frame === 'string' ? frame : JSON.stringify(frame))
    )
    return JSON.parse(text) as { head: { msgId: unknown; status: number; ok: boolean }; body: unknown }
  }

  test('is answered word for word, whatever its msgId is and whatever else is under way', async () => {
    connect()
    await until('open', () => socket.status.kind === 'open')
    const frame = { type: 'findmany', object: 'flow' }
    const [one, two, own, none] = await Promise.all([
      ask({ ...frame, msgId: 0 }),
      ask({ ...frame, msgId: '0' }),
      socket.send({ type: 'findmany', object: 'flow' }),
      ask(frame)
    ])
    expect([one.head.msgId, two.head.msgId, own.ok, none.head.msgId]).toEqual([0, '0', true, null])
  })

  test('that the platform refuses, or that is no JSON, is answered with its status', async () => {
    connect()
    await until('open', () => socket.status.kind === 'open')
    expect((await ask({ msgId: 'a', type: 'find', object: 'flow', id: 'nowhere' })).head.status).toBe(404)
    expect((await ask('nonsense')).head).toMatchObject({ msgId: null, status: 400 })
  })

  test('keeps the digits of a 64-bit integer', async () => {
    connect()
    await until('open', () => socket.status.kind === 'open')
    const flowId = await makeFlow()
    const reply = await socket.sendFrame(
      `{"type":"create","object":"drop","flowId":"${flowId}","value":{"elems":{"n":9007199254740993}}}`
    )
    expect(valueOf(reply).text).toContain('9007199254740993')
  })

  test('that is a heartbeat has no reply', async () => {
    connect()
    await until('open', () => socket.status.kind === 'open')
    expect(valueOf(await socket.sendFrame('{"type":"heartbeat"}'))).toMatchObject({ text: '', durationMs: 0 })
  })

  test('that ends a subscription of a flow which is followed loses nothing', async () => {
    connect()
    const flowId = await makeFlow()
    valueOf(await subscriptions.subscribe({ flowId }))
    await write(flowId, 0, 1)
    await until('a drop', () => shown.length === 1)
    const ended = ask({ type: 'unsubscribe', object: 'drop', flowId })
    await write(flowId, 1, 3)
    await ended
    await until('the repair', () => gaps().length === 1)
    await write(flowId, 4, 1)
    await until('five drops', () => shown.length === 5)
    expect(numbers()).toEqual(upTo(5))
  })

  test('fails when there is no socket', async () => {
    connect()
    socket.close()
    expect(await socket.sendFrame('{}')).toMatchObject({ failure: { code: 'network/closed' } })
  })
})

test('waits grow while the platform is away, and it is found at another address', async () => {
  const second = await startTestPlatform()
  connect()
  await until('open', () => socket.status.kind === 'open')
  proxy.refuse(true)
  proxy.cut()
  await until('three attempts', () => statuses.filter(({ kind }) => kind === 'waiting').length >= 3)
  const attempts = statuses.flatMap((status) => (status.kind === 'waiting' ? [status.attempt] : []))
  expect(attempts.slice(0, 3)).toEqual([1, 2, 3])
  api.setServer({ host: second.host, liveHost: second.host, isSecure: false, version: '4.0' })
  socket.reconnect('It is somewhere else.')
  await until('open', () => socket.status.kind === 'open')
  socket.close()
  await second.close()
})
