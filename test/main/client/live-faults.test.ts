import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../src/main/client/api.ts'
import { createHistoryReader } from '../../../src/main/client/history.ts'
import { createLiveSocket } from '../../../src/main/client/live-socket.ts'
import type { LiveSocket, LiveSocketStatus } from '../../../src/main/client/live-socket.ts'
import { createSubscriptions } from '../../../src/main/client/subscriptions.ts'
import type { Subscriptions } from '../../../src/main/client/subscriptions.ts'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import { createTestApi, startTestPlatform, TEST_TOKEN } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import type { TcpProxy, Treatment } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

/** A live stream over a way that the test breaks; `direct` writes past it. */
let platform: TestPlatform
let proxy: TcpProxy
let direct: Api
let api: Api
let socket: LiveSocket
let subscriptions: Subscriptions
let shown: number[]
let markers: LiveMarker[]
let statuses: LiveSocketStatus[]
/** What the wall clock of the client says: it jumps when a test says so. */
let wallMs: number

beforeEach(async () => {
  platform = await startTestPlatform()
  proxy = await openTcpProxy(platform.host)
  direct = createTestApi(platform, platform.host)
  api = createTestApi(platform, proxy.host)
  shown = []
  markers = []
  statuses = []
  wallMs = 1_000_000
  let lastSubscriptionId = 0
  subscriptions = createSubscriptions({
    api,
    socket: () => socket,
    readHistory: createHistoryReader(api),
    sink: {
      drop: (_subscriptionId, _receivedAtMs, text) => {
        shown.push((JSON.parse(text) as { elems: { n: number } }).elems.n)
      },
      marker: (marker) => {
        markers.push(marker)
      },
      whenRoom: () => Promise.resolve(),
      newSubscriptionId: () => ++lastSubscriptionId
    },
    connectionId: 'test',
    clock: { now: () => wallMs }
  })
  socket = createLiveSocket({
    openSession: (signal) => api.openSession({ signal }),
    onPush: subscriptions.onPush,
    onNotice: subscriptions.onNotice,
    onStatus: (status) => {
      statuses.push(status)
      subscriptions.onStatus(status)
    },
    random: () => 0
  })
  socket.start()
})

afterEach(async () => {
  socket.close()
  await api.close()
  await direct.close()
  await proxy.close()
  await platform.close()
})

const gaps = (): Extract<LiveMarker, { kind: 'gap' }>[] => markers.filter((marker) => marker.kind === 'gap')
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

async function follow(members: { capacity?: number; filter?: string } = {}): Promise<string> {
  const { id } = valueOf(await direct.flow.create({ path: '/ana/live', capacity: 1000, ...members }))
  valueOf(await subscriptions.subscribe({ flowId: id }))
  return id
}

async function write(flowId: string, from: number, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = from; n < from + count; n += 1) {
    ids.push(valueOf(await direct.drop(flowId).create({ elems: { n } })).id)
  }
  return ids
}

async function lose(): Promise<void> {
  proxy.refuse(true)
  proxy.cut()
  await until('the loss', () => socket.status.kind === 'waiting')
}

describe('a way that breaks while drops come', () => {
  const faults: readonly { what: string; treatment: Treatment; times?: number; isCutAtEnd?: boolean }[] = [
    { what: 'latency', treatment: { kind: 'latency', ms: 60 } },
    { what: 'one byte at a time', treatment: { kind: 'byte-by-byte' } },
    { what: 'a cut in the middle of a frame', treatment: { kind: 'cut-after', bytes: 700 }, times: 1 },
    { what: 'three cuts, of frames and of answers', treatment: { kind: 'cut-after', bytes: 450 }, times: 3 },
    { what: 'noise in the middle of a frame', treatment: { kind: 'garbage-after', bytes: 700 }, times: 1 }
  ]
  test.each(faults)('$what: every drop once and in order', async ({ treatment, times }) => {
    const flowId = await follow()
    await write(flowId, 0, 2)
    proxy.treat(treatment, times)
    await write(flowId, 2, 20)
    await until('all drops', () => shown.length >= 22, 20_000)
    expect(shown).toEqual(upTo(22))
    expect(gaps().filter(({ missedDrops }) => missedDrops !== 0)).toEqual([])
  })
})

