import { expect, test } from 'vitest'
import {
  arrangeColumns,
  moveColumn,
  pinColumn,
  showColumn,
  stepColumn,
  USUAL_LAYOUT,
  widenColumn
} from '../../../src/renderer/drops/grid-layout.ts'
import type { Column } from '../../../src/renderer/drops/table-columns.ts'

const column = (id: string, isExtra = false): Column => ({
  id,
  label: id,
  kind: 'text',
  presentDrops: 1,
  widestCharacters: 1,
  isExtra
})
const COLUMNS = [column('a'), column('b'), column('c'), column('extra', true)]
const idsOf = (layout = USUAL_LAYOUT, always: string[] = []): string[] =>
  arrangeColumns(COLUMNS, layout, always).map(({ id }) => id)

test('the usual columns are shown in their order, the others only when asked for', () => {
  expect(idsOf()).toEqual(['a', 'b', 'c'])
  expect(idsOf(showColumn(USUAL_LAYOUT, column('extra', true), true))).toEqual(['a', 'b', 'c', 'extra'])
  expect(idsOf(USUAL_LAYOUT, ['extra'])).toEqual(['extra', 'a', 'b', 'c'])
})

test('a column can be hidden and shown again', () => {
  const hidden = showColumn(USUAL_LAYOUT, column('b'), false)
  expect(idsOf(hidden)).toEqual(['a', 'c'])
  expect(idsOf(showColumn(hidden, column('b'), true))).toEqual(['a', 'b', 'c'])
})

test('a column is moved before another, and one that is found later comes after those that are known', () => {
  const layout = moveColumn(USUAL_LAYOUT, COLUMNS, 'c', 'a')
  expect(idsOf(layout)).toEqual(['c', 'a', 'b'])
  const later = arrangeColumns([column('new'), ...COLUMNS], layout).map(({ id }) => id)
  expect(later).toEqual(['c', 'a', 'b', 'new'])
})

test('a step swaps neighbours and stops at the edges, and at the border of the pinned ones', () => {
  const step = (layout: typeof USUAL_LAYOUT, id: string, by: 1 | -1) =>
    stepColumn(layout, COLUMNS, arrangeColumns(COLUMNS, layout), id, by)
  expect(idsOf(step(USUAL_LAYOUT, 'b', -1))).toEqual(['b', 'a', 'c'])
  expect(idsOf(step(USUAL_LAYOUT, 'b', 1))).toEqual(['a', 'c', 'b'])
  expect(step(USUAL_LAYOUT, 'a', -1)).toBe(USUAL_LAYOUT)
  const pinned = pinColumn(USUAL_LAYOUT, 'c', true)
  expect(idsOf(pinned)).toEqual(['c', 'a', 'b'])
  expect(step(pinned, 'c', 1)).toBe(pinned)
})

test('a width stays between what shows nothing and what hides all others, and can be taken back', () => {
  const widthOf = (layout: typeof USUAL_LAYOUT) => arrangeColumns(COLUMNS, layout)[0]?.widthPx
  expect(widthOf(widenColumn(USUAL_LAYOUT, 'a', 3))).toBe(40)
  expect(widthOf(widenColumn(USUAL_LAYOUT, 'a', 99_999))).toBe(1600)
  expect(widthOf(widenColumn(widenColumn(USUAL_LAYOUT, 'a', 120), 'a', undefined))).toBeUndefined()
})
