import { HourCounters, type CounterDelta } from '../engine/hour-counters.ts'
import type { StatisticsType } from '../../shared/model/statistics.ts'
import type { GroupMember } from './group-commit.ts'
import type { Statements } from './sqlite-statements.ts'

/** How long counts of calls wait for a commit of something else before they get their own. */
const DELAY_MS = 5_000

/** The counters of the statistics between two commits: what counts by itself, and what counts with the open group. */
export class StoredCounters implements GroupMember {
  private readonly statements: Statements
  private readonly alone = new HourCounters()
  private readonly withGroup = new HourCounters()
  private underWay: readonly CounterDelta[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(statements: Statements) {
    this.statements = statements
  }

  get isEmpty(): boolean {
    return this.alone.isEmpty
  }

  /** Counts with the changes of the open group: stored or undone with them. */
  addWithGroup(type: StatisticsType, objectId: string, atMs: number): void {
    this.withGroup.add(type, objectId, atMs)
  }

  /** Counts by itself; `whenWaitedLong` is called when no commit took it along for some seconds. */
  add(type: StatisticsType, objectId: string, atMs: number, whenWaitedLong: () => void): void {
    this.alone.add(type, objectId, atMs)
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      whenWaitedLong()
    }, DELAY_MS).unref()
  }

  beforeCommit(): void {
    this.underWay = this.alone.drain()
    for (const { type, objectId, hourStartMs, count } of [...this.underWay, ...this.withGroup.drain()]) {
      this.statements.addCount.run(type, objectId, hourStartMs, count)
    }
  }

  afterCommit(): void {
    this.underWay = []
  }

  afterUndo(): void {
    this.alone.restore(this.underWay)
    this.underWay = []
    this.withGroup.drain()
  }

  close(): void {
    clearTimeout(this.timer)
  }
}
