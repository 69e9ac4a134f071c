/** Where a platform is and which version of its protocol it is spoken to (platform protocol, "Hosts, base paths, versions"). */
export interface Server {
  /** Host and port of REST. */
  readonly host: string
  /** Host and port of WebSocket sessions; the local platform shares one port. */
  readonly liveHost: string
  /** https and wss instead of http and ws. */
  readonly isSecure: boolean
  /** `4.0` unless a platform knows only older ones. */
  readonly version: string
}

export const DEFAULT_VERSION = '4.0'

/** Whom a request speaks for. */
export interface Credentials {
  readonly account: string
  /** The master token or a token string; it leaves this room only as a header. */
  readonly apiToken: string
}

export const restOrigin = ({ host, isSecure }: Server): string => `${isSecure ? 'https' : 'http'}://${host}`
export const liveOrigin = ({ liveHost, isSecure }: Server): string =>
  `${isSecure ? 'https' : 'http'}://${liveHost}`

/** The address of a session's socket (platform protocol, "WebSocket API", "Session"). */
export const socketUrl = ({ liveHost, isSecure }: Server, sessionId: string): string =>
  `${isSecure ? 'wss' : 'ws'}://${liveHost}/session/${encodeURIComponent(sessionId)}/ws`

/**
 * Request parameters (platform protocol, "Request parameters"). The known ones are typed, any other is passed on as it
 * is. A list is joined by commas; `true` is 1 and `false` is 0; undefined is left out.
 */
export interface RequestParameters {
  readonly filter?: string | undefined
  readonly start?: number | undefined
  readonly limit?: number | undefined
  readonly sort?: string | undefined
  readonly order?: 'asc' | 'desc' | 'geo' | undefined
  readonly only?: string | readonly string[] | undefined
  readonly refs?: boolean | undefined
  readonly hints?: boolean | undefined
  readonly [name: string]: ParameterValue
}

/** What a parameter of a request can be. */
export type ParameterValue = string | number | boolean | readonly string[] | undefined

/** The query of a URL with its question mark, or the empty text. */
export function encodeParameters(parameters: RequestParameters): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(parameterText(value))}`]
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function parameterText(value: Exclude<ParameterValue, undefined>): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'object' ? value.join(',') : String(value)
}
