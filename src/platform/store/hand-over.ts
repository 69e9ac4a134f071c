import type { Found } from './query.ts'
import type { ReaderValue } from './reader-messages.ts'

/** Longer answers pass between threads as bytes: what is handed over is neither copied nor read on the other side. */
const MIN_HANDED_OVER = 16 * 1024

/** What the reader worker posts of a value, and the memory that goes with it. */
export function packed(value: ReaderValue): readonly [value: ReaderValue, memory: ArrayBuffer[]] {
  if (!isFound(value) || value.bodyText.length < MIN_HANDED_OVER) return [value, []]
  // Memory of its own: a small Buffer lies in a pool, which cannot be handed over.
  const { buffer, byteOffset, byteLength } = new TextEncoder().encode(String(value.bodyText))
  return [{ ...value, bodyText: Buffer.from(buffer, byteOffset, byteLength) }, [buffer]]
}

/** The value as it was before it was posted: bytes lose their class on the way. */
export function unpacked(value: ReaderValue): ReaderValue {
  if (!isFound(value) || typeof value.bodyText === 'string') return value
  const { buffer, byteOffset, byteLength } = value.bodyText
  return { ...value, bodyText: Buffer.from(buffer, byteOffset, byteLength) }
}

const isFound = (value: ReaderValue): value is Found => 'mentioned' in value
