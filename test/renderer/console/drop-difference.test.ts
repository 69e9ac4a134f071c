import { describe, expect, test } from 'vitest'
import { compareDrops } from '../../../src/renderer/console/drop-difference.ts'

const drop = (elems: object): string => JSON.stringify({ id: 'd1', elems })

describe('a drop beside the one before it', () => {
  test('tells what changed, came and went', () => {
    const { members, changed, hasPrevious } = compareDrops(
      drop({ same: 1, moved: 2, fresh: true }),
      drop({ same: 1, moved: 1, gone: 'x' })
    )
    expect([members.map(({ name, change, before }) => [name, change, before]), changed, hasPrevious]).toEqual(
      [
        [
          ['same', 'same', '1'],
          ['moved', 'changed', '1'],
          ['fresh', 'added', ''],
          ['gone', 'removed', 'x']
        ],
        3,
        true
      ]
    )
  })

  test('sees a difference behind the part of a long text that is shown', () => {
    const long = 'x'.repeat(1000)
    expect(compareDrops(drop({ text: `${long}a` }), drop({ text: `${long}b` })).changed).toBe(1)
  })

  test('hints at a moment, because pushes come without types, and leaves the number a number', () => {
    const [at, n] = compareDrops(drop({ at: 1_700_000_000_000, n: 12 }), undefined).members
    expect([at?.isNumber, at?.hint, n?.hint]).toEqual([
      true,
      '1700000000000: as a moment 2023-11-14T22:13:20.000Z',
      ''
    ])
  })

  test('an element called like something that every object has is an element like others', () => {
    const { members } = compareDrops('{"id":"d1","elems":{"toString":1}}', '{"id":"d0","elems":{}}')
    expect(members.map(({ name, change }) => [name, change])).toEqual([['toString', 'added']])
  })

  test('a drop with very many elements says how many are left out', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`e${String(index)}`, index]))
    const { members, leftOut } = compareDrops(drop(many), undefined)
    expect(members.length + leftOut).toBe(1000)
  })
})
