import type { Result } from '../../../shared/result.ts'
import { failed, success } from '../../../shared/result.ts'
import { failure } from '../../../shared/failure.ts'
import { cut, refuse } from '../refusal.ts'
import type { HttpRequest } from './messages.ts'

/** What a function gets from `Flow.Http` (platform protocol, "Tracks"). */
export interface HttpAnswer {
  readonly statusCode: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** As large as a body that the platform itself accepts. */
export const MAX_HTTP_BODY_BYTES = 1024 * 1024

/**
 * Does one HTTP exchange for a function, if the server may talk to that host.
 *
 * `allowedHosts` holds `host` (any port) or `host:port`. Redirects are not followed: they could lead to a host that is
 * not allowed; the function sees the 3xx answer. Fails, never throws, when the URL is bad, the host not allowed or not
 * reached, or the answer larger than 1 MiB. `signal` ends the exchange.
 */
export async function exchangeHttp(
  request: HttpRequest,
  allowedHosts: readonly string[],
  signal: AbortSignal
): Promise<Result<HttpAnswer>> {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return refuse(`Flow.Http expects an http or https URL, not "${cut(request.url)}".`)
  }
  if (!isAllowed(url, allowedHosts)) {
    return refuse(
      `Flow.Http may not reach ${cut(url.host)}: start the server with --allow-http ${cut(url.host)} to allow it.`
    )
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('Flow.Http takes credentials in headers, not in the URL.')
  }
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      signal,
      ...(request.body === undefined ? {} : { body: request.body })
    })
    const body = await readBody(response)
    if (body === undefined) {
      return refuse(`The answer of ${cut(url.host)} has more than 1 MiB.`)
    }
    return success({ statusCode: response.status, headers: Object.fromEntries(response.headers), body })
  } catch (error) {
    const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : undefined
    return failed(
      failure('network/unreachable', {
        message: `Flow.Http could not reach ${cut(url.host)}: ${cause?.message ?? 'the exchange failed'}.`,
        hint: null
      })
    )
  }
}

function isAllowed(url: URL, allowedHosts: readonly string[]): boolean {
  // A URL leaves out the port of its own protocol.
  const portNumber = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return allowedHosts.some((host) => {
    const allowed = host.toLowerCase()
    return allowed === url.hostname || allowed === `${url.hostname}:${portNumber}`
  })
}

/** The text of a body; undefined when it is larger than allowed, in which case the rest is not read. */
async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  if (response.body === null) return ''
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_HTTP_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
