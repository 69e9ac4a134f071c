import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BEHIND_LIST, resolveMember, valuesAt } from '../../../src/shared/filter/member-path.ts'

const NAMES = ['a', 'b', '0', 'type', 'value', 'length', 'map', 'toString', '__proto__']
const leaf = fc.constantFrom<unknown>(1, 'text', true, null, { type: 'date', value: 5 })
const { value } = fc.letrec<{ value: unknown; list: unknown; map: unknown; typed: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('map'), tie('typed')),
  list: fc.array(tie('value'), { maxLength: 2 }),
  map: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  typed: fc.record({ type: fc.constantFrom('map', 'list', 'colour'), value: tie('value') })
}))

describe('a member', () => {
  test('read the fast way is what the walk leads to', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 5 }),
        fc.dictionary(fc.constantFrom(...NAMES), value, { noNullPrototype: true }),
        (names, elems) => {
          const path = resolveMember(names, 'drop')
          const read = path.read({ elems })
          if (read !== BEHIND_LIST)
            expect(read === undefined ? [] : [read]).toEqual(valuesAt({ elems }, path))
        }
      ),
      { numRuns: 5000, seed: 3 }
    )
  })

  test('is a member of the drop, or else an element', () => {
    const drop = { path: '/a/b', elems: { path: 'x', title: 'y' } }
    const read = (text: string): unknown => resolveMember(text.split('.'), 'drop').read(drop)
    expect([read('path'), read('elems.path'), read('title'), read('gone')]).toEqual([
      '/a/b',
      'x',
      'y',
      undefined
    ])
  })
})
