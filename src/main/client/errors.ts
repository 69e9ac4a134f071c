import type { Failure, FailureCode } from '../../shared/failure.ts'

/**
 * What the throwing face of the client throws (`client.ts`): a `Failure` as an Error. None holds a token: not as a member, not
 * in its text, not in what `JSON.stringify` or `util.inspect` make of it.
 *
 * - `PlatformError`: the platform answered, and refused. `BadRequest`, `Forbidden`, `NotFound` and `ServerError` are its usual
 *   statuses, a bare `PlatformError` is any other.
 * - `LocalError`: there was no such answer. The network, a cancelled call, credentials that are not there, a filter that
 *   cannot be read.
 */
export class FlowthingsError extends Error {
  static {
    this.prototype.name = 'FlowthingsError'
  }
  /** Branch on the class or on this, never on the text. */
  readonly code: FailureCode
  /** What to do next. */
  readonly hint: string | undefined
  /** Whether the same call may succeed later by itself. */
  readonly retryable: boolean
  /** All errors of the platform's answer; empty when there was none. */
  readonly errors: readonly string[]
  readonly method: string | undefined
  /** Without host and query. */
  readonly path: string | undefined
  readonly status: number | undefined
  /** Whom the request spoke for. */
  readonly account: string | undefined
  readonly #failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    const { errors = [], method, path, status, account } = failure.details ?? {}
    this.code = failure.code
    this.hint = failure.hint
    this.retryable = failure.retryable
    this.errors = errors
    this.method = method
    this.path = path
    this.status = status
    this.account = account
    this.#failure = failure
  }

  /** The same as the rest of the app knows it. */
  get failure(): Failure {
    return this.#failure
  }

  /** `JSON.stringify` leaves out an Error's name and message otherwise. */
  toJSON(): object {
    const { name, message, code, hint, retryable, errors, method, path, status, account } = this
    return { name, message, code, hint, retryable, errors, method, path, status, account }
  }
}

/** A fault on this side of the platform, or on the way to it. */
export class LocalError extends FlowthingsError {
  static {
    this.prototype.name = 'LocalError'
  }
}

/** The platform answered with an error. */
export class PlatformError extends FlowthingsError {
  static {
    this.prototype.name = 'PlatformError'
  }
}

/** Status 400: the request says something that the platform cannot do. */
export class BadRequest extends PlatformError {
  static {
    this.prototype.name = 'BadRequest'
  }
}

/** Status 403: the token is unknown, or lacks the right. */
export class Forbidden extends PlatformError {
  static {
    this.prototype.name = 'Forbidden'
  }
}

/** Status 404: no such object, or not for this token. */
export class NotFound extends PlatformError {
  static {
    this.prototype.name = 'NotFound'
  }
}

/** Status 500 to 599: the platform failed. */
export class ServerError extends PlatformError {
  static {
    this.prototype.name = 'ServerError'
  }
}

const CLASSES: Partial<Record<FailureCode, typeof FlowthingsError>> = {
  'platform/bad-request': BadRequest,
  'platform/forbidden': Forbidden,
  'platform/not-found': NotFound,
  'platform/server-error': ServerError,
  'platform/refused': PlatformError
}

/** The error for a failure, of the class of its code. */
export const errorOf = (failure: Failure): FlowthingsError =>
  new (CLASSES[failure.code] ?? LocalError)(failure)
