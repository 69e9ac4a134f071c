import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '../log.ts'
import { StoreUnavailable } from './store.ts'
import type { WalSync } from './wal-sync.ts'

/** What takes part in every group. */
export interface GroupMember {
  /** Writes what was kept back until the commit; an error undoes the whole group. */
  readonly beforeCommit?: () => void
  /** Called when the changes are in the database, before they are durable. No transaction is open then. */
  readonly afterCommit?: () => void
  /** Called when nothing of the group was kept. */
  readonly afterUndo?: () => void
}

/**
 * Gathers the changes of a turn of the event loop in one transaction, so that a hundred drops that arrive at the same time
 * cost one flush to the disk.
 *
 * The flush runs on another thread. While it does, changes gather in the next group, which is committed when the flush is
 * done: the busier the platform, the larger its groups.
 */
export class GroupCommit {
  private readonly database: DatabaseSync
  private readonly wal: WalSync
  private readonly log: Log
  private readonly members: readonly GroupMember[]
  private group: Group | undefined
  /** The group that was committed last; its flush may be under way. */
  private last: Group | undefined
  private isSyncing = false
  /** After a failed flush nothing tells what of the log is on the disk: no more is written until the next start. */
  private broken: StoreUnavailable | undefined

  constructor(database: DatabaseSync, wal: WalSync, log: Log, members: readonly GroupMember[]) {
    this.database = database
    this.wal = wal
    this.log = log
    this.members = members
  }

  get isOpen(): boolean {
    return this.group !== undefined
  }

  /**
   * Makes a change inside the open group, opening one when there is none.
   *
   * @throws StoreUnavailable when the database cannot be written; then the whole group was undone.
   */
  change(work: () => void): void {
    const group = (this.group ??= this.open())
    try {
      work()
    } catch (error) {
      throw this.undo(group, error)
    }
  }

  /** Resolves when everything changed so far is durable; rejects with `StoreUnavailable`. */
  durable(): Promise<void> {
    return (this.group ?? this.last)?.durable ?? Promise.resolve()
  }

  /** Commits what is open and waits until it is on the disk. */
  async close(): Promise<void> {
    this.commit()
    await this.durable().catch(() => {
      // Whoever waited for the group was told, and it was logged.
    })
  }

  private open(): Group {
    if (this.broken !== undefined) throw this.broken
    try {
      this.database.exec('BEGIN IMMEDIATE')
    } catch (error) {
      throw unavailable(error)
    }
    return new Group(() => {
      if (!this.isSyncing) this.commit()
    })
  }

  private commit(): void {
    const { group } = this
    if (group === undefined) return
    group.stopWaiting()
    try {
      if (this.broken !== undefined) throw this.broken
      for (const member of this.members) member.beforeCommit?.()
      this.database.exec('COMMIT')
    } catch (error) {
      this.undo(group, error)
      return
    }
    this.group = undefined
    this.last = group
    for (const member of this.members) member.afterCommit?.()
    void this.sync(group)
  }

  private async sync(group: Group): Promise<void> {
    this.isSyncing = true
    try {
      await this.wal.sync()
      group.resolve()
    } catch (error) {
      this.log.error({ reason: reason(error) }, 'the disk failed: nothing is written until the next start')
      this.broken = unavailable(error)
      group.reject(this.broken)
    }
    this.isSyncing = false
    // What gathered meanwhile has waited for its turn to end.
    if (this.group?.isDue === true) this.commit()
  }

  private undo(group: Group, error: unknown): StoreUnavailable {
    group.stopWaiting()
    this.log.error({ reason: reason(error) }, 'changes undone: the database could not be written')
    if (this.database.isTransaction) this.database.exec('ROLLBACK')
    this.group = undefined
    for (const member of this.members) member.afterUndo?.()
    const cause = unavailable(error)
    group.reject(cause)
    return cause
  }
}

/** The changes of one transaction and the promise that they become durable. */
class Group {
  readonly durable: Promise<void>
  readonly resolve: () => void
  readonly reject: (cause: StoreUnavailable) => void
  /** Whether the turn that it gathered is over. */
  isDue = false
  private readonly timer: NodeJS.Immediate

  constructor(whenDue: () => void) {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    this.durable = promise as Promise<unknown> as Promise<void>
    this.resolve = () => {
      resolve(undefined)
    }
    this.reject = reject
    // A group that nobody waits for may fail too; it was logged.
    this.durable.catch(() => {})
    this.timer = setImmediate(() => {
      this.isDue = true
      whenDue()
    })
  }

  stopWaiting(): void {
    clearImmediate(this.timer)
  }
}

const unavailable = (error: unknown): StoreUnavailable =>
  error instanceof StoreUnavailable
    ? error
    : new StoreUnavailable(`the database cannot be written: ${reason(error)}`, { cause: error })

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
