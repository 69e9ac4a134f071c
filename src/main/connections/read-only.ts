import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'

/**
 * What a read-only connection may send. Lists of what is allowed, not of what is forbidden: a verb or a place that nobody
 * thought of is refused.
 */

/** Verbs that only read, whatever their path (platform protocol, "Generic endpoints"). */
const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'MGET', 'HEAD', 'OPTIONS'])

/**
 * What is asked by POST and changes nothing: an aggregation, the trial run of a track, and a session of live drops. An id has
 * no dots and no percent signs, so that no path leads elsewhere.
 */
const READING_POSTS: readonly RegExp[] = [
  /^\/v[\d.]+\/[^/?#]+\/drop\/[\w-]+\/aggregate\/?(\?|$)/,
  /^\/v[\d.]+\/[^/?#]+\/track\/simulate\/?(\?|$)/,
  /^\/session\/?(\?|$)/
]

/** Commands of a WebSocket that only read (platform protocol, "Commands"). */
const READING_COMMANDS: ReadonlySet<string> = new Set([
  'find',
  'findmany',
  'subscribe',
  'unsubscribe',
  'heartbeat'
])

/** Why a request must not be sent on a read-only connection; undefined when it only reads. */
export function refuseWrite({
  method,
  path
}: {
  readonly method: string
  /** As in the request's URL, with its query or without. */
  readonly path: string
}): Failure | undefined {
  if (READING_METHODS.has(method)) return undefined
  if (method === 'POST' && READING_POSTS.some((allowed) => allowed.test(path))) return undefined
  return failure('request/read-only', { details: { method, path: path.replace(/\?.*$/, '') } })
}

/** The same for a command of a WebSocket, by its type; a command without one is refused. */
export function refuseWriteCommand(type: unknown): Failure | undefined {
  return typeof type === 'string' && READING_COMMANDS.has(type)
    ? undefined
    : failure('request/read-only', { details: { command: String(type) } })
}
