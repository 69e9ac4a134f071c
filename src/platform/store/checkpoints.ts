import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '../log.ts'
import type { GroupMember } from './group-commit.ts'

/** How far a checkpoint came: pages of the write-ahead log, and how many of them are in the database file. */
export interface CheckpointReach {
  readonly logPages: number
  readonly donePages: number
}

/** After about so much was written the log is brought into the database file: below it the log is small, and read fast. */
const AFTER_BYTES = 8 * 1024 * 1024
/** What may be left for the loop to bring there itself: a millisecond or two. */
const LEFT_FOR_LOOP_BYTES = 512 * 1024
/** Further rounds when more than that was written meanwhile. */
const MAX_ROUNDS = 4
/** The pages that a commit writes besides the drops' own text: of indexes, states and counters. */
const COMMIT_BYTES = 24 * 1024

/**
 * Brings the write-ahead log into the database file. SQLite's own way is to do it at the end of a commit, where it holds up
 * the loop for as long as the disk takes for thousands of pages; here another thread does it.
 *
 * SQLite starts the log anew only when all of it is in the file at the start of a write. Under load something was always
 * written meanwhile; that little the loop brings there itself, between two transactions.
 */
export class Checkpoints implements GroupMember {
  private readonly database: DatabaseSync
  private readonly checkpointElsewhere: () => Promise<CheckpointReach>
  private readonly log: Log
  /** About how much was written since the last checkpoint began. */
  private writtenBytes = 0
  private rounds = 0
  private phase: 'resting' | 'elsewhere' | 'almost done' = 'resting'

  constructor(database: DatabaseSync, checkpointElsewhere: () => Promise<CheckpointReach>, log: Log) {
    this.database = database
    this.checkpointElsewhere = checkpointElsewhere
    this.log = log
  }

  /** Hears of text that the open group writes. */
  note(textLength: number): void {
    this.writtenBytes += textLength
  }

  afterCommit(): void {
    this.writtenBytes += COMMIT_BYTES
    if (this.phase === 'elsewhere') return
    if (this.phase === 'resting') {
      if (this.writtenBytes < AFTER_BYTES) return
      this.rounds = 0
    } else if (this.writtenBytes <= LEFT_FOR_LOOP_BYTES || this.rounds >= MAX_ROUNDS) {
      this.finish()
      return
    }
    void this.start()
  }

  private async start(): Promise<void> {
    this.phase = 'elsewhere'
    this.rounds += 1
    this.writtenBytes = 0
    try {
      const { logPages, donePages } = await this.checkpointElsewhere()
      // Where a long read holds the log, the next checkpoint tries again.
      this.phase = donePages === logPages && this.writtenBytes > 0 ? 'almost done' : 'resting'
    } catch (error) {
      this.phase = 'resting'
      this.warn(error)
    }
  }

  private finish(): void {
    this.phase = 'resting'
    this.writtenBytes = 0
    try {
      this.database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (error) {
      this.warn(error)
    }
  }

  /** Nothing is lost: the log goes on growing until a checkpoint succeeds. */
  private warn(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.log.warn({ reason }, 'the log could not be brought into the database file')
  }
}
