import { describe, expect, test } from 'vitest'
import { joinCounts } from '../../../src/renderer/statistics/joined-counts.ts'
import { readView, writeView } from '../../../src/renderer/statistics/saved-view.ts'

const object = (id: string) => ({ id, name: `/${id}`, type: 'flowDropAdded' as const })
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('counts on one axis', () => {
  test('without a year each object ends with the present one', () => {
    const joined = joinCounts(
      [
        { object: object('old'), counts: [7, 8, 9], before: undefined },
        { object: object('new'), counts: [5], before: undefined }
      ],
      {},
      'YEAR',
      2026
    )
    expect(joined.starts.map((atMs) => new Date(atMs).getUTCFullYear())).toEqual([2024, 2025, 2026])
    expect(joined.objects.map(({ counts }) => counts)).toEqual([
      [7, 8, 9],
      [null, null, 5]
    ])
  })

  test('all years by days know leap years', () => {
    const [days] = joinCounts(
      [{ object: object('a'), counts: upTo(366 + 365), before: undefined }],
      {},
      'DAY',
      2025
    ).starts
    expect(days).toBe(Date.UTC(2024, 0, 1))
  })

  test('a longer period before is cut, a shorter one ends early', () => {
    const february = joinCounts(
      [{ object: object('a'), counts: upTo(28), before: upTo(31) }],
      { year: 2023, month: 2 },
      'DAY',
      2026
    )
    expect(february.objects[0]?.before).toEqual(upTo(28))
    const march = joinCounts(
      [{ object: object('a'), counts: upTo(31), before: upTo(28) }],
      { year: 2023, month: 3 },
      'DAY',
      2026
    )
    expect(march.objects[0]?.before).toEqual([...upTo(28), null, null, null])
  })

  test('nothing read is no periods at all for all years', () => {
    expect(joinCounts([], {}, 'YEAR', 2026).objects).toEqual([])
  })
})

describe('a kept view', () => {
  test('comes back as it was', () => {
    const view = {
      mode: 'overview',
      type: 'trackPass',
      objects: [{ ...object('t1'), type: 'trackPass' }],
      range: { year: 2024, month: 2, day: 29 },
      level: 'HOUR',
      isCompared: true
    } as const
    expect(readView(writeView(view))).toEqual(view)
  })

  test('what makes no sense falls back alone', () => {
    const now = new Date(Date.UTC(2026, 10, 23))
    expect(readView('{"type":"trackHit","range":{"year":2024,"month":13},"objects":[7]}', now)).toMatchObject(
      {
        type: 'trackHit',
        range: { year: 2024 },
        objects: []
      }
    )
    for (const text of ['', 'x', 'null', '[]'])
      expect(readView(text, now)).toMatchObject({ type: 'flowDropAdded', range: { year: 2026, month: 11 } })
  })
})
