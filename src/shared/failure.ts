/**
 * The one shape for what went wrong, and the one catalogue of codes. Code branches on `code`, people read `message`
 * (what happened and why) and `hint` (what to do next). A failure with a new cause is a new line in `catalogue`.
 */
export interface Failure {
  readonly code: FailureCode
  /** What happened and why, ready to be shown. */
  readonly message: string
  /** What to do next; left out when there is nothing to do. */
  readonly hint?: string
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean
  /** For the log and for people who look closer; never a secret. */
  readonly details?: FailureDetails
}

export interface FailureDetails {
  /** All error texts of the platform's answer. */
  readonly errors?: readonly string[]
  readonly method?: string
  /** The path of the request's URL, without host and without query. */
  readonly path?: string
  /** HTTP status, or the status of a WebSocket reply. */
  readonly status?: number
  readonly account?: string
  readonly [name: string]: unknown
}

interface CatalogueEntry {
  readonly message: string
  readonly hint?: string
  readonly retryable: boolean
}

/** One line a code; the sentence is what a person reads when the caller knows nothing better. */
export const catalogue = {
  'platform/bad-request': {
    message: 'The platform did not accept the request.',
    hint: 'Change what its message names and try again.',
    retryable: false
  },
  'platform/forbidden': {
    message: 'The platform refused this token.',
    hint: 'Use a token with the right that is missing, or ask the owner for a share.',
    retryable: false
  },
  'platform/not-found': {
    message: 'The platform has no such object, or it is not visible to this token.',
    hint: 'Refresh the tree: it may have been deleted meanwhile.',
    retryable: false
  },
  'platform/server-error': {
    message: 'The platform failed while it handled the request.',
    hint: 'Try again; if it stays, look at the log of the platform.',
    retryable: true
  },
  'platform/refused': {
    message: 'The platform refused the request.',
    hint: 'Look at the status and the errors of its answer.',
    retryable: false
  },
  'network/unreachable': {
    message: 'The platform cannot be reached.',
    hint: 'Check the server of the connection and that the platform runs.',
    retryable: true
  },
  'network/timeout': {
    message: 'The platform did not answer in time.',
    hint: 'Try again, or check the network.',
    retryable: true
  },
  'network/closed': {
    message: 'The connection was closed before the answer was complete.',
    hint: 'Try again.',
    retryable: true
  },
  'network/tls': {
    message: 'The certificate of the platform was not accepted.',
    hint: 'Check the name of the server, or switch verification off for this connection if you trust it.',
    retryable: false
  },
  'request/read-only': {
    message: 'This connection only reads: nothing was sent.',
    hint: 'Switch "Read-only" off in the profile of the connection to change things on its platform.',
    retryable: false
  },
  'request/cancelled': { message: 'The request was cancelled.', retryable: true },
  'response/malformed': {
    message: 'The answer was not one of a flowthings platform.',
    hint: 'Check that the server of the connection is the platform itself and not a proxy page.',
    retryable: false
  },
  'input/invalid': {
    message: 'The request was not understood.',
    hint: 'This is a fault of Flowscope: the log says which part of the request.',
    retryable: false
  },
  'filter/invalid': {
    message: 'The filter cannot be read.',
    hint: 'Mend the marked place.',
    retryable: false
  },
  'keychain/unavailable': {
    message: 'There is no keychain on this system.',
    hint: 'Tokens are kept for this run only.',
    retryable: false
  },
  'keychain/locked': {
    message: 'The keychain is locked.',
    hint: 'Unlock it and try again.',
    retryable: true
  },
  'local-platform/failed': {
    message: 'The local platform does not run.',
    hint: 'It is started again by itself; the log says why it stopped.',
    retryable: true
  }
} as const satisfies Record<string, CatalogueEntry>

export type FailureCode = keyof typeof catalogue

/**
 * A failure with the catalogue's sentence, or with a better one.
 *
 * `over.hint: null` leaves the hint out.
 */
export function failure(
  code: FailureCode,
  over: { message?: string; hint?: string | null; retryable?: boolean; details?: FailureDetails } = {}
): Failure {
  const entry: CatalogueEntry = catalogue[code]
  const hint = over.hint === undefined ? entry.hint : (over.hint ?? undefined)
  return {
    code,
    message: over.message ?? entry.message,
    ...(hint === undefined ? {} : { hint }),
    retryable: over.retryable ?? entry.retryable,
    ...(over.details === undefined ? {} : { details: over.details })
  }
}

/** Closes a `switch` over a union: a case that was forgotten is a type error, and a bug at run time. */
export function assertNever(value: never): never {
  throw new Error(`A case was forgotten: ${String(value)}`)
}
