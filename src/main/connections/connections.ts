import type { Connection } from '../../shared/model/connection.ts'
import { failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Api } from '../client/api.ts'
import type { LiveSocket } from '../client/live-socket.ts'
import type { Subscriptions } from '../client/subscriptions.ts'

/** A connection that requests can be made on. */
export interface OpenConnection {
  readonly api: Api
  readonly subscriptions: Subscriptions
  /** Sends a frame that a person wrote on the live socket; answers its reply. */
  readonly sendFrame: LiveSocket['sendFrame']
}

/** One connection as `createConnections` holds it. */
export interface ConnectionSource {
  /** As the window shows it, without its secret. */
  current(): Connection
  /** The open connection, or why there is none; opens it, and waits while it starts. */
  open(): Promise<Result<OpenConnection>>
  /** The connection if it was opened, without waiting. */
  opened(): OpenConnection | undefined
  close(): Promise<void>
}

/** All connections of this run. Any number of them may be open at once. */
export interface Connections {
  list(): readonly Connection[]
  find(connectionId: string): Connection | undefined
  /** Runs `ask` on an open connection; one that is closed is opened, one that starts is waited for. */
  use<T>(connectionId: string, ask: (connection: OpenConnection) => Promise<Result<T>>): Promise<Result<T>>
  forEachOpen(callback: (connection: OpenConnection) => void): void
  add(source: ConnectionSource): void
  /** Forgets it; closing it is up to who removes it. */
  remove(connectionId: string): void
  closeAll(): Promise<void>
}

export function createConnections(first: readonly ConnectionSource[]): Connections {
  let sources = first
  const sourceOf = (connectionId: string): ConnectionSource | undefined =>
    sources.find((candidate) => candidate.current().id === connectionId)
  return {
    list: () => sources.map((source) => source.current()),
    find: (connectionId) => sourceOf(connectionId)?.current(),
    use: async (connectionId, ask) => {
      const source = sourceOf(connectionId)
      if (source === undefined) {
        return failed(
          failure('input/invalid', {
            message: 'There is no such connection.',
            hint: 'It may have been removed: choose another one.',
            details: { connectionId }
          })
        )
      }
      const opened = await source.open()
      return opened.ok ? ask(opened.value) : opened
    },
    forEachOpen: (callback) => {
      for (const source of sources) {
        const opened = source.opened()
        if (opened !== undefined) callback(opened)
      }
    },
    add: (source) => {
      sources = [...sources, source]
    },
    remove: (connectionId) => {
      sources = sources.filter((source) => source.current().id !== connectionId)
    },
    closeAll: async () => {
      await Promise.all(sources.map((source) => source.close()))
    }
  }
}
