import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyGroup, emptyRule, formOf, textOf } from '../../../src/renderer/filter/filter-form.ts'
import type { FormRule } from '../../../src/renderer/filter/filter-form.ts'
import { formatFilter, LANGUAGE, parseFilter } from '../../../src/shared/filter/index.ts'

const CASES = join(import.meta.dirname, '../../cases/filter')

/** Every text without mistakes that the cases of the language hold. */
function* validTexts(): Generator<string> {
  for (const { example } of LANGUAGE) yield example
  for (const file of readdirSync(CASES).filter((name) => name.endsWith('.json'))) {
    const content: unknown = JSON.parse(readFileSync(join(CASES, file), 'utf8'))
    if (!Array.isArray(content)) continue
    for (const { matches, misses } of content as readonly Record<string, unknown>[])
      yield* textsIn([matches, misses])
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string' && parseFilter(value).diagnostics.length === 0) yield value
  if (typeof value !== 'object' || value === null) return
  for (const member of Object.values(value)) yield* textsIn(member)
}

const rule = (fields: Partial<FormRule>): FormRule => ({ ...emptyRule(), ...fields })
const one = (fields: Partial<FormRule>) => textOf({ ...emptyGroup(), terms: [rule(fields)] })

describe('the form of a filter', () => {
  test('every filter of the cases opens in the form, and the form writes the same filter', () => {
    const texts = [...new Set(validTexts())].filter((text) => text.trim() !== '')
    expect(texts.length).toBeGreaterThan(200)
    const changed = texts.filter((text) => {
      const { tree } = parseFilter(text)
      const written = textOf(formOf(tree))
      return !written.ok || written.text !== formatFilter(tree)
    })
    expect(changed).toEqual([])
  })

  test.each<[Partial<FormRule>, string]>([
    [{ member: 'elems.a', value: 'it\'s "so"' }, 'elems.a == "it\'s \\"so\\""'],
    [{ member: 'a', operator: '=~', pattern: 'a/b', flags: 'i' }, 'a =~ /a\\/b/i'],
    [{ member: 'a', operator: 'IN', value: '1, "b"' }, 'a IN [1, "b"]'],
    [{ member: 'a', operator: 'EXISTS', isNegated: true }, 'NOT EXISTS a'],
    [{ operator: 'HAS', value: 'location' }, 'HAS location'],
    [{ operator: 'AGE', compare: '<', value: '60000' }, 'AGE < 60000'],
    [
      { member: 'location', operator: 'WITHIN', distance: '5', unit: 'KM', place: '[40.7, -73.98]' },
      'location WITHIN 5 KM OF [40.7, -73.98]'
    ],
    [
      { member: 'a', operator: '>', valueKind: 'date', value: '2026-03-01T12:00:00Z' },
      'a > Date(1772366400000)'
    ]
  ])('fields %j make the text %s', (fields, text) => {
    expect(one(fields)).toEqual({ ok: true, text })
  })

  test('a group in a group keeps its parentheses, and its negation', () => {
    const inner = { ...emptyGroup(), join: 'or' as const, isNegated: true }
    inner.terms = [
      rule({ member: 'a', value: '1', valueKind: 'number' }),
      rule({ member: 'b', operator: 'EXISTS' })
    ]
    const form = { ...emptyGroup(), terms: [rule({ member: 'c', operator: 'EXISTS' }), inner] }
    expect(textOf(form)).toEqual({ ok: true, text: 'EXISTS c && NOT (a == 1 || EXISTS b)' })
  })

  test.each<Partial<FormRule>>([
    { member: '' },
    { member: 'a', valueKind: 'number', value: '' },
    { member: 'a', valueKind: 'number', value: '1 || b == 2' },
    { member: 'a == 1 && b', valueKind: 'number', value: '2' },
    { member: 'a', valueKind: 'date', value: 'some day' }
  ])('fields that are no rule, or more than one, say why: %j', (fields) => {
    expect(one(fields)).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) as string })
  })

  test('a group without rules is told', () => {
    expect(textOf({ ...emptyGroup(), terms: [] })).toMatchObject({ ok: false })
  })
})
