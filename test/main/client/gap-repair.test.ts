import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFlowFollower } from '../../../src/main/client/gap-repair.ts'
import type { FlowFollower, LiveSink } from '../../../src/main/client/gap-repair.ts'
import type { Push } from '../../../src/main/client/push-frame.ts'
import type { Scheduler } from '../../../src/main/client/scheduler.ts'
import type { LiveMarker } from '../../../src/shared/ipc/live-port.ts'
import { failure } from '../../../src/shared/failure.ts'
import { failed, success } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'

const FLOW_ID = 'f1'
const SUBSCRIPTION = { subscriptionId: 1, connectionId: 'c1', flowId: FLOW_ID, path: '/a/b' }

/** Waits are over at once; what they wait for is asked for in the order of the test. */
const impatient: Scheduler = {
  nowMs: () => 0,
  after: (_delayMs, callback) => {
    const timer = setImmediate(callback)
    return () => {
      clearImmediate(timer)
    }
  }
}

interface PendingRead {
  readonly limit: number
  readonly answer: () => void
  readonly fail: (code?: 'platform/bad-request') => void
}

/**
 * A platform with one flow, as the protocol promises it: dates that never go back, capacity that discards the oldest, pushes in
 * the order of creation, and may be sent after the drop can be read. Every step happens when the test says so.
 */
function createWorld({ capacity, pageDrops, maxHeldDrops }: Record<string, number>) {
  const stored: Push[] = []
  const created: string[] = []
  /** Stored and readable, and not pushed yet. */
  let unannounced: Push[] = []
  let onTheWay: (Push | { readonly skipped: number } | { readonly barrier: () => void })[] = []
  const reads: PendingRead[] = []
  const shown: string[] = []
  const markers: LiveMarker[] = []
  let date = 1000
  let isConnected = true
  let isCounting = true

  const sink: LiveSink = {
    drop: (_subscriptionId, _receivedAtMs, text) => {
      shown.push((JSON.parse(text) as { id: string }).id)
    },
    marker: (marker) => {
      markers.push(marker)
    },
    whenRoom: () => Promise.resolve(),
    newSubscriptionId: () => 1
  }
  const follower: FlowFollower = createFlowFollower(
    { subscription: SUBSCRIPTION, capacityDrops: capacity ?? 0 },
    {
      sink,
      now: () => date,
      scheduler: { ...impatient, nowMs: () => date },
      random: () => 0,
      pageDrops: pageDrops ?? 3,
      countEntered: () =>
        new Promise((resolve) => {
          reads.push({
            limit: 0,
            answer: () => {
              resolve(isCounting ? created.length : undefined)
            },
            fail: () => {
              resolve(undefined)
            }
          })
        }),
      barrier: () =>
        new Promise((resolve) => {
          if (isConnected) onTheWay.push({ barrier: resolve })
          else resolve()
        }),
      maxHeldDrops: maxHeldDrops ?? 5,
      readHistory: (_flowId, fromMs, limit, direction) =>
        new Promise<Result<readonly Push[]>>((resolve) => {
          reads.push({
            limit,
            answer: () => {
              const matching =
                direction === 'following'
                  ? stored.filter(({ creationDate }) => creationDate >= fromMs)
                  : stored.filter(({ creationDate }) => creationDate < fromMs).toReversed()
              resolve(success(matching.slice(0, limit)))
            },
            fail: (code) => {
              resolve(failed(failure(code ?? 'network/closed')))
            }
          })
        })
    }
  )
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  return {
    follower,
    shown,
    markers,
    created,
    reads,
    settle,
    create: (count: number, passesMs: number, isLate = false) => {
      for (let index = 0; index < count; index += 1) {
        date += passesMs
        const id = `d${String(created.length).padStart(6, '0')}`
        const push: Push = { flowId: FLOW_ID, dropId: id, creationDate: date, text: JSON.stringify({ id }) }
        created.push(id)
        stored.push(push)
        while (stored.length > (capacity ?? 0)) stored.shift()
        if (isConnected) (isLate || unannounced.length > 0 ? unannounced : onTheWay).push(push)
      }
    },
    announce: () => {
      onTheWay.push(...unannounced.splice(0))
    },
    deliver: (count: number) => {
      for (const item of onTheWay.splice(0, count)) {
        if ('barrier' in item) item.barrier()
        else if ('skipped' in item) {
          if (follower.skipped(item.skipped)) void follower.repair()
        } else follower.push(item, date)
      }
    },
    /** The platform loses the oldest pushes on the way and says so at their place. */
    skip: (count: number) => {
      const isPush = (item: object): boolean => 'dropId' in item
      const at = onTheWay.findIndex(isPush)
      if (at === -1) return
      const end = onTheWay.findIndex((item, index) => index >= at && !isPush(item))
      const lost = Math.min(count, (end === -1 ? onTheWay.length : end) - at)
      onTheWay.splice(at, lost, { skipped: lost })
    },
    cut: () => {
      if (!isConnected) return
      isConnected = false
      // What waits on the socket is told that it is gone.
      for (const item of onTheWay) if ('barrier' in item) item.barrier()
      onTheWay = []
      unannounced = []
      follower.suspend()
    },
    reconnect: () => {
      if (isConnected) return
      isConnected = true
      void follower.repair()
    },
    /** The platform has no statistics. */
    forgetCounts: () => {
      isCounting = false
    },
    deleteNewest: () => {
      stored.pop()
    },
    /** What happened before the flow was subscribed to. */
    forgetPushes: () => {
      onTheWay = []
    },
    onTheWay: () => onTheWay.length,
    unannounced: () => unannounced.length
  }
}

