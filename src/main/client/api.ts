import { inspect } from 'node:util'
import type { ApiTask, ApiTaskDraft } from '../../shared/model/api-task.ts'
import type { ApiToken, ApiTokenDraft } from '../../shared/model/api-token.ts'
import type { Device, DeviceDraft, DeviceReport } from '../../shared/model/device.ts'
import type { Flow, FlowDraft } from '../../shared/model/flow.ts'
import type { Group, GroupDraft } from '../../shared/model/group.ts'
import type { Identity, IdentityDraft } from '../../shared/model/identity.ts'
import type { MqttTask, MqttTaskDraft } from '../../shared/model/mqtt-task.ts'
import type { RssTask, RssTaskDraft } from '../../shared/model/rss-task.ts'
import type { Share, ShareDraft } from '../../shared/model/share.ts'
import type { Simulation, SimulationDraft, Track, TrackDraft } from '../../shared/model/track.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { createBatch } from './batch.ts'
import type { Batch, BatchOptions } from './batch.ts'
import type { CallParameters } from './call-parameters.ts'
import { Token } from './credentials.ts'
import { createDropServices } from './drop-service.ts'
import type { DropServices, StreamingDropServices } from './drop-service.ts'
import { resultFace } from './face.ts'
import type { Answer, Face, FaceName } from './face.ts'
import { createHttp } from './http.ts'
import type { HttpExchange, HttpOptions } from './http.ts'
import { createRequests } from './requests.ts'
import type { Call, Requests } from './requests.ts'
import { socketUrl } from './server.ts'
import type { Credentials, RequestParameters, Server } from './server.ts'
import type { FixedService, NoParameters, Reply, Service, Streaming } from './service-verbs.ts'
import { asking, createFixedService, createService } from './services.ts'
import { createStatisticsService } from './statistics-service.ts'
import type { StatisticsService } from './statistics-service.ts'
import { createWebSocketService } from './websocket.ts'
import type { WebSocketService } from './websocket.ts'

/** The verbs that both faces of a client have, for one account of one platform. */
export interface Verbs<F extends FaceName> {
  readonly flow: Service<F, Flow, FlowDraft>
  readonly drop: DropServices<F>
  readonly track: TrackService<F>
  readonly group: Service<F, Group, GroupDraft>
  readonly identity: Service<F, Identity, IdentityDraft>
  readonly apiTask: Service<F, ApiTask, ApiTaskDraft>
  readonly mqttTask: Service<F, MqttTask, MqttTaskDraft>
  readonly rssTask: Service<F, RssTask, RssTaskDraft>
  /** Never changed: deleted, and another one made. */
  readonly token: FixedService<F, ApiToken, ApiTokenDraft>
  /** As `token`. */
  readonly share: FixedService<F, Share, ShareDraft>
  readonly device: Service<F, Device, DeviceDraft & Partial<DeviceReport>>
  readonly statistics: StatisticsService<F>
  /** The flow at this path; `platform/not-found` when there is none. */
  flowAt(path: string, parameters?: CallParameters): Promise<Answer<F, Flow>>
  /** Any request below `/v{version}/{account}`: the parsed body of its answer. `data` becomes the JSON body. */
  request<T = unknown, P extends CallParameters = NoParameters>(
    method: string,
    path: string,
    data?: unknown,
    parameters?: P
  ): Reply<F, P, T>
}

/** Tracks, and trying their functions without storing anything. */
export interface TrackService<F extends FaceName> extends Service<F, Track, TrackDraft> {
  simulate(draft: SimulationDraft, parameters?: CallParameters): Promise<Answer<F, Simulation>>
}

/** A client of one platform for one account. */
export interface ApiOf<F extends FaceName> extends Verbs<F> {
  readonly websocket: WebSocketService<F>
  /** Calls that run in parallel, their results in the order of the calls. */
  batch<T = unknown>(options?: BatchOptions): Batch<Verbs<F>, T>
  readonly account: string
  /** Whom requests speak for. Assigning others switches all services, from the next request on. */
  creds: Credentials
  readonly server: Server
  setServer(server: Server): void
  /** Ends all connections and sockets at once; calls under way fail. Twice is harmless. */
  close(): Promise<void>
}

/**
 * The client as the app uses it: every verb answers a `Result`, and nothing that the platform or the network does is thrown.
 * The token is held where neither a failure, nor `util.inspect`, nor a log can show it.
 */
