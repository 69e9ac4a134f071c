import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { CONNECTION_DEFAULTS } from '../../shared/model/connection-profile.ts'
import type { ConnectionDefaults, KeptProfile } from '../../shared/model/connection-profile.ts'
import { LOCAL_ACCOUNT, LOCAL_CONNECTION_ID } from '../../shared/model/connection.ts'
import type { Connection, VaultState } from '../../shared/model/connection.ts'
import { isReadRequest } from '../../shared/model/platform-request.ts'
import { resolveProfile } from '../../shared/model/profile-check.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'
import type { RequestAddress } from '../request/request-code.ts'

/** The platforms that the app knows, and how each is doing. */
export class Connections {
  readonly #explorer: Explorer
  #all = $state.raw<readonly Connection[]>([])
  #chosenId = $state(LOCAL_CONNECTION_ID)
  #profiles = $state.raw<readonly KeptProfile[]>([])
  #defaults = $state.raw<ConnectionDefaults>(CONNECTION_DEFAULTS)
  #vault = $state.raw<VaultState>({ kind: 'checking' })
  #onConnected: (connection: Connection) => void = () => {}
  #onRemoved: (connectionId: string) => void = () => {}

  constructor(explorer: Explorer) {
    this.#explorer = explorer
    explorer.on('connectionChanged', (connection) => {
      this.#take(connection)
    })
    explorer.on('connectionRemoved', ({ connectionId }) => {
      this.#all = this.#all.filter(({ id }) => id !== connectionId)
      this.#profiles = this.#profiles.filter((kept) => kept.connectionId !== connectionId)
      this.#onRemoved(connectionId)
    })
    explorer.on('vaultChanged', (vault) => {
      this.#vault = vault
    })
  }

  /** Calls back whenever a connection becomes connected, and at once for those that are: no order of events loses one. */
  set onConnected(callback: (connection: Connection) => void) {
    this.#onConnected = callback
    for (const connection of this.#all) if (connection.status.kind === 'connected') callback(connection)
  }

  set onRemoved(callback: (connectionId: string) => void) {
    this.#onRemoved = callback
  }

  get all(): readonly Connection[] {
    return this.#all
  }

  get chosenId(): string {
    return this.#chosenId
  }

  /** The connection that tree, filters and new tabs speak to. */
  get chosen(): Connection | undefined {
    return this.find(this.#chosenId)
  }

  find(connectionId: string): Connection | undefined {
    return this.#all.find(({ id }) => id === connectionId)
  }

  /** What a person said about each connection but the local platform. */
  get profiles(): readonly KeptProfile[] {
    return this.#profiles
  }

  get defaults(): ConnectionDefaults {
    return this.#defaults
  }

  /** Whether tokens outlive this run, and if not, why. */
  get vault(): VaultState {
    return this.#vault
  }

  /** Why the chosen connection does not answer and will not by itself; undefined while it does or may. */
  get failure(): Failure | undefined {
    const status = this.chosen?.status
    if (status?.kind !== 'failed') return undefined
    const code = this.chosen?.isLocal === true ? 'local-platform/failed' : 'network/unreachable'
    return failure(code, {
      message: status.reason,
      ...(status.hint === undefined ? {} : { hint: status.hint })
    })
  }

  /** Where requests of a connection go to, and what is sent with each of them. */
  addressOf(connectionId: string): RequestAddress {
    const kept = this.#profiles.find((candidate) => candidate.connectionId === connectionId)
    if (kept !== undefined) return resolveProfile(kept.profile, this.#defaults)
    // The local platform listens on loopback only, without TLS.
    const { version } = CONNECTION_DEFAULTS
    const { host = '', account = LOCAL_ACCOUNT } = this.find(connectionId) ?? {}
    return { host, account, version, isSecure: false, parameters: [] }
  }

  /**
   * Why a connection takes no changes, for the title of what is switched off; undefined when it does. With a request: whether
   * that one is refused. Main refuses in any case; this only says so before.
   */
  refusalOf(
    connectionId: string,
    request?: { readonly method: string; readonly path: string }
  ): string | undefined {
    const connection = this.find(connectionId)
    if (connection?.isReadOnly !== true) return undefined
    if (request !== undefined && isReadRequest(request.method, request.path)) return undefined
    const what = request === undefined || request.method === '' ? 'changes are' : `${request.method} is`
    return `${connection.name} is read-only: ${what} refused. Switch "Read-only" off in the connection to allow it.`
  }

  async read(): Promise<Result<readonly Connection[]>> {
    const result = await this.#explorer.listConnections()
    if (result.ok) for (const connection of result.value) this.#take(connection)
    return result
  }

  /** What the dialogs show beside the connections themselves. A part that does not come stays as it was. */
  async readProfiles(): Promise<Result<readonly KeptProfile[]>> {
    const [profiles, defaults] = await Promise.all([
      this.#explorer.listProfiles(),
      this.#explorer.readConnectionDefaults()
    ])
    if (profiles.ok) this.#profiles = profiles.value
    if (defaults.ok) this.#defaults = defaults.value
    return profiles
  }

  /** Asks where tokens are kept: this may make the system ask the person to unlock the keychain. */
  async readVault(): Promise<void> {
    const result = await this.#explorer.readVault()
    if (result.ok) this.#vault = result.value
  }

  choose(connectionId: string): void {
    this.#chosenId = connectionId
  }

  #take(connection: Connection): void {
    const before = this.find(connection.id)
    this.#all =
      before === undefined
        ? [...this.#all, connection]
        : this.#all.map((known) => (known.id === connection.id ? connection : known))
    const wasConnected = before?.status.kind === 'connected' && before.host === connection.host
    if (connection.status.kind === 'connected' && !wasConnected) this.#onConnected(connection)
  }
}

export interface StatusWords {
  readonly word: string
  readonly tone: 'ok' | 'warn' | 'error' | 'quiet'
  readonly reason: string
}

/** One word for a status, and the tone of its dot. */
export function describeStatus(connection: Connection | undefined): StatusWords {
  const status = connection?.status ?? { kind: 'starting' as const }
  switch (status.kind) {
    case 'closed':
      return { word: 'closed', tone: 'quiet', reason: 'It opens when it is asked for something.' }
    case 'starting':
      return { word: 'starting', tone: 'warn', reason: 'The platform is starting.' }
    case 'connected':
      return { word: 'connected', tone: 'ok', reason: 'The platform answers.' }
    case 'reconnecting':
      return {
        word: 'reconnecting',
        tone: 'warn',
        reason: `${status.reason} Attempt ${String(status.attempt)}.`
      }
    case 'failed':
      return {
        word: 'failed',
        tone: 'error',
        reason: status.hint === undefined ? status.reason : `${status.reason} ${status.hint}`
      }
  }
}

/** A status with its latency, in words: `connected, 3 ms`. */
export function describeStatusAndLatency(connection: Connection): string {
  const { word } = describeStatus(connection)
  const { status } = connection
  return status.kind === 'connected' && status.latencyMs !== undefined
    ? `${word}, ${String(status.latencyMs)} ms`
    : word
}

/** What is known of a connection's place: words that call for care are told apart. */
export const isProduction = (environment: string): boolean => /^prod(uction)?$/i.test(environment.trim())
