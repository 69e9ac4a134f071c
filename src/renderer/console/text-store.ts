/** Where a text lies: bytes of UTF-8, `end` excluded. Valid until the store lets go of the text. */
export interface StoredText {
  bytes: Uint8Array
  start: number
  end: number
}

/** Texts are laid side by side in pieces of this size: large enough to be few, small enough to leave soon. */
const CHUNK_BYTES = 1_048_576
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const MAX_BYTES_A_CHARACTER = 3
/** Chunks that wait to be used again: at a steady rate none is allocated. */
const MAX_SPARE_CHUNKS = 2

const NOTHING = new Uint8Array(0)

/**
 * Texts that come at one end and leave at the other, as bytes outside the heap: what they take is what they are, and the
 * collector has nothing to look through, however many there are. A text has a position, which only grows.
 */
export class TextStore {
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder()
  readonly #chunks = new Map<number, Uint8Array<ArrayBuffer>>()
  #spare: Uint8Array<ArrayBuffer>[] = []
  #firstChunk = 0
  #lastChunk = -1
  #offset = CHUNK_BYTES
  #lastLength = 0

  /** Adds a text; answers its position. */
  add(text: string): number {
    if (!this.#write(text)) {
      this.#addChunk(text)
      this.#write(text)
    }
    return this.#lastChunk * CHUNK_BYTES + this.#offset - this.#lastLength
  }

  /** How many bytes the text has that was added last. */
  get lastLength(): number {
    return this.#lastLength
  }

  /** Points `at` to a text of so many bytes at a position. */
  find(position: number, length: number, at: StoredText): void {
    at.bytes = this.#chunks.get(Math.floor(position / CHUNK_BYTES)) ?? NOTHING
    at.start = position % CHUNK_BYTES
    at.end = at.start + length
  }

  read(position: number, length: number): string {
    const chunk = this.#chunks.get(Math.floor(position / CHUNK_BYTES)) ?? NOTHING
    const start = position % CHUNK_BYTES
    return this.#decoder.decode(chunk.subarray(start, start + length))
  }

  /** Forgets the texts before the one at this position, as far as they fill chunks. */
  forgetBefore(position: number): void {
    const first = Math.min(Math.floor(position / CHUNK_BYTES), this.#lastChunk)
    for (; this.#firstChunk < first; this.#firstChunk += 1) {
      const chunk = this.#chunks.get(this.#firstChunk)
      this.#chunks.delete(this.#firstChunk)
      if (chunk?.length === CHUNK_BYTES && this.#spare.length < MAX_SPARE_CHUNKS) this.#spare.push(chunk)
    }
  }

  /** Forgets all texts; positions go on. */
  clear(): void {
    this.#chunks.clear()
    this.#spare = []
    this.#firstChunk = this.#lastChunk + 1
    this.#offset = CHUNK_BYTES
  }

  /** Writes the text behind the last one; false when it does not fit there. */
  #write(text: string): boolean {
    const chunk = this.#chunks.get(this.#lastChunk)
    if (chunk === undefined || text.length > chunk.length - this.#offset) return false
    const { read, written } = this.#encoder.encodeInto(text, chunk.subarray(this.#offset))
    if (read < text.length) return false
    this.#offset += written
    this.#lastLength = written
    return true
  }

  /** A text that no chunk could hold gets one of its own. */
  #addChunk(text: string): void {
    const mostBytes = text.length * MAX_BYTES_A_CHARACTER
    const bytes = mostBytes <= CHUNK_BYTES ? CHUNK_BYTES : this.#encoder.encode(text).length
    const spare = bytes <= CHUNK_BYTES ? this.#spare.pop() : undefined
    this.#lastChunk += 1
    this.#offset = 0
    this.#chunks.set(this.#lastChunk, spare ?? new Uint8Array(Math.max(bytes, CHUNK_BYTES)))
  }
}