export interface Api extends ApiOf<'result'> {
  readonly flow: Service<'result', Flow, FlowDraft> & Streaming<'result'>
  readonly drop: StreamingDropServices
  /** As `request`, word for word: any status is an answer. Tried once; the body is read by who asks. */
  exchange(method: string, path: string, call?: Call): Promise<Result<HttpExchange>>
  /** Asks for a WebSocket session; answers the address of its socket, which is a credential of its own. */
  openSession(parameters?: CallParameters): Promise<Result<string>>
  /** The platform's clock at its latest answer, milliseconds since the Unix epoch, cut to a second; undefined when it told none. */
  readonly platformTimeMs: number | undefined
}

export interface ApiOptions extends HttpOptions {
  readonly server: Server
  readonly credentials: Credentials
  /** Sent with every request; those of a call win. */
  readonly parameters?: RequestParameters
}

/** Opens a client; no request is made yet. */
export const createApi = (options: ApiOptions): Api => openApi(options, resultFace).api

/** A client with another face, and the app's own face of the same client. */
export function openApi<F extends FaceName>(
  options: ApiOptions,
  face: Face<F>
): { readonly faced: ApiOf<F>; readonly api: Api } {
  const http = createHttp(options)
  let { server } = options
  let credentials = Token(options.credentials.account, options.credentials.apiToken)
  const requests = createRequests(http, () => ({
    server,
    credentials,
    parameters: options.parameters ?? {}
  }))

  const openSockets = new Set<() => void>()

  // Printed, its verbs would be two hundred lines.
  const described = <T extends object>(face: T): T =>
    Object.defineProperty(face, inspect.custom, { value: () => ({ account: credentials.account, server }) })
  const faceOf = <G extends FaceName>(other: Face<G>): ApiOf<G> =>
    described<ApiOf<G>>({
      ...createVerbs({ requests, face: other }),
      websocket: createWebSocketService(() => api, other, openSockets, options.verifyCertificate),
      batch: (batchOptions) =>
        createBatch(batchOptions, options.maxConnections, other, (signal) =>
          createVerbs({ requests: requests.withSignal(signal), face: other })
        ),
      get account() {
        return credentials.account
      },
      get creds() {
        return credentials
      },
      set creds({ account, apiToken }) {
        credentials = Token(account, apiToken)
      },
      get server() {
        return server
      },
      setServer: (next) => {
        server = next
      },
      close: async () => {
        for (const closeSocket of openSockets) closeSocket()
        await http.close()
      }
    })

  const api: Api = Object.defineProperties(faceOf(resultFace), {
    exchange: { value: requests.exchange, enumerable: true },
    openSession: {
      value: (parameters?: CallParameters) => openSession(requests, server, parameters),
      enumerable: true
    },
    platformTimeMs: { get: () => http.serverTimeMs, enumerable: true }
  }) as Api
  return { faced: faceOf(face), api }
}

function createVerbs<F extends FaceName>(speech: {
  readonly requests: Requests
  readonly face: Face<F>
}): Verbs<F> {
  const ask = asking(speech)
  const { requests, face } = speech
  return {
    flow: createService(speech, '/flow'),
    drop: createDropServices(speech),
    track: {
      ...createService<F, Track, TrackDraft>(speech, '/track'),
      simulate: (data, parameters) => ask('POST', '/track/simulate', { parameters, data })
    },
    group: createService(speech, '/group'),
    identity: createService(speech, '/identity'),
    apiTask: createService(speech, '/api-task'),
    mqttTask: createService(speech, '/mqtt'),
    rssTask: createService(speech, '/rss'),
    token: createFixedService(speech, '/token'),
    share: createFixedService(speech, '/share'),
    device: createService(speech, '/device'),
    statistics: createStatisticsService(speech),
    flowAt: async (path, parameters) => face.settle(await findFlowAt(requests, path, parameters)),
    request: (method, path, data, parameters) => ask(method, path, { parameters, data })
  }
}

async function findFlowAt(
  requests: Requests,
  path: string,
  parameters?: CallParameters
): Promise<Result<Flow>> {
  const found = await requests.body('GET', '/flow', {
    parameters: { ...parameters, filter: `path == ${JSON.stringify(path)}`, limit: 1 }
  })
  if (!found.ok) return found
  const [first] = found.value as readonly Flow[]
  return first === undefined
    ? failed(
        failure('platform/not-found', {
          message: `There is no flow ${path}.`,
          details: { method: 'GET', path: '/flow', status: 404, account: requests.account }
        })
      )
    : success(first)
}

async function openSession(
  requests: Requests,
  server: Server,
  parameters?: CallParameters
): Promise<Result<string>> {
  const opened = await requests.liveBody('POST', '/session', { parameters })
  if (!opened.ok) return opened
  const id = (opened.value as { id?: unknown } | null)?.id
  return typeof id === 'string' && id !== ''
    ? success(socketUrl(server, id))
    : failed(
        failure('response/malformed', {
          details: { method: 'POST', path: '/session', account: requests.account }
        })
      )
}
