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

/** What an entry costs beside its text: its places in the columns and the string's header. */
const ENTRY_OVERHEAD_BYTES = 64

/**
 * The latest entries of the stream, bounded by count and by bytes, as columns: a drop costs no object of its own. Each entry
 * has a sequence number that never changes and is never used again; entries leave at the old end.
 */
export class DropRing {
  readonly #capacity: number
  #budgetBytes: number
  /** The drop's text, or a marker. */
  #contents: (string | LiveMarker)[]
  readonly #subscriptionIds: Float64Array
  readonly #receivedAtMs: Float64Array
  #first = 0
  #next = 0
  #bytes = 0
  #keptDrops = 0

  constructor(capacity: number, budgetBytes: number) {
    this.#capacity = capacity
    this.#contents = new Array<string | LiveMarker>(capacity)
    this.#subscriptionIds = new Float64Array(capacity)
    this.#receivedAtMs = new Float64Array(capacity)
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
    return entry.kind === 'drop'
      ? this.pushDrop(entry.subscriptionId, entry.receivedAtMs, entry.text)
      : this.#push(0, 0, entry.marker)
  }

  pushDrop(subscriptionId: number, receivedAtMs: number, text: string): number {
    return this.#push(subscriptionId, receivedAtMs, text)
  }

  /** The entry, or undefined when it left or has not come. */
  at(sequence: number): StreamEntry | undefined {
    if (sequence < this.#first || sequence >= this.#next) return undefined
    const slot = sequence % this.#capacity
    const content = this.#contents[slot]
    if (typeof content !== 'string') return content && { kind: 'marker', marker: content }
    return {
      kind: 'drop',
      subscriptionId: this.#subscriptionIds[slot] ?? 0,
      receivedAtMs: this.#receivedAtMs[slot] ?? 0,
      text: content
    }
  }

  /** The text of a kept drop; undefined for a marker, and for what left or has not come. */
  textAt(sequence: number): string | undefined {
    if (sequence < this.#first || sequence >= this.#next) return undefined
    const content = this.#contents[sequence % this.#capacity]
    return typeof content === 'string' ? content : undefined
  }

  /** What a kept drop came by; 0 for a marker. */
  subscriptionIdAt(sequence: number): number {
    return this.#subscriptionIds[sequence % this.#capacity] ?? 0
  }

  /** Forgets every entry; sequence numbers go on. */
  clear(): void {
    this.#contents = new Array<string | LiveMarker>(this.#capacity)
    this.#first = this.#next
    this.#bytes = 0
    this.#keptDrops = 0
  }

  #push(subscriptionId: number, receivedAtMs: number, content: string | LiveMarker): number {
    if (this.#next - this.#first === this.#capacity) this.#dropOldest()
    const sequence = this.#next
    const slot = sequence % this.#capacity
    this.#next += 1
    this.#contents[slot] = content
    this.#subscriptionIds[slot] = subscriptionId
    this.#receivedAtMs[slot] = receivedAtMs
    this.#bytes += sizeOf(content)
    if (typeof content === 'string') this.#keptDrops += 1
    this.#trim()
    return sequence
  }

  #trim(): void {
    while (this.#bytes > this.#budgetBytes && this.#next - this.#first > 1) this.#dropOldest()
  }

  #dropOldest(): void {
    const slot = this.#first % this.#capacity
    const content = this.#contents[slot] ?? ''
    this.#bytes -= sizeOf(content)
    if (typeof content === 'string') this.#keptDrops -= 1
    // The slot lets go of the text at once; the next lap would do it too late.
    this.#contents[slot] = ''
    this.#first += 1
  }
}

const sizeOf = (content: string | LiveMarker): number =>
  ENTRY_OVERHEAD_BYTES + (typeof content === 'string' ? content.length : 0)
