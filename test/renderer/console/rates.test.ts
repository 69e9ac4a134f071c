import { describe, expect, test } from 'vitest'
import { Density, DENSITY_SECONDS, RateWindow } from '../../../src/renderer/console/rates.ts'

describe('a rate', () => {
  test('is the mean of the last five seconds', () => {
    const rate = new RateWindow()
    for (let atMs = 0; atMs < 20_000; atMs += 100) rate.add(atMs, 10)
    expect(rate.perSecond(20_000)).toBeCloseTo(100, -1)
  })

  test('falls to zero when nothing comes any more', () => {
    const rate = new RateWindow()
    rate.add(1000, 50)
    expect(rate.perSecond(1200)).toBe(50)
    expect(rate.perSecond(3000)).toBeLessThan(50)
    expect(rate.perSecond(7000)).toBe(0)
  })

  test('of a stream that starts again is measured from its new start', () => {
    const rate = new RateWindow()
    rate.add(0, 1)
    rate.add(60_000, 4)
    expect(rate.perSecond(62_000)).toBe(2)
  })

  test('without any drop is zero', () => {
    expect(new RateWindow().perSecond(123)).toBe(0)
  })
})

describe('the density strip', () => {
  test('holds one count a second, the newest last', () => {
    const density = new Density()
    density.add(10_000, 3)
    density.add(10_900, 1)
    density.add(12_000, 5)
    const counts = density.read(12_500)
    expect(counts.length).toBe(DENSITY_SECONDS)
    expect(counts.slice(-4)).toEqual([0, 4, 0, 5])
  })

  test('moves to the left as time goes by and forgets after its span', () => {
    const density = new Density()
    density.add(10_000, 7)
    expect(density.read(15_000).at(-6)).toBe(7)
    expect(density.read(10_000 + DENSITY_SECONDS * 1000).every((count) => count === 0)).toBe(true)
  })
})
