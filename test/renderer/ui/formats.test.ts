import { describe, expect, test } from 'vitest'
import { formatAge, formatClock, formatMoment } from '../../../src/renderer/ui/moment.ts'
import { formatBytes, formatNumberOf, formatRate } from '../../../src/renderer/ui/quantity.ts'

const AT_MS = Date.UTC(2026, 1, 6, 23, 43, 51, 7)

describe('times', () => {
  test('leave out the year of today, and show every other', () => {
    expect(formatMoment(AT_MS, 'UTC', Date.UTC(2026, 8, 1))).toBe('02-06 23:43:51')
    expect(formatMoment(AT_MS, 'UTC', Date.UTC(2027, 8, 1))).toBe('2026-02-06 23:43:51')
  })

  test('that are no dates stay numbers', () => {
    expect(formatMoment(1e300, 'UTC', AT_MS)).toBe('1e+300')
    expect(formatClock(Number.NaN, 'UTC')).toBe('NaN')
  })

  test('have milliseconds where order matters, before 1970 too', () => {
    expect(formatClock(AT_MS, 'UTC')).toBe('23:43:51.007')
    expect(formatClock(-1, 'UTC')).toBe('23:59:59.999')
  })

  test.each([
    [0, 'now'],
    [31_000, '31 s'],
    [240_000, '4 min'],
    [7_200_000, '2 h'],
    [300_000_000, '3 d']
  ])('an age of %i ms is %s', (ageMs, text) => {
    expect(formatAge(AT_MS - ageMs, AT_MS)).toBe(text)
  })
})

describe('quantities', () => {
  test.each([
    [0, '0/s'],
    [0.02, '0.1/s'],
    [0.4, '0.4/s'],
    [1.2, '1/s'],
    [1000, '1,000/s']
  ])('a rate of %d is %s', (perSecond, text) => {
    expect(formatRate(perSecond)).toBe(text)
  })

  test.each([
    [384, '384 B'],
    [1024, '1 KB'],
    [1229, '1.2 KB'],
    [14 * 1_048_576, '14 MB'],
    [1024 ** 3, '1 GB']
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test('one is not many', () => {
    expect([formatNumberOf(1, 'drop'), formatNumberOf(1703, 'drop')]).toEqual(['1 drop', '1,703 drops'])
  })
})
