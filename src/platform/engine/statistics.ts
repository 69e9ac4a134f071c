import { STATISTICS_LEVELS, STATISTICS_TYPES } from '../../shared/model/statistics.ts'
import type { StatisticsLevel, StatisticsType } from '../../shared/model/statistics.ts'
import type { Result } from '../../shared/result.ts'
import { success } from '../../shared/result.ts'
import { cut, refuse } from './refusal.ts'

export const isStatisticsType = (name: string): name is StatisticsType =>
  (STATISTICS_TYPES as readonly string[]).includes(name)

/** The parts of `/statistics/{type}/{objectId}[/{year}[/{month}[/{day}]]][?level=L]` as texts, and the object's life. */
export interface StatisticsRequest {
  readonly type: string
  /** Four digits. */
  readonly year?: string | undefined
  /** 1 to 12, leading zeros allowed; needs a year. */
  readonly month?: string | undefined
  /** 1 to the length of the month, leading zeros allowed; needs a month. */
  readonly day?: string | undefined
  /** One of `STATISTICS_LEVELS`, in any case; empty as if left out. */
  readonly level?: string | undefined
  /** When the object was made; a request without a year starts with this one. Milliseconds since the epoch. */
  readonly creationDate: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A checked request: which time is covered and how it is cut into periods. Plain data. */
export interface StatisticsPlan {
  readonly type: StatisticsType
  readonly level: StatisticsLevel
  /** The range in milliseconds since the epoch, `toMs` not included; both are whole hours, UTC. */
  readonly fromMs: number
  readonly toMs: number
  /** How many periods the range has: the length of the answer. */
  readonly periods: number
}

/** How much was counted within one hour. */
export interface HourCount {
  /** The first millisecond of the hour, since the epoch, UTC. */
  readonly hourStartMs: number
  readonly count: number
}

/** Years that a date of four digits can name and a JavaScript date can hold. */
const FIRST_YEAR = 1
const LAST_YEAR = 9999
/**
 * The longest range without a year. An object is not older than its server's file, so more years than this come from a
 * wrong clock, and an answer by hours would have millions of entries.
 */
const MAX_YEARS = 100
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/**
 * Checks a request for statistics. (Platform protocol, "Statistics".)
 *
 * - Without a level, a range gets the next finer one: no range YEAR, a year MONTH, a month DAY, a day HOUR.
 * - Without a year, the range goes from the year of creation to this year, whole years.
 * - A level coarser than the range gives one total for the range.
 *
 * Fails with a sentence when the type or level is unknown or the date does not exist.
 */
export function planStatistics(request: StatisticsRequest): Result<StatisticsPlan> {
  const { type } = request
  if (!isStatisticsType(type)) {
    return refuse(
      `There are no statistics of type "${cut(type)}"; the types are ${STATISTICS_TYPES.join(', ')}.`
    )
  }
  const range = readRange(request)
  if (!range.ok) return range
  const level = readLevel(request.level, range.value)
  if (!level.ok) return level
  const { fromMs, toMs, size } = range.value
  const isTotal = size !== 'ALL' && STATISTICS_LEVELS.indexOf(level.value) <= STATISTICS_LEVELS.indexOf(size)
  const periods = isTotal ? 1 : periodIndex(level.value, fromMs, toMs - 1) + 1
  return success({ type, level: level.value, fromMs, toMs, periods })
}

/**
 * The answer to a checked request: one integer a period, in time order, zeros included.
 *
 * `counts` may come in any order, an hour several times; hours outside the range do not count.
 */
export function fillSeries(plan: StatisticsPlan, counts: Iterable<HourCount>): number[] {
  const series = new Array<number>(plan.periods).fill(0)
  for (const { hourStartMs, count } of counts) {
    if (hourStartMs < plan.fromMs || hourStartMs >= plan.toMs) continue
    const index = plan.periods === 1 ? 0 : periodIndex(plan.level, plan.fromMs, hourStartMs)
    series[index] = (series[index] ?? 0) + count
  }
  return series
}

/** Checks a request and answers it from `countsBetween`, which is asked once for `[fromMs, toMs)`. */
export function statisticsSeries(
  request: StatisticsRequest,
  countsBetween: (fromMs: number, toMs: number) => Iterable<HourCount>
): Result<number[]> {
  const plan = planStatistics(request)
  if (!plan.ok) return plan
  return success(fillSeries(plan.value, countsBetween(plan.value.fromMs, plan.value.toMs)))
}

interface Range {
  readonly fromMs: number
  readonly toMs: number
  /** The finest level that the request named; ALL for no year. */
  readonly size: 'ALL' | 'YEAR' | 'MONTH' | 'DAY'
}

function readRange(request: StatisticsRequest): Result<Range> {
  const { year, month, day } = request
  if (year === undefined) {
    if (month !== undefined || day !== undefined) return refuse('A month or a day needs its year before it.')
    const lastYear = new Date(request.now).getUTCFullYear()
    const createdIn = new Date(request.creationDate).getUTCFullYear()
    const firstYear = Math.min(Math.max(createdIn, lastYear - MAX_YEARS + 1), lastYear)
    return success({ fromMs: startOf(firstYear), toMs: startOf(lastYear + 1), size: 'ALL' })
  }
  const yearNumber = /^\d{4}$/.test(year) ? Number(year) : Number.NaN
  if (!(yearNumber >= FIRST_YEAR && yearNumber <= LAST_YEAR)) {
    return refuse(`The year must have four digits, not "${cut(year)}".`)
  }
  if (month === undefined) {
    if (day !== undefined) return refuse('A day needs its month before it.')
    return success({ fromMs: startOf(yearNumber), toMs: startOf(yearNumber + 1), size: 'YEAR' })
  }
  const monthNumber = readCount(month)
  if (!(monthNumber >= 1 && monthNumber <= 12))
    return refuse(`The month must be 1 to 12, not "${cut(month)}".`)
  const monthStart = startOf(yearNumber, monthNumber)
  const nextMonth = startOf(yearNumber, monthNumber + 1)
  if (day === undefined) return success({ fromMs: monthStart, toMs: nextMonth, size: 'MONTH' })
  const days = (nextMonth - monthStart) / DAY_MS
  const dayNumber = readCount(day)
  if (!(dayNumber >= 1 && dayNumber <= days)) {
    return refuse(
      `The day must be 1 to ${String(days)} in month ${String(monthNumber)} of ${year}, not "${cut(day)}".`
    )
  }
  const fromMs = monthStart + (dayNumber - 1) * DAY_MS
  return success({ fromMs, toMs: fromMs + DAY_MS, size: 'DAY' })
}

const DEFAULT_LEVELS: Readonly<Record<Range['size'], StatisticsLevel>> = {
  ALL: 'YEAR',
  YEAR: 'MONTH',
  MONTH: 'DAY',
  DAY: 'HOUR'
}

function readLevel(text: string | undefined, range: Range): Result<StatisticsLevel> {
  if (text === undefined || text === '') return success(DEFAULT_LEVELS[range.size])
  const level = STATISTICS_LEVELS.find((name) => name === text.toUpperCase())
  return level === undefined
    ? refuse(`The level must be one of ${STATISTICS_LEVELS.join(', ')}, not "${cut(text)}".`)
    : success(level)
}

/** Which period, counted from the one that `fromMs` begins, `atMs` lies in. */
function periodIndex(level: StatisticsLevel, fromMs: number, atMs: number): number {
  switch (level) {
    case 'HOUR':
      return Math.floor((atMs - fromMs) / HOUR_MS)
    case 'DAY':
      return Math.floor((atMs - fromMs) / DAY_MS)
    case 'MONTH':
      return monthOf(atMs) - monthOf(fromMs)
    case 'YEAR':
      return new Date(atMs).getUTCFullYear() - new Date(fromMs).getUTCFullYear()
  }
}

const monthOf = (atMs: number): number => {
  const date = new Date(atMs)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** The first millisecond of a month; unlike `Date.UTC`, years below 100 are meant as they are. */
const startOf = (year: number, month = 1): number => new Date(0).setUTCFullYear(year, month - 1, 1)

const readCount = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN)