describe('a flow that joins with its history', () => {
  const faults: readonly { what: string; treatment: Treatment; times?: number }[] = [
    { what: 'latency', treatment: { kind: 'latency', ms: 20 } },
    { what: 'a cut before it is subscribed to', treatment: { kind: 'cut-after', bytes: 10 }, times: 1 },
    { what: 'three cuts, of frames and of answers', treatment: { kind: 'cut-after', bytes: 900 }, times: 3 },
    {
      what: 'noise in the middle of the history',
      treatment: { kind: 'garbage-after', bytes: 2000 },
      times: 1
    }
  ]
  test.each(faults)('over $what: every drop once and in order', async ({ treatment, times }) => {
    await until('the connection', () => socket.status.kind === 'open')
    const { id } = valueOf(await direct.flow.create({ path: '/ana/live', capacity: 10_000 }))
    await write(id, 0, 100)
    proxy.treat(treatment, times)
    const writing = write(id, 100, 100)
    valueOf(await subscriptions.subscribe({ flowId: id }, { historyFromMs: 0 }))
    await writing
    await until('all drops', () => shown.length >= 200, 20_000)
    expect(shown).toEqual(upTo(200))
    expect(gaps().filter(({ missedDrops }) => missedDrops !== 0)).toEqual([])
  })

  test('and loses its connection meanwhile, tells both in one marker', async () => {
    await until('the connection', () => socket.status.kind === 'open')
    const { id } = valueOf(await direct.flow.create({ path: '/ana/live', capacity: 5 }))
    await write(id, 0, 7)
    proxy.treat({ kind: 'latency', ms: 30 })
    valueOf(await subscriptions.subscribe({ flowId: id }, { historyFromMs: 0 }))
    await lose()
    await write(id, 7, 2)
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1, 20_000)
    expect(gaps()).toMatchObject([{ cause: 'joined', missedDrops: 9 - shown.length }])
    expect(shown.slice(-5)).toEqual([4, 5, 6, 7, 8])
  })
})

describe('a flow that is renamed', () => {
  const renames = (): LiveMarker[] => markers.filter(({ kind }) => kind === 'renamed')

  test('while drops come loses none, and keeps its number', async () => {
    const id = await follow()
    const writing = write(id, 0, 200)
    for (const path of ['/ana/second', '/ana/third']) {
      await until('some drops', () => shown.length > 20)
      subscriptions.flowSeen(valueOf(await direct.flow.update(id, { path })))
    }
    await writing
    await until('all drops', () => shown.length >= 200)
    expect(shown).toEqual(upTo(200))
    expect(markers).toMatchObject([
      { kind: 'subscribed', subscriptionId: 1, path: '/ana/live' },
      { kind: 'renamed', subscriptionId: 1, path: '/ana/second', previousPath: '/ana/live' },
      { kind: 'renamed', subscriptionId: 1, path: '/ana/third', previousPath: '/ana/second' }
    ])
  })

  test('is known by it as soon as the platform is asked, or is reached again', async () => {
    const id = await follow()
    valueOf(await direct.flow.update(id, { path: '/ana/second' }))
    await subscriptions.readPaths()
    await lose()
    valueOf(await direct.flow.update(id, { path: '/ana/third' }))
    proxy.refuse(false)
    await until('both renames', () => renames().length === 2)
    expect(renames()).toMatchObject([{ path: '/ana/second' }, { path: '/ana/third' }])
  })

  test('is looked for when nothing is found at its path', async () => {
    const id = await follow()
    valueOf(await direct.flow.update(id, { path: '/ana/second' }))
    expect(await subscriptions.subscribe({ path: '/ana/live' })).toMatchObject({
      failure: { code: 'platform/not-found' }
    })
    await until('the rename', () => renames().length === 1)
  })

  test('is not told its old path by an answer that is older than what is known', async () => {
    const id = await follow()
    const old = valueOf(await direct.flow.read(id))
    subscriptions.flowSeen(valueOf(await direct.flow.update(id, { path: '/ana/second' })))
    subscriptions.flowSeen(old)
    expect(renames()).toMatchObject([{ path: '/ana/second' }])
  })
})

