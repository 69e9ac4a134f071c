import { expect, test } from 'vitest'
import { mergedText, mergeRows, plainSide } from '../../../src/renderer/drops/merge.ts'

const BASE = '{"elems":{"a":1,"b":2,"c":3},"fhash":"h"}'

test('members that nobody changed, or both alike, are no matter of choice', () => {
  const rows = mergeRows(
    BASE,
    '{"elems":{"a":9,"b":2,"c":3},"fhash":"h"}',
    '{"elems":{"a":9,"b":2,"c":3},"fhash":"h"}'
  )
  expect(rows.map(({ member, isClash }) => [member, isClash])).toEqual([['elems.a', false]])
})

test('a member that one side changed is that side; one that both changed is a clash', () => {
  const mine = '{"elems":{"a":9,"b":2,"c":30},"fhash":"h"}'
  const theirs = '{"elems":{"a":1,"b":8,"c":31},"fhash":"h"}'
  expect(mergeRows(BASE, mine, theirs).map((row) => [row.member, plainSide(row)])).toEqual([
    ['elems.a', 'mine'],
    ['elems.b', 'theirs'],
    ['elems.c', undefined]
  ])
})

test('the merged text has what was chosen, removed and added members too', () => {
  const mine = '{"elems":{"b":2,"c":3,"new":1}}'
  const theirs = '{"elems":{"a":1,"b":8,"c":3},"fhash":"other"}'
  const rows = mergeRows(BASE, mine, theirs)
  const text = mergedText(theirs, rows, ({ member }) => (member === 'elems.b' ? 'theirs' : 'mine'))
  expect(JSON.parse(text)).toEqual({ elems: { b: 8, c: 3, new: 1 } })
})

test('digits beyond those of a number are a difference, and survive', () => {
  const [base, mine] = ['{"elems":{"big":9007199254740993}}', '{"elems":{"big":9007199254740992}}']
  const rows = mergeRows(base, mine, base)
  expect(rows).toHaveLength(1)
  expect(mergedText(base, rows, () => 'mine')).toContain('9007199254740992')
  expect(mergedText(base, rows, () => 'theirs')).toContain('9007199254740993')
})

test('an element called like a member of every object is just a name', () => {
  const mine = '{"elems":{"__proto__":{"polluted":1}}}'
  const rows = mergeRows('{"elems":{}}', mine, '{"elems":{"x":1}}')
  const text = mergedText('{"elems":{"x":1}}', rows, (row) => plainSide(row) ?? 'mine')
  expect(text).toContain('"__proto__"')
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})
