import type { ConnectionColour, TokenKeeping } from './connection.ts'

/**
 * What a person says about a platform, without its token. An empty text and a null take what the defaults of the app say
 * (`ConnectionDefaults`), so that changing a default changes every profile that leaves it open.
 */
export interface ConnectionProfile {
  readonly name: string
  readonly account: string
  /** Host and port of REST (`api.example.org`, `127.0.0.1:8080`, `[::1]:8080`), no scheme, no path. */
  readonly host: string
  /** Host and port of WebSocket sessions; empty: the same as `host`, or the default when that is empty too. */
  readonly liveHost: string
  /** Of the protocol, as it stands in addresses after the `v`. */
  readonly version: string
  /** https and wss instead of http and ws. */
  readonly isSecure: boolean | null
  /** Whether a certificate must be one that this system trusts. */
  readonly verifyCertificate: boolean | null
  /** Sent with every request, after those of the defaults; of two with one name the profile's counts. */
  readonly parameters: readonly RequestParameterRow[]
  readonly colour: ConnectionColour
  readonly environment: string
  readonly isReadOnly: boolean
}

/** One parameter of a query string. */
export interface RequestParameterRow {
  readonly name: string
  readonly value: string
}

/** A profile as the app keeps it. */
export interface KeptProfile {
  readonly connectionId: string
  readonly profile: ConnectionProfile
  readonly tokenKeeping: TokenKeeping
}

/** What profiles take that leave something open. */
export interface ConnectionDefaults {
  /** Empty: a profile must name its own server. */
  readonly host: string
  /** Empty: the same as `host`. */
  readonly liveHost: string
  readonly version: string
  readonly isSecure: boolean
  readonly verifyCertificate: boolean
  readonly parameters: readonly RequestParameterRow[]
  /** Requests that one connection sends at once. */
  readonly concurrency: number
}

export const CONNECTION_DEFAULTS: ConnectionDefaults = {
  host: '',
  liveHost: '',
  version: '4.0',
  isSecure: true,
  verifyCertificate: true,
  parameters: [],
  // More do not make one platform faster, and each costs it a socket.
  concurrency: 16
}

/** A profile in which nothing was said yet. */
export const EMPTY_PROFILE: ConnectionProfile = {
  name: '',
  account: '',
  host: '',
  liveHost: '',
  version: '',
  isSecure: null,
  verifyCertificate: null,
  parameters: [],
  colour: 0,
  environment: '',
  isReadOnly: false
}

/** What came of an import of profiles. */
export interface ConnectionImport {
  /** Whether the person chose no file; then nothing else happened. */
  readonly wasCancelled: boolean
  /** The ids of the connections that were made, in the order of the source. */
  readonly connectionIds: readonly string[]
  readonly leftOut: readonly LeftOutProfile[]
}

export interface LeftOutProfile {
  /** What the source calls it. */
  readonly name: string
  /** A sentence for the person. */
  readonly reason: string
}

/** Enough for every name that a person can read in a list. */
export const MAX_CONNECTION_NAME_CHARACTERS = 80
export const MAX_ENVIRONMENT_CHARACTERS = 24
/** Longer than any account that a platform makes. */
export const MAX_ACCOUNT_CHARACTERS = 128
/** A DNS name has at most 253 characters; a port adds 6. */
export const MAX_HOST_CHARACTERS = 260
export const MAX_VERSION_CHARACTERS = 16
export const MAX_DEFAULT_PARAMETERS = 50
export const MAX_PARAMETER_NAME_CHARACTERS = 128
export const MAX_PARAMETER_VALUE_CHARACTERS = 2048
/** As many as a list still shows; each costs a keychain entry. */
export const MAX_CONNECTIONS = 200
export const MAX_CONCURRENCY = 64
/** Master tokens have 32 characters and token strings 28; other platforms may make longer ones. */
export const MAX_TOKEN_CHARACTERS = 1024
