import { expect, test } from 'vitest'
import { describeChange } from '../../../src/renderer/statistics/change-words.ts'
import { statisticsCsv } from '../../../src/renderer/statistics/statistics-csv.ts'

test('a line a period, a column an object, what was not there yet empty', () => {
  const csv = statisticsCsv(
    {
      starts: [Date.UTC(2024, 1, 28), Date.UTC(2024, 1, 29)],
      objects: [
        {
          object: { id: 'f1', name: '/ana/a, b', type: 'flowDropAdded' },
          counts: [null, 3],
          before: [1, null]
        },
        { object: { id: 'f2', name: '=1+1', type: 'flowDropAdded' }, counts: [0, 9], before: undefined }
      ]
    },
    'DAY'
  )
  expect(csv).toBe(
    'Day (UTC),"/ana/a, b",\'=1+1,"/ana/a, b, before"\r\n2024-02-28,,0,1\r\n2024-02-29,3,9,\r\n'
  )
})

test('several series of one object are told apart in the head', () => {
  const object = { id: 't1', name: '/ana/a → /ana/b' }
  const csv = statisticsCsv(
    {
      starts: [Date.UTC(2024, 0, 1)],
      objects: [
        { object: { ...object, type: 'trackHit' }, counts: [4], before: undefined },
        { object: { ...object, type: 'trackPass' }, counts: [3], before: undefined }
      ]
    },
    'YEAR'
  )
  expect(csv).toBe('Year (UTC),"/ana/a → /ana/b, track hits","/ana/a → /ana/b, track passes"\r\n2024,4,3\r\n')
})

test('a change carries its sign, and one from nothing no percentage', () => {
  expect(describeChange(118, 100)).toBe('+18 %')
  expect(describeChange(94, 100)).toBe('−6 %')
  expect(describeChange(5, 0)).toBe('new')
  expect(describeChange(0, 0)).toBe('±0 %')
})