type World = ReturnType<typeof createWorld>

/** Everything that was begun comes to its end. */
async function finish(world: World): Promise<void> {
  world.reconnect()
  for (let round = 0; round < 10_000; round += 1) {
    await world.settle()
    const read = world.reads.shift()
    if (read !== undefined) read.answer()
    else if (world.onTheWay() > 0) world.deliver(Infinity)
    else if (world.unannounced() > 0) world.announce()
    else return
  }
  throw new Error('The repair does not end.')
}

async function startFollowing(world: World, existing: number): Promise<void> {
  world.create(existing, 1)
  world.forgetPushes()
  const pending = world.follower.findBaseline()
  world.reads.shift()?.answer()
  await pending
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    count: fc.integer({ min: 1, max: 12 }),
    passesMs: fc.integer({ min: 0, max: 2 }),
    isLate: fc.boolean()
  }),
  fc.record({ kind: fc.constant('announce' as const) }),
  fc.record({ kind: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant('answer' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('skip' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('cut' as const) }),
  fc.record({ kind: fc.constant('reconnect' as const) })
)

async function play(world: World, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) {
  for (const next of steps) {
    switch (next.kind) {
      case 'create':
        world.create(next.count, next.passesMs, next.isLate)
        break
      case 'announce':
        world.announce()
        break
      case 'deliver':
        world.deliver(next.count)
        break
      case 'answer':
        for (let count = 0; count < next.count; count += 1) {
          world.reads.shift()?.answer()
          await world.settle()
        }
        break
      case 'skip':
        world.skip(next.count)
        break
      case 'cut':
        world.cut()
        break
      case 'reconnect':
        world.reconnect()
    }
    await world.settle()
  }
  await finish(world)
}

const missedOf = (world: World): (number | 'unknown')[] =>
  world.markers.flatMap((marker) => (marker.kind === 'gap' ? [marker.missedDrops] : []))

test('whatever is cut or skipped, every drop is shown exactly once and in order while the flow keeps its history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = createWorld({ capacity: 100_000 })
      await startFollowing(world, 0)
      await play(world, steps)
      expect(world.shown).toEqual(world.created)
      expect(missedOf(world).filter((missed) => missed !== 0)).toEqual([])
    }),
    { numRuns: 1000 }
  )
})

