import { canonicalElements } from '../../shared/model/element-encoding.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import { cellKind, cellText, decimalsOf } from './cells.ts'
import type { CellKind } from './cells.ts'
import { CELL_CHARACTERS, cutText } from './cut-text.ts'
import type { TimeZone } from '../ui/moment.ts'

export interface Column {
  /** `creationDate`, `location`, `fhash`, or `elems.` and the element's name. */
  readonly id: string
  readonly label: string
  /** The kind that all values share; `text` when they differ. */
  readonly kind: CellKind
  /** Drops that have a value here. */
  readonly presentDrops: number
  /** The longest text among the first rows, in characters: the window makes a width of it. */
  readonly widestCharacters: number
}

export interface Cell {
  readonly kind: CellKind
  readonly text: string
  /** How long the whole text is, when `text` is only its beginning. */
  readonly wholeCharacters?: number
}

export interface TableRow {
  readonly dropId: string
  /** One a column, in their order. */
  readonly cells: readonly Cell[]
}

export interface Sorting {
  readonly columnId: string
  readonly direction: 'ascending' | 'descending'
}

export interface TableDrop {
  readonly id: string
  readonly elems: Readonly<Record<string, unknown>>
  readonly creationDate?: unknown
  readonly location?: unknown
  readonly fhash?: unknown
}

interface ColumnData extends Column {
  readonly decimals: number | undefined
  readonly valueOf: (drop: TableDrop) => unknown
}

/** Drops with thousands of different element names exist; a table of more columns than this helps nobody. */
export const MAX_COLUMNS = 200
/** Rows that are measured for the width of a column. */
const MEASURED_ROWS = 200

/** Drops as a table: columns found from their elements, any of them sortable, rows given out by place. */
export class DropTable {
  readonly #drops: readonly TableDrop[]
  readonly #columns: readonly ColumnData[]
  /** Element names for which there was no column left. */
  readonly leftOutColumns: number
  #order: Uint32Array

  constructor(values: readonly unknown[]) {
    this.#drops = values.filter(isTableDrop).map(canonicalDrop)
    const found = findColumns(this.#drops)
    this.#columns = found.columns
    this.leftOutColumns = found.leftOut
    this.#order = Uint32Array.from(this.#drops, (_drop, index) => index)
  }

  get rowCount(): number {
    return this.#drops.length
  }

  get drops(): readonly unknown[] {
    return this.#drops
  }

  get columns(): readonly Column[] {
    return this.#columns.map(({ id, label, kind, presentDrops, widestCharacters }) => ({
      id,
      label,
      kind,
      presentDrops,
      widestCharacters
    }))
  }

  /** Sorts by a column; null gives the order of the answer back. Missing values are last in both directions. */
  sort(sorting: Sorting | null): void {
    const column = this.#columns.find(({ id }) => id === sorting?.columnId)
    const order = Array.from(this.#drops.keys())
    if (sorting !== null && column !== undefined) {
      const keys = this.#drops.map((drop) => sortKey(column.valueOf(drop)))
      const sign = sorting.direction === 'ascending' ? 1 : -1
      order.sort((left, right) => compareKeys(keys[left], keys[right], sign) || left - right)
    }
    this.#order = Uint32Array.from(order)
  }

  /** Rows `from` (included) to `to` (excluded); places beyond the end are left out. */
  rows(from: number, to: number, timeZone: TimeZone, nowMs: number): TableRow[] {
    const rows: TableRow[] = []
    for (let place = Math.max(0, from); place < Math.min(to, this.#order.length); place++) {
      const drop = this.#drops[this.#order[place] ?? 0]
      if (drop === undefined) continue
      const cells = this.#columns.map((column) => {
        const value = column.valueOf(drop)
        const { decimals } = column
        const format = { timeZone, nowMs, ...(decimals === undefined ? {} : { decimals }) }
        return makeCell(cellKind(value), cellText(value, format))
      })
      rows.push({ dropId: drop.id, cells })
    }
    return rows
  }

  dropOf(dropId: string): TableDrop | undefined {
    return this.#drops.find(({ id }) => id === dropId)
  }

  /** The value of a drop in a column; undefined when it has none, or when there is no such column. */
  valueAt(drop: TableDrop, columnId: string): unknown {
    return this.#columns.find(({ id }) => id === columnId)?.valueOf(drop)
  }

  /** The place of a drop in the present order, or -1. */
  placeOf(dropId: string): number {
    return this.#order.findIndex((index) => this.#drops[index]?.id === dropId)
  }
}

