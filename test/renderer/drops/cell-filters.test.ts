import { expect, test } from 'vitest'
import { cellFilters } from '../../../src/renderer/drops/cell-filters.ts'
import { compileFilter, parseFilter } from '../../../src/shared/filter/index.ts'

const matches = (text: string | undefined, elems: object, more: object = {}): boolean =>
  compileFilter(parseFilter(text ?? '').tree, { clock: { now: () => 0 } })({ elems, ...more })

test.each([
  ['a text with quotes', 'it\'s a "word" \\ back'],
  ['a number', 4.5],
  ['a long integer', 9007199254740993n],
  ['a boolean', false],
  ['a date', { type: 'date', value: 1342404840000 }],
  ['a list', ['red', 'round']]
])('the rules of %s find it, and everything else', (_name, value) => {
  const { only, without } = cellFilters('elems.a', value)
  expect(matches(only, { a: value })).toBe(true)
  expect(matches(only, { a: 'other' })).toBe(false)
  expect(matches(without, { a: value })).toBe(false)
  expect(matches(without, {})).toBe(true)
})

test('a missing value gives rules for missing ones, without a double negation', () => {
  const { only, without } = cellFilters('elems.a', undefined)
  expect([only, without]).toEqual(['NOT EXISTS elems.a', 'EXISTS elems.a'])
})

test('a place is found by its surroundings', () => {
  const { only } = cellFilters('location', { lat: 40.7, lon: -73.98 })
  expect(only).toBe('location WITHIN 10 KM OF [40.7, -73.98]')
})

test('a name that no filter can write gives only its text', () => {
  expect(cellFilters('elems.a b', 'x')).toEqual({ text: 'x' })
  expect(cellFilters('elems.a == 1 || b', 'x')).toEqual({ text: 'x' })
})
