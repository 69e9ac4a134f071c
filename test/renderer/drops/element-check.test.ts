import { expect, test } from 'vitest'
import { checkDrop } from '../../../src/renderer/drops/element-check.ts'

test('names the element whose value does not fit its type', () => {
  expect(checkDrop({ elems: { at: { type: 'date', value: 'today' } } }).problem).toMatch(/elems\.at/)
})

test('says that a type nobody knows makes a map, and which one may have been meant', () => {
  const { problem, notes } = checkDrop({ elems: { at: { type: 'dat', value: 1 } } })
  expect(problem).toBeUndefined()
  expect(notes).toEqual([
    'elems.at: "dat" is no element type, so this is stored as a map. Did you mean "date"?'
  ])
})

test('finds such a type at any depth, and leaves ordinary maps alone', () => {
  const { notes } = checkDrop({
    elems: { list: [{ type: 'nothing like it', value: 1 }], map: { type: 'car', value: 1, doors: 4 } }
  })
  expect(notes).toEqual(['elems.list[0]: "nothing like it" is no element type, so this is stored as a map.'])
})

test('a text that is full of them gets a few sentences', () => {
  const elems = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [String(index), { type: 'x', value: index }])
  )
  expect(checkDrop({ elems }).notes).toHaveLength(5)
})
