import { expect, test } from 'vitest'
import { HistoryWalk } from '../../../src/renderer/filter/history-walk.ts'

const walkOf = (...history: readonly string[]) => new HistoryWalk(() => history)

test('up goes back to the oldest, down comes back to what was typed', () => {
  const walk = walkOf('b', 'a')
  expect(walk.earlier('typed')).toBe('b')
  expect(walk.earlier('b')).toBe('a')
  expect(walk.earlier('a')).toBeUndefined()
  expect(walk.later('a')).toBe('b')
  expect(walk.later('b')).toBe('typed')
  expect(walk.later('typed')).toBeUndefined()
})

test('the filter that stands there already is passed over', () => {
  expect(walkOf('b', 'a').earlier('b')).toBe('a')
  expect(walkOf('b').earlier('b')).toBeUndefined()
})

test('typing ends the walk: the next one starts at the last filter', () => {
  const walk = walkOf('b', 'a')
  walk.earlier('')
  expect(walk.later('b and more')).toBeUndefined()
  expect(walk.earlier('b and more')).toBe('b')
})
