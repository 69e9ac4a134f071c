import type { StatisticsLevel } from '../../shared/model/statistics.ts'
import { csvLine } from '../ui/csv-line.ts'
import type { JoinedCounts } from './joined-counts.ts'
import { SERIES_NAMES } from './saved-view.ts'
import type { ChartedSeries } from './saved-view.ts'
import { describePeriod, LEVEL_NAMES_UTC } from './periods.ts'

/** The table as CSV (RFC 4180): a line a period, a column an object, those of the period before behind. */
export function statisticsCsv({ starts, objects }: JoinedCounts, level: StatisticsLevel): string {
  const hasSeveral = objects.some(({ object }) => object.type !== objects[0]?.object.type)
  const head = [
    LEVEL_NAMES_UTC[level],
    ...objects.map(({ object }) => headOf(object, hasSeveral)),
    ...objects.flatMap(({ object, before }) =>
      before === undefined ? [] : [`${headOf(object, hasSeveral)}, before`]
    )
  ]
  const lines = starts.map((startMs, place) => [
    describePeriod(startMs, level),
    ...objects.map(({ counts }) => cell(counts[place])),
    ...objects.flatMap(({ before }) => (before === undefined ? [] : [cell(before[place])]))
  ])
  return [head, ...lines].map(csvLine).join('')
}

const headOf = ({ name, type }: ChartedSeries, hasSeveral: boolean): string =>
  hasSeveral ? `${name}, ${SERIES_NAMES[type].toLowerCase()}` : name

const cell = (count: number | null | undefined): string =>
  count === null || count === undefined ? '' : String(count)
