import { DatabaseSync } from 'node:sqlite'
import type { CheckpointReach } from './checkpoints.ts'

let writing: DatabaseSync | undefined

/** Brings the write-ahead log of a database into its file as far as it goes without waiting for anyone. */
export function checkpoint(file: string): CheckpointReach {
  // A connection of its own: one that only reads may not do it.
  writing ??= new DatabaseSync(file)
  const reach = writing.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
  return { logPages: Number(reach?.['log']), donePages: Number(reach?.['checkpointed']) }
}
