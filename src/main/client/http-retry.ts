import type { IncomingHttpHeaders } from 'node:http'

/** Only what reads may be repeated: a create whose answer was lost would make a second drop. */
export const REPEATABLE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'MGET', 'OPTIONS'])

/** "Try later": too many requests, and what proxies and platforms say while they start or are overloaded. */
export const isUnavailable = (status: number): boolean =>
  status === 429 || status === 502 || status === 503 || status === 504

/** A server may ask for more patience than a person has: then its answer is told at once. */
export const MAX_RETRY_AFTER_MS = 5000

/**
 * How long `Retry-After` asks to wait, in milliseconds: seconds, or a date (RFC 9110, "Retry-After"). A date is measured from
 * the answer's own `Date`, so that a wrong clock on either side does not matter; `nowMs` (since the Unix epoch) is only for
 * answers without one. Undefined when the header is missing or unreadable; a date that has passed is 0.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const text = headers['retry-after']
  if (typeof text !== 'string') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) return undefined
  const sentMs = Date.parse(headers.date ?? '')
  return Math.max(0, atMs - (Number.isNaN(sentMs) ? nowMs : sentMs))
}
