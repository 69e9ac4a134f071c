import type { Clock } from '../../shared/clock.ts'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import type { ConnectionDefaults, ConnectionProfile } from '../../shared/model/connection-profile.ts'
import type { Connection, ConnectionStatus, TokenKeeping } from '../../shared/model/connection.ts'
import { checkProfile, resolveProfile } from '../../shared/model/profile-check.ts'
import type { ResolvedProfile } from '../../shared/model/profile-check.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { ApiOptions } from '../client/api.ts'
import type { LiveSink } from '../client/gap-repair.ts'
import type { LiveSocketStatus } from '../client/live-socket.ts'
import type { Log } from '../log.ts'
import type { TokenVault } from '../tokens/token-vault.ts'
import type { ConnectionSource, OpenConnection } from './connections.ts'
import { openPlatform } from './open-platform.ts'
import type { OpenPlatform } from './open-platform.ts'

/** A connection that a person made. It opens when something is asked of it, or when it is told to. */
export interface RemoteConnection extends ConnectionSource {
  /** Opens it, or tries again after a failure; resolves when its status says how that went. */
  connect(): Promise<void>
  /**
   * Takes what the profile or the defaults say now. An open one connects again if its place, account or what it sends
   * changed, or its token.
   */
  change(next: { readonly profile?: ConnectionProfile; readonly hasNewToken?: boolean }): Promise<void>
  /** Tells again what the window sees, for who knows that something of it changed. */
  tell(): void
}

export interface RemoteConnectionParts {
  readonly connectionId: string
  readonly profile: ConnectionProfile
  readonly defaults: () => ConnectionDefaults
  readonly vault: Pick<TokenVault, 'read' | 'keepingOf'>
  readonly sink: LiveSink
  readonly clock: Clock
  readonly log: Log
  readonly onChanged: (connection: Connection) => void
}

type Life =
  | { readonly kind: 'closed' }
  | { readonly kind: 'opening'; readonly done: Promise<Result<OpenPlatform>> }
  /** `resolved`: what it was opened with. */
  | { readonly kind: 'open'; readonly platform: OpenPlatform; readonly resolved: ResolvedProfile }
  /** It never came to a client. */
  | { readonly kind: 'failed'; readonly failure: Failure }

export function createRemoteConnection(parts: RemoteConnectionParts): RemoteConnection {
  return new ProfiledConnection(parts)
}

class ProfiledConnection implements RemoteConnection {
  readonly #parts: RemoteConnectionParts
  #profile: ConnectionProfile
  #life: Life = { kind: 'closed' }
  #live: ConnectionStatus = { kind: 'starting' }
  #wasConnected = false
  #latencyMs: number | undefined
  #shown = ''
  #settled: (() => void)[] = []

  constructor(parts: RemoteConnectionParts) {
    this.#parts = parts
    this.#profile = parts.profile
  }

  current(): Connection {
    const { name, colour, environment, isReadOnly } = this.#profile
    const { account, host } = this.#resolve()
    const tokenKeeping: TokenKeeping = this.#parts.vault.keepingOf(this.#parts.connectionId)
    return {
      id: this.#parts.connectionId,
      name,
      account,
      host,
      isLocal: false,
      status: this.#status(),
      colour,
      environment,
      isReadOnly,
      tokenKeeping
    }
  }

  opened(): OpenConnection | undefined {
    return this.#life.kind === 'open' ? this.#life.platform : undefined
  }

  async open(): Promise<Result<OpenConnection>> {
    const life = this.#life
    if (life.kind === 'open') return success(life.platform)
    if (life.kind === 'opening') return life.done
    const done = this.#begin()
    this.#life = { kind: 'opening', done }
    this.tell()
    return done
  }

