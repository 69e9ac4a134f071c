import { expect, test } from 'vitest'
import { RowSelection } from '../../../src/renderer/drops/row-selection.svelte.ts'

test('chooses one, some, a stretch and all, each as ranges', () => {
  const selection = new RowSelection()
  selection.toggle(3)
  selection.toggle(5)
  selection.toggle(4)
  expect([selection.ranges, selection.count]).toEqual([[{ from: 3, to: 6 }], 3])
  selection.toggle(4)
  expect(selection.ranges).toEqual([
    { from: 3, to: 4 },
    { from: 5, to: 6 }
  ])
  selection.extendTo(2)
  expect(selection.ranges).toEqual([{ from: 2, to: 5 }])
  selection.all(100_000)
  expect([selection.count, selection.has(99_999), selection.has(100_000)]).toEqual([100_000, true, false])
})

test('Shift goes on from where the last choice was made, in both directions', () => {
  const selection = new RowSelection()
  selection.only(10)
  selection.extendTo(12)
  selection.extendTo(8)
  expect(selection.ranges).toEqual([{ from: 8, to: 11 }])
})

test('all of nothing is nothing', () => {
  const selection = new RowSelection()
  selection.all(0)
  expect([selection.ranges, selection.count]).toEqual([[], 0])
})
