import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HourCount, StatisticsRequest } from '../../../src/platform/engine/statistics.ts'
import { planStatistics, statisticsSeries } from '../../../src/platform/engine/statistics.ts'

const at = (text: string): number => Date.parse(text)

const request = (over: Partial<StatisticsRequest> = {}): StatisticsRequest => ({
  type: 'flowDropAdded',
  creationDate: at('2013-05-06T07:08:09Z'),
  now: at('2015-08-01T00:00:00Z'),
  ...over
})

const hours = (...entries: [string, number][]): HourCount[] =>
  entries.map(([text, count]) => ({ hourStartMs: at(text), count }))

function series(over: Partial<StatisticsRequest>, counts: readonly HourCount[] = []): number[] {
  const answer = statisticsSeries(request(over), () => counts)
  if (!answer.ok) throw new Error(answer.failure.message)
  return answer.value
}

const length = (over: Partial<StatisticsRequest>): number => series(over).length

function problem(over: Partial<StatisticsRequest>): string {
  const answer = planStatistics(request(over))
  if (answer.ok) throw new Error('no failure')
  expect(answer.failure.code).toBe('platform/bad-request')
  return answer.failure.message
}

describe('the length of a series', () => {
  test.each([
    ['no range', {}, 3],
    ['no range by years', { level: 'YEAR' }, 3],
    ['no range by months', { level: 'MONTH' }, 36],
    ['no range by days', { level: 'DAY' }, 365 * 3],
    ['no range by hours', { level: 'HOUR' }, 24 * 365 * 3],
    ['a year', { year: '2015' }, 12],
    ['a year by years', { year: '2015', level: 'year' }, 1],
    ['a year by days', { year: '2015', level: 'DAY' }, 365],
    ['a leap year by days', { year: '2016', level: 'Day' }, 366],
    ['a century that is no leap year', { year: '1900', level: 'DAY' }, 365],
    ['a century that is a leap year', { year: '2000', level: 'DAY' }, 366],
    ['a year by hours', { year: '2015', level: 'HOUR' }, 8760],
    ['a leap year by hours', { year: '2016', level: 'HOUR' }, 8784],
    ['a month', { year: '2015', month: '1' }, 31],
    ['February', { year: '2015', month: '02' }, 28],
    ['February of a leap year', { year: '2016', month: '2' }, 29],
    ['December', { year: '2015', month: '12' }, 31],
    ['a month by years', { year: '2015', month: '1', level: 'YEAR' }, 1],
    ['a month by months', { year: '2015', month: '1', level: 'MONTH' }, 1],
    ['a month by hours', { year: '2015', month: '4', level: 'HOUR' }, 720],
    ['a day', { year: '2015', month: '1', day: '6' }, 24],
    ['a day by days', { year: '2015', month: '1', day: '06', level: 'DAY' }, 1],
    ['a day by years', { year: '2015', month: '1', day: '6', level: 'year' }, 1],
    ['an empty level', { year: '2015', level: '' }, 12]
  ])('%s has %j', (_name, over, expected) => {
    expect(length(over)).toBe(expected)
  })

  test('an object made in the last hour of a year counts that year', () => {
    expect(length({ creationDate: at('2014-12-31T23:59:59.999Z'), now: at('2015-01-01T00:00:00Z') })).toBe(2)
  })

  test('a creation date after now still gives this year', () => {
    expect(length({ creationDate: at('2019-01-01'), now: at('2015-08-01') })).toBe(1)
  })
})

