import { describe, expect, test } from 'vitest'
import { compileFilter, parseFilter } from '../../../src/shared/filter/index.ts'
import type { SubjectKind } from '../../../src/shared/filter/index.ts'

const NOW_MS = 1_700_000_000_000

function matches(text: string, subject: object, kind: SubjectKind = 'drop'): boolean {
  const { tree, diagnostics } = parseFilter(text)
  expect(diagnostics).toEqual([])
  return compileFilter(tree, { clock: { now: () => NOW_MS }, subject: kind })(subject)
}

const drop = (elems: Record<string, unknown>, more: object = {}): object => ({
  id: 'd500a1b2c3d4e5f6071829301',
  flowId: 'f500a1b2c3d4e5f6071829304',
  path: '/alice/garden',
  creationDate: NOW_MS - 1000,
  version: 0,
  elems,
  ...more
})

describe('a compiled filter', () => {
  test('matches everything when it is empty', () => {
    expect(matches('', drop({}))).toBe(true)
    expect(matches(' \n', drop({}))).toBe(true)
  })

  test('refuses a tree with mistakes, also one that was understood', () => {
    const { tree } = parseFilter('a = 1')
    expect(() => compileFilter(tree, { clock: { now: () => 0 } })).toThrow(/diagnostics/)
  })

  test('compares 64-bit integers exactly', () => {
    const subject = drop({ n: 9007199254740993n })
    expect(matches('n == 9007199254740993', subject)).toBe(true)
    expect(matches('n == 9007199254740992', subject)).toBe(false)
    expect(matches('n > 9007199254740992', subject)).toBe(true)
    expect(matches('n % 2 == 1', subject)).toBe(true)
  })

  test('never takes an inherited name for an element', () => {
    expect(matches('EXISTS constructor', drop({}))).toBe(false)
    expect(matches('EXISTS elems.toString', drop({}))).toBe(false)
    expect(matches('constructor == 1', drop({ constructor: 1 }))).toBe(true)
  })

  test('does not take elements called "type" and "value" for a wrapper', () => {
    const subject = drop({ type: 'date', value: 5 })
    expect(matches('type == "date" && value == 5 && EXISTS elems.value', subject)).toBe(true)
  })

  test('reads members of other objects by their names', () => {
    const flow = { id: 'f1', path: '/a/b', description: 'attic', elems: { path: 'no' } }
    expect(matches('description == "attic" && path =~ /^.a/', flow, 'object')).toBe(true)
    expect(matches('MATCHES /attic/', flow, 'object')).toBe(true)
  })
})
