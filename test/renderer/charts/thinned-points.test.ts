import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ThinnedPoints } from '../../../src/renderer/charts/thinned-points.ts'
import type { PointValue } from '../../../src/renderer/charts/points.ts'

const timesOf = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 1000)

describe('points thinned for the screen', () => {
  test('few points are drawn as they are, a missing value as a hole', () => {
    const points = { atMs: timesOf(4), columns: [[1, null, NaN, 4]] }
    const thinned = new ThinnedPoints(points).between({ fromMs: 0, toMs: 3000 }, 100)
    expect(thinned).toEqual([
      [0, 1000, 2000, 3000],
      [1, null, null, 4]
    ])
  })

  test('a range keeps a point at each side, so that its lines go on', () => {
    const points = { atMs: timesOf(10), columns: [timesOf(10)] }
    const [times] = new ThinnedPoints(points).between({ fromMs: 4500, toMs: 5500 }, 100)
    expect(times).toEqual([4000, 5000, 6000])
  })

  test('a single peak among a million points is drawn, with no more than a few values a pixel', () => {
    const values = new Float64Array(1_000_000)
    values[777_777] = 42
    const atMs = Float64Array.from({ length: values.length }, (_, index) => index)
    const [times, drawn] = new ThinnedPoints({ atMs, columns: [values] }).between(
      { fromMs: 0, toMs: values.length },
      1000
    )
    expect(Math.max(...(drawn as number[]))).toBe(42)
    expect(times.length).toBeLessThan(5000)
    const place = (drawn as number[]).indexOf(42)
    expect(Math.abs((times[place] ?? 0) - 777_777)).toBeLessThan(2000)
  })

  test('lowest and highest of any range are those of its points, and times ascend', () => {
    const value = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -1000, max: 1000 }) }, fc.constant(null))
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 1, max: 40 }),
        (values: PointValue[], pixels) => {
          const atMs = timesOf(values.length)
          const [times, drawn] = new ThinnedPoints({ atMs, columns: [values] }).between(
            { fromMs: 0, toMs: values.length * 1000 },
            pixels
          )
          const there = (list: readonly PointValue[] | undefined): number[] =>
            (list ?? []).filter((item) => item !== null)
          expect(Math.min(...there(drawn))).toBe(Math.min(...there(values)))
          expect(Math.max(...there(drawn))).toBe(Math.max(...there(values)))
          for (let place = 1; place < times.length; place++) {
            expect(times[place] ?? 0).toBeGreaterThanOrEqual(times[place - 1] ?? 0)
          }
        }
      )
    )
  })
})