describe('the entries of a series', () => {
  const twenty = hours(['2015-01-06T03:00:00Z', 12], ['2015-01-06T23:00:00Z', 8])

  test('a year has a day in January at index 0', () => {
    expect(series({ year: '2015' }, twenty)).toEqual([20, ...Array<number>(11).fill(0)])
  })

  test('a month has the sixth day at index 5', () => {
    expect(series({ year: '2015', month: '1' }, twenty)[5]).toBe(20)
  })

  test('a day has hour 3 at index 3 and hour 23 at index 23', () => {
    const day = series({ year: '2015', month: '1', day: '6' }, twenty)
    expect([day[3], day[23], day.reduce((a, b) => a + b)]).toEqual([12, 8, 20])
  })

  test('a level coarser than the range totals the range only', () => {
    const counts = hours(
      ['2015-01-05T00:00:00Z', 100],
      ['2015-01-06T03:00:00Z', 12],
      ['2015-01-07T00:00:00Z', 100]
    )
    expect(series({ year: '2015', month: '1', day: '6', level: 'YEAR' }, counts)).toEqual([12])
    expect(series({ year: '2015', month: '1', day: '6', level: 'MONTH' }, counts)).toEqual([12])
  })

  test('without a year the first entry is the year of creation', () => {
    const counts = hours(['2013-12-31T23:00:00Z', 1], ['2015-01-01T00:00:00Z', 2])
    expect(series({}, counts)).toEqual([1, 0, 2])
  })

  test('hours outside the range do not count', () => {
    const counts = hours(
      ['2014-12-31T23:00:00Z', 1],
      ['2016-01-01T00:00:00Z', 1],
      ['2015-12-31T23:00:00Z', 4]
    )
    expect(series({ year: '2015' }, counts)).toEqual([...Array<number>(11).fill(0), 4])
  })

  test('the store is asked for exactly the range, in whole hours', () => {
    const asked: number[] = []
    statisticsSeries(request({ year: '2016', month: '2' }), (fromMs, toMs) => {
      asked.push(fromMs, toMs)
      return []
    })
    expect(asked).toEqual([at('2016-02-01T00:00:00Z'), at('2016-03-01T00:00:00Z')])
  })

  test('every level of a range has the same total, and every hour is in the period of its calendar', () => {
    const fromMs = at('2012-01-01T00:00:00Z')
    const anHour = fc
      .record({ hour: fc.integer({ min: 0, max: 24 * 366 * 5 }), count: fc.integer({ min: 0, max: 1000 }) })
      .map(({ hour, count }) => ({ hourStartMs: fromMs + hour * 3_600_000, count }))
    fc.assert(
      fc.property(fc.array(anHour, { maxLength: 40 }), (counts) => {
        const byDay = new Map<string, number>()
        for (const { hourStartMs, count } of counts) {
          const day = new Date(hourStartMs).toISOString().slice(0, 10)
          byDay.set(day, (byDay.get(day) ?? 0) + count)
        }
        const inYear = [...byDay].filter(([day]) => day.startsWith('2016-'))
        const expected = Array<number>(366).fill(0)
        for (const [day, count] of inYear) {
          expected[(at(`${day}T00:00:00Z`) - at('2016-01-01T00:00:00Z')) / 86_400_000] = count
        }
        expect(series({ year: '2016', level: 'DAY' }, counts)).toEqual(expected)
        const total = inYear.reduce((sum, [, count]) => sum + count, 0)
        for (const level of ['YEAR', 'MONTH', 'HOUR']) {
          expect(series({ year: '2016', level }, counts).reduce((a, b) => a + b, 0)).toBe(total)
        }
      })
    )
  })
})

describe('a request that cannot be answered', () => {
  test.each([
    ['an unknown type', { type: 'flowDropRemoved' }, 'flowDropAdded'],
    ['a type of Object', { type: 'constructor' }, 'constructor'],
    ['an unknown level', { level: 'WEEK' }, 'WEEK'],
    ['a year with two digits', { year: '15' }, '15'],
    ['the year 0', { year: '0000' }, '0000'],
    ['a word for a year', { year: 'this' }, 'this'],
    ['month 0', { year: '2015', month: '0' }, 'month'],
    ['month 13', { year: '2015', month: '13' }, 'month'],
    ['a negative month', { year: '2015', month: '-1' }, 'month'],
    ['an empty month', { year: '2015', month: '' }, 'month'],
    ['day 0', { year: '2015', month: '1', day: '0' }, 'day'],
    ['a day that February lacks', { year: '2015', month: '2', day: '29' }, '1 to 28'],
    ['a day that no month has', { year: '2016', month: '3', day: '32' }, '1 to 31'],
    ['a month without a year', { month: '2' }, 'year'],
    ['a day without a month', { year: '2015', day: '2' }, 'month']
  ])('%s is named in a sentence', (_name, over, part) => {
    expect(problem(over)).toContain(part)
  })
})
