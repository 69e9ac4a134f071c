import type { ConnectionsFile } from '../../shared/ipc/connections.ts'
import { CONNECTION_DEFAULTS } from '../../shared/model/connection-profile.ts'
import type { ConnectionDefaults, ConnectionProfile } from '../../shared/model/connection-profile.ts'
import type { Store } from '../settings.ts'

/** The profiles and defaults in `connections.json`. No token is ever a part of it, only whether the keychain holds one. */
export interface ProfileBook {
  /** In the order in which they were made. */
  list(): readonly BookEntry[]
  find(connectionId: string): BookEntry | undefined
  /** Adds a profile, or puts it in place of the one with this id. */
  put(connectionId: string, profile: ConnectionProfile): void
  /** Removes it; one that is not there is no failure. */
  remove(connectionId: string): void
  markToken(connectionId: string, isInKeychain: boolean): void
  readonly defaults: ConnectionDefaults
  /** Changes the given members; answers all. */
  changeDefaults(change: {
    readonly [Name in keyof ConnectionDefaults]?: ConnectionDefaults[Name] | undefined
  }): ConnectionDefaults
}

export interface BookEntry {
  readonly connectionId: string
  readonly profile: ConnectionProfile
  readonly isTokenInKeychain: boolean
}

export function createProfileBook(store: Store<ConnectionsFile>): ProfileBook {
  const list = (): readonly BookEntry[] => store.read()?.connections ?? []
  const defaults = (): ConnectionDefaults => store.read()?.defaults ?? CONNECTION_DEFAULTS
  const write = (connections: readonly BookEntry[], changed: ConnectionDefaults = defaults()): void => {
    store.write({ connections: [...connections], defaults: changed })
  }
  const find = (connectionId: string): BookEntry | undefined =>
    list().find((entry) => entry.connectionId === connectionId)
  return {
    list,
    find,
    put: (connectionId, profile) => {
      const known = find(connectionId)
      write(
        known === undefined
          ? [...list(), { connectionId, profile, isTokenInKeychain: false }]
          : list().map((entry) => (entry === known ? { ...known, profile } : entry))
      )
    },
    remove: (connectionId) => {
      if (find(connectionId) !== undefined)
        write(list().filter((entry) => entry.connectionId !== connectionId))
    },
    markToken: (connectionId, isInKeychain) => {
      const known = find(connectionId)
      if (known === undefined || known.isTokenInKeychain === isInKeychain) return
      write(list().map((entry) => (entry === known ? { ...known, isTokenInKeychain: isInKeychain } : entry)))
    },
    get defaults() {
      return defaults()
    },
    changeDefaults: (change) => {
      const given = Object.entries(change).filter(([, value]) => value !== undefined)
      const changed: ConnectionDefaults = { ...defaults(), ...Object.fromEntries(given) }
      write(list(), changed)
      return changed
    }
  }
}
