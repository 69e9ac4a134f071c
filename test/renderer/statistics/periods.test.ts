import { describe, expect, test } from 'vitest'
import {
  daysInMonth,
  describePeriod,
  describeRange,
  levelsOf,
  periodStarts,
  rangeAround,
  rangeBeside,
  rangeOfPeriod,
  sayPeriod,
  spanOf,
  usualLevel
} from '../../../src/renderer/statistics/periods.ts'
import type { StatisticsLevel, StatisticsRange } from '../../../src/shared/model/statistics.ts'

const years = { first: 2023, last: 2026 }
const count = (range: StatisticsRange, level: StatisticsLevel): number =>
  periodStarts(spanOf(range, years), level).length

describe('the periods of a range', () => {
  const table: readonly [StatisticsRange, StatisticsLevel, number][] = [
    [{}, 'YEAR', 4],
    [{}, 'MONTH', 48],
    [{}, 'DAY', 365 * 4 + 1],
    [{ year: 2023 }, 'YEAR', 1],
    [{ year: 2023 }, 'MONTH', 12],
    [{ year: 2023 }, 'DAY', 365],
    [{ year: 2024 }, 'DAY', 366],
    [{ year: 2100 }, 'DAY', 365],
    [{ year: 2000 }, 'DAY', 366],
    [{ year: 2023 }, 'HOUR', 8760],
    [{ year: 2024 }, 'HOUR', 8784],
    [{ year: 2024, month: 2 }, 'DAY', 29],
    [{ year: 2023, month: 2 }, 'DAY', 28],
    [{ year: 2023, month: 12 }, 'DAY', 31],
    [{ year: 2024, month: 2 }, 'HOUR', 29 * 24],
    [{ year: 2024, month: 2 }, 'MONTH', 1],
    [{ year: 2024, month: 2 }, 'YEAR', 1],
    [{ year: 2024, month: 2, day: 29 }, 'HOUR', 24],
    [{ year: 2024, month: 2, day: 29 }, 'DAY', 1],
    [{ year: 2024, month: 2, day: 29 }, 'YEAR', 1]
  ]
  test.each(table)('%o by %s are %i', (range, level, expected) => {
    expect(count(range, level)).toBe(expected)
  })

  test('begin where the calendar says, in UTC', () => {
    const starts = periodStarts(spanOf({ year: 2024, month: 2 }, years), 'DAY')
    expect(starts.at(-1)).toBe(Date.UTC(2024, 1, 29))
    expect(periodStarts(spanOf({ year: 2024 }, years), 'MONTH').at(2)).toBe(Date.UTC(2024, 2, 1))
  })
})

describe('going into a range and out of it', () => {
  test('a click leads from year to month to day and no further', () => {
    const atMs = Date.UTC(2026, 10, 20, 9)
    expect(rangeOfPeriod(atMs, 'YEAR')).toEqual({ year: 2026 })
    expect(rangeOfPeriod(atMs, 'MONTH')).toEqual({ year: 2026, month: 11 })
    expect(rangeOfPeriod(atMs, 'DAY')).toEqual({ year: 2026, month: 11, day: 20 })
    expect(rangeOfPeriod(atMs, 'HOUR')).toBeUndefined()
  })

  test('and back out again, up to all years', () => {
    expect(rangeAround({ year: 2026, month: 11, day: 20 })).toEqual({ year: 2026, month: 11 })
    expect(rangeAround({ year: 2026, month: 11 })).toEqual({ year: 2026 })
    expect(rangeAround({ year: 2026 })).toEqual({})
    expect(rangeAround({})).toBeUndefined()
  })

  test('the range before crosses months and years, and knows leap days', () => {
    expect(rangeBeside({ year: 2026, month: 1 }, -1)).toEqual({ year: 2025, month: 12 })
    expect(rangeBeside({ year: 2024, month: 3, day: 1 }, -1)).toEqual({ year: 2024, month: 2, day: 29 })
    expect(rangeBeside({ year: 2026, month: 12, day: 31 }, 1)).toEqual({ year: 2027, month: 1, day: 1 })
    expect(rangeBeside({ year: 2026 }, -1)).toEqual({ year: 2025 })
    expect(rangeBeside({ year: 9999 }, 1)).toBeUndefined()
    expect(rangeBeside({}, -1)).toBeUndefined()
  })

  test('levels coarser than the range offer its total and nothing coarser', () => {
    expect(levelsOf({ year: 2026, month: 11 })).toEqual(['MONTH', 'DAY', 'HOUR'])
    expect(levelsOf({ year: 2026, month: 11, day: 20 })).toEqual(['DAY', 'HOUR'])
    const ranges: StatisticsRange[] = [{}, { year: 1 }, { year: 1, month: 1 }, { year: 1, month: 1, day: 1 }]
    expect(ranges.map((range) => usualLevel(range))).toEqual(['YEAR', 'MONTH', 'DAY', 'HOUR'])
  })
})

describe('words for time', () => {
  test('ranges', () => {
    expect(describeRange({})).toBe('all years')
    expect(describeRange({ year: 2026, month: 11 })).toBe('November 2026')
    expect(describeRange({ year: 2026, month: 11, day: 20 })).toBe('Fri 20 November 2026')
  })

  test('periods, for tables and for people', () => {
    const atMs = Date.UTC(2026, 10, 20, 9)
    expect((['YEAR', 'MONTH', 'DAY', 'HOUR'] as const).map((level) => describePeriod(atMs, level))).toEqual([
      '2026',
      '2026-11',
      '2026-11-20',
      '2026-11-20 09:00'
    ])
    expect(sayPeriod(atMs, 'HOUR')).toBe('Fri 20 Nov 2026, 09:00')
  })

  test('the length of a month', () => {
    expect([daysInMonth(2024, 2), daysInMonth(2023, 2), daysInMonth(2023, 12)]).toEqual([29, 28, 31])
  })
})
