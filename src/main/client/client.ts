import { openApi } from './api.ts'
import type { ApiOf } from './api.ts'
import { throwingFace } from './face.ts'
import type { HttpOptions } from './http.ts'
import { DEFAULT_VERSION } from './server.ts'
import type { Credentials, RequestParameters, Server } from './server.ts'

/** What a client takes when it is not told otherwise; see `defaults`. */
export interface ClientDefaults {
  /** https and wss; false is http and ws. */
  secure: boolean
  /** Sent with every request; those of a call win. `refs` has no effect here, for it changes what a call answers. */
  params: RequestParameters
  /** Host, and port if it is not the usual one. */
  host: string
  /** Where WebSocket sessions are asked for. When it is undefined: the platform's own, or the host if that is another one. */
  wsHost: string | undefined
  version: string
  /** False accepts any certificate. */
  verifyCertificate: boolean
  /** Requests under way at once: connections of a client, and calls of a batch. */
  concurrency: number
}

export interface ClientOptions
  extends
    Partial<ClientDefaults>,
    Pick<HttpOptions, 'connectTimeoutMs' | 'headersTimeoutMs' | 'bodyTimeoutMs'> {}

const PLATFORM_HOST = 'api.flowthings.io'
const PLATFORM_WS_HOST = 'ws.flowthings.io'

/** For the whole program: clients that are made after a change take it, those that exist do not. */
export const defaults: ClientDefaults = {
  secure: true,
  params: {},
  host: PLATFORM_HOST,
  wsHost: undefined,
  version: DEFAULT_VERSION,
  verifyCertificate: true,
  concurrency: 16
}

/** A client for scripts: every verb answers its value, and throws a `FlowthingsError` when there is none. */
export type Client = ApiOf<'throwing'>

/** Opens a client for an account; no request is made yet. `close()` ends its connections. */
export function createClient(creds: Credentials, options: ClientOptions = {}): Client {
  const { secure, params, host, wsHost, version, verifyCertificate, concurrency } = {
    ...defaults,
    ...options
  }
  const { connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs } = options
  const server: Server = {
    host,
    liveHost: wsHost ?? (host === PLATFORM_HOST ? PLATFORM_WS_HOST : host),
    isSecure: secure,
    version
  }
  return openApi(
    {
      server,
      credentials: creds,
      parameters: { ...params },
      verifyCertificate,
      maxConnections: concurrency,
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
      ...(headersTimeoutMs === undefined ? {} : { headersTimeoutMs }),
      ...(bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs })
    },
    throwingFace
  ).faced
}
