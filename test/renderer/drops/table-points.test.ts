import { expect, test } from 'vitest'
import { tablePoints } from '../../../src/renderer/drops/table-points.ts'
import { tableDrops } from '../../../src/renderer/drops/table-drop.ts'

const element = (name: string) => (drop: { readonly elems: Readonly<Record<string, unknown>> }) =>
  drop.elems[name]

test('the points of a table stand in the order in which the drops were made', () => {
  const drops = tableDrops([
    { id: 'b', creationDate: 20, elems: { temp: 2 } },
    { id: 'a', creationDate: 10, elems: { temp: 1 } },
    { id: 'c', creationDate: 30, elems: { temp: 3 } }
  ])
  const { atMs, columns } = tablePoints(drops, [element('temp')])
  expect([...Array.from(atMs)]).toEqual([10, 20, 30])
  expect(Array.from(columns[0] ?? [])).toEqual([1, 2, 3])
})

test('typed numbers, dates and large integers are values; texts and missing elements are none', () => {
  const drops = tableDrops([
    { id: 'a', creationDate: 1, elems: { x: { type: 'date', value: 1_517_966_773_840 } } },
    { id: 'b', creationDate: 2, elems: { x: { type: 'float', value: 1.5 } } },
    { id: 'c', creationDate: 3, elems: { x: 9_007_199_254_740_993n } },
    { id: 'd', creationDate: 4, elems: { x: '7' } },
    { id: 'e', creationDate: 5, elems: {} }
  ])
  const { columns } = tablePoints(drops, [element('x')])
  expect(Array.from(columns[0] ?? [])).toEqual([
    1_517_966_773_840,
    1.5,
    Number(9_007_199_254_740_993n),
    Number.NaN,
    Number.NaN
  ])
})

test('a drop without a creation date has no place on a time axis', () => {
  const drops = tableDrops([{ id: 'a', elems: { temp: 1 } }])
  expect(tablePoints(drops, [element('temp')]).atMs).toHaveLength(0)
})
