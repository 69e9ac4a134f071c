import { describe, expect, test } from 'vitest'
import {
  buildVocabulary,
  completeFilter,
  parseFilter,
  situationAt,
  VocabularyBuilder
} from '../../../src/shared/filter/index.ts'
import type { Completion, Vocabulary } from '../../../src/shared/filter/index.ts'
import { MAX_MEMBERS, MAX_NUMBERS, MAX_SAMPLES } from '../../../src/shared/filter/vocabulary.ts'
import type { Drop } from '../../../src/shared/model/drop.ts'
import type { Elements } from '../../../src/shared/model/elements.ts'

const dropOf = (elems: Elements): Drop => ({
  id: 'd1',
  flowId: 'f1',
  path: '/a/b',
  creationDate: 5,
  version: 0,
  elems
})

const vocabulary = buildVocabulary([
  dropOf({ temp: 5.5, unit: 'C', tags: ['red', 'round'], isOpen: true, when: { type: 'date', value: 1000 } }),
  dropOf({
    temp: 7,
    unit: 'F',
    place: { type: 'location', value: { lat: 1, lon: 2 } },
    stops: [{ name: 'oslo' }]
  }),
  dropOf({ temp: 9, unit: 'F', 'not a name': 1, 'count-of': 3 })
])

/** `^` marks the cursor. */
const at = (marked: string): [string, number] => [marked.replace('^', ''), marked.indexOf('^')]

const complete = (marked: string, words: Vocabulary = vocabulary): Completion[] =>
  completeFilter(...at(marked), words)
const labels = (marked: string): string[] => complete(marked).map(({ label }) => label)
const apply = (marked: string, label: string): string => {
  const completion = complete(marked).find((entry) => entry.label === label)
  if (completion === undefined) return `no ${label}`
  const [text] = at(marked)
  const { insertText, replace, caret = insertText.length } = completion
  const inserted = `${insertText.slice(0, caret)}^${insertText.slice(caret)}`
  return text.slice(0, replace.start) + inserted + text.slice(replace.end)
}

describe('the situation', () => {
  test.each([
    ['^', 'rule', ''],
    ['te^', 'rule', 'te'],
    ['te^mp > 5', 'rule', 'te'],
    ['temp ^', 'operator', ''],
    ['temp =^', 'operator', '='],
    ['temp I^', 'operator', 'I'],
    ['temp > ^', 'value', ''],
    ['temp >^', 'value', ''],
    ['temp > 5^', 'value', '5'],
    ['unit == "C^', 'value', 'C'],
    ["unit == 'C^' && a == 1", 'value', 'C'],
    ['temp > 5 ^', 'conjunction', ''],
    ['temp > 5 a^', 'conjunction', 'a'],
    ['temp > 5 &^', 'conjunction', '&'],
    ['temp > 5 && ^', 'rule', ''],
    ['NOT ^', 'rule', ''],
    ['(^', 'rule', ''],
    ['EXISTS ^', 'member', ''],
    ['HAS d^', 'type', 'd'],
    ['MATCHES ^', 'regex', ''],
    ['unit =~ ^', 'regex', ''],
    ['unit =~ /a^', 'nothing', ''],
    ['unit =~ /a/^', 'conjunction', ''],
    ['unit IN ^', 'list-start', ''],
    ['unit IN [^', 'value', ''],
    ['unit IN ["C"^', 'list-separator', ''],
    ['unit IN ["C", ^', 'value', ''],
    ['unit IN ["C"] ^', 'conjunction', ''],
    ['unit == [[1], ^', 'value', ''],
    ['temp % ^', 'number', ''],
    ['temp % 2 ^', 'comparison', ''],
    ['temp % 2 == ^', 'number', ''],
    ['AGE ^', 'comparison', ''],
    ['AGE > ^', 'number', ''],
    ['AGE(^', 'member', ''],
    ["AGE('wh^", 'member', 'wh'],
    ["AGE('when') ^", 'comparison', ''],
    ['when > Date(^', 'number', ''],
    ['when > Date(5) ^', 'conjunction', ''],
    ['location WITHIN ^', 'number', ''],
    ['location WITHIN 5 ^', 'unit', ''],
    ['location WITHIN 5 k^', 'unit', 'k'],
    ['location WITHIN 5 KM ^', 'of', ''],
    ['location WITHIN 5 KM OF ^', 'place', ''],
    ['location WITHIN 5 KM OF [^', 'nothing', ''],
    ['location WITHIN 5 KM OF [1,2] ^', 'conjunction', ''],
    ['location WITHIN 5 KM OF [ZIP=1] ^', 'conjunction', ''],
    ['a b c ^', 'nothing', ''],
    ['a b c && ^', 'rule', '']
  ])('at %s is %s', (marked, kind, prefix) => {
    const situation = situationAt(...at(marked))
    expect([situation.kind, situation.prefix]).toEqual([kind, prefix])
  })

  test('knows whether a group can be closed', () => {
    expect(situationAt(...at('(a == 1 ^'))).toMatchObject({ kind: 'conjunction', canClose: true })
    expect(situationAt(...at('(a == 1) ^'))).toMatchObject({ kind: 'conjunction', canClose: false })
  })
})

