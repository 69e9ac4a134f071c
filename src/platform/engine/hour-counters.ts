import type { StatisticsType } from '../../shared/model/statistics.ts'
import type { HourCount } from './statistics.ts'

/** What is to be added to one stored counter. */
export interface CounterDelta extends HourCount {
  readonly type: StatisticsType
  readonly objectId: string
}

/** What a store does with the counters: add each delta to its (type, object, hour), in the transaction of the commit. */
export interface CounterStore {
  addCounts(deltas: readonly CounterDelta[]): void
}

const HOUR_MS = 3_600_000

/**
 * Counts in memory between two commits, by type, object and hour (platform protocol, "Statistics").
 *
 * The store takes the deltas with `drain` when it commits the drops that were counted, so that counters and drops are
 * durable together. If the commit fails it gives them back with `restore`: nothing is counted twice or lost. Memory is
 * bounded by the objects that were active within two commits, not by what was counted.
 */
export class HourCounters {
  /** By object, then type, then the start of the hour. */
  private counts = new Map<string, Map<StatisticsType, Map<number, number>>>()

  /** Counts `count` at `atMs` (milliseconds since the epoch). A count below 1 changes nothing. */
  add(type: StatisticsType, objectId: string, atMs: number, count = 1): void {
    if (count < 1) return
    const hourStartMs = Math.floor(atMs / HOUR_MS) * HOUR_MS
    let types = this.counts.get(objectId)
    if (types === undefined)
      this.counts.set(objectId, (types = new Map<StatisticsType, Map<number, number>>()))
    let hours = types.get(type)
    if (hours === undefined) types.set(type, (hours = new Map<number, number>()))
    hours.set(hourStartMs, (hours.get(hourStartMs) ?? 0) + count)
  }

  /** What was counted for an object and not drained; to be added to what the store answers for it. */
  pending(type: StatisticsType, objectId: string): HourCount[] {
    const hours = this.counts.get(objectId)?.get(type) ?? []
    return [...hours].map(([hourStartMs, count]) => ({ hourStartMs, count }))
  }

  get isEmpty(): boolean {
    return this.counts.size === 0
  }

  /** Hands over everything counted since the last call, in no promised order, and starts again from zero. */
  drain(): CounterDelta[] {
    const deltas: CounterDelta[] = []
    for (const [objectId, types] of this.counts) {
      for (const [type, hours] of types) {
        for (const [hourStartMs, count] of hours) deltas.push({ type, objectId, hourStartMs, count })
      }
    }
    this.counts = new Map<string, Map<StatisticsType, Map<number, number>>>()
    return deltas
  }

  /** Takes back what `drain` handed over, after a commit that failed; counts made meanwhile stay. */
  restore(deltas: readonly CounterDelta[]): void {
    for (const { type, objectId, hourStartMs, count } of deltas) this.add(type, objectId, hourStartMs, count)
  }
}
