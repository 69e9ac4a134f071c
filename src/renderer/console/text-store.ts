/** Where a text lies: bytes of UTF-8, `end` excluded. Valid until the store lets go of the text. */
export interface StoredText {
  bytes: Uint8Array
  start: number
  end: number
}

/** Texts are laid side by side in pieces of this size: large enough to be few, small enough to leave soon. */
const CHUNK_BYTES = 1_048_576
/** A larger text gets a piece of its own, just as large: it would leave too much of the next one empty. */
const MAX_SHARED_BYTES = 65_536
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const MAX_BYTES_A_CHARACTER = 3
/** Chunks that wait to be used again: at a steady rate none is allocated. */
const MAX_SPARE_CHUNKS = 2

interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Texts in it that were not forgotten. */
  texts: number
}

const NOTHING: Chunk = { bytes: new Uint8Array(0), texts: 0 }

/**
 * Texts as bytes outside the heap: what they take is what they are, and the collector has nothing to look through, however
 * many there are. A text has a position, which is never used again while the text is kept.
 */
export class TextStore {
  readonly #encoder = new TextEncoder()
  /** A mark at its beginning is a letter of a text like any other. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #chunks = new Map<number, Chunk>()
  #spare: Uint8Array<ArrayBuffer>[] = []
  #lastChunk = -1
  /** The chunk that is written to, and where. */
  #openChunk = -1
  #offset = CHUNK_BYTES
  #lastLength = 0

  /** Adds a text; answers its position. */
  add(text: string): number {
    if (text.length * MAX_BYTES_A_CHARACTER > MAX_SHARED_BYTES) {
      const bytes = this.#encoder.encode(text)
      if (bytes.length > MAX_SHARED_BYTES) return this.#addAlone(bytes)
    }
    return this.#write(text) ?? this.#addShared(text)
  }

  /** How many bytes the text has that was added last. */
  get lastLength(): number {
    return this.#lastLength
  }

  /** Points `at` to a text of so many bytes at a position. */
  find(position: number, length: number, at: StoredText): void {
    at.bytes = this.#chunkAt(position).bytes
    at.start = position % CHUNK_BYTES
    at.end = at.start + length
  }

  read(position: number, length: number): string {
    const { bytes } = this.#chunkAt(position)
    const start = position % CHUNK_BYTES
    return this.#decoder.decode(bytes.subarray(start, start + length))
  }

  /** Lets go of the text at this position. */
  forget(position: number): void {
    const id = Math.floor(position / CHUNK_BYTES)
    const chunk = this.#chunkAt(position)
    chunk.texts -= 1
    if (chunk.texts <= 0 && id !== this.#openChunk) this.#free(id, chunk)
  }

  /** Forgets all texts; positions go on. */
  clear(): void {
    this.#chunks.clear()
    this.#spare = []
    this.#openChunk = -1
  }

  #chunkAt(position: number): Chunk {
    return this.#chunks.get(Math.floor(position / CHUNK_BYTES)) ?? NOTHING
  }

  /** Writes the text behind the last one; undefined when it does not fit there. */
  #write(text: string): number | undefined {
    const chunk = this.#chunks.get(this.#openChunk)
    if (chunk === undefined || this.#offset + text.length >= CHUNK_BYTES) return undefined
    const { read, written } = this.#encoder.encodeInto(text, chunk.bytes.subarray(this.#offset))
    if (read < text.length) return undefined
    const position = this.#openChunk * CHUNK_BYTES + this.#offset
    chunk.texts += 1
    this.#offset += written
    this.#lastLength = written
    return position
  }

  /** Writes the text as the first one of a chunk, which it is sure to fit. */
  #addShared(text: string): number {
    const full = this.#chunks.get(this.#openChunk)
    const fullId = this.#openChunk
    this.#lastChunk += 1
    this.#openChunk = this.#lastChunk
    this.#offset = 0
    if (full?.texts === 0) this.#free(fullId, full)
    this.#chunks.set(this.#openChunk, { bytes: this.#spare.pop() ?? new Uint8Array(CHUNK_BYTES), texts: 0 })
    return this.#write(text) ?? 0
  }

  #addAlone(bytes: Uint8Array<ArrayBuffer>): number {
    this.#lastChunk += 1
    this.#chunks.set(this.#lastChunk, { bytes, texts: 1 })
    this.#lastLength = bytes.length
    return this.#lastChunk * CHUNK_BYTES
  }

  #free(id: number, { bytes }: Chunk): void {
    this.#chunks.delete(id)
    if (bytes.length === CHUNK_BYTES && this.#spare.length < MAX_SPARE_CHUNKS) this.#spare.push(bytes)
  }
}