describe('completion', () => {
  test('offers members by prefix first, by any part after, the most frequent first', () => {
    expect(labels('te^')[0]).toBe('temp')
    expect(labels('EXISTS na^')).toEqual(['stops.name'])
    expect(labels('EXISTS elems.t^')).toEqual(['elems.temp', 'elems.tags'])
    expect(labels('EXISTS date^')).toEqual(['creationDate', 'lastEditDate'])
  })

  test('offers elements by their bare names where these mean the same', () => {
    const words = buildVocabulary([
      dropOf({ mag: 5, path: 1, AGE: 2, not: 3, true: 4, '5min': 6, or: { x: 7 }, magType: 'mb', elems: 8 })
    ])
    const shown = complete('EXISTS ^', words).map(({ label }) => label)
    const wanted = ['mag', 'magType', 'or.x', 'elems.path', 'elems.AGE', 'not', 'elems.true', 'elems.5min']
    expect([...wanted, 'elems.elems'].filter((name) => !shown.includes(name))).toEqual([])
    for (const { insertText } of complete('^', words).filter(({ kind }) => kind === 'member'))
      expect([insertText, parseFilter(`${insertText}== 1`).diagnostics]).toEqual([insertText, []])
  })

  test('puts members before keywords, unless these are typed in capitals', () => {
    const words = buildVocabulary([dropOf({ mag: 5, magType: 'mb', alarm: 1 })])
    const found = (marked: string): string[] => complete(marked, words).map(({ label }) => label)
    expect(found('ma^')).toEqual(['mag', 'magType', 'MATCHES'])
    expect(found('mag^')).toEqual(['mag', 'magType'])
    expect(found('a == 1 && m^')).toEqual(['mag', 'magType', 'MATCHES', 'alarm'])
    expect(found('MA^')).toEqual(['MATCHES', 'mag', 'magType'])
  })

  test('offers the paths and ids of flows that the drops name', () => {
    expect(labels('path == ^')[0]).toBe('"/a/b"')
    expect(apply('path == "/^"', '"/a/b"')).toBe('path == "/a/b"^')
    expect(labels('flowId == ^')[0]).toBe('"f1"')
    expect(labels('path IN [^')).toEqual(['"/a/b"'])
  })

  test('offers dates only where a date is wanted', () => {
    expect(labels('AGE(^')).toEqual(['when', 'creationDate', 'lastEditDate'])
  })

  test('never offers a name that a filter cannot hold', () => {
    expect(labels('EXISTS elems.^')).not.toContain('elems.not a name')
    expect(labels('EXISTS elems.^')).toContain('elems.count-of')
  })

  test('offers the operators that fit the type of the member', () => {
    expect(labels('temp ^')).toEqual(['>=', '<=', '>', '<', '==', '!=', 'IN', '%'])
    expect(labels('elems.isOpen ^')).toEqual(['==', '!='])
    expect(labels('place ^')).toEqual(['WITHIN'])
    expect(labels('tags ^')[0]).toBe('CONTAINS')
    expect(labels('unit ^')).toContain('=~')
    expect(labels('unknown ^')).toContain('WITHIN')
  })

  test('offers the values that the drops hold, the most frequent first', () => {
    expect(labels('unit == ^')).toEqual(['"F"', '"C"'])
    expect(labels('unit IN ["C", ^')).toEqual(['"F"', '"C"'])
    expect(labels('isOpen == ^')).toEqual(['true', 'false'])
    expect(complete('when > ^')[0]).toMatchObject({
      label: 'Date(1000)',
      detail: '1970-01-01T00:00:01.000Z, seen 1×'
    })
  })

  test('replaces what is being written, a string with its quotes', () => {
    expect(apply('te^mp > 5', 'temp')).toBe('temp^ > 5')
    expect(apply('elems.te^mp > 5', 'elems.temp')).toBe('elems.temp^ > 5')
    expect(apply('unit == "^', '"F"')).toBe('unit == "F"^')
    expect(apply("unit == 'x^' && a == 1", 'none')).toBe('no none')
    expect(apply('unit == "f^" && a == 1', '"F"')).toBe('unit == "F"^ && a == 1')
    expect(apply('temp > 5 an^', '&&')).toBe('temp > 5 && ^')
    expect(apply('unit I^', 'IN')).toBe('unit IN [^]')
  })

  test('offers recent filters in an empty line only', () => {
    const words = { ...vocabulary, recentFilters: ['temp > 5'] }
    expect(complete('^', words)[0]).toMatchObject({ kind: 'recent', insertText: 'temp > 5' })
    expect(complete('a == 1 && ^', words).filter(({ kind }) => kind === 'recent')).toEqual([])
  })

  test('says of each keyword and operator what it does, with an example', () => {
    const entries = [...complete('^'), ...complete('unknown ^'), ...complete('a == 1 ^')].filter(
      ({ kind }) => kind !== 'member'
    )
    expect(entries.length).toBeGreaterThan(10)
    expect(entries.filter(({ detail, example }) => detail === '' || example === undefined)).toEqual([])
  })
})

