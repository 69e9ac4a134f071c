import type { Drop, Location } from '../../shared/model/drop.ts'
import type { Elements } from '../../shared/model/elements.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { codeOfStatus, failureOfAnswer, malformedAnswer, parseEnvelope } from './http-failure.ts'
import { createHttp } from './http.ts'
import type { Http, HttpAnswer, HttpOptions, HttpRequest } from './http.ts'
import { memberText } from './member-text.ts'
import { encodeParameters, liveOrigin, restOrigin, socketUrl } from './server.ts'
import type { Credentials, RequestParameters, Server } from './server.ts'
import { createDropService, createService } from './services.ts'
import type { Call, CallOptions, Caller, DropService, Service } from './services.ts'

/** What it takes to make a flow. */
export interface FlowDraft {
  readonly path: string
  readonly capacity?: number
  readonly description?: string
  readonly filter?: string
  readonly name?: string
  readonly displayName?: string
  readonly public?: boolean
}

/** What it takes to make a drop. */
export interface DropDraft {
  readonly elems: Elements
  readonly location?: Location
  readonly fhash?: string
}

/**
 * The client of one platform for one account. Every verb answers a `Result`: nothing that the platform or the network does
 * is thrown. The token is held where neither a failure, nor `util.inspect`, nor a log can show it.
 */
export interface Api {
  readonly flow: Service<Flow, FlowDraft>
  /** The drops of one flow, by the flow's id. */
  drop(flowId: string): DropService<Drop, DropDraft>
  /** Any request below `/v{version}/{account}`: the parsed body of its answer. */
  request(method: string, path: string, call?: RequestCall): Promise<Result<unknown>>
  /** The flow at this path; `platform/not-found` when there is none. */
  flowAt(path: string, options?: CallOptions): Promise<Result<Flow>>
  /** Asks for a WebSocket session; answers the address of its socket, which is a credential of its own. */
  openSession(options?: CallOptions): Promise<Result<string>>
  readonly account: string
  /** Switches all services. */
  setCredentials(credentials: Credentials): void
  setServer(server: Server): void
  readonly server: Server
  close(): Promise<void>
}

export interface RequestCall extends CallOptions {
  /** Becomes the JSON body. */
  readonly data?: unknown
}

export interface ApiOptions extends HttpOptions {
  readonly server: Server
  readonly credentials: Credentials
  /** Sent with every request; those of a call win. */
  readonly parameters?: RequestParameters
}

/** Opens a client; no request is made yet. */
export function createApi(options: ApiOptions): Api {
  const http = createHttp(options)
  let { server, credentials } = options

  const toRequest = (method: string, path: string, { parameters, text, signal }: Call = {}): HttpRequest => ({
    origin: restOrigin(server),
    method,
    path: `/v${server.version}/${encodeURIComponent(credentials.account)}${path}`,
    account: credentials.account,
    query: encodeParameters({ ...options.parameters, ...parameters }),
    headers: headersFor(credentials, server, text !== undefined),
    ...(text === undefined ? {} : { body: text }),
    signal
  })
  const caller = createCaller(http, toRequest)
  const flow = createService<Flow, FlowDraft>(caller, '/flow')

  return {
    flow,
    drop: (flowId) => createDropService<Drop, DropDraft>(caller, flowId),
    request: (method, path, { data, ...call } = {}) =>
      caller.body(method, path, { ...call, text: data === undefined ? undefined : writeJson(data) }),
    flowAt: async (path, callOptions) => {
      const found = await flow.find({ filter: `path == ${JSON.stringify(path)}`, limit: 1 }, callOptions)
      if (!found.ok) return found
      const first = found.value[0]
      return first === undefined
        ? failed(
            failure('platform/not-found', {
              message: `There is no flow ${path}.`,
              details: { path: '/flow', account: credentials.account, status: 404 }
            })
          )
        : success(first)
    },
    openSession: async (callOptions) => {
      const request: HttpRequest = {
        ...toRequest('POST', '', { ...callOptions }),
        origin: liveOrigin(server),
        path: '/session'
      }
      const answer = await http.request(request)
      if (!answer.ok) return answer
      const body = bodyOf(answer.value, request)
      if (!body.ok) return body
      const id = (body.value as { id?: unknown } | null)?.id
      return typeof id === 'string' && id !== ''
        ? success(socketUrl(server, id))
        : failed(malformedAnswer(request, answer.value.status, ''))
    },
    get account() {
      return credentials.account
    },
    get server() {
      return server
    },
    setCredentials: (next) => {
      credentials = next
    },
    setServer: (next) => {
      server = next
    },
    close: () => http.close()
  }
}

/** Loopback needs no compression: it would cost more time than it saves. */
const isLoopback = (host: string): boolean => /^(127\.|localhost(:|$)|\[::1\])/.test(host)

const headersFor = (
  { account, apiToken }: Credentials,
  { host }: Server,
  hasBody: boolean
): Record<string, string> => ({
  'X-Auth-Account': account,
  'X-Auth-Token': apiToken,
  Accept: 'application/json',
  ...(isLoopback(host) ? {} : { 'Accept-Encoding': 'gzip' }),
  ...(hasBody ? { 'Content-Type': 'application/json' } : {})
})

function createCaller(
  http: Http,
  toRequest: (method: string, path: string, call?: Call) => HttpRequest
): Caller {
  return {
    body: async (method, path, call) => {
      const request = toRequest(method, path, call)
      const answer = await http.request(request)
      return answer.ok ? bodyOf(answer.value, request) : answer
    },
    bodyText: async (method, path, call) => {
      const request = toRequest(method, path, call)
      const answer = await http.request(request)
      if (!answer.ok) return answer
      // Parsing is the check that the scanner relies on.
      const body = bodyOf(answer.value, request)
      if (!body.ok) return body
      const text = memberText(answer.value.text, 'body')
      return text === undefined
        ? failed(malformedAnswer(request, answer.value.status, answer.value.text))
        : success(text)
    },
    stream: (path, call) => http.stream(toRequest('GET', path, call))
  }
}

function bodyOf({ status, text }: HttpAnswer, request: HttpRequest): Result<unknown> {
  const envelope = parseEnvelope(text)
  if (envelope === undefined) return failed(malformedAnswer(request, status, text))
  if (envelope.head.ok) return success(envelope.body)
  const told = envelope.head.status
  return failed(
    codeOfStatus(told) === 'platform/refused' && told < 400
      ? malformedAnswer(request, status, text)
      : failureOfAnswer(told, text, request)
  )
}
