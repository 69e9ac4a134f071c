import { systemClock } from '../../shared/clock.ts'
import type { ConnectionsFile } from '../../shared/ipc/connections.ts'
import type { EventPayloads } from '../../shared/ipc/contract.ts'
import type { LiveSink } from '../client/gap-repair.ts'
import { systemScheduler } from '../client/scheduler.ts'
import type { Log } from '../log.ts'
import type { Notices } from '../notices.ts'
import type { Store } from '../settings.ts'
import { createKeychainVault } from '../tokens/keychain-vault.ts'
import type { Keychain } from '../tokens/keychain.ts'
import type { TokenVault } from '../tokens/token-vault.ts'
import { createConnections } from './connections.ts'
import type { Connections } from './connections.ts'
import { forgetConnection } from './forget-connection.ts'
import type { ConnectionStores } from './forget-connection.ts'
import { createKeptConnections } from './kept-connections.ts'
import type { KeptConnections } from './kept-connections.ts'
import { createLocalConnection } from './local-connection.ts'
import type { LocalPlatform } from './local-platform.ts'
import { createProfileBook } from './profile-book.ts'
import { createRemoteConnection } from './remote-connection.ts'

export interface OpenConnections {
  readonly connections: Connections
  readonly kept: KeptConnections
  readonly vault: TokenVault
  close(): Promise<void>
}

export interface OpenConnectionsParts {
  readonly localPlatform: LocalPlatform
  readonly store: Store<ConnectionsFile>
  /** What else is kept under its id. */
  readonly stores: ConnectionStores
  readonly keychain: Keychain
  readonly sink: LiveSink
  readonly sendEvent: <Name extends 'connectionChanged' | 'connectionRemoved' | 'vaultChanged'>(
    name: Name,
    payload: EventPayloads[Name]
  ) => void
  readonly notices: Notices
  readonly log: Log
}

/** Joins the local connection, those of the profile folder and the vault of their tokens. */
export function openConnections(parts: OpenConnectionsParts): OpenConnections {
  const { localPlatform, sink, sendEvent, notices, log } = parts
  const book = createProfileBook(parts.store)
  const vault = createKeychainVault({
    keychain: parts.keychain,
    index: {
      isInKeychain: (connectionId) => book.find(connectionId)?.isTokenInKeychain === true,
      mark: book.markToken
    },
    scheduler: systemScheduler,
    log,
    warn: ({ reason, hint }) => {
      notices.raise({
        severity: 'warning',
        message: `Tokens are kept for this run only. ${reason}`,
        hint
      })
    }
  })
  vault.onChanged((state) => {
    sendEvent('vaultChanged', state)
  })
  const surroundings = {
    sink,
    clock: systemClock,
    log,
    onChanged: (connection: EventPayloads['connectionChanged']) => {
      sendEvent('connectionChanged', connection)
    }
  }
  const connections = createConnections([createLocalConnection({ platform: localPlatform, ...surroundings })])
  const kept = createKeptConnections({
    connections,
    book,
    vault,
    localToken: () => localPlatform.apiToken,
    createRemote: (connectionId, profile) =>
      createRemoteConnection({
        connectionId,
        profile,
        defaults: () => book.defaults,
        vault,
        ...surroundings
      }),
    onRemoved: (connectionId) => {
      forgetConnection(parts.stores, connectionId)
      sendEvent('connectionRemoved', { connectionId })
    },
    notices,
    log
  })
  return {
    connections,
    kept,
    vault,
    close: async () => {
      // Together: a connection that waits for the keychain is let go by the vault's end.
      await Promise.all([connections.closeAll(), vault.close()])
    }
  }
}
