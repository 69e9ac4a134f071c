import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../../src/main/connections/connections.ts'
import { openPlatform } from '../../../src/main/connections/open-platform.ts'
import type { OpenPlatform } from '../../../src/main/connections/open-platform.ts'
import { createPathFollower } from '../../../src/main/live/path-follower.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { failure } from '../../../src/shared/failure.ts'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import { failed } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'
import { createHandTurnedScheduler } from '../../support/hand-turned-scheduler.ts'
import { createKeptLog } from '../../support/kept-log.ts'
import { serverAt, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

let platform: TestPlatform
let open: OpenPlatform
let shown: { flowId: string; n: number }[]
let markers: LiveMarker[]

beforeAll(async () => {
  platform = await startTestPlatform()
  const { account, apiToken, host } = platform
  let lastId = 0
  open = openPlatform({
    connectionId: 'c1',
    client: { server: serverAt(host), credentials: { account, apiToken } },
    sink: {
      drop: (_subscriptionId, _receivedAtMs, text) => {
        const { flowId, elems } = JSON.parse(text) as { flowId: string; elems: { n: number } }
        shown.push({ flowId, n: elems.n })
      },
      marker: (marker) => {
        markers.push(marker)
      },
      whenRoom: () => Promise.resolve(),
      newSubscriptionId: () => ++lastId
    },
    clock: systemClock,
    log: createKeptLog(),
    isReadOnly: () => false,
    onStatus: () => {},
    onLatency: () => {}
  })
  open.socket.start()
})
afterAll(async () => {
  await open.close()
  await platform.close()
})

beforeEach(() => {
  shown = []
  markers = []
})

const connections = {
  use: <T>(connectionId: string, ask: (connection: OpenConnection) => Promise<Result<T>>) =>
    connectionId === 'c1' ? ask(open) : Promise.resolve(failed(failure('network/unreachable')))
}
const makeFlow = async (path: string, capacity = 1000): Promise<string> =>
  valueOf(await open.api.flow.create({ path, capacity })).id

async function write(flowId: string, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) valueOf(await open.api.drop(flowId).create({ elems: { n } }))
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)
const numbersOf = (flowId: string): number[] =>
  shown.filter((drop) => drop.flowId === flowId).map(({ n }) => n)
const gapsOf = (flowId: string): LiveMarker[] =>
  markers.filter((marker) => marker.kind === 'gap' && marker.flowId === flowId)

describe('following all below a path', () => {
  test('takes every flow below it and no other, then those that are made later and none that is gone', async () => {
    const scheduler = createHandTurnedScheduler()
    const follower = createPathFollower(connections, scheduler)
    const ids = [await makeFlow('/ana/a.b/one'), await makeFlow('/ana/a.b/two/deep')]
    await makeFlow('/ana/axb/other')
    await makeFlow('/ana/a.bc')
    expect(await follower.follow('c1', '/ana/a.b')).toEqual({
      ok: true,
      value: { flowCount: 2, isCut: false }
    })
    expect([...open.subscriptions.flowIds].sort()).toEqual([...ids].sort())

    const later = await makeFlow('/ana/a.b/three')
    await open.api.flow.delete(ids[0] ?? '')
    scheduler.advance(5000)
    await until('the later flow is followed', () => open.subscriptions.flowIds.includes(later))
    await until('the deleted one is let go', () => open.subscriptions.flowIds.length === 2)

    await follower.unfollow('c1', '/ana/a.b')
    expect(open.subscriptions.flowIds).toEqual([])
  })

  test('leaves a flow followed that somebody else follows too', async () => {
    const follower = createPathFollower(connections, createHandTurnedScheduler())
    const flowId = await makeFlow('/ana/shared/one')
    await open.subscriptions.subscribe({ flowId })
    await follower.follow('c1', '/ana/shared')
    await follower.follow('c1', '/ana/shared')
    await follower.unfollow('c1', '/ana/shared')
    expect(open.subscriptions.flowIds).toEqual([flowId])
    await open.subscriptions.unsubscribe(flowId)
  })

  test('a path with no flow yet is followed; a connection that does not answer is a failure', async () => {
    const follower = createPathFollower(connections, createHandTurnedScheduler())
    expect(await follower.follow('c1', '/ana/nothing')).toMatchObject({ value: { flowCount: 0 } })
    expect(await follower.follow('c2', '/ana/nothing')).toMatchObject({
      failure: { code: 'network/unreachable' }
    })
    expect(await follower.unfollow('c2', '/ana/nothing')).toEqual({ ok: true, value: null })
    follower.forgetAll()
  })
})

