import type { Connection } from '../../shared/model/connection.ts'
import { failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Api } from '../client/api.ts'
import type { Subscriptions } from '../client/subscriptions.ts'

/** A connection that requests can be made on. */
export interface OpenConnection {
  readonly api: Api
  readonly subscriptions: Subscriptions
}

/** One connection as `createConnections` holds it. */
export interface ConnectionSource {
  /** As the window shows it, without its secret. */
  current(): Connection
  /** The open connection, or why there is none; waits while it starts. */
  open(): Promise<Result<OpenConnection>>
  /** The connection if it was opened, without waiting. */
  opened(): OpenConnection | undefined
  close(): Promise<void>
}

/** All connections of this run. */
export interface Connections {
  list(): readonly Connection[]
  /** Runs `ask` on an open connection; a connection that starts is waited for. */
  use<T>(connectionId: string, ask: (connection: OpenConnection) => Promise<Result<T>>): Promise<Result<T>>
  forEachOpen(callback: (connection: OpenConnection) => void): void
  closeAll(): Promise<void>
}

export function createConnections(sources: readonly ConnectionSource[]): Connections {
  return {
    list: () => sources.map((source) => source.current()),
    use: async (connectionId, ask) => {
      const source = sources.find((candidate) => candidate.current().id === connectionId)
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
    closeAll: async () => {
      await Promise.all(sources.map((source) => source.close()))
    }
  }
}
