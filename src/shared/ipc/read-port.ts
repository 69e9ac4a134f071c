import type { Failure } from '../failure.ts'

/**
 * The port of one large read: the platform's answer as text, in pieces, from main to the window's drop worker. The worker
 * asks for each piece, so a slow window slows the read down to the socket. Closing the port cancels the read.
 */
export type ReadMessage =
  | { readonly kind: 'chunk'; readonly text: string }
  /** The answer is complete: `sizeBytes` bytes of UTF-8 came in all, the platform took `durationMs`. */
  | { readonly kind: 'end'; readonly sizeBytes: number; readonly durationMs: number }
  | { readonly kind: 'failure'; readonly failure: Failure }

/** From the worker to main. */
export type ReadControl =
  /** Main may have sent this many chunks in all. */
  { readonly kind: 'credit'; readonly totalChunks: number } | { readonly kind: 'cancel' }

/** Characters in a chunk: small enough that one never delays a request noticeably. */
export const CHUNK_CHARACTERS = 262_144
/** Chunks that a worker grants ahead. */
export const CREDIT_CHUNKS = 4
