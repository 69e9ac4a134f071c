import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDropBatcher } from '../../../src/main/live/drop-batcher.ts'
import {
  BATCH_CHARACTERS,
  BATCH_DROPS,
  BATCH_WAIT_MS,
  QUEUE_DROPS
} from '../../../src/shared/ipc/live-port.ts'
import type { LiveMarker, LiveMessage } from '../../../src/shared/ipc/live-port.ts'
import { createHandTurnedScheduler } from '../../support/hand-turned-scheduler.ts'

const PLENTY = { totalDrops: 1_000_000, totalCharacters: 1_000_000_000 }

function setUp(limits: { maxQueueDrops?: number; maxQueueCharacters?: number } = {}) {
  const scheduler = createHandTurnedScheduler()
  const sent: LiveMessage[] = []
  const batcher = createDropBatcher({
    send: (message) => {
      sent.push(message)
    },
    now: () => 7,
    scheduler,
    ...limits
  })
  const drop = (text: string, subscriptionId = 1): void => {
    batcher.drop(subscriptionId, 1, text)
  }
  const batches = (): number[] => sent.flatMap((m) => (m.kind === 'drops' ? [m.texts.length] : []))
  return { batcher, scheduler, sent, drop, batches }
}

const gap: LiveMarker = { kind: 'connection-lost', connectionId: 'c1', atMs: 1, reason: 'cut' }

test('a few drops wait for a frame’s time and go together, as columns', () => {
  const { batcher, scheduler, sent, drop } = setUp()
  batcher.grant(PLENTY)
  drop('a')
  drop('b', 2)
  scheduler.advance(BATCH_WAIT_MS - 1)
  expect(sent).toEqual([])
  scheduler.advance(1)
  expect(sent).toEqual([{ kind: 'drops', subscriptionIds: [1, 2], receivedAtMs: [1, 1], texts: ['a', 'b'] }])
  expect(scheduler.waiting()).toBe(0)
})

test('a full batch goes at once, by number and by characters', () => {
  const { batcher, drop, batches } = setUp()
  batcher.grant(PLENTY)
  for (let n = 0; n < BATCH_DROPS; n += 1) drop('x')
  expect(batches()).toEqual([BATCH_DROPS])
  for (let n = 0; n < 4; n += 1) drop('y'.repeat(BATCH_CHARACTERS / 3))
  expect(batches().slice(1)).toEqual([3, 1])
})

test('nothing is sent without credit, and a marker keeps its place among the drops', () => {
  const { batcher, scheduler, sent, drop } = setUp()
  drop('a')
  batcher.marker(gap)
  drop('b')
  scheduler.advance(100)
  expect(sent).toEqual([])
  batcher.grant({ totalDrops: 1, totalCharacters: 10 })
  expect(sent.map(({ kind }) => kind)).toEqual(['drops', 'marker'])
  batcher.grant({ totalDrops: 2, totalCharacters: 10 })
  expect(sent.map(({ kind }) => kind)).toEqual(['drops', 'marker', 'drops'])
})

test('an older or repeated grant takes nothing back', () => {
  const { batcher, scheduler, drop, batches } = setUp()
  batcher.grant({ totalDrops: 2, totalCharacters: 100 })
  batcher.grant({ totalDrops: 1, totalCharacters: 1 })
  drop('a')
  drop('b')
  drop('c')
  scheduler.advance(BATCH_WAIT_MS)
  expect(batches()).toEqual([2])
})

test('the queue holds what the contract says, and the rest is counted per subscription at its place', () => {
  const { batcher, scheduler, sent, drop } = setUp()
  for (let n = 0; n < QUEUE_DROPS; n += 1) drop('x')
  drop('lost', 1)
  drop('lost', 2)
  drop('lost', 2)
  batcher.grant(PLENTY)
  drop('after')
  scheduler.advance(BATCH_WAIT_MS)
  const markers = sent.flatMap((message) => (message.kind === 'marker' ? [message.marker] : []))
  expect(markers).toEqual([
    { kind: 'skipped', subscriptionId: 1, atMs: 7, drops: 1, where: 'window' },
    { kind: 'skipped', subscriptionId: 2, atMs: 7, drops: 2, where: 'window' }
  ])
  expect(sent.at(-1)).toMatchObject({ kind: 'drops', texts: ['after'] })
})

test('who has history to show is told when there is room for a page', async () => {
  const { batcher, scheduler, drop } = setUp({ maxQueueDrops: 10 })
  await batcher.whenRoom()
  for (let n = 0; n < 10; n += 1) drop('x')
  scheduler.advance(BATCH_WAIT_MS)
  let hasRoom = false
  const waiting = batcher.whenRoom().then(() => {
    hasRoom = true
  })
  batcher.grant({ totalDrops: 4, totalCharacters: 100 })
  await Promise.resolve()
  expect(hasRoom).toBe(false)
  batcher.grant({ totalDrops: 5, totalCharacters: 100 })
  await waiting
  expect(hasRoom).toBe(true)
})

test('closing sends nothing more and keeps nobody waiting', async () => {
  const { batcher, scheduler, sent, drop } = setUp({ maxQueueDrops: 2 })
  drop('a')
  drop('b')
  const waiting = batcher.whenRoom()
  batcher.close()
  await waiting
  batcher.grant(PLENTY)
  drop('c')
  scheduler.advance(1000)
  expect(sent).toEqual([])
})

test('whatever comes and whatever credit is lost, what is sent and what is counted are what was given, in order', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('drop' as const), flow: fc.integer({ min: 0, max: 2 }), size: fc.nat(30) }),
    fc.record({ kind: fc.constant('marker' as const) }),
    fc.record({ kind: fc.constant('credit' as const), drops: fc.nat(6), isLost: fc.boolean() }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.nat(40) })
  )
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const { batcher, scheduler, sent } = setUp({ maxQueueDrops: 8, maxQueueCharacters: 150 })
      let given = 0
      let granted = 0
      for (const next of actions) {
        if (next.kind === 'drop') {
          batcher.drop(next.flow, 0, `${String(given++)} ${'x'.repeat(next.size)}`)
        } else if (next.kind === 'marker') batcher.marker(gap)
        else if (next.kind === 'time') scheduler.advance(next.ms)
        else {
          granted += next.drops
          if (!next.isLost) batcher.grant({ totalDrops: granted, totalCharacters: 1_000_000 })
        }
        const sentDrops = sent.reduce((sum, m) => sum + (m.kind === 'drops' ? m.texts.length : 0), 0)
        expect(sentDrops).toBeLessThanOrEqual(granted)
      }
      // One grant that arrives makes up for all that were lost.
      batcher.grant(PLENTY)
      scheduler.advance(BATCH_WAIT_MS)
      let next = 0
      let skippedInARow = 0
      let markers = 0
      for (const message of sent) {
        if (message.kind === 'marker') {
          if (message.marker.kind === 'skipped') skippedInARow += message.marker.drops
          else markers += 1
          continue
        }
        for (const text of message.texts) {
          const number = Number(text.split(' ')[0])
          // What is missing before a drop was counted before it.
          expect(number).toBeGreaterThanOrEqual(next)
          expect(skippedInARow).toBeGreaterThanOrEqual(number - next)
          skippedInARow -= number - next
          next = number + 1
        }
      }
      expect(next + skippedInARow).toBe(given)
      expect(markers).toBe(actions.filter(({ kind }) => kind === 'marker').length)
    }),
    { numRuns: 300 }
  )
})