describe('a vocabulary', () => {
  test('keeps numbers evenly over all that were seen', () => {
    const builder = new VocabularyBuilder()
    for (let index = 0; index < 10 * MAX_NUMBERS; index += 1) builder.add(dropOf({ n: index }))
    const numbers = builder.snapshot().members.find(({ name }) => name === 'elems.n')?.numbers ?? []
    const steps = new Set(numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0)))
    expect([numbers.length > MAX_NUMBERS / 2, numbers.length <= MAX_NUMBERS]).toEqual([true, true])
    expect([numbers[0], ...steps]).toEqual([0, 16])
  })

  test('counts members, types and values', () => {
    expect(vocabulary.dropCount).toBe(3)
    expect(vocabulary.members.find(({ name }) => name === 'elems.temp')).toEqual({
      name: 'elems.temp',
      count: 3,
      types: ['integer', 'float'],
      entryTypes: [],
      samples: [5.5, 7, 9].map((value) => ({ value, count: 1 })),
      hasMoreSamples: false,
      min: 5.5,
      numbers: [5.5, 7, 9],
      max: 9
    })
    expect(vocabulary.members.find(({ name }) => name === 'elems.tags')).toMatchObject({
      types: ['list'],
      entryTypes: ['string']
    })
  })

  test('never grows beyond its bounds', () => {
    const builder = new VocabularyBuilder()
    for (let index = 0; index < MAX_MEMBERS + 500; index += 1)
      builder.add(dropOf({ [`field${String(index)}`]: index, same: index }))
    const { members } = builder.snapshot()
    const same = members.find(({ name }) => name === 'elems.same')
    expect(members).toHaveLength(MAX_MEMBERS)
    expect(same?.samples).toHaveLength(MAX_SAMPLES)
    expect(same).toMatchObject({
      hasMoreSamples: true,
      count: MAX_MEMBERS + 500,
      min: 0,
      max: MAX_MEMBERS + 499
    })
  })
})