test('when capacity discarded drops, the others are shown once and in order, and a marker tells the loss', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 0, max: 12 }),
      async (steps, capacity) => {
        const world = createWorld({ capacity })
        await startFollowing(world, 3)
        await play(world, steps)
        expect(world.shown).toEqual([...new Set(world.shown)].sort())
        const missing = world.created.slice(3).filter((id) => !world.shown.includes(id))
        const missed = missedOf(world)
        const told = missed.includes('unknown')
          ? Infinity
          : missed.reduce<number>((sum, n) => sum + Number(n), 0)
        expect(told).toBeGreaterThanOrEqual(missing.length)
      }
    ),
    { numRuns: 1000 }
  )
})

test('a flow in which nothing was seen has nothing to fill', async () => {
  const world = createWorld({ capacity: 100 })
  world.cut()
  world.create(3, 1)
  world.reconnect()
  await finish(world)
  expect(world.shown).toEqual([])
  expect(world.markers).toMatchObject([{ kind: 'gap', filledDrops: 0, missedDrops: 0 }])
})

test('the marker tells how long the connection was down and how many drops were filled in', async () => {
  const world = createWorld({ capacity: 100 })
  await startFollowing(world, 1)
  world.cut()
  world.create(7, 10)
  world.reconnect()
  await finish(world)
  expect(world.markers).toEqual([
    {
      kind: 'gap',
      ...SUBSCRIPTION,
      atMs: 1071,
      cause: 'connection-lost',
      downMs: 70,
      filledDrops: 7,
      missedDrops: 0
    }
  ])
})

test('a repair that is asked for twice fills its gap once', async () => {
  const world = createWorld({ capacity: 100 })
  await startFollowing(world, 1)
  world.cut()
  world.create(4, 1)
  world.reconnect()
  await world.follower.repair()
  await finish(world)
  await world.follower.repair()
  expect(world.shown).toEqual(world.created.slice(1))
  expect(world.markers).toHaveLength(1)
})

test('a last drop that was deleted by hand does not make the loss unknown', async () => {
  const world = createWorld({ capacity: 100 })
  await startFollowing(world, 3)
  world.create(1, 1)
  world.deliver(1)
  world.cut()
  world.deleteNewest()
  world.create(2, 1)
  world.reconnect()
  await finish(world)
  expect({ missed: missedOf(world), shown: world.shown }).toEqual({
    missed: [0],
    shown: ['d000003', 'd000004', 'd000005']
  })
})

test('more drops in one millisecond than a page holds are all read', async () => {
  const world = createWorld({ capacity: 1000, pageDrops: 3 })
  await startFollowing(world, 1)
  world.cut()
  world.create(50, 0)
  world.reconnect()
  await finish(world)
  expect(world.shown).toEqual(world.created.slice(1))
})

test('a history that cannot be read ends in a marker that says so, and live drops go on', async () => {
  const world = createWorld({ capacity: 1000 })
  await startFollowing(world, 1)
  world.cut()
  world.create(2, 1)
  world.reconnect()
  world.create(1, 1)
  world.deliver(1)
  for (let attempt = 0; attempt < 5; attempt += 1) {
    while (world.reads.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    world.reads.shift()?.fail()
    await world.settle()
  }
  expect({ shown: world.shown, missed: missedOf(world) }).toEqual({
    shown: ['d000003'],
    missed: ['unknown']
  })
})

test('pages grow while a repair goes on, up to eight times the first', async () => {
  const world = createWorld({ capacity: 1000, pageDrops: 3 })
  await startFollowing(world, 1)
  world.cut()
  world.create(100, 1)
  world.reconnect()
  const limits: number[] = []
  while (world.markers.length === 0) {
    const read = world.reads.shift()
    if (read !== undefined) limits.push(read.limit)
    read?.answer()
    await world.settle()
    world.deliver(world.onTheWay())
  }
  // A single drop is asked for to find out whether the flow reaches back.
  expect(limits.filter((limit) => limit > 1)).toEqual([3, 6, 12, 24, 24, 24, 24])
  expect(world.shown).toEqual(world.created.slice(1))
})

test('a page that is too large for the platform is asked for again, smaller', async () => {
  const world = createWorld({ capacity: 1000, pageDrops: 64 })
  await startFollowing(world, 1)
  world.cut()
  world.create(40, 1)
  world.reconnect()
  while (world.markers.length === 0) {
    const read = world.reads.shift()
    if (read !== undefined && read.limit > 8) read.fail('platform/bad-request')
    else read?.answer()
    await world.settle()
    world.deliver(world.onTheWay())
  }
  expect({ shown: world.shown, missed: missedOf(world) }).toEqual({
    shown: world.created.slice(1),
    missed: [0]
  })
})

/** Follows the flow with all that entered it, some time after it was made. */
function join(world: World, existing: number): void {
  world.create(existing, 1)
  world.forgetPushes()
  world.follower.joinFrom(0)
  void world.follower.repair()
}

test('whatever happens while a flow joins, every drop since it was made is shown exactly once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 0, max: 20 }),
      async (steps, existing) => {
        const world = createWorld({ capacity: 100_000 })
        join(world, existing)
        await play(world, steps)
        expect(world.shown).toEqual(world.created)
        expect(missedOf(world).filter((missed) => missed !== 0)).toEqual([])
      }
    ),
    { numRuns: 1000 }
  )
})

