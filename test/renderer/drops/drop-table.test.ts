import { describe, expect, test } from 'vitest'
import { DropTable } from '../../../src/renderer/drops/drop-table.ts'
import { MAX_COLUMNS, MAX_FIRST_COLUMNS } from '../../../src/renderer/drops/table-columns.ts'

const NOW_MS = Date.UTC(2026, 5, 1)
const makeDrop = (id: string, elems: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
  id,
  creationDate: Date.UTC(2026, 0, 2, 3, 4, 5),
  elems,
  ...over
})
const idsOf = (table: DropTable): string[] => table.rows(0, 1000, 'UTC', NOW_MS).map(({ dropId }) => dropId)
/** The columns that are shown without being asked for. */
const usualOf = (table: DropTable) => table.columns.filter(({ isExtra }) => !isExtra)
const textsOf = (table: DropTable, columnIds = usualOf(table).map(({ id }) => id)): string[][] =>
  table.rows(0, 1000, 'UTC', NOW_MS, columnIds).map(({ cells }) => cells.map(({ text }) => text))

describe('columns of a table of drops', () => {
  test('are Created, the elements in the order in which they were met, location and fhash', () => {
    const table = new DropTable([
      makeDrop('a', { mag: 4.5, place: 'Oslo' }, { location: { lat: 1, lon: 2 } }),
      makeDrop('b', { mag: 5, depth: 10 }, { fhash: 'h' })
    ])
    expect(usualOf(table).map(({ label, kind, presentDrops }) => [label, kind, presentDrops])).toEqual([
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
    expect(usualOf(table).map(({ kind }) => kind)).toEqual(['date', 'number', 'date', 'location'])
    expect(textsOf(table)).toEqual([['01-02 03:04:05', '4.5', '2018-02-06 23:43:51', '59.9, 10.7']])
  })

  test('beyond the limit are counted, not hidden in silence', () => {
    const elems = Object.fromEntries(
      Array.from({ length: MAX_COLUMNS + 7 }, (_, index) => [`e${String(index)}`, 1])
    )
    const table = new DropTable([makeDrop('a', elems)])
    const elements = table.columns.filter(({ id }) => id.startsWith('elems.'))
    expect([elements.length, table.leftOutColumns]).toEqual([MAX_COLUMNS, 7])
    expect(elements.filter(({ isExtra }) => !isExtra)).toHaveLength(MAX_FIRST_COLUMNS)
  })

  test('named like members of every object are just names', () => {
    const drop = JSON.parse('{"id":"a","elems":{"__proto__":1,"constructor":2,"toString":3}}') as unknown
    const table = new DropTable([drop])
    expect(usualOf(table).map(({ label }) => label)).toEqual([
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
  const table = new DropTable([makeDrop('a', {}), null, 7, { elems: {} }])
  expect([table.rowCount, table.rows(-5, 50, 'UTC', NOW_MS).length, table.rows(1, 9, 'UTC', NOW_MS)]).toEqual(
    [1, 1, []]
  )
})

describe('what a table gives out', () => {
  const FLOW = 'f00000000000000000000000a'
  const DROP = 'd00000000000000000000000b'

  test('ids lead to what they are ids of, with the name that the platform told', () => {
    const references = { [FLOW]: { id: FLOW, kind: 'flow', path: '/ana/attic' } }
    const elems = {
      flow: { type: 'id', value: FLOW },
      other: { type: 'dropRef', value: { flowId: FLOW, dropId: DROP } },
      plain: FLOW
    }
    const table = new DropTable([makeDrop('a', elems)], references)
    const cells = table.rows(0, 1, 'UTC', NOW_MS, ['elems.flow', 'elems.other', 'elems.plain'])[0]?.cells
    expect(cells?.map(({ kind, reference, isLink }) => [kind, reference, isLink])).toEqual([
      ['reference', '/ana/attic', true],
      ['reference', undefined, true],
      ['reference', '/ana/attic', true]
    ])
  })

  test('cells come for the asked columns in their order, empty for one that is not there', () => {
    const table = new DropTable([makeDrop('a', { x: 1, y: 2 })])
    expect(textsOf(table, ['elems.y', 'nothing', 'elems.x'])).toEqual([['2', '', '1']])
  })

  test('drops of several flows are merged into one order, which sorting by nothing gives back', () => {
    const table = new DropTable(
      [
        makeDrop('old', {}, { creationDate: 1, flowId: 'f1' }),
        makeDrop('young', {}, { creationDate: 3, flowId: 'f1' }),
        makeDrop('middle', {}, { creationDate: 2, flowId: 'f2' })
      ],
      {},
      { columnId: 'creationDate', direction: 'descending' }
    )
    expect(idsOf(table)).toEqual(['young', 'middle', 'old'])
    table.sort({ columnId: 'id', direction: 'ascending' })
    table.sort(null)
    expect(idsOf(table)).toEqual(['young', 'middle', 'old'])
    expect(table.keysAt([{ from: 1, to: 3 }], 10)).toEqual([
      { flowId: 'f2', dropId: 'middle' },
      { flowId: 'f1', dropId: 'old' }
    ])
  })

  test('the youngest drop has the least age', () => {
    const table = new DropTable([
      makeDrop('old', {}, { creationDate: NOW_MS - 90_000 }),
      makeDrop('young', {}, { creationDate: NOW_MS - 5000 })
    ])
    table.sort({ columnId: 'age', direction: 'ascending' })
    expect(textsOf(table, ['age'])).toEqual([['5 s'], ['1 min']])
  })

  test('text keeps all digits, one drop is an object, several are a list', () => {
    const table = new DropTable([makeDrop('a', { big: 9223372036854775807n }), makeDrop('b', {})])
    const one = table.text([{ from: 0, to: 1 }], 'elems', [], 1000)
    expect([one.text, one.isWhole]).toEqual(['{\n  "big": 9223372036854775807\n}', true])
    expect(JSON.parse(table.text([{ from: 0, to: 2 }], 'drops', [], 1000).text)).toHaveLength(2)
  })

  test('text that would be too long says that it is not whole', () => {
    const table = new DropTable([makeDrop('a', { t: 'x'.repeat(100) }), makeDrop('b', {})])
    expect(table.text([{ from: 0, to: 2 }], 'drops', [], 50)).toMatchObject({ dropCount: 0, isWhole: false })
  })

  test('text as a table cannot be broken by tabs and line breaks in a value', () => {
    const table = new DropTable([makeDrop('a', { t: 'one\ttwo\nthree' })])
    expect(table.text([{ from: 0, to: 1 }], 'cells', ['elems.t', 'id'], 1000).text).toBe(
      't\tid\none two three\ta'
    )
  })
})
