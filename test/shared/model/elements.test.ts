import { expect, test } from 'vitest'
import { isTypedValue } from '../../../src/shared/model/elements.ts'

test.each([
  [{ type: 'date', value: 1 }, true],
  [{ type: 'map', value: {} }, true],
  [{ type: 'date', value: 1, unit: 'ms' }, false],
  [{ type: 'date' }, false],
  [{ type: 'colour', value: 1 }, false],
  [{ type: 1, value: 1 }, false],
  [['type', 'value'], false],
  [null, false],
  ['date', false]
])('%j is a typed value: %s', (value, expected) => {
  expect(isTypedValue(value)).toBe(expected)
})
