import { describe, expect, test } from 'vitest'
import { DropRing } from '../../../src/renderer/console/drop-ring.ts'
import { StreamSieve } from '../../../src/renderer/console/stream-sieve.ts'

const PLENTY_BYTES = 10_000_000
const never = (): boolean => false

function fill(ring: DropRing, count: number): void {
  for (let index = 0; index < count; index++) ring.pushDrop(1, 0, String(ring.nextSequence))
}

const shownOf = (sieve: StreamSieve): (number | undefined)[] =>
  Array.from({ length: sieve.size }, (_, place) => sieve.at(place))

describe('sifting the stream', () => {
  test('without a test everything is shown, the newest first', () => {
    const ring = new DropRing(3, PLENTY_BYTES)
    const sieve = new StreamSieve(ring)
    fill(ring, 5)
    expect([shownOf(sieve), sieve.work(never), sieve.hiddenEntries]).toEqual([[4, 3, 2], false, 0])
  })

  test('tests what is kept from the newest to the oldest, and what arrives before it', () => {
    const ring = new DropRing(200, PLENTY_BYTES)
    const sieve = new StreamSieve(ring)
    fill(ring, 100)
    const asked: number[] = []
    sieve.set((sequence) => {
      asked.push(sequence)
      return sequence % 2 === 0
    })
    const isLeft = sieve.work(() => true)
    fill(ring, 2)
    sieve.work(never)
    expect([isLeft, asked[0], asked[16], asked[17], asked[18], asked.at(-1)]).toEqual([
      true,
      99,
      100,
      101,
      83,
      0
    ])
    expect([shownOf(sieve).slice(0, 3), sieve.size, sieve.hiddenEntries]).toEqual([[100, 98, 96], 51, 51])
  })

  test('what left the ring is not shown and not counted, whether it was tested or not', () => {
    const ring = new DropRing(10, PLENTY_BYTES)
    const sieve = new StreamSieve(ring)
    sieve.set((sequence) => sequence % 3 === 0)
    fill(ring, 8)
    sieve.work(never)
    fill(ring, 100)
    expect(sieve.work(never)).toBe(false)
    expect([shownOf(sieve), sieve.testedEntries, sieve.hiddenEntries]).toEqual([[105, 102, 99], 10, 7])
  })

  test('finds how many shown entries are newer than one, shown or not', () => {
    const ring = new DropRing(100, PLENTY_BYTES)
    const sieve = new StreamSieve(ring)
    fill(ring, 20)
    const whole = [sieve.placeOf(19), sieve.placeOf(0), sieve.placeOf(-5)]
    sieve.set((sequence) => sequence % 5 === 0)
    fill(ring, 20)
    sieve.work(never)
    expect([whole, shownOf(sieve), sieve.placeOf(35), sieve.placeOf(34), sieve.placeOf(3)]).toEqual([
      [0, 19, 20],
      [35, 30, 25, 20, 15, 10, 5, 0],
      0,
      1,
      7
    ])
  })
})
