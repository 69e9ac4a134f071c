import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import type { Failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { failureOfAnswer, failureOfError, redirectedElsewhere } from './http-failure.ts'
import type { RequestIdentity } from './http-failure.ts'
import { openStream, packBody, wholeText } from './http-body.ts'
import { refuseHead } from './http-head.ts'
import { MAX_REDIRECTS, redirectTarget, redirectWithin } from './http-redirect.ts'
import { isUnavailable, MAX_RETRY_AFTER_MS, REPEATABLE_METHODS, retryAfterMs } from './http-retry.ts'
import { backOffMs, pause, systemScheduler } from './scheduler.ts'
import type { Random, Scheduler } from './scheduler.ts'

/**
 * HTTP as the platform speaks it: kept-alive connections, bounded waits, cancelling that reaches the socket. What reads is
 * tried again when the platform was not reached, hung up or is not available. Proxy settings of the environment
 * (`HTTPS_PROXY` and the like) are ignored: a token goes to the server of the connection and nowhere else.
 */
export interface Http {
  /** The whole answer of a successful status; every other status is a failure. */
  request(request: HttpRequest): Promise<Result<HttpAnswer>>
  /** The answer's text in pieces, as they arrive; nothing is read ahead of who asks. */
  stream(request: HttpRequest): Promise<Result<HttpStream>>
  /**
   * Whatever comes back, whatever its status: for requests that a person writes by hand. Tried once; the body is read by who
   * asks.
   */
  exchange(request: HttpRequest): Promise<Result<HttpExchange>>
  /**
   * What the server's clock said in its latest answer, milliseconds since the Unix epoch, cut to a second (RFC 9110, "Date");
   * undefined before one told it.
   */
  readonly serverTimeMs: number | undefined
  /** Ends all connections at once; requests under way fail. Twice is harmless. */
  close(): Promise<void>
}

export interface HttpRequest extends RequestIdentity {
  /** With its question mark, or empty. */
  readonly query?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

export interface HttpStream {
  /** The next piece of text, undefined at the end. A character is never cut in two. */
  next(): Promise<Result<string | undefined>>
  /** Bytes of UTF-8 that came so far. */
  sizeBytes(): number
  /** Ends the read at the socket. Twice is harmless. */
  cancel(): void
}

export interface HttpExchange {
  readonly status: number
  /** Names in lower case, in their order; a header that came twice is there twice. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: HttpStream
}

export interface HttpOptions {
  readonly connectTimeoutMs?: number
  /** From the request sent to the first byte of the answer. */
  readonly headersTimeoutMs?: number
  /** Between two pieces of an answer, while somebody waits for it. */
  readonly bodyTimeoutMs?: number
  readonly maxConnections?: number
  /** False accepts any certificate; for platforms that a person trusts by hand. */
  readonly verifyCertificate?: boolean
  /** How often a request that may be repeated is tried in all. */
  readonly maxAttempts?: number
  /** Whether bodies are packed on the way; unless told, on every way but loopback, where it takes longer than it saves. */
  readonly isPacking?: boolean
  /** The most that a whole answer may hold once unpacked; a stream has no such limit. */
  readonly maxAnswerBytes?: number
  /** Asked before anything is sent, and again for each redirect: a failure keeps it from being sent. */
  readonly permit?: Permit | undefined
  readonly scheduler?: Scheduler
  readonly random?: Random
}

/** Why a request may not be sent; undefined when it may. `path` may hold a query. */
export type Permit = (request: Pick<RequestIdentity, 'method' | 'path'>) => Failure | undefined

/** A platform on another continent connects in well under a second; a name that leads nowhere must not hang. */
const CONNECT_TIMEOUT_MS = 5000
/** An aggregate over 100,000 drops is the slowest thing that a platform is asked for. */
const HEADERS_TIMEOUT_MS = 30_000
const BODY_TIMEOUT_MS = 30_000
/** More do not make one platform faster, and each costs it a socket. */
const MAX_CONNECTIONS = 16

/** A request that may be repeated is tried this often in all. */
const MAX_ATTEMPTS = 3
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 2000
/** The page that comes with a redirect; a larger one costs the connection. */
const MAX_DISCARDED_BYTES = 65_536
/** Half of the longest text that the engine can hold; a read of any size is a stream. */
const MAX_ANSWER_BYTES = 256 * 1_048_576
/** The page of an error; nobody reads further. */
const MAX_ERROR_BYTES = 1_048_576

export function createHttp(options: HttpOptions = {}): Http {
  const {
    scheduler = systemScheduler,
    random = Math.random,
    maxAttempts = MAX_ATTEMPTS,
    maxAnswerBytes = MAX_ANSWER_BYTES
  } = options
  const agent = new Agent({
    connections: options.maxConnections ?? MAX_CONNECTIONS,
    headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    bodyTimeout: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
    connect: {
      timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      rejectUnauthorized: options.verifyCertificate ?? true
    }
  })

  let serverTimeMs: number | undefined

  const ask = async (
    request: HttpRequest,
    target: string,
    signal: AbortSignal | undefined
  ): Promise<Dispatcher.ResponseData> => {
    const refusal = refuseHead(request) ?? options.permit?.({ method: request.method, path: target })
    if (refusal !== undefined) throw new NotPermitted(refusal)
    const isPacking = options.isPacking ?? !isLoopback(request.origin)
    const packed = request.body === undefined ? undefined : await packBody(request.body, isPacking)
    const response = await agent.request({
      origin: request.origin,
      path: target,
      method: request.method as Dispatcher.HttpMethod,
      headers: {
        ...(isPacking ? { 'Accept-Encoding': 'gzip' } : {}),
        ...request.headers,
        ...packed?.headers
      },
      body: packed?.body ?? null,
      // undici follows redirects only when told to.
      ...(signal === undefined ? {} : { signal })
    })
    const toldMs = Date.parse(String(response.headers.date ?? ''))
    if (!Number.isNaN(toldMs)) serverTimeMs = toldMs
    return response
  }

  /** Follows redirects as far as they may be followed; any other 3xx is an answer like any other, and refused. */
  async function send(
    request: HttpRequest,
    signal: AbortSignal | undefined
  ): Promise<Dispatcher.ResponseData> {
    let target = request.path + (request.query ?? '')
    for (let redirects = 0; ; redirects += 1) {
      const response = await ask(request, target, signal)
      const next = redirects < MAX_REDIRECTS ? redirectWithin(request, target, response) : undefined
      if (next === undefined) return response
      await response.body.dump({ limit: MAX_DISCARDED_BYTES })
      target = next
    }
  }

  /** Tries until `attempt` answers something that is not worth another try. */
  async function withRetries<T>(
    request: HttpRequest,
    attempt: () => Promise<Attempt<T>>
  ): Promise<Result<T>> {
    for (let number = 1; ; number += 1) {
      const { result, mayRepeat, retryAfterMs: askedMs = 0 } = await attempt()
      const isLast = number === maxAttempts || !REPEATABLE_METHODS.has(request.method)
      if (result.ok || !mayRepeat || isLast || askedMs > MAX_RETRY_AFTER_MS) return result
      const delayMs = Math.max(askedMs, backOffMs(number, FIRST_RETRY_MS, MAX_RETRY_MS, random))
      const mayGoOn = await pause(scheduler, delayMs, request.signal)
      if (!mayGoOn) return failed(failureOfError(request.signal?.reason, request, true))
    }
  }

  async function failureOf<T>(request: HttpRequest, response: Dispatcher.ResponseData): Promise<Attempt<T>> {
    const text = await wholeText(response, MAX_ERROR_BYTES)
    const elsewhere = redirectTarget(request, request.path, response)
    const askedMs = retryAfterMs(response.headers, Date.now())
    return {
      result: failed(
        elsewhere === undefined
          ? failureOfAnswer(response.statusCode, text, request, askedMs)
          : redirectedElsewhere(request, response.statusCode, elsewhere)
      ),
      mayRepeat: isUnavailable(response.statusCode),
      retryAfterMs: askedMs
    }
  }

  const withOwnSignal = (request: HttpRequest, controller: AbortController): AbortSignal =>
    request.signal === undefined ? controller.signal : AbortSignal.any([request.signal, controller.signal])

  function broken<T>(request: HttpRequest, error: unknown): Attempt<T> {
    if (error instanceof NotPermitted) {
      return { result: failed(error.failure), mayRepeat: false, retryAfterMs: undefined }
    }
    const failure = failureOfError(error, request, request.signal?.aborted === true)
    const mayRepeat = failure.code === 'network/closed' || failure.code === 'network/unreachable'
    return { result: failed(failure), mayRepeat, retryAfterMs: undefined }
  }

  return {
    request: (request) =>
      withRetries(request, async () => {
        try {
          const response = await send(request, request.signal)
          if (!isSuccess(response.statusCode)) return await failureOf(request, response)
          const answer = { status: response.statusCode, text: await wholeText(response, maxAnswerBytes) }
          return { result: success(answer), mayRepeat: false, retryAfterMs: undefined }
        } catch (error) {
          return broken(request, error)
        }
      }),
    stream: (request) =>
      withRetries(request, async () => {
        const controller = new AbortController()
        const signal = withOwnSignal(request, controller)
        try {
          const response = await send(request, signal)
          if (!isSuccess(response.statusCode)) return await failureOf(request, response)
          const stream = openStream(response, { ...request, signal }, controller)
          return { result: success(stream), mayRepeat: false, retryAfterMs: undefined }
        } catch (error) {
          return broken(request, error)
        }
      }),
    exchange: async (request) => {
      const controller = new AbortController()
      const signal = withOwnSignal(request, controller)
      try {
        const response = await send(request, signal)
        return success({
          status: response.statusCode,
          headers: headerPairs(response.headers),
          body: openStream(response, { ...request, signal }, controller)
        })
      } catch (error) {
        return broken<HttpExchange>(request, error).result
      }
    },
    get serverTimeMs() {
      return serverTimeMs
    },
    close: () => agent.destroy()
  }
}

/** Nothing was sent. */
class NotPermitted extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

interface Attempt<T> {
  readonly result: Result<T>
  readonly mayRepeat: boolean
  readonly retryAfterMs: number | undefined
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

const headerPairs = (headers: Dispatcher.ResponseData['headers']): [name: string, value: string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each): [string, string] => [name, each])
  )

const isLoopback = (origin: string): boolean =>
  /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(origin).hostname)
