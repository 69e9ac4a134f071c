import type { LiveMarker } from '../../shared/ipc/live-port.ts'
import { TextStore } from './text-store.ts'
import { placeOfElements } from './drop-scan.ts'
import type { StoredDrop } from './drop-scan.ts'

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

/** What an entry costs beside its text: its places in the columns. */
const ENTRY_OVERHEAD_BYTES = 32
/** In place of a text's position: the entry is a marker. */
const MARKER = -1

/**
 * The latest entries of the stream, bounded by count and by bytes, as columns: a drop costs no object of its own, and its
 * text lies outside the heap. Each entry has a sequence number that never changes and is never used again; entries leave
 * at the old end.
 */
export class DropRing {
  readonly #capacity: number
  #budgetBytes: number
  readonly #texts = new TextStore()
  readonly #markers = new Map<number, LiveMarker>()
  /** Where the drop's text is, or `MARKER`. */
  readonly #positions: Float64Array
  readonly #lengths: Uint32Array
  /** Where in the text its elements begin; 0 when that is not known. */
  readonly #elements: Uint32Array
  readonly #subscriptionIds: Float64Array
  readonly #receivedAtMs: Float64Array
  #first = 0
  #next = 0
  #bytes = 0
  #keptDrops = 0

  constructor(capacity: number, budgetBytes: number) {
    this.#capacity = capacity
    this.#positions = new Float64Array(capacity)
    this.#lengths = new Uint32Array(capacity)
    this.#elements = new Uint32Array(capacity)
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

  /** The texts as UTF-8, and the places of the entries. */
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
      : this.#pushMarker(entry.marker)
  }

  pushDrop(subscriptionId: number, receivedAtMs: number, text: string): number {
    const position = this.#texts.add(text)
    this.#keptDrops += 1
    const sequence = this.#push(position, this.#texts.lastLength, subscriptionId, receivedAtMs)
    this.#elements[sequence % this.#capacity] = placeOfElements(text)
    return sequence
  }

  /** The entry, or undefined when it left or has not come. */
  at(sequence: number): StreamEntry | undefined {
    const marker = this.#markers.get(sequence)
    if (marker !== undefined) return { kind: 'marker', marker }
    const text = this.textAt(sequence)
    if (text === undefined) return undefined
    const slot = sequence % this.#capacity
    return {
      kind: 'drop',
      subscriptionId: this.#subscriptionIds[slot] ?? 0,
      receivedAtMs: this.#receivedAtMs[slot] ?? 0,
      text
    }
  }

  /** Whether it is a kept drop: no marker, and nothing that left or has not come. */
  isDropAt(sequence: number): boolean {
    if (sequence < this.#first || sequence >= this.#next) return false
    return this.#positions[sequence % this.#capacity] !== MARKER
  }

  /** The text of a kept drop; undefined for a marker, and for what left or has not come. */
  textAt(sequence: number): string | undefined {
    if (!this.isDropAt(sequence)) return undefined
    const slot = sequence % this.#capacity
    return this.#texts.read(this.#positions[slot] ?? 0, this.#lengths[slot] ?? 0)
  }

  /** Points `into` to the text of a kept drop, as `textAt` would answer it; false when there is none. */
  findDrop(sequence: number, into: StoredDrop): boolean {
    if (!this.isDropAt(sequence)) return false
    const slot = sequence % this.#capacity
    this.#texts.find(this.#positions[slot] ?? 0, this.#lengths[slot] ?? 0, into)
    into.elements = this.#elements[slot] ?? 0
    return true
  }

  /** How many bytes the text of a kept drop has. */
  sizeAt(sequence: number): number {
    return this.#lengths[sequence % this.#capacity] ?? 0
  }

  /** What a kept drop came by; 0 for a marker. */
  subscriptionIdAt(sequence: number): number {
    return this.#subscriptionIds[sequence % this.#capacity] ?? 0
  }

  /** Forgets every entry; sequence numbers go on. */
  clear(): void {
    this.#texts.clear()
    this.#markers.clear()
    this.#first = this.#next
    this.#bytes = 0
    this.#keptDrops = 0
  }

  #pushMarker(marker: LiveMarker): number {
    const sequence = this.#push(MARKER, 0, 0, 0)
    this.#markers.set(sequence, marker)
    return sequence
  }

  #push(position: number, length: number, subscriptionId: number, receivedAtMs: number): number {
    if (this.#next - this.#first === this.#capacity) this.#dropOldest()
    const sequence = this.#next
    const slot = sequence % this.#capacity
    this.#next += 1
    this.#positions[slot] = position
    this.#lengths[slot] = length
    this.#subscriptionIds[slot] = subscriptionId
    this.#receivedAtMs[slot] = receivedAtMs
    this.#bytes += ENTRY_OVERHEAD_BYTES + length
    this.#trim()
    return sequence
  }

  #trim(): void {
    while (this.#bytes > this.#budgetBytes && this.#next - this.#first > 1) this.#dropOldest()
  }

  #dropOldest(): void {
    const slot = this.#first % this.#capacity
    const position = this.#positions[slot] ?? MARKER
    const length = this.#lengths[slot] ?? 0
    this.#bytes -= ENTRY_OVERHEAD_BYTES + length
    if (position === MARKER) this.#markers.delete(this.#first)
    else {
      this.#keptDrops -= 1
      this.#texts.forget(position)
    }
    this.#first += 1
  }
}
