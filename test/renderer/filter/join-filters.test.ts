import { expect, test } from 'vitest'
import { joinFilters } from '../../../src/renderer/filter/join-filters.ts'

test.each([
  ['a == 1', 'b == 2', 'and', 'a == 1 && b == 2'],
  ['a == 1 || c == 3', 'b == 2', 'and', '(a == 1 || c == 3) && b == 2'],
  ['a == 1 && c == 3', 'b == 2', 'or', 'a == 1 && c == 3 || b == 2'],
  ['a == 1 && c == 3', 'b == 2', 'and', 'a == 1 && c == 3 && b == 2'],
  ['', 'b == 2', 'or', 'b == 2'],
  ['a == 1', ' ', 'and', 'a == 1'],
  ['a ==', 'b == 2', 'and', undefined]
] as const)('%j and %j joined with %s is %j', (first, second, kind, joined) => {
  expect(joinFilters(first, second, kind)).toBe(joined)
})
