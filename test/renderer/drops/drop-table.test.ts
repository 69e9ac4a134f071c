import { describe, expect, test } from 'vitest'
import { DropTable, MAX_COLUMNS } from '../../../src/renderer/drops/drop-table.ts'

const NOW_MS = Date.UTC(2026, 5, 1)
const makeDrop = (id: string, elems: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
  id,
  creationDate: Date.UTC(2026, 0, 2, 3, 4, 5),
  elems,
  ...over
})
const idsOf = (table: DropTable): string[] => table.rows(0, 1000, 'UTC', NOW_MS).map(({ dropId }) => dropId)
const textsOf = (table: DropTable): string[][] =>
  table.rows(0, 1000, 'UTC', NOW_MS).map(({ cells }) => cells.map(({ text }) => text))

describe('columns of a table of drops', () => {
  test('are Created, the elements in the order in which they were met, location and fhash', () => {
    const table = new DropTable([
      makeDrop('a', { mag: 4.5, place: 'Oslo' }, { location: { lat: 1, lon: 2 } }),
      makeDrop('b', { mag: 5, depth: 10 }, { fhash: 'h' })
    ])
    expect(table.columns.map(({ label, kind, presentDrops }) => [label, kind, presentDrops])).toEqual([
      ['Created', 'date', 2],
      ['mag', 'number', 2],
      ['place', 'text', 1],
      ['depth', 'number', 1],
      ['location', 'location', 1],
      ['fhash', 'text', 1]
    ])
  })

  test('are read from typed elements as well as from plain ones', () => {
    const table = new DropTable([
      makeDrop('a', {
        mag: { type: 'float', value: 4.5 },
        at: { type: 'date', value: Date.UTC(2018, 1, 6, 23, 43, 51) },
        place: { type: 'location', value: { lat: 59.9, lon: 10.7 } }
      })
    ])
    expect(table.columns.map(({ kind }) => kind)).toEqual(['date', 'number', 'date', 'location'])
    expect(textsOf(table)).toEqual([['01-02 03:04:05', '4.5', '2018-02-06 23:43:51', '59.9, 10.7']])
  })

  test('beyond the limit are counted, not hidden in silence', () => {
    const elems = Object.fromEntries(
      Array.from({ length: MAX_COLUMNS + 7 }, (_, index) => [`e${String(index)}`, 1])
    )
    const table = new DropTable([makeDrop('a', elems)])
    expect([table.columns.length, table.leftOutColumns]).toEqual([MAX_COLUMNS + 1, 7])
  })

  test('named like members of every object are just names', () => {
    const drop = JSON.parse('{"id":"a","elems":{"__proto__":1,"constructor":2,"toString":3}}') as unknown
    const table = new DropTable([drop])
    expect(table.columns.map(({ label }) => label)).toEqual([
      'Created',
      '__proto__',
      'constructor',
      'toString'
    ])
    expect(textsOf(table)).toEqual([['', '1', '2', '3']])
  })
})

describe('cells', () => {
  test('keep all digits of a 64-bit integer', () => {
    const table = new DropTable([makeDrop('a', { big: 9223372036854775807n })])
    expect(textsOf(table)[0]?.[1]).toBe('9223372036854775807')
  })

  test('line numbers of a column up at their points without claiming more digits', () => {
    const table = new DropTable([10, 9.91, 107.8].map((depth, index) => makeDrop(String(index), { depth })))
    expect(textsOf(table).map((cells) => cells[1])).toEqual(['10   ', '9.91', '107.8 '])
  })

  test('cut a long text and say how long it is', () => {
    const table = new DropTable([makeDrop('a', { text: 'x'.repeat(5000) })])
    const cell = table.rows(0, 1, 'UTC', NOW_MS)[0]?.cells[1]
    expect([cell?.wholeCharacters, cell?.text.length]).toEqual([5000, 201])
  })

  test('show markup and writing-direction marks as harmless text', () => {
    const table = new DropTable([makeDrop('a', { evil: '<img onerror=alert(1)>\u202egnp.exe\nnext' })])
    expect(textsOf(table)[0]?.[1]).toBe('<img onerror=alert(1)> gnp.exe next')
  })
})

describe('sorting', () => {
  const table = new DropTable([
    makeDrop('ten', { v: 10 }),
    makeDrop('none', {}),
    makeDrop('big', { v: 9007199254740993n }),
    makeDrop('text', { v: 'ten' }),
    makeDrop('two', { v: 2 })
  ])

  test('orders numbers by value before texts, missing last', () => {
    table.sort({ columnId: 'elems.v', direction: 'ascending' })
    expect(idsOf(table)).toEqual(['two', 'ten', 'big', 'text', 'none'])
  })

  test('keeps missing values last when it is turned round', () => {
    table.sort({ columnId: 'elems.v', direction: 'descending' })
    expect(idsOf(table)).toEqual(['text', 'big', 'ten', 'two', 'none'])
  })

  test('is undone by null, and finds a drop at its new place', () => {
    table.sort({ columnId: 'elems.v', direction: 'ascending' })
    expect(table.placeOf('ten')).toBe(1)
    table.sort(null)
    expect(table.placeOf('ten')).toBe(0)
    expect(table.placeOf('nobody')).toBe(-1)
  })

  test('keeps the order of the answer among equal values', () => {
    const equal = new DropTable(['a', 'b', 'c'].map((id) => makeDrop(id, { v: 1 })))
    equal.sort({ columnId: 'elems.v', direction: 'descending' })
    expect(idsOf(equal)).toEqual(['a', 'b', 'c'])
  })
})

test('rows beyond the end are left out, and values that are no drops too', () => {
  const table = new DropTable([makeDrop('a', {}), null, 7, { id: 'x' }])
  expect([table.rowCount, table.rows(-5, 50, 'UTC', NOW_MS).length, table.rows(1, 9, 'UTC', NOW_MS)]).toEqual(
    [1, 1, []]
  )
})
