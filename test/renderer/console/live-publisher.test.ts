import { describe, expect, test } from 'vitest'
import { LiveFeed } from '../../../src/renderer/console/live-feed.ts'
import { LivePublisher } from '../../../src/renderer/console/live-publisher.ts'

/** A world whose clock and timers the test turns itself. */
function makeWorld() {
  const world = {
    nowMs: 0,
    sent: [] as number[],
    timers: new Set<() => void>(),
    now: () => world.nowMs,
    later: (_delayMs: number, run: () => void) => {
      world.timers.add(run)
      return () => world.timers.delete(run)
    },
    send: (snapshot: { readonly receivedDrops: number }) => {
      world.sent.push(snapshot.receivedDrops)
    },
    fire: () => {
      const due = [...world.timers]
      world.timers.clear()
      for (const run of due) run()
    }
  }
  return world
}

const oneDrop = { kind: 'drops', subscriptionIds: [1], receivedAtMs: [0], texts: ['{}'] } as const

describe('publishing the stream', () => {
  test('waits for the window: many changes make one snapshot', () => {
    const world = makeWorld()
    const feed = new LiveFeed(1_000_000)
    const publisher = new LivePublisher(feed, world)
    for (let index = 0; index < 100; index++) {
      feed.take(oneDrop, world.nowMs)
      publisher.changed()
    }
    expect(world.sent).toEqual([1])
    publisher.shown()
    expect(world.sent).toEqual([1, 100])
    publisher.shown()
    expect(world.sent).toEqual([1, 100])
  })

  test('runs no timer once the rate has fallen to zero', () => {
    const world = makeWorld()
    const feed = new LiveFeed(1_000_000)
    const publisher = new LivePublisher(feed, world)
    feed.take(oneDrop, 0)
    publisher.changed()
    publisher.shown()
    expect(world.timers.size).toBe(1)
    for (let round = 0; round < 20; round++) {
      world.nowMs += 500
      world.fire()
      publisher.shown()
    }
    expect(world.timers.size).toBe(0)
  })

  test('a fast stream is told a few times a second, but a person who looks elsewhere at once', () => {
    const world = makeWorld()
    const feed = new LiveFeed(1_000_000)
    const publisher = new LivePublisher(feed, world)
    for (let index = 0; index < 1000; index++) feed.take(oneDrop, world.nowMs)
    publisher.changed()
    publisher.shown()
    feed.take(oneDrop, world.nowMs)
    publisher.changed()
    const soon = [...world.sent]
    publisher.view = { from: 5, to: 10, heldAt: null, isNewestLast: false }
    publisher.shown()
    feed.take(oneDrop, world.nowMs)
    world.nowMs = 200
    world.fire()
    expect([soon, world.sent]).toEqual([[1000], [1000, 1001, 1002]])
  })

  test('an answer that a person waits for is told at once, however fast the stream is', () => {
    const world = makeWorld()
    const feed = new LiveFeed(1_000_000)
    const publisher = new LivePublisher(feed, world)
    const many = Array.from({ length: 20_000 }, () => oneDrop.texts[0])
    const [id] = oneDrop.subscriptionIds
    feed.take(
      { kind: 'drops', subscriptionIds: many.map(() => id), receivedAtMs: many.map(() => 0), texts: many },
      0
    )
    publisher.changed()
    publisher.shown()
    world.nowMs = 1
    publisher.changed()
    expect(world.sent).toHaveLength(1)
    publisher.answered()
    expect(world.sent).toHaveLength(2)
  })

  test('a snapshot that cannot be made does not keep the next one from being sent', () => {
    const world = makeWorld()
    let isBroken = true
    const feed = new LiveFeed(1_000_000)
    const snapshot = feed.snapshot.bind(feed)
    feed.snapshot = (...given) => {
      if (isBroken) throw new Error('a broken drop')
      return snapshot(...given)
    }
    const publisher = new LivePublisher(feed, world)
    feed.take(oneDrop, 0)
    expect(() => {
      publisher.changed()
    }).toThrow('a broken drop')
    isBroken = false
    publisher.changed()
    expect(world.sent).toEqual([1])
  })

  test('a clock that is set back stops no stream', () => {
    const world = makeWorld()
    const delays: number[] = []
    const later = world.later
    world.later = (delayMs, run) => {
      delays.push(delayMs)
      return later(delayMs, run)
    }
    const feed = new LiveFeed(1_000_000)
    const publisher = new LivePublisher(feed, world)
    world.nowMs = 3_600_000
    const texts = Array.from({ length: 20_000 }, () => '{}')
    const fast = {
      kind: 'drops',
      subscriptionIds: texts.map(() => 1),
      receivedAtMs: texts.map(() => 0),
      texts
    } as const
    feed.take(fast, world.nowMs)
    publisher.changed()
    publisher.shown()
    world.nowMs = 0
    feed.take(fast, world.nowMs)
    publisher.changed()
    expect(Math.max(...delays)).toBeLessThanOrEqual(500)
  })
})