describe('a flow that is found later', () => {
  /** Follows all below a path, and looks again when it is told to. */
  async function followPath(path: string, of: typeof connections = connections) {
    const scheduler = createHandTurnedScheduler()
    const follower = createPathFollower(of, scheduler)
    valueOf(await follower.follow('c1', path))
    return {
      look: () => {
        scheduler.advance(5000)
      },
      letGo: () => follower.unfollow('c1', path)
    }
  }

  test('joins with its drops since it was made: each once and in order; what was there before starts live', async () => {
    const before = await makeFlow('/ana/join/before')
    await write(before, 0, 3)
    const { look, letGo } = await followPath('/ana/join')
    const later = await makeFlow('/ana/join/later')
    await write(later, 0, 5)
    look()
    await until('the drops from before it joined', () => numbersOf(later).length === 5)
    await write(later, 5, 2)
    await write(before, 3, 1)
    await until('the drops that are pushed', () => shown.length === 8)
    expect({ later: numbersOf(later), before: numbersOf(before), gaps: gapsOf(later) }).toMatchObject({
      later: upTo(7),
      before: [3],
      gaps: [{ cause: 'joined', downMs: 0, filledDrops: 5, missedDrops: 0 }]
    })
    expect(gapsOf(before)).toEqual([])
    await letGo()
  })

  test.each([
    { capacity: 3, shownNumbers: [2, 3, 4, 5], gap: { filledDrops: 3, missedDrops: 2 } },
    { capacity: 0, shownNumbers: [5], gap: { filledDrops: 0, missedDrops: 5 } }
  ])('with a capacity of $capacity says how many were discarded', async ({ capacity, shownNumbers, gap }) => {
    const { look, letGo } = await followPath(`/ana/discard${String(capacity)}`)
    const flowId = await makeFlow(`/ana/discard${String(capacity)}/small`, capacity)
    await write(flowId, 0, 5)
    look()
    await until('the gap', () => gapsOf(flowId).length === 1)
    await write(flowId, 5, 1)
    await until('the drop that is pushed', () => numbersOf(flowId).at(-1) === 5)
    expect({ numbers: numbersOf(flowId), gaps: gapsOf(flowId) }).toMatchObject({
      numbers: shownNumbers,
      gaps: [gap]
    })
    await letGo()
  })

  test('loses nothing while drops keep coming', async () => {
    const { look, letGo } = await followPath('/ana/load')
    const flowId = await makeFlow('/ana/load/busy', 100_000)
    await write(flowId, 0, 50)
    const writing = write(flowId, 50, 400)
    look()
    await writing
    await until('all drops', () => numbersOf(flowId).length >= 450)
    expect(numbersOf(flowId)).toEqual(upTo(450))
    expect(gapsOf(flowId)).toMatchObject([{ missedDrops: 0 }])
    await letGo()
  })

  test('and is older, joins with what entered it since the look that did not find it', async () => {
    let platformTimeMs = 0
    const api = Object.create(open.api, { platformTimeMs: { get: () => platformTimeMs } }) as typeof open.api
    const timed = {
      use: <T>(_id: string, ask: (connection: OpenConnection) => Promise<Result<T>>) => ask({ ...open, api })
    }
    const flowId = await makeFlow('/ana/elsewhere/moved')
    await write(flowId, 0, 3)
    const { creationDate } = valueOf(await open.api.drop(flowId).find({ limit: 1 }))[0] ?? { creationDate: 0 }
    await until('the next millisecond', () => Date.now() > creationDate)
    // A minute is what clocks may differ.
    platformTimeMs = creationDate + 60_001
    const { look, letGo } = await followPath('/ana/hither', timed)
    await write(flowId, 3, 2)
    valueOf(await open.api.flow.update(flowId, { path: '/ana/hither/moved' }))
    look()
    await until('the drops since', () => numbersOf(flowId).length >= 2)
    await write(flowId, 5, 1)
    await until('the drop that is pushed', () => numbersOf(flowId).at(-1) === 5)
    expect({ numbers: numbersOf(flowId), gaps: gapsOf(flowId) }).toMatchObject({
      numbers: [3, 4, 5],
      gaps: [{ cause: 'joined', filledDrops: 2, missedDrops: 0 }]
    })
    await letGo()
  })

  test('is let go with its path, however far it has joined', async () => {
    const { look, letGo } = await followPath('/ana/brief')
    for (const name of upTo(20)) await write(await makeFlow(`/ana/brief/f${String(name)}`), 0, 2)
    look()
    await until('some have joined', () => open.subscriptions.flowIds.length > 3)
    await letGo()
    await until('all are let go', () => open.subscriptions.flowIds.length === 0)
    const { length } = shown
    for (const { id } of valueOf(await open.api.flow.find({ filter: 'path =~ /brief/', limit: 20 })))
      await write(id, 2, 1)
    expect(shown.length).toBe(length)
  })

  test('is told by its path of now when it was renamed below the path, and its drops go on', async () => {
    const flowId = await makeFlow('/ana/names/old')
    const { look, letGo } = await followPath('/ana/names')
    await write(flowId, 0, 2)
    valueOf(await open.api.flow.update(flowId, { path: '/ana/names/new' }))
    await write(flowId, 2, 2)
    look()
    await until('the rename', () => markers.some(({ kind }) => kind === 'renamed'))
    await write(flowId, 4, 1)
    await until('the last drop', () => numbersOf(flowId).length === 5)
    expect({ numbers: numbersOf(flowId), markers }).toMatchObject({
      numbers: upTo(5),
      markers: [
        { kind: 'subscribed', path: '/ana/names/old' },
        { kind: 'renamed', path: '/ana/names/new', previousPath: '/ana/names/old' }
      ]
    })
    await letGo()
  })
})