  async connect(): Promise<void> {
    if (this.#life.kind === 'open' && this.#live.kind === 'failed') await this.close()
    const opened = await this.open()
    if (!opened.ok) return
    while (this.#life.kind === 'open' && this.#live.kind === 'starting') {
      await new Promise<void>((resolve) => {
        this.#settled.push(resolve)
      })
    }
  }

  async close(): Promise<void> {
    const life = this.#life
    this.#life = { kind: 'closed' }
    this.tell()
    // What is being opened sees that it is not wanted any more.
    if (life.kind === 'opening') await life.done
    if (life.kind === 'open') await life.platform.close()
  }

  async change({
    profile = this.#profile,
    hasNewToken = false
  }: {
    readonly profile?: ConnectionProfile
    readonly hasNewToken?: boolean
  }): Promise<void> {
    this.#profile = profile
    const life = this.#life
    if (life.kind === 'closed') {
      this.tell()
      return
    }
    const isElsewhere =
      life.kind !== 'open' || JSON.stringify(life.resolved) !== JSON.stringify(this.#resolve())
    if (isElsewhere || (hasNewToken && this.#live.kind === 'failed')) {
      await this.close()
      void this.connect()
    } else if (hasNewToken) {
      await this.#useNewToken(life.platform)
    }
    this.tell()
  }

  tell(): void {
    const connection = this.current()
    const next = JSON.stringify(connection)
    if (next !== this.#shown) {
      this.#shown = next
      this.#parts.onChanged(connection)
    }
    if (connection.status.kind !== 'starting') for (const settle of this.#settled.splice(0)) settle()
  }

  #resolve(): ResolvedProfile {
    return resolveProfile(this.#profile, this.#parts.defaults())
  }

  #status(): ConnectionStatus {
    switch (this.#life.kind) {
      case 'closed':
        return { kind: 'closed' }
      case 'opening':
        return { kind: 'starting' }
      case 'failed':
        return failedStatus(this.#life.failure)
      case 'open':
        return this.#live.kind === 'connected' && this.#latencyMs !== undefined
          ? { kind: 'connected', latencyMs: this.#latencyMs }
          : this.#live
    }
  }

  async #begin(): Promise<Result<OpenPlatform>> {
    // Nothing of this is done before `#life` says that it is being opened.
    await Promise.resolve()
    const token = await this.#token()
    if (this.#life.kind !== 'opening') return failed(failure('network/closed', CLOSED))
    if (!token.ok) {
      this.#life = { kind: 'failed', failure: token.failure }
      this.#parts.log.warn('connections', 'not opened', {
        connectionId: this.#parts.connectionId,
        code: token.failure.code
      })
      this.tell()
      return token
    }
    const resolved = this.#resolve()
    const platform = this.#open(resolved, token.value)
    this.#life = { kind: 'open', platform, resolved }
    this.#live = { kind: 'starting' }
    this.#wasConnected = false
    this.#latencyMs = undefined
    platform.socket.start()
    this.tell()
    return success(platform)
  }

  async #token(): Promise<Result<string>> {
    const { connectionId, vault, log, defaults } = this.#parts
    const problem = checkProfile(this.#profile, defaults()).find(({ severity }) => severity === 'error')
    if (problem !== undefined) {
      return failed(failure('input/invalid', { message: problem.message, hint: EDIT }))
    }
    const token = await vault.read(connectionId)
    if (!token.ok) return token
    if (token.value === undefined) {
      return failed(
        failure('input/invalid', { message: 'This connection has no token in this run.', hint: PASTE })
      )
    }
    log.protect(token.value)
    return success(token.value)
  }

  #open(resolved: ResolvedProfile, apiToken: string): OpenPlatform {
    const { connectionId, sink, clock, log } = this.#parts
    let sessionFailure: Failure | undefined
    const isCurrent = (): boolean => this.#life.kind === 'open' && this.#life.platform === platform
    const platform = openPlatform({
      connectionId,
      client: clientOptions(resolved, apiToken),
      sink,
      clock,
      log,
      // Asked each time, so that the switch in the profile counts at once.
      isReadOnly: () => this.#profile.isReadOnly,
      onSession: (session) => {
        sessionFailure = session.ok ? undefined : session.failure
      },
      onStatus: (status) => {
        if (!isCurrent()) return
        if (status.kind === 'waiting' && sessionFailure !== undefined && this.#isFinal(sessionFailure)) {
          this.#live = failedStatus(sessionFailure)
          // Later: the socket is still telling this status.
          queueMicrotask(() => {
            platform.socket.close()
          })
        } else {
          this.#live = this.#after(status)
        }
        this.tell()
      },
      onLatency: (latencyMs) => {
        if (!isCurrent()) return
        this.#latencyMs = latencyMs
        this.tell()
      }
    })
    return platform
  }

  /** Whether another attempt could only end in the same way: it would trouble the platform, and the person would wait. */
  #isFinal({ code, retryable }: Failure): boolean {
    if (code === 'platform/forbidden' || code === 'network/tls') return true
    // A platform that answered before is there; what answers now in its place may be a proxy while it starts.
    return !retryable && !this.#wasConnected
  }

  #after(status: LiveSocketStatus): ConnectionStatus {
    switch (status.kind) {
      case 'open':
        this.#wasConnected = true
        return { kind: 'connected' }
      case 'waiting':
        return { kind: 'reconnecting', attempt: status.attempt, reason: status.reason }
      case 'idle':
      case 'connecting':
      case 'closed':
        // What the attempt before said stays true until this one is over.
        return this.#live
    }
  }

  async #useNewToken(platform: OpenPlatform): Promise<void> {
    const token = await this.#token()
    if (!token.ok) {
      await this.close()
      this.#life = { kind: 'failed', failure: token.failure }
      return
    }
    platform.api.creds = { account: platform.api.account, apiToken: token.value }
    platform.socket.reconnect('The token was changed.')
  }
}

const CLOSED = { message: 'The connection was closed.', hint: null } as const
const EDIT = 'Edit the connection.'
const PASTE = 'Edit the connection and paste the token of its account.'

const failedStatus = ({ message, hint }: Failure): ConnectionStatus => ({
  kind: 'failed',
  reason: message,
  ...(hint === undefined ? {} : { hint })
})

/** What the client is told of a profile. */
function clientOptions(resolved: ResolvedProfile, apiToken: string): ApiOptions {
  const { account, host, liveHost, isSecure, version, verifyCertificate, concurrency, parameters } = resolved
  return {
    server: { host, liveHost, isSecure, version },
    credentials: { account, apiToken },
    verifyCertificate,
    maxConnections: concurrency,
    parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value]))
  }
}
