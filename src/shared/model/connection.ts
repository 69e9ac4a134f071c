/** A platform that the app talks to, without its secret. */
export interface Connection {
  readonly id: string
  readonly name: string
  readonly account: string
  /** Host and port of the REST server, `127.0.0.1:43127`; empty while the local platform starts. */
  readonly host: string
  readonly isLocal: boolean
  readonly status: ConnectionStatus
}

/** The life of a connection as the window shows it. */
export type ConnectionStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'connected'; readonly latencyMs?: number }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** The connection that every installation has. */
export const LOCAL_CONNECTION_ID = 'local'
export const LOCAL_ACCOUNT = 'local'