function makeCell(kind: CellKind, whole: string): Cell {
  const text = cutText(whole)
  return whole.length > CELL_CHARACTERS ? { kind, text, wholeCharacters: whole.length } : { kind, text }
}

const isTableDrop = (value: unknown): value is TableDrop => {
  if (typeof value !== 'object' || value === null) return false
  const { id, elems } = value as { id?: unknown; elems?: unknown }
  return typeof id === 'string' && typeof elems === 'object' && elems !== null
}

/** Types whose value says the same without its wrapper. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['string', 'boolean', 'integer', 'long', 'float'])

/**
 * Drops come with the types of their elements; the wrappers stay only where plain JSON could not tell them. Flat drops,
 * the most by far, take a way of their own: 100,000 of them are unwrapped before a person notices.
 */
function canonicalDrop(drop: TableDrop): TableDrop {
  const elems: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const name of Object.keys(drop.elems)) {
    const value = drop.elems[name]
    if (typeof value !== 'object' || value === null) elems[name] = value
    else if (!isTypedValue(value)) return canonicalTree(drop)
    else if (PLAIN_TYPES.has(value.type)) elems[name] = value.value
    else if (typeof value.value !== 'object' || value.type === 'location') elems[name] = value
    else return canonicalTree(drop)
  }
  return { ...drop, elems }
}

/** Lists, sets and maps: wrappers may stand at any depth. */
function canonicalTree(drop: TableDrop): TableDrop {
  const outcome = canonicalElements(drop.elems)
  return outcome.kind === 'canonical' ? { ...drop, elems: outcome.elems } : drop
}

function findColumns(drops: readonly TableDrop[]): { columns: ColumnData[]; leftOut: number } {
  const names = new Set<string>()
  for (const drop of drops) for (const name of Object.keys(drop.elems)) names.add(name)
  const shown = [...names].slice(0, MAX_COLUMNS)
  const own = (drop: TableDrop, name: string): unknown =>
    Object.hasOwn(drop.elems, name) ? drop.elems[name] : undefined
  const columns = [
    measure('creationDate', 'Created', drops, ({ creationDate }) =>
      typeof creationDate === 'number' ? { type: 'date', value: creationDate } : undefined
    ),
    ...shown.map((name) => measure(`elems.${name}`, name, drops, (drop) => own(drop, name))),
    measure('location', 'location', drops, ({ location }) => location),
    measure('fhash', 'fhash', drops, ({ fhash }) => fhash)
  ]
  const present = columns.filter(({ id, presentDrops }) => id === 'creationDate' || presentDrops > 0)
  return { columns: present, leftOut: names.size - shown.length }
}

function measure(
  id: string,
  label: string,
  drops: readonly TableDrop[],
  valueOf: (drop: TableDrop) => unknown
): ColumnData {
  let kind: CellKind = 'none'
  let decimals: number | undefined = 0
  let presentDrops = 0
  for (const drop of drops) {
    const value = valueOf(drop)
    const itsKind = cellKind(value)
    if (itsKind === 'none') continue
    presentDrops += 1
    kind = kind === 'none' || kind === itsKind ? itsKind : 'text'
    if (itsKind === 'number' && decimals !== undefined) {
      const plain = isTypedValue(value) ? value.value : value
      const itsDecimals = decimalsOf(plain as number | bigint)
      decimals = itsDecimals === undefined ? undefined : Math.max(decimals, itsDecimals)
    }
  }
  const format = { timeZone: 'UTC', nowMs: 0, ...(decimals === undefined ? {} : { decimals }) } as const
  let widestCharacters = label.length
  for (const drop of drops.slice(0, MEASURED_ROWS)) {
    widestCharacters = Math.max(widestCharacters, cutText(cellText(valueOf(drop), format)).length)
  }
  return { id, label, kind, presentDrops, widestCharacters, decimals, valueOf }
}

type SortKey = number | bigint | string | undefined

function sortKey(value: unknown): SortKey {
  const plain = isTypedValue(value) ? value.value : value
  switch (cellKind(value)) {
    case 'none':
      return undefined
    case 'number':
    case 'date':
      return plain as number | bigint
    case 'boolean':
      return plain === true ? 1 : 0
    default:
      return cellText(value, { timeZone: 'UTC', nowMs: 0 })
  }
}

/** Numbers before texts; a number and a bigint compare by value; missing last, whatever the direction. */
function compareKeys(left: SortKey, right: SortKey, sign: number): number {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? 1 : -1
  }
  const isLeftText = typeof left === 'string'
  const isRightText = typeof right === 'string'
  if (isLeftText !== isRightText) return sign * (isLeftText ? 1 : -1)
  return left < right ? -sign : left > right ? sign : 0
}
