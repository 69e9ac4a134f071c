import { describe, expect, test } from 'vitest'
import { DropRing } from '../../../src/renderer/console/drop-ring.ts'
import type { StreamEntry } from '../../../src/renderer/console/drop-ring.ts'

const drop = (text: string): StreamEntry => ({ kind: 'drop', subscriptionId: 1, receivedAtMs: 0, text })
const marker: StreamEntry = {
  kind: 'marker',
  marker: { kind: 'skipped', subscriptionId: 1, atMs: 0, drops: 3, where: 'window' }
}
const PLENTY_BYTES = 1_000_000

describe('a ring of drops', () => {
  test('keeps the latest entries when it is full by count', () => {
    const ring = new DropRing(3, PLENTY_BYTES)
    for (const text of ['a', 'b', 'c', 'd', 'e']) ring.push(drop(text))
    expect([ring.firstSequence, ring.nextSequence]).toEqual([2, 5])
    expect([1, 2, 3, 4, 5].map((sequence) => ring.at(sequence))).toEqual([
      undefined,
      drop('c'),
      drop('d'),
      drop('e'),
      undefined
    ])
  })

  test('lets old entries go when it is full by bytes, but never the newest one', () => {
    const ring = new DropRing(100, 400)
    ring.push(drop('x'.repeat(200)))
    ring.push(drop('y'.repeat(200)))
    expect(ring.firstSequence).toBe(1)
    ring.push(drop('z'.repeat(10_000)))
    expect([ring.firstSequence, ring.nextSequence, ring.keptDrops]).toEqual([2, 3, 1])
  })

  test('a smaller budget takes effect at once', () => {
    const ring = new DropRing(100, PLENTY_BYTES)
    for (let index = 0; index < 10; index++) ring.push(drop('x'.repeat(100)))
    ring.budgetBytes = 600
    expect(ring.keptBytes).toBeLessThanOrEqual(600)
    expect(ring.nextSequence).toBe(10)
    expect(ring.keptDrops).toBe(ring.nextSequence - ring.firstSequence)
  })

  test('counts drops apart from markers', () => {
    const ring = new DropRing(2, PLENTY_BYTES)
    ring.push(marker)
    ring.push(drop('a'))
    expect(ring.keptDrops).toBe(1)
    ring.push(drop('b'))
    expect(ring.keptDrops).toBe(2)
  })

  test('after it is cleared the sequence goes on, so that no number means two entries', () => {
    const ring = new DropRing(4, PLENTY_BYTES)
    ring.push(drop('a'))
    ring.push(drop('b'))
    ring.clear()
    expect([ring.keptDrops, ring.keptBytes, ring.at(1)]).toEqual([0, 0, undefined])
    expect(ring.push(drop('c'))).toBe(2)
    expect(ring.at(2)).toEqual(drop('c'))
  })
})
