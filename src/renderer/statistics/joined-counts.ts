import type { StatisticsLevel, StatisticsRange } from '../../shared/model/statistics.ts'
import { periodStarts, spanOf } from './periods.ts'
import type { ChartedSeries } from './saved-view.ts'

/** Counts of one object, as the platform answered them. */
export interface ObjectCounts {
  readonly object: ChartedSeries
  readonly counts: readonly number[]
}

/** Counts of several objects on one time axis. */
export interface JoinedCounts {
  /** The beginnings of the periods, milliseconds since the Unix epoch. */
  readonly starts: readonly number[]
  /** One count a period; null where the object was not there yet. */
  readonly objects: readonly {
    readonly object: ChartedSeries
    readonly counts: readonly (number | null)[]
    readonly before: readonly (number | null)[] | undefined
  }[]
}

/**
 * Puts answers on one axis. Without a year each answer begins with the year in which its object was made, and all end with
 * the present one: the shorter ones are set to the right. The period before may have a day more or less: it is cut, or ends
 * early.
 */
export function joinCounts(
  answers: readonly (ObjectCounts & { readonly before: readonly number[] | undefined })[],
  range: StatisticsRange,
  level: StatisticsLevel,
  thisYear: number
): JoinedCounts {
  const longest = Math.max(0, ...answers.map(({ counts }) => counts.length))
  const starts =
    range.year === undefined
      ? startsOfLast(longest, level, thisYear)
      : periodStarts(spanOf(range, { first: thisYear, last: thisYear }), level)
  return {
    starts,
    objects: answers.map(({ object, counts, before }) => ({
      object,
      counts: padStart(counts, starts.length),
      before: before === undefined ? undefined : starts.map((_, place) => before[place] ?? null)
    }))
  }
}

/** The last `count` periods up to the end of this year: years have different lengths, so they are counted back. */
function startsOfLast(count: number, level: StatisticsLevel, thisYear: number): readonly number[] {
  let first = thisYear
  let starts = periodStarts(spanOf({}, { first, last: thisYear }), level)
  while (starts.length < count) {
    first -= 1
    starts = periodStarts(spanOf({}, { first, last: thisYear }), level)
  }
  return starts.slice(starts.length - count)
}

const padStart = (counts: readonly number[], length: number): readonly (number | null)[] => [
  ...Array.from({ length: Math.max(0, length - counts.length) }, () => null),
  ...counts.slice(0, length)
]
