import { expect, test } from 'vitest'
import {
  areUsual,
  columnsOf,
  MAX_ELEMENT_COLUMNS,
  toggleColumn,
  USUAL_COLUMNS
} from '../../../src/renderer/console/live-columns.ts'

const idsOf = (ids: readonly string[]): string[] => columnsOf(ids).map(({ id }) => id)

test('columns stand in their own order, those of elements in the order of choice, before the summary', () => {
  expect(idsOf(['size', 'elems.b', 'summary', 'elems.a', 'created', 'unknown'])).toEqual([
    'created',
    'elems.b',
    'elems.a',
    'summary',
    'size'
  ])
})

test('a column is shown or taken away, but never the last one', () => {
  expect(toggleColumn(['flow'], 'elems.a')).toEqual(['flow', 'elems.a'])
  expect(toggleColumn(['flow', 'elems.a'], 'flow')).toEqual(['elems.a'])
  expect(toggleColumn(['flow'], 'flow')).toEqual(['flow'])
})

test('of more elements than there is room for the one chosen first leaves', () => {
  const full = [
    'flow',
    ...Array.from({ length: MAX_ELEMENT_COLUMNS }, (_, index) => `elems.e${String(index)}`)
  ]
  const more = toggleColumn(full, 'elems.last')
  expect([more.length, more.includes('elems.e0'), more.at(-1)]).toEqual([full.length, false, 'elems.last'])
})

test('the usual columns are known in any order', () => {
  expect([areUsual([...USUAL_COLUMNS].reverse()), areUsual(['received'])]).toEqual([true, false])
})
