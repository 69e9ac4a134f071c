import { describe, expect, test } from 'vitest'
import { asPython, asTypeScript } from '../../../src/renderer/aggregate/aggregation-code.ts'
import { FIRST_FORM } from '../../../src/renderer/aggregate/aggregation-form.ts'
import type { AggregationForm } from '../../../src/renderer/aggregate/aggregation-form.ts'
import {
  describeGroup,
  describeValue,
  fittingShapes,
  heatMapOf,
  momentOf
} from '../../../src/renderer/aggregate/result-shapes.ts'

const by = (...groups: AggregationForm['groups']): AggregationForm => ({ ...FIRST_FORM, groups })
const rows = [{ $count: 1 }, { $count: 2 }]

describe('how a result is looked at', () => {
  test('the parts of a date from the year down are a line, one group bars, two a heat map', () => {
    expect(fittingShapes(by({ kind: 'year', field: '' }, { kind: 'month', field: '' }), rows)[0]).toBe('line')
    expect(fittingShapes(by({ kind: 'field', field: 'room' }), rows)[0]).toBe('bars')
    expect(fittingShapes(by({ kind: 'month', field: '' }, { kind: 'hour', field: '' }), rows)[0]).toBe(
      'heat-map'
    )
    expect(fittingShapes(by({ kind: 'year', field: '' }, { kind: 'month', field: 'born' }), rows)[0]).toBe(
      'heat-map'
    )
  })

  test('one row, or lists alone, are a table', () => {
    expect(fittingShapes(by({ kind: 'field', field: 'room' }), rows.slice(1))).toEqual(['table'])
    const lists = { ...by({ kind: 'field', field: 'room' }), outputs: [{ kind: 'all', field: 'a' } as const] }
    expect(fittingShapes(lists, rows)).toEqual(['table'])
  })

  test('a row stands where its period begins', () => {
    const form = by({ kind: 'year', field: '' }, { kind: 'month', field: '' })
    expect(momentOf(form, { $year: 2024, $month: 2 })).toBe(Date.UTC(2024, 1, 1))
    expect(momentOf(form, { $year: 2024, $month: null })).toBeUndefined()
  })

  test('a heat map has a hole where the result has no row', () => {
    const form = by({ kind: 'field', field: 'room' }, { kind: 'hour', field: '' })
    const map = heatMapOf(
      form,
      [
        { room: 'attic', $hour: 10, $count: 3 },
        { room: 'cellar', $hour: 9, $count: 4 }
      ],
      '$count'
    )
    expect(map).toEqual({
      rowLabels: ['attic', 'cellar'],
      columnLabels: ['9', '10'],
      values: [null, 3, 4, null],
      places: [-1, 0, 1, -1]
    })
  })

  test('values read the same everywhere, whatever they are', () => {
    expect([null, 0.1 + 0.2, 9007199254740993n, ['a', 1n], true].map(describeValue)).toEqual([
      'none',
      '0.3',
      '9007199254740993',
      '["a","1"]',
      'true'
    ])
    expect(describeGroup(by({ kind: 'field', field: 'room' }), { room: null })).toBe('none')
  })
})

describe('an aggregation to paste', () => {
  const draft = { output: ['$count'], filter: `place == "it's"` }

  test('Python and TypeScript call the client', () => {
    expect(asPython('f1', draft)).toBe(
      `rows = api.drop("f1").aggregate(\n    ["$count"],\n    filter="place == \\"it's\\""\n)`
    )
    expect(asTypeScript('f1', { output: ['$count'] })).toBe(
      'const rows = await api.drop("f1").aggregate(["$count"])'
    )
  })
})
