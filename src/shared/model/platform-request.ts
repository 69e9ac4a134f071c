import type { Failure } from '../failure.ts'
import type { RequestParameterRow } from './connection-profile.ts'

/** Requests that a person writes by hand, their answers, and what is kept of them. */

/** A request below `/v{version}/{account}`. */
export interface PlatformRequest {
  /** Any method that is a token of HTTP, in capitals: `GET`, `MPUT`. */
  readonly method: string
  /** Below the account, with its slash and without a query: `/flow/f0123…`. */
  readonly path: string
  /** Those of the connection are added; of two with one name the last counts. */
  readonly parameters: readonly RequestParameterRow[]
  /** Sent word for word; empty: none. */
  readonly body: string
}

/** The methods of the protocol (platform protocol, "Generic endpoints"); others can be sent and are refused by platforms. */
export const PLATFORM_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'MGET', 'MPUT'] as const

/**
 * Whether a request below an account only reads; every other one is refused on a read-only connection. Aggregations and
 * simulations are posted and change nothing.
 */
export const isReadRequest = (method: string, path: string): boolean =>
  ['GET', 'MGET', 'HEAD', 'OPTIONS'].includes(method) ||
  (method === 'POST' && /^\/(drop\/[^/]+\/aggregate|track\/simulate)\/?$/.test(path))

/** What came back, whatever its status. */
export interface RequestAnswer {
  readonly requestId: string
  readonly status: number
  readonly headers: readonly RequestParameterRow[]
  /** The beginning of the body, secrets masked: whole unless `isCut`. */
  readonly text: string
  /** Of the whole body as UTF-8. */
  readonly sizeBytes: number
  readonly isCut: boolean
  /** From the request sent to the head of the answer, and to its end. */
  readonly headMs: number
  readonly durationMs: number
  /** What a status that is no success means, in words. */
  readonly failure?: Failure
}

/** What came of one request of a batch. */
export type BatchOutcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly sizeBytes: number
      readonly durationMs: number
    }
  /** A status that is no success, or no answer at all: then there is no `status`. */
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly status?: number | undefined
      readonly durationMs: number
    }
  /** Not sent: the batch was cancelled or stopped before. */
  | { readonly kind: 'skipped' }

/** A request that was sent from the console, without what is secret in it. */
export interface SentRequest {
  readonly request: PlatformRequest
  /** Whether the body was too long to be kept. */
  readonly isBodyLeftOut: boolean
  readonly sentAtMs: number
  readonly status?: number | undefined
  /** The code of its failure when there was no status. */
  readonly failureCode?: string | undefined
  readonly durationMs: number
}

export const MAX_METHOD_CHARACTERS = 32
/** Above the longest line that servers commonly take. */
export const MAX_REQUEST_PATH_CHARACTERS = 4096
export const MAX_REQUEST_PARAMETERS = 100
export const MAX_REQUEST_PARAMETER_CHARACTERS = 65_536
/** As long as the platform accepts a body (1 MiB), in UTF-16 units. */
export const MAX_REQUEST_BODY_CHARACTERS = 1_048_576
/** Of the body as UTF-8: with head and failure the answer stays under the 256 KiB of a message to the window. */
export const MAX_SHOWN_ANSWER_BYTES = 230_000
/** The outcomes of all stay under the 256 KiB of a message to the window. */
export const MAX_BATCH_REQUESTS = 300
export const MAX_BATCH_CONCURRENCY = 16
/** A frame that a platform takes (platform protocol, "Heartbeats"). */
export const MAX_FRAME_CHARACTERS = 1_048_576
/** As many as a person looks back on. */
export const MAX_REQUEST_HISTORY = 60
/** Of bodies, paths and parameters in one history: it comes to the window in one message. */
export const MAX_HISTORY_CHARACTERS = 100_000
/** A longer body is left out of the history: it would push all others out. */
export const MAX_HISTORY_BODY_CHARACTERS = 20_000
