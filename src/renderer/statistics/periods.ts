import type { StatisticsLevel, StatisticsRange } from '../../shared/model/statistics.ts'
import { STATISTICS_LEVELS } from '../../shared/model/statistics.ts'

/**
 * The calendar of statistics: which periods a range has at a level, how they are called, and how one goes into a range and
 * out of it. All of it in UTC, as the platform counts (platform protocol, "Statistics").
 */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December'
] as const
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The time that a range covers: its beginning and the beginning of what follows. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** `allYears`: what a range without a year covers, from the object's first year to the present one. */
export function spanOf(
  range: StatisticsRange,
  allYears: { readonly first: number; readonly last: number }
): Span {
  if (range.year === undefined) return { fromMs: startOf(allYears.first), toMs: startOf(allYears.last + 1) }
  if (range.month === undefined) return { fromMs: startOf(range.year), toMs: startOf(range.year + 1) }
  if (range.day === undefined) {
    return { fromMs: startOf(range.year, range.month), toMs: startOf(range.year, range.month + 1) }
  }
  const fromMs = startOf(range.year, range.month, range.day)
  return { fromMs, toMs: fromMs + DAY_MS }
}

/** Midnight of a day, in milliseconds since the Unix epoch; a month of 13 is January of the next year. */
function startOf(year: number, month = 1, day = 1): number {
  // Date.UTC takes the years 0 to 99 for those of the last century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime()
}

/**
 * The beginnings of a span's periods in their order, one for each number of the platform's answer. A level that is coarser
 * than the range has one period: the range itself.
 */
export function periodStarts(span: Span, level: StatisticsLevel): readonly number[] {
  const starts: number[] = []
  for (let atMs = span.fromMs; atMs < span.toMs; atMs = nextPeriod(atMs, level)) starts.push(atMs)
  return starts
}

/** The beginning of the period after the one that holds `atMs`. */
function nextPeriod(atMs: number, level: StatisticsLevel): number {
  const date = new Date(atMs)
  switch (level) {
    case 'YEAR':
      return startOf(date.getUTCFullYear() + 1)
    case 'MONTH':
      return startOf(date.getUTCFullYear(), date.getUTCMonth() + 2)
    case 'DAY':
      return Math.floor(atMs / DAY_MS) * DAY_MS + DAY_MS
    case 'HOUR':
      return Math.floor(atMs / HOUR_MS) * HOUR_MS + HOUR_MS
  }
}

/** The levels that tell more of a range than its total, and the total itself; the coarsest first. */
export function levelsOf(range: StatisticsRange): readonly StatisticsLevel[] {
  if (range.year === undefined) return STATISTICS_LEVELS
  if (range.month === undefined) return STATISTICS_LEVELS
  return range.day === undefined ? STATISTICS_LEVELS.slice(1) : STATISTICS_LEVELS.slice(2)
}

/** What the platform counts by when no level is asked for. */
export function usualLevel(range: StatisticsRange): StatisticsLevel {
  if (range.year === undefined) return 'YEAR'
  if (range.month === undefined) return 'MONTH'
  return range.day === undefined ? 'DAY' : 'HOUR'
}

/** The range that a period of a level is: where a click on it leads; undefined for an hour, which has nothing within. */
export function rangeOfPeriod(startMs: number, level: StatisticsLevel): StatisticsRange | undefined {
  const date = new Date(startMs)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() + 1
  switch (level) {
    case 'YEAR':
      return { year }
    case 'MONTH':
      return { year, month }
    case 'DAY':
      return { year, month, day: date.getUTCDate() }
    case 'HOUR':
      return undefined
  }
}

/** The range around a range; undefined for all years. */
export function rangeAround(range: StatisticsRange): StatisticsRange | undefined {
  if (range.year === undefined) return undefined
  if (range.month === undefined) return {}
  return range.day === undefined ? { year: range.year } : { year: range.year, month: range.month }
}

/** The range of the same length `steps` later, or earlier when negative; all years have no neighbour. */
export function rangeBeside(range: StatisticsRange, steps: number): StatisticsRange | undefined {
  if (range.year === undefined) return undefined
  if (range.month === undefined) return inCalendar({ year: range.year + steps })
  if (range.day === undefined) {
    const date = new Date(startOf(range.year, range.month + steps))
    return inCalendar({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 })
  }
  const date = new Date(startOf(range.year, range.month, range.day) + steps * DAY_MS)
  return inCalendar({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate()
  })
}

/** Years that the platform takes. */
const FIRST_YEAR = 1
const LAST_YEAR = 9999

const inCalendar = <R extends { readonly year: number }>(range: R): R | undefined =>
  range.year >= FIRST_YEAR && range.year <= LAST_YEAR ? range : undefined

/** A range in words: `all years`, `2026`, `November 2026`, `Fri 20 November 2026`. */
export function describeRange(range: StatisticsRange): string {
  if (range.year === undefined) return 'all years'
  if (range.month === undefined) return String(range.year)
  const month = `${MONTHS[range.month - 1] ?? ''} ${String(range.year)}`
  if (range.day === undefined) return month
  const weekday = DAYS[new Date(startOf(range.year, range.month, range.day)).getUTCDay()] ?? ''
  return `${weekday} ${String(range.day)} ${month}`
}

/** What a range is one of: `month` for November 2026. */
export const wordOf = (range: StatisticsRange): string =>
  range.year === undefined
    ? 'years'
    : range.month === undefined
      ? 'year'
      : range.day === undefined
        ? 'month'
        : 'day'

const two = (value: number): string => String(value).padStart(2, '0')

/** A period as a table says it: `2026`, `2026-11`, `2026-11-20`, `2026-11-20 09:00`. */
export function describePeriod(startMs: number, level: StatisticsLevel): string {
  const date = new Date(startMs)
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  const month = `${year}-${two(date.getUTCMonth() + 1)}`
  const day = `${month}-${two(date.getUTCDate())}`
  switch (level) {
    case 'YEAR':
      return year
    case 'MONTH':
      return month
    case 'DAY':
      return day
    case 'HOUR':
      return `${day} ${two(date.getUTCHours())}:00`
  }
}

/** A period as a person says it: `Fri 20 Nov, 09:00`. */
export function sayPeriod(startMs: number, level: StatisticsLevel): string {
  const date = new Date(startMs)
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const year = String(date.getUTCFullYear())
  if (level === 'YEAR') return year
  if (level === 'MONTH') return `${month} ${year}`
  const weekday = DAYS[date.getUTCDay()] ?? ''
  const day = `${weekday} ${String(date.getUTCDate())} ${month.slice(0, 3)} ${year}`
  return level === 'DAY' ? day : `${day}, ${two(date.getUTCHours())}:00`
}

/** The head of a column of periods. */
export const LEVEL_NAMES_UTC: Readonly<Record<StatisticsLevel, string>> = {
  YEAR: 'Year (UTC)',
  MONTH: 'Month (UTC)',
  DAY: 'Day (UTC)',
  HOUR: 'Hour (UTC)'
}

export const thisYear = (): number => new Date().getUTCFullYear()

/** Whether a range holds a moment. */
export function holdsMoment(range: StatisticsRange, atMs: number): boolean {
  const span = spanOf(range, { first: FIRST_YEAR, last: LAST_YEAR })
  return atMs >= span.fromMs && atMs < span.toMs
}

export const MONTH_NAMES: readonly string[] = MONTHS
/** 28 to 31. `month`: 1 to 12. */
export const daysInMonth = (year: number, month: number): number =>
  Math.round((startOf(year, month + 1) - startOf(year, month)) / DAY_MS)
