import { failure } from '../../shared/failure.ts'
import type { Failure, FailureCode, FailureDetails } from '../../shared/failure.ts'
import { isEnvelope } from '../../shared/wire/envelope.ts'
import type { Envelope } from '../../shared/wire/envelope.ts'
import { parseJson } from '../../shared/wire/json.ts'

/** What a request was, for the details of its failure; never its headers or its query. */
export interface RequestIdentity {
  readonly method: string
  /** The path of the URL without its query. */
  readonly path: string
  readonly account: string
}

/** An answer's text may hold a page of a proxy: enough of it to recognise what answered. */
const EXCERPT_CHARACTERS = 200

/**
 * The failure for an answer that is not a success: the code of its status (platform protocol, "HTTP status codes"), the
 * errors of its envelope. A text that is no envelope gives `response/malformed`, except for 5xx, which proxies answer
 * for a platform that is down.
 */
export function failureOfAnswer(status: number, text: string, request: RequestIdentity): Failure {
  const envelope = parseEnvelope(text)
  const errors = envelope?.head.errors.map(String) ?? []
  const details: FailureDetails = { errors, status, ...identity(request) }
  if (envelope === undefined && status < 500) {
    return failure('response/malformed', {
      details: { ...details, excerpt: text.slice(0, EXCERPT_CHARACTERS) }
    })
  }
  const code = codeOfStatus(status)
  const first = errors[0]
  return failure(code, first === undefined ? { details } : { message: sentence(code, first), details })
}

/** Codes of statuses; every status without a class of its own is `platform/refused`. */
export function codeOfStatus(status: number): FailureCode {
  if (status === 400) return 'platform/bad-request'
  if (status === 403) return 'platform/forbidden'
  if (status === 404) return 'platform/not-found'
  return status >= 500 && status <= 599 ? 'platform/server-error' : 'platform/refused'
}

/** The platform's own words belong in the message, because they name what to change. */
export const sentence = (code: FailureCode, error: string): string =>
  `${failure(code).message} It said: ${error}`

/** The failure for a request that got no complete answer. `isCancelled`: whether the caller gave it up. */
export function failureOfError(error: unknown, request: RequestIdentity, isCancelled: boolean): Failure {
  const { code, message } = rootOf(error)
  const details: FailureDetails = {
    ...identity(request),
    ...(code === undefined ? {} : { cause: code }),
    reason: message
  }
  return failure(isCancelled ? 'request/cancelled' : codeOfError(code, message), { details })
}

/** The answer of a successful status that is not what the protocol says. */
export const malformedAnswer = (request: RequestIdentity, status: number, text: string): Failure =>
  failure('response/malformed', {
    details: { ...identity(request), status, excerpt: text.slice(0, EXCERPT_CHARACTERS) }
  })

const identity = ({ method, path, account }: RequestIdentity): FailureDetails => ({ method, path, account })

/** The envelope in `text`, or undefined when it is not one. */
export function parseEnvelope(text: string): Envelope | undefined {
  try {
    const value = parseJson(text)
    return isEnvelope(value) ? value : undefined
  } catch {
    return undefined
  }
}

function rootOf(error: unknown): { code: string | undefined; message: string } {
  let current = error
  // Several addresses of one name fail together; the first tells enough.
  for (let depth = 0; depth < 5; depth += 1) {
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0]
    else if (current instanceof Error && current.cause instanceof Error) current = current.cause
    else break
  }
  const code = (current as { code?: unknown } | undefined)?.code
  return {
    code: typeof code === 'string' ? code : undefined,
    message: current instanceof Error ? current.message : String(current)
  }
}

const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/
const TIMEOUT = /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|^ERR_TLS|^ERR_SSL|^EPROTO$/

function codeOfError(code: string | undefined, message: string): FailureCode {
  if (code === undefined) return 'network/closed'
  if (UNREACHABLE.test(code)) return 'network/unreachable'
  if (TIMEOUT.test(code)) return 'network/timeout'
  if (TLS.test(code)) return 'network/tls'
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return 'response/malformed'
  // A body that ends early or a peer that hangs up; decompression of a cut body says so with a code of zlib.
  return /^Z_(DATA|BUF)_ERROR$/.test(code) && !message.includes('unexpected end')
    ? 'response/malformed'
    : 'network/closed'
}
