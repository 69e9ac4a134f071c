import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/shared/filter/index.ts'
import {
  describeOptions,
  flowsFilter,
  idsIn,
  NO_OPTIONS,
  optionParameters
} from '../../../src/renderer/drops/find-options.ts'

describe('options of the filter line', () => {
  test('ask nothing while they are empty', () => {
    expect([optionParameters(NO_OPTIONS), describeOptions(NO_OPTIONS)]).toEqual([{}, ''])
  })

  test('become parameters; what a row needs comes along with what alone was asked for', () => {
    const options = {
      ...NO_OPTIONS,
      sort: 'mag',
      order: 'asc',
      limit: '10',
      only: 'elems.mag',
      refs: true
    } as const
    expect(optionParameters(options)).toEqual({
      sort: 'mag',
      order: 'asc',
      limit: 10,
      only: 'flowId,creationDate,elems.mag',
      refs: true
    })
    expect(describeOptions(options)).toBe('sort mag asc · limit 10 · only elems.mag · references')
  })

  test.each(['-1', '1.5', 'many', '100001'])('a limit of %s is told, not sent', (limit) => {
    expect(optionParameters({ ...NO_OPTIONS, limit })).toMatch(/at most 100,000/)
  })
})

describe('flows to search in', () => {
  test('are paths and folders', () => {
    const filter = flowsFilter('/a/b, /a/c/  /d/*')
    expect(filter).toBe('path == "/a/b" || path =~ /^\\/a\\/c\\// || path =~ /^\\/d\\//')
    expect(parseFilter(filter ?? '').diagnostics).toEqual([])
  })

  test('are none for an empty text', () => {
    expect(flowsFilter('  ')).toBeUndefined()
  })

  test('cannot smuggle a pattern in', () => {
    expect(flowsFilter('/a.b(c)/')).toBe('path =~ /^\\/a\\.b\\(c\\)\\//')
  })
})

test('ids are told from a filter, whatever stands between them, each once', () => {
  const [one, two] = ['d00000000000000000000000a', 'd00000000000000000000000b']
  expect(idsIn(`${one}`)).toEqual([one])
  expect(idsIn(`["${one}", "${two}"]\n${one}`)).toEqual([one, two])
  expect(idsIn(`${one} && mag > 3`)).toBeUndefined()
  expect(idsIn('')).toBeUndefined()
})
