import { failure } from '../../shared/failure.ts'
import type { Failure, FailureCode, FailureDetails } from '../../shared/failure.ts'
import { isEnvelope } from '../../shared/wire/envelope.ts'
import type { Envelope } from '../../shared/wire/envelope.ts'
import { parseJson } from '../../shared/wire/json.ts'
import { describeNetworkCause } from './network-cause.ts'

/** What a request was, for the details of its failure; never its headers or its query. */
export interface RequestIdentity {
  /** Scheme, host and port: `http://127.0.0.1:43127`. */
  readonly origin: string
  readonly method: string
  /** The path of the URL without its query. */
  readonly path: string
  readonly account: string
}

/** An answer's text may hold a page of a proxy: enough of it to recognise what answered. */
const EXCERPT_CHARACTERS = 200

/**
 * The failure for an answer that is not a success: the code of its status (platform protocol, "HTTP status codes"), the
 * errors of its envelope. `retryAfterMs`: how long it asks to wait, if it does. A text that is no envelope gives `response/malformed`, except for 429 and
 * 5xx, which proxies answer for a platform that is down.
 */
export function failureOfAnswer(
  status: number,
  text: string,
  request: RequestIdentity,
  retryAfterMs?: number
): Failure {
  const envelope = parseEnvelope(text)
  const errors = envelope?.head.errors.map(String) ?? []
  if (envelope === undefined && status < 500 && status !== 429) return malformedAnswer(request, status, text)
  const code = codeOfStatus(status)
  const first = errors[0]
  return failure(code, {
    ...(first === undefined ? {} : { message: sentence(code, first) }),
    ...(retryAfterMs === undefined ? {} : { hint: retryHint(retryAfterMs), retryable: true }),
    details: {
      errors,
      status,
      ...identity(request),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs })
    }
  })
}

const retryHint = (afterMs: number): string =>
  afterMs === 0 ? 'Try again.' : `Try again in ${String(Math.ceil(afterMs / 1000))} s, as the platform asks.`

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
  const { code: cause, message: reason } = rootOf(error)
  const details: FailureDetails = {
    ...identity(request),
    ...(cause === undefined ? {} : { cause }),
    reason
  }
  if (isCancelled) return failure('request/cancelled', { details })
  const { code, ...words } = describeNetworkCause(cause, reason, new URL(request.origin).host)
  return failure(code, { ...words, details })
}

/** The failure for an answer that is not what the protocol says, whatever its status. */
export const malformedAnswer = (request: RequestIdentity, status: number, text: string): Failure =>
  failure('response/malformed', {
    ...(isWebPage(text)
      ? { message: 'A web page came instead of the answer of a flowthings platform.' }
      : text.trim() === ''
        ? { message: 'An empty answer came, which no flowthings platform gives.' }
        : {}),
    details: { ...identity(request), errors: [], status, excerpt: text.slice(0, EXCERPT_CHARACTERS) }
  })

/** The failure for a redirect that is not followed; the new address is told without its query, which may be a secret. */
export function redirectedElsewhere(request: RequestIdentity, status: number, target: URL): Failure {
  const place = `${target.origin}${target.pathname}`
  const { hostname, protocol, host } = new URL(request.origin)
  const wantsTls = target.hostname === hostname && protocol === 'http:' && target.protocol === 'https:'
  return failure('response/malformed', {
    message: `The server sent the request on to ${place}, which is refused: the token would go with it.`,
    hint: wantsTls
      ? 'Switch TLS on for this connection.'
      : target.host === host
        ? 'Check the address of the server: it sends requests on in a circle, or changes what they ask.'
        : `If that is the platform, change the server of the connection to ${target.host}.`,
    details: { ...identity(request), errors: [], status, location: place }
  })
}

const isWebPage = (text: string): boolean => /^\s*<(!doctype|html|head|body)/i.test(text)

const identity = ({ method, path, account, origin }: RequestIdentity): FailureDetails => ({
  method,
  path,
  account,
  host: new URL(origin).host
})

/** The envelope in `text`, or undefined when it is not one. */
export function parseEnvelope(text: string): Envelope | undefined {
  try {
    const value = parseJson(text)
    return isEnvelope(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The code and the text of what lies at the bottom of an error. */
export function rootOf(error: unknown): { code: string | undefined; message: string } {
  let current = error
  // Several addresses of one name fail together; the first tells enough.
  for (let depth = 0; depth < 5; depth += 1) {
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0]
    else if (current instanceof Error && current.cause instanceof Error) current = current.cause
    else break
  }
  const code = (current as { code?: unknown } | undefined)?.code
  // Some errors of the HTTP parser have no code but their name.
  const isParserError = current instanceof Error && current.name === 'HTTPParserError'
  return {
    code: typeof code === 'string' ? code : isParserError ? 'HPE_INVALID' : undefined,
    message: current instanceof Error ? current.message : String(current)
  }
}
