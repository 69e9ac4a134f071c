import { expect, test } from 'vitest'
import type { CounterDelta, CounterStore } from '../../../src/platform/engine/hour-counters.ts'
import { HourCounters } from '../../../src/platform/engine/hour-counters.ts'

const hour = Date.parse('2015-01-06T03:00:00Z')
const sorted = (deltas: readonly CounterDelta[]): CounterDelta[] =>
  [...deltas].sort((a, b) => a.objectId.localeCompare(b.objectId) || a.hourStartMs - b.hourStartMs)

test('counts of one type, object and hour become one delta', () => {
  const counters = new HourCounters()
  counters.add('flowDropAdded', 'f1', hour)
  counters.add('flowDropAdded', 'f1', hour + 3_599_999, 4)
  counters.add('flowDropAdded', 'f1', hour + 3_600_000)
  counters.add('flowDropAdded', 'f2', hour)
  expect(sorted(counters.drain())).toEqual([
    { type: 'flowDropAdded', objectId: 'f1', hourStartMs: hour, count: 5 },
    { type: 'flowDropAdded', objectId: 'f1', hourStartMs: hour + 3_600_000, count: 1 },
    { type: 'flowDropAdded', objectId: 'f2', hourStartMs: hour, count: 1 }
  ])
})

test('types of one object are counted apart', () => {
  const counters = new HourCounters()
  counters.add('trackHit', 't1', hour, 3)
  counters.add('trackPass', 't1', hour)
  expect(counters.pending('trackHit', 't1')).toEqual([{ hourStartMs: hour, count: 3 }])
  expect(counters.pending('trackPass', 't1')).toEqual([{ hourStartMs: hour, count: 1 }])
  expect(counters.pending('trackPass', 't2')).toEqual([])
})

test('what was drained is not handed over again', () => {
  const counters = new HourCounters()
  counters.add('trackHit', 't1', hour)
  counters.drain()
  expect(counters.isEmpty).toBe(true)
  expect(counters.drain()).toEqual([])
})

test('a failed commit gives its deltas back beside what was counted meanwhile', () => {
  const counters = new HourCounters()
  const full: CounterStore = {
    addCounts: () => {
      throw new Error('the disk is full')
    }
  }
  counters.add('trackHit', 't1', hour, 2)
  const deltas = counters.drain()
  counters.add('trackHit', 't1', hour)
  try {
    full.addCounts(deltas)
  } catch {
    counters.restore(deltas)
  }
  expect(counters.drain()).toEqual([{ type: 'trackHit', objectId: 't1', hourStartMs: hour, count: 3 }])
})

test('a count of nothing leaves no delta', () => {
  const counters = new HourCounters()
  counters.add('trackHit', 't1', hour, 0)
  expect(counters.drain()).toEqual([])
})
