import { failed, success } from '../../shared/result.ts'
import type { Failed, Result } from '../../shared/result.ts'
import type { Envelope } from '../../shared/wire/envelope.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { sentParameters } from './call-parameters.ts'
import type { CallParameters } from './call-parameters.ts'
import { withoutSecret } from './face.ts'
import { codeOfStatus, failureOfAnswer, malformedAnswer, parseEnvelope } from './http-failure.ts'
import type { Http, HttpAnswer, HttpExchange, HttpRequest, HttpStream } from './http.ts'
import { memberText } from './member-text.ts'
import { encodeParameters, liveOrigin, restOrigin } from './server.ts'
import type { Credentials, RequestParameters, Server } from './server.ts'

/** How the services ask: one request below `/v{version}/{account}` each, its envelope opened. */
export interface Requests {
  /** The body of a successful answer, parsed; `[body, references]` when they were asked for. Long integers are bigint. */
  body(method: string, path: string, call?: Call): Promise<Result<unknown>>
  /** The body of a successful answer, word for word. */
  bodyText(method: string, path: string, call?: Call): Promise<Result<string>>
  /** The whole answer, envelope and all, in pieces. */
  stream(method: string, path: string, call?: Call): Promise<Result<HttpStream>>
  /** Whatever comes back, whatever its status. Tried once; the body is read by who asks. */
  exchange(method: string, path: string, call?: Call): Promise<Result<HttpExchange>>
  /** A request to the WebSocket host, which has neither version nor account in its paths. */
  liveBody(method: string, path: string, call?: Call): Promise<Result<unknown>>
  /** The same, with a signal that cancels every request made through it. */
  withSignal(signal: AbortSignal): Requests
  /** Whom the next request speaks for. */
  readonly account: string
}

export interface Call {
  readonly parameters?: CallParameters | undefined
  /** Becomes the request's body; nothing does when it is undefined. */
  readonly data?: unknown
  /** The request's body as JSON text, instead of `data`. */
  readonly text?: string | undefined
  /** Cancels it, as `parameters.signal` does. */
  readonly signal?: AbortSignal | undefined
}

/** What requests are made with; read anew for each, so that it may be switched. */
export interface Speaker {
  readonly server: Server
  readonly credentials: Credentials
  /** Sent with every request; those of a call win. */
  readonly parameters: RequestParameters
}

/** Requests of whoever `speaker` answers at the moment, over `http`. */
export function createRequests(http: Http, speaker: () => Speaker, signal?: AbortSignal): Requests {
  const toRequest = async (
    method: string,
    path: string,
    call: Call,
    origin?: string
  ): Promise<Result<HttpRequest>> => {
    const { server, credentials, parameters: usual } = speaker()
    const parameters = await sentParameters({ ...usual, ...call.parameters })
    if (!parameters.ok) return parameters
    const text = call.text ?? (call.data === undefined ? undefined : writeJson(call.data))
    return success({
      origin: origin ?? restOrigin(server),
      method,
      path:
        origin === undefined ? `/v${server.version}/${encodeURIComponent(credentials.account)}${path}` : path,
      account: credentials.account,
      query: encodeParameters(parameters.value),
      headers: headersFor(credentials, text !== undefined),
      ...(text === undefined ? {} : { body: text }),
      signal: eitherSignal(signal, eitherSignal(call.signal, call.parameters?.signal))
    })
  }

  /** Sends; nothing that fails on the way holds the token. */
  async function send<T>(
    request: Result<HttpRequest>,
    secret: string,
    ask: (request: HttpRequest) => Promise<Result<T>>
  ): Promise<Result<T>> {
    const answer = request.ok ? await ask(request.value) : request
    return answer.ok ? answer : failed(withoutSecret(answer.failure, secret))
  }

  const ask = async <T>(
    method: string,
    path: string,
    call: Call,
    read: (envelope: Envelope, answer: HttpAnswer, request: HttpRequest) => Result<T>,
    origin?: string
  ): Promise<Result<T>> => {
    const secret = speaker().credentials.apiToken
    const request = await toRequest(method, path, call, origin)
    return await send(request, secret, async (ready) => {
      const answer = await http.request(ready)
      if (!answer.ok) return answer
      const envelope = openEnvelope(answer.value, ready)
      return envelope.ok ? read(envelope.value, answer.value, ready) : envelope
    })
  }

  const readBody =
    ({ parameters }: Call) =>
    ({ head, body }: Envelope): Result<unknown> =>
      success(parameters?.refs === true ? [body, head.references] : body)

  return {
    body: (method, path, call = {}) => ask(method, path, call, readBody(call)),
    bodyText: (method, path, call = {}) =>
      // The envelope was parsed, which is the check that the scanner relies on.
      ask(method, path, call, (_envelope, { status, text }, request) => {
        const body = memberText(text, 'body')
        return body === undefined ? failed(malformedAnswer(request, status, text)) : success(body)
      }),
    stream: async (method, path, call = {}) => {
      const secret = speaker().credentials.apiToken
      return await send(await toRequest(method, path, call), secret, (request) => http.stream(request))
    },
    exchange: async (method, path, call = {}) => {
      const secret = speaker().credentials.apiToken
      return await send(await toRequest(method, path, call), secret, (request) => http.exchange(request))
    },
    liveBody: (method, path, call = {}) =>
      ask(method, path, call, readBody(call), liveOrigin(speaker().server)),
    withSignal: (other) => createRequests(http, speaker, eitherSignal(signal, other)),
    get account() {
      return speaker().credentials.account
    }
  }
}

const eitherSignal = (
  first: AbortSignal | undefined,
  second: AbortSignal | undefined
): AbortSignal | undefined =>
  first !== undefined && second !== undefined ? AbortSignal.any([first, second]) : (first ?? second)

const headersFor = ({ account, apiToken }: Credentials, hasBody: boolean): Record<string, string> => ({
  'X-Auth-Account': account,
  'X-Auth-Token': apiToken,
  Accept: 'application/json',
  ...(hasBody ? { 'Content-Type': 'application/json' } : {})
})

function openEnvelope({ status, text }: HttpAnswer, request: HttpRequest): Result<Envelope> {
  const envelope = parseEnvelope(text)
  if (envelope === undefined) return failed(malformedAnswer(request, status, text))
  return envelope.head.ok ? success(envelope) : refusedInside(envelope.head.status, status, text, request)
}

/** A success by its HTTP status that says itself that it is none. */
function refusedInside(told: number, status: number, text: string, request: HttpRequest): Failed {
  return failed(
    codeOfStatus(told) === 'platform/refused' && told < 400
      ? malformedAnswer(request, status, text)
      : failureOfAnswer(told, text, request)
  )
}
