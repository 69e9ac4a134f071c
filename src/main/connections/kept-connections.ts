import { randomUUID } from 'node:crypto'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { MAX_CONNECTIONS } from '../../shared/model/connection-profile.ts'
import type {
  ConnectionDefaults,
  ConnectionProfile,
  KeptProfile
} from '../../shared/model/connection-profile.ts'
import type { Connection } from '../../shared/model/connection.ts'
import { LOCAL_CONNECTION_ID } from '../../shared/model/connection.ts'
import { checkProfile, tokenProblem } from '../../shared/model/profile-check.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Log } from '../log.ts'
import type { Notices } from '../notices.ts'
import type { TokenVault } from '../tokens/token-vault.ts'
import type { Connections } from './connections.ts'
import type { ProfileBook } from './profile-book.ts'
import type { RemoteConnection } from './remote-connection.ts'

/** The connections that a person made: profile, token and life of each belong together here. */
export interface KeptConnections {
  profiles(): readonly KeptProfile[]
  /** See `saveConnection` of the contract. */
  save(draft: ConnectionDraft): Promise<Result<Connection>>
  remove(connectionId: string): Promise<Result<null>>
  /** Opens it and waits for what comes of it; the local one is only waited for. */
  open(connectionId: string): Promise<Result<Connection>>
  close(connectionId: string): Promise<Result<Connection>>
  /** The token of any connection, the local one's too; a failure when there is none. */
  token(connectionId: string): Promise<Result<string>>
  readonly defaults: ConnectionDefaults
  changeDefaults(change: DefaultsChange): Promise<Result<ConnectionDefaults>>
}

export interface ConnectionDraft {
  /** Left out for one that is not kept yet. */
  readonly connectionId?: string | undefined
  readonly profile: ConnectionProfile
  /** Left out: the token stays. Null: it is forgotten. */
  readonly apiToken?: string | null | undefined
}

export type DefaultsChange = {
  readonly [Name in keyof ConnectionDefaults]?: ConnectionDefaults[Name] | undefined
}

export interface KeptConnectionParts {
  readonly connections: Connections
  readonly book: ProfileBook
  readonly vault: TokenVault
  readonly localToken: () => string
  readonly createRemote: (connectionId: string, profile: ConnectionProfile) => RemoteConnection
  readonly onRemoved: (connectionId: string) => void
  readonly notices: Notices
  readonly log: Log
}

/** Makes a connection of every profile in the book; none is opened. */
export function createKeptConnections(parts: KeptConnectionParts): KeptConnections {
  const { connections, book, vault, log, notices } = parts
  const remotes = new Map<string, RemoteConnection>()

  function add(connectionId: string, profile: ConnectionProfile): RemoteConnection {
    const remote = parts.createRemote(connectionId, profile)
    remotes.set(connectionId, remote)
    connections.add(remote)
    return remote
  }
  for (const { connectionId, profile } of book.list()) add(connectionId, profile)
  // Where a token is kept belongs to what the window sees of its connection.
  vault.onChanged(() => {
    for (const remote of remotes.values()) remote.tell()
  })

  async function save({
    connectionId,
    profile: draft,
    apiToken
  }: ConnectionDraft): Promise<Result<Connection>> {
    const profile = tidy(draft)
    const token = typeof apiToken === 'string' ? apiToken.trim() : apiToken
    if (typeof token === 'string') log.protect(token)
    const known = connectionId === undefined ? undefined : remotes.get(connectionId)
    const refusal =
      connectionId !== undefined && known === undefined
        ? noSuch(connectionId)
        : (refusalOf(profile, token, book.defaults) ??
          (known === undefined && book.list().length >= MAX_CONNECTIONS ? TOO_MANY : undefined))
    if (refusal !== undefined) return failed(refusal)

    const id = connectionId ?? randomUUID()
    book.put(id, profile)
    // Before the token: what tells where it is kept asks the connection.
    const remote = known ?? add(id, profile)
    if (token === null) {
      const forgotten = await vault.forget(id)
      if (!forgotten.ok) return forgotten
    } else if (token !== undefined) {
      await vault.write(id, token)
    }
    await remote.change({ profile, hasNewToken: token !== undefined })
    return success(remote.current())
  }

  async function withRemote<T>(
    connectionId: string,
    work: (remote: RemoteConnection) => Promise<Result<T>>
  ): Promise<Result<T>> {
    const remote = remotes.get(connectionId)
    if (remote !== undefined) return work(remote)
    return failed(connectionId === LOCAL_CONNECTION_ID ? IS_LOCAL : noSuch(connectionId))
  }

  return {
    profiles: () =>
      book.list().map(({ connectionId, profile }) => ({
        connectionId,
        profile,
        tokenKeeping: vault.keepingOf(connectionId)
      })),
    save,
    remove: (connectionId) =>
      withRemote(connectionId, async (remote) => {
        await remote.close()
        const forgotten = await vault.forget(connectionId)
        if (!forgotten.ok) {
          notices.raise({
            severity: 'warning',
            message: `The connection ${remote.current().name} is deleted. ${forgotten.failure.message}`,
            hint: `Remove the entry ${connectionId} of Flowscope in the keychain yourself.`
          })
        }
        remotes.delete(connectionId)
        connections.remove(connectionId)
        book.remove(connectionId)
        parts.onRemoved(connectionId)
        return success(null)
      }),
    open: async (connectionId) => {
      const remote = remotes.get(connectionId)
      if (remote !== undefined) {
        await remote.connect()
        return success(remote.current())
      }
      const opened = await connections.use(connectionId, () => Promise.resolve(success(null)))
      const current = connections.find(connectionId)
      return opened.ok && current !== undefined
        ? success(current)
        : failed(opened.ok ? noSuch(connectionId) : opened.failure)
    },
    close: (connectionId) =>
      withRemote(connectionId, async (remote) => {
        await remote.close()
        return success(remote.current())
      }),
    token: async (connectionId) => {
      if (connectionId === LOCAL_CONNECTION_ID) return success(parts.localToken())
      return withRemote(connectionId, async () => {
        const token = await vault.read(connectionId)
        if (!token.ok) return token
        if (token.value === undefined) return failed(NO_TOKEN)
        log.protect(token.value)
        return success(token.value)
      })
    },
    get defaults() {
      return book.defaults
    },
    changeDefaults: async (change) => {
      const problem = defaultsProblem({ ...book.defaults, ...definedOf(change) })
      if (problem !== undefined) return failed(failure('input/invalid', { message: problem, hint: null }))
      const defaults = book.changeDefaults(change)
      await Promise.all([...remotes.values()].map((remote) => remote.change({})))
      return success(defaults)
    }
  }
}

