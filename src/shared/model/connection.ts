/** A platform that the app talks to, without its secret. */
export interface Connection {
  readonly id: string
  readonly name: string
  readonly account: string
  /**
   * Host and port of the REST server, `127.0.0.1:43127`; empty while the local platform starts, and for a profile that names
   * no server.
   */
  readonly host: string
  readonly isLocal: boolean
  readonly status: ConnectionStatus
  readonly colour: ConnectionColour
  /** What kind of place it is, in a word of the person's own (`production`); empty when there is none. */
  readonly environment: string
  /** Whether main refuses everything that would change something on the platform. */
  readonly isReadOnly: boolean
  readonly tokenKeeping: TokenKeeping
}

/** The life of a connection as the window shows it. */
export type ConnectionStatus =
  /** Nobody asked for it in this run, or it was closed; the next request opens it. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'connected'; readonly latencyMs?: number }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly reason: string }
  /** It does not answer, and will not before something is changed. `hint`: what to change. */
  | { readonly kind: 'failed'; readonly reason: string; readonly hint?: string }

/** Where the token of a connection is: never in a file. `none`: there is none yet, or it went with the run before. */
export type TokenKeeping = 'keychain' | 'this-run' | 'none'

/** Whether tokens outlive the run, and if not, why. */
export type VaultState =
  /** The keychain is being tried; nothing is known yet. */
  | { readonly kind: 'checking' }
  | { readonly kind: 'keychain' }
  | { readonly kind: 'this-run'; readonly reason: string; readonly hint: string }

/** Colours that a connection can have, by their places in the theme's series; 0 is no colour. */
export const CONNECTION_COLOURS = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const
export type ConnectionColour = (typeof CONNECTION_COLOURS)[number]

/** The connection that every installation has. */
export const LOCAL_CONNECTION_ID = 'local'
export const LOCAL_ACCOUNT = 'local'
