import type { StatisticsObject } from '../../shared/ipc/statistics-requests.ts'
import type { StatisticsRange } from '../../shared/model/statistics.ts'
import { periodStarts, spanOf } from './periods.ts'
import type { ChartedObject } from './saved-view.ts'

/** Drops added to a flow, by the hours of a range. */
export interface FlowCounts {
  readonly flow: ChartedObject
  readonly hours: readonly number[]
}

export interface TrackCounts {
  readonly track: StatisticsObject
  readonly hits: number
  readonly passes: number
}

/** What an overview shows of a range. */
export interface AccountSummary {
  readonly totalDrops: number
  /** Those with the most drops, the busiest first. */
  readonly busiest: readonly { readonly flow: ChartedObject; readonly drops: number }[]
  /** Those that had drops in the range and none in its last day, the latest silence first. */
  readonly silent: readonly {
    readonly flow: ChartedObject
    readonly drops: number
    /** The beginning of the last hour with a drop, milliseconds since the Unix epoch. */
    readonly lastHourMs: number
  }[]
  /** Those that were reached, the lowest share of passes first. */
  readonly tracks: readonly (TrackCounts & { readonly share: number })[]
  /** All flows together, by day and hour: 24 numbers a day. */
  readonly hours: readonly number[]
  /** Midnights of the days, milliseconds since the Unix epoch. */
  readonly days: readonly number[]
}

const MAX_LISTED = 12
/** A flow that had drops and then none for this long is worth a look. */
const SILENT_HOURS = 24
const HOUR_MS = 3_600_000

/** `nowMs`: hours that are still to come are not silence. */
export function summarizeAccount(
  range: StatisticsRange & { readonly year: number },
  flows: readonly FlowCounts[],
  tracks: readonly TrackCounts[],
  nowMs: number
): AccountSummary {
  const span = spanOf(range, { first: range.year, last: range.year })
  const days = periodStarts(span, 'DAY')
  const hours = Array.from({ length: days.length * 24 }, () => 0)
  const endMs = Math.min(span.toMs, nowMs)
  const counted = flows.map(({ flow, hours: counts }) => {
    let drops = 0
    let last = -1
    counts.forEach((count, place) => {
      if (count === 0) return
      drops += count
      last = place
      hours[place] = (hours[place] ?? 0) + count
    })
    return { flow, drops, lastHourMs: span.fromMs + last * HOUR_MS }
  })
  const active = counted.filter(({ drops }) => drops > 0)
  return {
    totalDrops: active.reduce((sum, { drops }) => sum + drops, 0),
    busiest: active
      .toSorted((a, b) => b.drops - a.drops)
      .slice(0, MAX_LISTED)
      .map(({ flow, drops }) => ({ flow, drops })),
    silent: active
      .filter(({ lastHourMs }) => endMs - lastHourMs >= (SILENT_HOURS + 1) * HOUR_MS)
      .toSorted((a, b) => b.lastHourMs - a.lastHourMs)
      .slice(0, MAX_LISTED),
    tracks: tracks
      .filter(({ hits }) => hits > 0)
      .map((track) => ({ ...track, share: track.passes / track.hits }))
      .toSorted((a, b) => a.share - b.share)
      .slice(0, MAX_LISTED),
    hours,
    days
  }
}