/** Spaces that came with a paste are nobody's wish. */
const tidy = (profile: ConnectionProfile): ConnectionProfile => ({
  ...profile,
  name: profile.name.trim(),
  account: profile.account.trim(),
  host: profile.host.trim(),
  liveHost: profile.liveHost.trim(),
  version: profile.version.trim(),
  environment: profile.environment.trim(),
  parameters: profile.parameters.map(({ name, value }) => ({ name: name.trim(), value }))
})

function refusalOf(
  profile: ConnectionProfile,
  apiToken: string | null | undefined,
  defaults: ConnectionDefaults
): Failure | undefined {
  const errors = checkProfile(profile, defaults).filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first !== undefined) {
    return failure('input/invalid', {
      message: first.message,
      hint: null,
      details: { member: first.member, errors: errors.map(({ message }) => message) }
    })
  }
  if (typeof apiToken !== 'string') return undefined
  const problem = tokenProblem(apiToken)
  if (problem !== undefined) return failure('input/invalid', { message: problem, hint: null })
  // The profile is kept in a file and shown in the window.
  return JSON.stringify(profile).includes(JSON.stringify(apiToken).slice(1, -1))
    ? failure('input/invalid', {
        message: 'The token also stands in another field of the connection.',
        hint: 'Take it out there: everything but the token is kept in a file.'
      })
    : undefined
}

/** Defaults are checked as the profile that leaves everything open to them. */
function defaultsProblem(defaults: ConnectionDefaults): string | undefined {
  const { host, liveHost, version, parameters } = defaults
  const profile: ConnectionProfile = {
    name: 'defaults',
    account: 'defaults',
    host: host.trim() === '' ? 'localhost' : host,
    liveHost,
    version,
    isSecure: null,
    verifyCertificate: null,
    parameters,
    colour: 0,
    environment: '',
    isReadOnly: false
  }
  return checkProfile(profile, { ...defaults, parameters: [] }).find(({ severity }) => severity === 'error')
    ?.message
}

const definedOf = (change: DefaultsChange): Partial<ConnectionDefaults> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))

const noSuch = (connectionId: string): Failure =>
  failure('input/invalid', {
    message: 'There is no such connection.',
    hint: 'It may have been removed: choose another one.',
    details: { connectionId }
  })

const IS_LOCAL = failure('input/invalid', {
  message: 'The local platform is a part of Flowscope: it has no profile, and it is always open.',
  hint: null
})

const TOO_MANY = failure('input/invalid', {
  message: `There are ${String(MAX_CONNECTIONS)} connections already.`,
  hint: 'Delete one that you no longer need, then save again.'
})

const NO_TOKEN = failure('input/invalid', {
  message: 'This connection has no token in this run.',
  hint: 'Edit the connection and paste the token of its account.'
})
