import { describe, expect, test } from 'vitest'
import { placeAtOrAfter, placeNearest, rangeOf, zoomAround } from '../../../src/renderer/charts/points.ts'

describe('places on the time axis', () => {
  const atMs = [10, 20, 40]

  test('a time is found at or after, or past the end', () => {
    expect([5, 10, 11, 40, 41].map((time) => placeAtOrAfter(atMs, time))).toEqual([0, 0, 1, 2, 3])
  })

  test('the nearest point is found, and none among none', () => {
    expect([0, 14, 16, 31, 99].map((time) => placeNearest(atMs, time))).toEqual([0, 0, 1, 2, 2])
    expect(placeNearest([], 1)).toBe(-1)
  })

  test('points without any have no range', () => {
    expect(rangeOf({ atMs, columns: [] })).toEqual({ fromMs: 10, toMs: 40 })
    expect(rangeOf({ atMs: [], columns: [] })).toBeUndefined()
  })
})

describe('zooming', () => {
  const whole = { fromMs: 0, toMs: 1000 }

  test('keeps the time under the pointer where it is', () => {
    expect(zoomAround(whole, 250, 0.5, whole, 10)).toEqual({ fromMs: 125, toMs: 625 })
  })

  test('never leaves the points, and never gets narrower than the least', () => {
    expect(zoomAround({ fromMs: 800, toMs: 1000 }, 990, 2, whole, 10)).toEqual({ fromMs: 600, toMs: 1000 })
    expect(zoomAround({ fromMs: 100, toMs: 120 }, 110, 0.01, whole, 10)).toEqual({ fromMs: 105, toMs: 115 })
    expect(zoomAround({ fromMs: 100, toMs: 900 }, 500, 4, whole, 10)).toEqual(whole)
  })
})
