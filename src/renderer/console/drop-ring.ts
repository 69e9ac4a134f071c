import type { LiveMarker } from '../../shared/ipc/live-port.ts'

/** One line of the stream: a drop as its text, or a marker that says what happened between drops. */
export type StreamEntry =
  | {
      readonly kind: 'drop'
      readonly subscriptionId: number
      readonly receivedAtMs: number
      readonly text: string
    }
  | { readonly kind: 'marker'; readonly marker: LiveMarker }

/** What the console keeps at most: a person scrolls no further, and a changed filter re-reads it in a moment. */
export const MAX_KEPT_ENTRIES = 200_000

/** What an entry costs beside its text: the object, its slot, the string's header. */
const ENTRY_OVERHEAD_BYTES = 96

/**
 * The latest entries of the stream, bounded by count and by bytes. Each entry has a sequence number that never changes
 * and is never used again; entries leave at the old end.
 */
export class DropRing {
  readonly #capacity: number
  #budgetBytes: number
  #entries: StreamEntry[]
  #first = 0
  #next = 0
  #bytes = 0
  #keptDrops = 0

  constructor(capacity: number, budgetBytes: number) {
    this.#capacity = capacity
    this.#entries = new Array<StreamEntry>(capacity)
    this.#budgetBytes = budgetBytes
  }

  /** The oldest sequence number that is kept; equals `nextSequence` when nothing is. */
  get firstSequence(): number {
    return this.#first
  }

  /** The sequence number that the next entry gets. */
  get nextSequence(): number {
    return this.#next
  }

  /** Kept drops, markers not counted. */
  get keptDrops(): number {
    return this.#keptDrops
  }

  /** An estimate: one byte a character of text, and the entry around it. */
  get keptBytes(): number {
    return this.#bytes
  }

  get budgetBytes(): number {
    return this.#budgetBytes
  }

  set budgetBytes(bytes: number) {
    this.#budgetBytes = bytes
    this.#trim()
  }

  push(entry: StreamEntry): number {
    if (this.#next - this.#first === this.#capacity) this.#dropOldest()
    const sequence = this.#next
    this.#next += 1
    this.#entries[sequence % this.#capacity] = entry
    this.#bytes += sizeOf(entry)
    if (entry.kind === 'drop') this.#keptDrops += 1
    this.#trim()
    return sequence
  }

  /** The entry, or undefined when it left or has not come. */
  at(sequence: number): StreamEntry | undefined {
    return sequence >= this.#first && sequence < this.#next
      ? this.#entries[sequence % this.#capacity]
      : undefined
  }

  /** Forgets every entry; sequence numbers go on. */
  clear(): void {
    this.#entries = new Array<StreamEntry>(this.#capacity)
    this.#first = this.#next
    this.#bytes = 0
    this.#keptDrops = 0
  }

  #trim(): void {
    while (this.#bytes > this.#budgetBytes && this.#next - this.#first > 1) this.#dropOldest()
  }

  #dropOldest(): void {
    const slot = this.#first % this.#capacity
    const entry = this.#entries[slot]
    if (entry === undefined) return
    this.#bytes -= sizeOf(entry)
    if (entry.kind === 'drop') this.#keptDrops -= 1
    // The slot lets go of the text at once; the next lap would do it too late.
    this.#entries[slot] = RELEASED
    this.#first += 1
  }
}

const RELEASED: StreamEntry = { kind: 'drop', subscriptionId: 0, receivedAtMs: 0, text: '' }

const sizeOf = (entry: StreamEntry): number =>
  ENTRY_OVERHEAD_BYTES + (entry.kind === 'drop' ? entry.text.length : 0)
