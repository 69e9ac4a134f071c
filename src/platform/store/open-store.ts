import type { Clock } from '../../shared/clock.ts'
import type { Result } from '../../shared/result.ts'
import { success } from '../../shared/result.ts'
import type { Log } from '../log.ts'
import type { FlowSource } from './flow-source.ts'
import { createMemoryStore } from './memory-store.ts'
import { startReader } from './reader-client.ts'
import { openDatabase } from './sqlite-schema.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

/** Instead of a data folder: a store that keeps nothing beyond the process. */
export const IN_MEMORY = ':memory:'

export interface StoreOptions {
  /** A folder, or `:memory:`. */
  readonly data: string
  readonly onDamaged: 'fail' | 'move-aside'
  readonly clock: Clock
  readonly log: Log
}

export interface OpenedStore {
  readonly store: Store
  /** What a person should be told, one sentence each. */
  readonly notices: readonly string[]
  /** What the functions of tracks read from: the database file, or the memory of this process. */
  readonly reading:
    | { readonly kind: 'file'; readonly file: string }
    | { readonly kind: 'memory'; readonly source: FlowSource }
}

/** Opens the store of a data folder. Answers a failure with one sentence when that is not possible. */
export function openStore({ data, onDamaged, clock, log }: StoreOptions): Result<OpenedStore> {
  if (data === IN_MEMORY) {
    const store = createMemoryStore(clock)
    return success({ store, notices: [], reading: { kind: 'memory', source: store } })
  }
  const opened = openDatabase(data, onDamaged)
  if (!opened.ok) return opened
  const { database, file, movedTo } = opened.value
  const notices =
    movedTo === undefined
      ? []
      : [`The database was damaged. It was moved to ${movedTo}, and the platform started with an empty one.`]
  for (const notice of notices) log.warn({ movedTo }, notice)
  const store = new SqliteStore(database, startReader(file, clock, log), log)
  return success({ store, notices, reading: { kind: 'file', file } })
}
