import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DATE_PARTS,
  draftOf,
  entriesOf,
  FIRST_FORM,
  OUTPUT_KINDS,
  readForm,
  textOf
} from '../../../src/renderer/aggregate/aggregation-form.ts'
import type { AggregationForm } from '../../../src/renderer/aggregate/aggregation-form.ts'

describe('an aggregation as a form', () => {
  test('says only what it has to', () => {
    expect(draftOf(FIRST_FORM)).toEqual({ output: ['$count'] })
  })

  test('writes the words of the platform', () => {
    const form: AggregationForm = {
      outputs: [
        { kind: 'avg', field: 'foo' },
        { kind: 'distance', field: 'near' }
      ],
      groups: [
        { kind: 'month', field: '' },
        { kind: 'hour', field: 'measured' },
        { kind: 'field', field: 'room' }
      ],
      filter: ' temp > 1 ',
      rules: [{ name: 'near', filter: 'location WITHIN 5 KM OF [1, 2]' }],
      sorts: [
        { entry: '$avg:foo', isDescending: true },
        { entry: '$gone', isDescending: false }
      ]
    }
    expect(draftOf(form)).toEqual({
      output: ['$avg:foo', '$distance:near'],
      groupBy: ['$month', '$hour:measured', 'room'],
      filter: 'temp > 1',
      rules: { near: 'location WITHIN 5 KM OF [1, 2]' },
      sorts: ['$avg:foo:desc']
    })
  })

  test('any form comes back from its text', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/)
    const anyForm = fc
      .record({
        outputs: fc.array(
          fc
            .record({ kind: fc.constantFrom(...OUTPUT_KINDS), field: name })
            .map((line) => (line.kind === 'count' ? { ...line, field: '' } : line)),
          { minLength: 1, maxLength: 4 }
        ),
        groups: fc.array(
          fc.record({
            kind: fc.constantFrom('field' as const, 'distance' as const, ...DATE_PARTS),
            field: name
          }),
          { maxLength: 4 }
        ),
        filter: fc.constantFrom('', 'a > 1'),
        rules: fc.uniqueArray(fc.record({ name, filter: fc.constant('b == 2') }), {
          maxLength: 3,
          selector: (rule) => rule.name
        })
      })
      .chain((form) =>
        fc
          .uniqueArray(
            fc.record({
              entry: fc.constantFrom(...entriesOf({ ...form, sorts: [] })),
              isDescending: fc.boolean()
            }),
            { maxLength: 2, selector: (sort) => sort.entry }
          )
          .map((sorts) => ({ ...form, sorts }))
      )
    fc.assert(
      fc.property(anyForm, (form) => {
        expect(readForm(textOf(form))).toEqual({ ok: true, form })
      })
    )
  })

  test.each([
    ['{', 'not JSON'],
    ['[]', 'an object'],
    ['{"output":[]}', 'at least one'],
    ['{"output":["$stddev:a"]}', '$stddev:a is no output'],
    ['{"output":["$count"],"groupBy":["$week"]}', '$week is no group'],
    ['{"output":["$count"],"having":"x"}', 'no member having'],
    ['{"output":["$count"],"rules":["x"]}', 'rules must be']
  ])('%s is told in a sentence', (text, words) => {
    const read = readForm(text)
    expect(read.ok ? '' : read.message).toContain(words)
  })

  test('an old distance without its $ is a distance when there is such a rule', () => {
    const text = JSON.stringify({
      output: ['$count'],
      groupBy: ['distance:near', 'distance:far'],
      rules: { near: 'location WITHIN 1 KM OF [1, 2]' }
    })
    const read = readForm(text)
    expect(read.ok && read.form.groups).toEqual([
      { kind: 'distance', field: 'near' },
      { kind: 'field', field: 'distance:far' }
    ])
  })
})
