import { expect, test } from 'vitest'
import { cutText, shortenMiddle } from '../../../src/renderer/drops/cut-text.ts'

test('a short text stays whole, a long one ends with an ellipsis', () => {
  expect([cutText('abc', 3), cutText('abcd', 3)]).toEqual(['abc', 'abc…'])
})

test('a cut never leaves half of a character', () => {
  expect(cutText('ab😀cd', 3)).toBe('ab…')
})

test('an id is shortened in its middle', () => {
  expect(shortenMiddle('d5a79c1e0000000000000003f2')).toBe('d5a79c1e…03f2')
  expect(shortenMiddle('short')).toBe('short')
})