test('what capacity discarded before a flow joined is told by a marker, never too little', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 20 }),
      async (steps, capacity, existing) => {
        const world = createWorld({ capacity })
        join(world, existing)
        await play(world, steps)
        expect(world.shown).toEqual([...new Set(world.shown)].sort())
        const missing = world.created.length - world.shown.length
        const missed = missedOf(world)
        const told = missed.includes('unknown')
          ? Infinity
          : missed.reduce<number>((sum, n) => sum + Number(n), 0)
        expect(told).toBeGreaterThanOrEqual(missing)
      }
    ),
    { numRuns: 1000 }
  )
})

test('the marker of a flow that joined counts what came before, and what was discarded', async () => {
  const world = createWorld({ capacity: 10 })
  join(world, 17)
  await finish(world)
  expect({ shown: world.shown, markers: world.markers }).toEqual({
    shown: world.created.slice(7),
    markers: [
      {
        kind: 'gap',
        ...SUBSCRIPTION,
        atMs: 1017,
        cause: 'joined',
        downMs: 0,
        filledDrops: 10,
        missedDrops: 7
      }
    ]
  })
})

test.each([
  { what: 'has had no drop', capacity: 10, existing: 0, missed: [] },
  { what: 'keeps nothing and has had no drop', capacity: 0, existing: 0, missed: [] },
  { what: 'is exactly full', capacity: 10, existing: 10, missed: [0] },
  { what: 'keeps nothing and has had drops', capacity: 0, existing: 4, missed: [4] }
])('of a flow that joined and $what the marker says just that', async ({ capacity, existing, missed }) => {
  const world = createWorld({ capacity })
  join(world, existing)
  await finish(world)
  expect(missedOf(world)).toEqual(missed)
})

test('where nobody counts, a full flow that joined may miss any number', async () => {
  const world = createWorld({ capacity: 10 })
  world.forgetCounts()
  join(world, 17)
  await finish(world)
  expect({ shown: world.shown, missed: missedOf(world) }).toEqual({
    shown: world.created.slice(7),
    missed: ['unknown']
  })
})

test('an older flow joins with what entered it since a moment', async () => {
  const world = createWorld({ capacity: 100 })
  world.create(5, 10)
  world.forgetPushes()
  world.follower.joinFrom(1031)
  void world.follower.repair()
  await finish(world)
  expect({ shown: world.shown, missed: missedOf(world) }).toEqual({
    shown: world.created.slice(3),
    missed: [0]
  })
})

test('a flow that is renamed is told by its new path from then on', async () => {
  const world = createWorld({ capacity: 100 })
  await startFollowing(world, 1)
  world.cut()
  world.follower.rename('/a/c')
  world.reconnect()
  await finish(world)
  expect(world.markers).toMatchObject([{ kind: 'gap', subscriptionId: 1, path: '/a/c' }])
})
