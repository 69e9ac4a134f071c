import type { DropRing } from './drop-ring.ts'

/** Whether an entry of the ring is shown. */
export type EntryTest = (sequence: number) => boolean

/** Entries that are tested between two looks at the clock. */
const ENTRIES_A_LOOK = 16

/**
 * Which entries of the ring are shown, newest first. Without a test it is all of them and costs nothing. With one, what
 * arrives is tested before what is kept, and what is kept from the newest to the oldest, so that the rows on the screen are there first;
 * how far that is can be asked at any time.
 */
export class StreamSieve {
  readonly #ring: DropRing
  #test: EntryTest | undefined
  /** Shown entries that came after the test was set, ascending; those before `#newerStart` have left. */
  #newer: number[] = []
  #newerStart = 0
  /** Shown entries that were there when the test was set, descending. */
  #older: number[] = []
  /** The next entry to be tested, going on; and going back. */
  #forward = 0
  #backward = -1

  constructor(ring: DropRing) {
    this.#ring = ring
  }

  /** Begins anew; undefined shows everything. */
  set(test: EntryTest | undefined): void {
    this.#test = test
    this.#newer = []
    this.#newerStart = 0
    this.#older = []
    this.#forward = this.#ring.nextSequence
    this.#backward = this.#forward - 1
  }

  get isTesting(): boolean {
    return this.#test !== undefined
  }

  /** Entries that are shown, as far as they were tested. */
  get size(): number {
    if (this.#test === undefined) return this.#ring.nextSequence - this.#ring.firstSequence
    this.#trim()
    return this.#newer.length - this.#newerStart + this.#older.length
  }

  /** Kept entries that were tested and are not shown. */
  get hiddenEntries(): number {
    return this.#test === undefined ? 0 : Math.max(0, this.testedEntries - this.size)
  }

  /** Kept entries that were tested. */
  get testedEntries(): number {
    const { firstSequence, nextSequence } = this.#ring
    if (this.#test === undefined) return nextSequence - firstSequence
    return Math.max(0, this.#forward - Math.max(firstSequence, this.#backward + 1))
  }

  /** The sequence number of a shown entry, counted from the newest; undefined beyond the end. */
  at(place: number): number | undefined {
    if (place < 0 || place >= this.size) return undefined
    if (this.#test === undefined) return this.#ring.nextSequence - 1 - place
    const newer = this.#newer.length - this.#newerStart
    return place < newer ? this.#newer[this.#newer.length - 1 - place] : this.#older[place - newer]
  }

  /** How many shown entries are newer than this sequence number: the place of the first that is not. */
  placeOf(sequence: number): number {
    if (this.#test === undefined) {
      return Math.min(this.size, Math.max(0, this.#ring.nextSequence - 1 - sequence))
    }
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.at(middle) ?? -1) > sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Tests until `isOver` says so; answers whether something is left to be tested. */
  work(isOver: () => boolean): boolean {
    const test = this.#test
    if (test === undefined) return false
    const { firstSequence, nextSequence } = this.#ring
    // What came and went before it could be tested is gone from both ends of the list alike.
    if (this.#forward < firstSequence) {
      this.#forward = firstSequence
      this.#backward = firstSequence - 1
    }
    for (let count = 1; this.#forward < nextSequence; count += 1) {
      const sequence = this.#forward
      this.#forward += 1
      if (test(sequence)) this.#newer.push(sequence)
      if (count % ENTRIES_A_LOOK === 0 && isOver()) return true
    }
    for (let count = 1; this.#backward >= firstSequence; count += 1) {
      const sequence = this.#backward
      this.#backward -= 1
      if (test(sequence)) this.#older.push(sequence)
      if (count % ENTRIES_A_LOOK === 0 && isOver()) return true
    }
    return false
  }

  #trim(): void {
    const { firstSequence } = this.#ring
    while ((this.#older.at(-1) ?? Infinity) < firstSequence) this.#older.pop()
    while ((this.#newer[this.#newerStart] ?? Infinity) < firstSequence) this.#newerStart += 1
    if (this.#newerStart > 4096 && this.#newerStart * 2 > this.#newer.length) {
      this.#newer = this.#newer.slice(this.#newerStart)
      this.#newerStart = 0
    }
  }
}
