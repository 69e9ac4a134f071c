import { expect, test } from 'vitest'
import { axisMoment } from '../../../src/renderer/charts/axis-moment.ts'

test('a mark of the time axis is as short as its step allows', () => {
  const atMs = Date.UTC(2026, 10, 23, 9, 5, 7)
  const steps = [366 * 86_400_000, 30 * 86_400_000, 86_400_000, 3_600_000, 1000]
  expect(steps.map((stepMs) => axisMoment(atMs, stepMs, 'UTC'))).toEqual([
    '2026',
    'Nov 2026',
    '23 Nov',
    '09:05',
    '09:05:07'
  ])
  expect(axisMoment(Date.UTC(2026, 10, 23), 3_600_000, 'UTC')).toBe('23 Nov')
  const tick = Date.UTC(2026, 10, 23, 9, 5, 7, 250)
  expect(axisMoment(tick, 50, 'UTC')).toBe('09:05:07.250')
})