describe('what may happen while a connection is lost', () => {
  test('drops that were deleted are not shown, and nothing is called missing', async () => {
    const flowId = await follow()
    await write(flowId, 0, 2)
    await until('two drops', () => shown.length === 2)
    await lose()
    const ids = await write(flowId, 2, 4)
    valueOf(await direct.drop(flowId).delete(ids[1] ?? ''))
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1)
    expect({ shown, gap: gaps()[0]?.missedDrops }).toEqual({ shown: [0, 1, 2, 4, 5], gap: 0 })
  })

  test('of a flow that keeps nothing it is unknown what is missing, and live drops go on', async () => {
    const flowId = await follow({ capacity: 0 })
    await write(flowId, 0, 2)
    await until('two drops', () => shown.length === 2)
    await lose()
    await write(flowId, 2, 3)
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1)
    await write(flowId, 5, 1)
    await until('the drop after', () => shown.length === 3)
    expect({ shown, gap: gaps()[0]?.missedDrops }).toEqual({ shown: [0, 1, 5], gap: 'unknown' })
  })

  test('what the filter of the flow refuses is no gap', async () => {
    const flowId = await follow({ filter: 'n < 3 || n > 5' })
    await write(flowId, 0, 2)
    await until('two drops', () => shown.length === 2)
    await lose()
    await write(flowId, 2, 1)
    for (const n of [3, 4, 5]) expect((await direct.drop(flowId).create({ elems: { n } })).ok).toBe(false)
    await write(flowId, 6, 1)
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1)
    expect({ shown, gap: gaps()[0] }).toMatchObject({
      shown: [0, 1, 2, 6],
      gap: { missedDrops: 0, filledDrops: 2 }
    })
  })

  test('a clock that jumps changes neither what is shown nor how long it took', async () => {
    const flowId = await follow()
    await write(flowId, 0, 2)
    await until('two drops', () => shown.length === 2)
    for (const jumpMs of [86_400_000, -2 * 86_400_000]) {
      await lose()
      wallMs += jumpMs
      await write(flowId, shown.length, 2)
      const before = gaps().length
      proxy.refuse(false)
      await until('the gap', () => gaps().length === before + 1)
    }
    expect(shown).toEqual(upTo(6))
    expect(gaps().every(({ downMs }) => downMs >= 0 && downMs < 60_000)).toBe(true)
  })

  test('a flow that is let go meanwhile shows nothing more, and the others are repaired', async () => {
    const flowId = await follow()
    const other = valueOf(await direct.flow.create({ path: '/ana/other' })).id
    valueOf(await subscriptions.subscribe({ flowId: other }))
    await lose()
    await write(flowId, 0, 2)
    await write(other, 10, 2)
    valueOf(await subscriptions.unsubscribe(flowId))
    proxy.refuse(false)
    await until('the gap', () => gaps().length === 1)
    expect({ shown, flows: subscriptions.flowIds }).toEqual({ shown: [10, 11], flows: [other] })
  })

  test('a token that was revoked keeps it lost, and a good one mends it', async () => {
    const flowId = await follow()
    await lose()
    api.creds = { account: 'ana', apiToken: 'revoked-0123456789abcdefghijklmno' }
    proxy.refuse(false)
    await until('the refusal', () =>
      statuses.some((status) => status.kind === 'waiting' && status.reason.includes('token'))
    )
    await write(flowId, 0, 2)
    api.creds = { account: 'ana', apiToken: TEST_TOKEN }
    socket.reconnect('There is another token.')
    await until('two drops', () => shown.length === 2)
    expect(shown).toEqual([0, 1])
  })
})
