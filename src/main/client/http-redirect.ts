import type { Dispatcher } from 'undici'
import type { RequestIdentity } from './http-failure.ts'
import { REPEATABLE_METHODS } from './http-retry.ts'

/** A server that tidies its paths needs one, a login page none; more are a circle. */
export const MAX_REDIRECTS = 3

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const KEEPS_METHOD: ReadonlySet<number> = new Set([307, 308])

type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>

/** Where an answer to a request of `target` (path and query) sends it to; undefined when it is no redirect. */
export function redirectTarget(
  { origin }: RequestIdentity,
  target: string,
  { statusCode, headers }: Answer
): URL | undefined {
  const { location } = headers
  const isRedirect = REDIRECTS.has(statusCode) && typeof location === 'string'
  return isRedirect && URL.canParse(location, origin + target)
    ? new URL(location, origin + target)
    : undefined
}

/**
 * The path and query to ask instead, when that may be done: on the same server (scheme, host and port), because the token
 * goes with it, and for a request that reads, or by a status that keeps the method (RFC 9110, "Redirection 3xx").
 */
export function redirectWithin(request: RequestIdentity, target: string, answer: Answer): string | undefined {
  const next = redirectTarget(request, target, answer)
  const mayFollow = REPEATABLE_METHODS.has(request.method) || KEEPS_METHOD.has(answer.statusCode)
  return next?.origin === new URL(request.origin).origin && mayFollow
    ? next.pathname + next.search
    : undefined
}
