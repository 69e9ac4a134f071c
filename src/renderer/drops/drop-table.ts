import type { ChartPoints } from '../charts/points.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { formatAge } from '../ui/moment.ts'
import type { TimeZone } from '../ui/moment.ts'
import { cellKind, cellText } from './cells.ts'
import type { CellKind } from './cells.ts'
import { CELL_CHARACTERS, cutText } from './cut-text.ts'
import { referenceLabel, referenceOf } from './references.ts'
import type { References } from './references.ts'
import { AGE_COLUMN, findColumns } from './table-columns.ts'
import type { Column, ColumnData } from './table-columns.ts'
import { tableDrops } from './table-drop.ts'
import { tablePoints } from './table-points.ts'
import type { TableDrop } from './table-drop.ts'

export interface Cell {
  readonly kind: CellKind
  readonly text: string
  /** How long the whole text is, when `text` is only its beginning. */
  readonly wholeCharacters?: number
  /** What the id of the cell is called, where the platform told. */
  readonly reference?: string
  /** Whether the cell leads somewhere. */
  readonly isLink?: boolean
}

export interface TableRow {
  readonly dropId: string
  readonly flowId: string
  /** One a column, in their order. */
  readonly cells: readonly Cell[]
  readonly createdAtMs?: number
  readonly isMissing?: boolean
}

export interface Sorting {
  readonly columnId: string
  readonly direction: 'ascending' | 'descending'
}

/** Places from `from` (included) to `to` (excluded). */
export interface PlaceRange {
  readonly from: number
  readonly to: number
}

/** Drops as a table: columns found from their elements, any of them sortable, rows given out by place. */
export class DropTable {
  readonly #drops: readonly TableDrop[]
  readonly #columns: readonly ColumnData[]
  readonly #references: References
  /** Element names for which there was no column left. */
  readonly leftOutColumns: number
  #order: Uint32Array

  /** With `mergeBy` the order of the values is made here: they are those of several flows, one flow after the other. */
  constructor(values: readonly unknown[], references: References = {}, mergeBy?: Sorting) {
    this.#drops = tableDrops(values)
    this.#references = references
    const found = findColumns(this.#drops)
    this.#columns = found.columns
    this.leftOutColumns = found.leftOut
    this.#order = Uint32Array.from(this.#drops, (_drop, index) => index)
    if (mergeBy === undefined) return
    this.sort(mergeBy)
    this.#drops = this.#dropsAt([{ from: 0, to: this.rowCount }])
    this.sort(null)
  }

  get rowCount(): number {
    return this.#drops.length
  }

  get drops(): readonly TableDrop[] {
    return this.#drops
  }

  get columns(): readonly Column[] {
    return this.#columns.map(({ id, label, kind, presentDrops, widestCharacters, isExtra }) => ({
      id,
      label,
      kind,
      presentDrops,
      widestCharacters,
      isExtra
    }))
  }

  /** Sorts by a column; null gives the order of the answer back. Missing values are last in both directions. */
  sort(sorting: Sorting | null): void {
    const column = this.#columns.find(({ id }) => id === sorting?.columnId)
    const order = Array.from(this.#drops.keys())
    if (sorting !== null && column !== undefined) {
      const keys = this.#drops.map((drop) => sortKey(column.valueOf(drop)))
      // The later a drop was made, the less its age.
      const isTurned = (sorting.direction === 'descending') !== (column.id === AGE_COLUMN)
      const sign = isTurned ? -1 : 1
      order.sort((left, right) => compareKeys(keys[left], keys[right], sign) || left - right)
    }
    this.#order = Uint32Array.from(order)
  }

  /**
   * Rows `from` (included) to `to` (excluded), with cells for `columnIds` or for all columns; places beyond the end are left
   * out.
   */
  rows(
    from: number,
    to: number,
    timeZone: TimeZone,
    nowMs: number,
    columnIds: readonly string[] = this.#columns.map(({ id }) => id)
  ): TableRow[] {
    const byId = new Map(this.#columns.map((column) => [column.id, column]))
    const columns = columnIds.map((id) => byId.get(id))
    return this.#dropsAt([{ from, to }]).map((drop) => ({
      dropId: drop.id,
      flowId: typeof drop.flowId === 'string' ? drop.flowId : '',
      cells: columns.map((column) =>
        column === undefined ? EMPTY_CELL : this.#cell(column, drop, timeZone, nowMs)
      ),
      ...(typeof drop.creationDate === 'number' ? { createdAtMs: drop.creationDate } : {}),
      ...(drop.isMissing === true ? { isMissing: true } : {})
    }))
  }

  /** The drop of this id; of those of several flows, the one of `flowId`. */
  dropOf(dropId: string): TableDrop | undefined {
    return this.#drops.find(({ id }) => id === dropId)
  }

  /** The value of a drop in a column; undefined when it has none, or when there is no such column. */
  valueAt(drop: TableDrop, columnId: string): unknown {
    return this.#columns.find(({ id }) => id === columnId)?.valueOf(drop)
  }

  /** The values of some columns over the time at which the drops were made. */
  points(columnIds: readonly string[]): ChartPoints {
    return tablePoints(
      this.#drops,
      columnIds.map((columnId) => (drop: TableDrop) => this.valueAt(drop, columnId))
    )
  }

  get references(): References {
    return this.#references
  }

  /** The place of a drop in the present order, or -1. */
  placeOf(dropId: string): number {
    return this.#order.findIndex((index) => this.#drops[index]?.id === dropId)
  }

  /** Where the drops of some places are; at most `limit` of them. Rows of missing drops are left out. */
  keysAt(ranges: readonly PlaceRange[], limit: number): { flowId: string; dropId: string }[] {
    return this.#dropsAt(ranges, limit)
      .filter(({ isMissing }) => isMissing !== true)
      .map(({ id, flowId }) => ({ flowId: typeof flowId === 'string' ? flowId : '', dropId: id }))
  }

  /**
   * The drops of some places as text: whole, their elements alone, or the cells of some columns separated by tabs under a line
   * of titles. Ends before `maxCharacters` and says how many drops are in it.
   */
  text(
    ranges: readonly PlaceRange[],
    form: 'drops' | 'elems' | 'cells',
    columnIds: readonly string[],
    maxCharacters: number
  ): { readonly text: string; readonly dropCount: number; readonly isWhole: boolean } {
    const byId = new Map(this.#columns.map((column) => [column.id, column]))
    const columns = columnIds.flatMap((id) => byId.get(id) ?? [])
    const lines = form === 'cells' ? [columns.map(({ label }) => label).join('\t')] : []
    let characters = lines[0]?.length ?? 0
    let dropCount = 0
    const drops = this.#dropsAt(ranges).filter(({ isMissing }) => isMissing !== true)
    for (const drop of drops) {
      const line =
        form === 'cells'
          ? columns.map(({ valueOf }) => tabText(valueOf(drop))).join('\t')
          : writeJson(form === 'drops' ? drop : drop.elems, 2)
      if (characters + line.length > maxCharacters) break
      characters += line.length + 2
      lines.push(line)
      dropCount += 1
    }
    const isWhole = dropCount === drops.length
    if (form === 'cells') return { text: lines.join('\n'), dropCount, isWhole }
    // One drop is an object as it stands in the editor, several are a list.
    const text = dropCount === 1 && isWhole ? (lines[0] ?? '') : `[\n${lines.join(',\n')}\n]`
    return { text, dropCount, isWhole }
  }

  #dropsAt(ranges: readonly PlaceRange[], limit = Infinity): TableDrop[] {
    const drops: TableDrop[] = []
    for (const { from, to } of ranges) {
      const end = Math.min(to, this.#order.length)
      for (let place = Math.max(0, from); place < end && drops.length < limit; place++) {
        const drop = this.#drops[this.#order[place] ?? 0]
        if (drop !== undefined) drops.push(drop)
      }
    }
    return drops
  }

  #cell(column: ColumnData, drop: TableDrop, timeZone: TimeZone, nowMs: number): Cell {
    const value = column.valueOf(drop)
    if (column.id === AGE_COLUMN) {
      return typeof drop.creationDate === 'number'
        ? { kind: 'date', text: formatAge(drop.creationDate, nowMs) }
        : EMPTY_CELL
    }
    const { decimals } = column
    const format = { timeZone, nowMs, ...(decimals === undefined ? {} : { decimals }) }
    const cell = makeCell(cellKind(value), cellText(value, format))
    const found =
      typeof value === 'string' || typeof value === 'object'
        ? referenceOf(value, this.#references)
        : undefined
    if (found === undefined) return cell
    const reference = referenceLabel(found.id, this.#references)
    return {
      kind: 'reference',
      text: cutText(found.id),
      ...(reference === undefined ? {} : { reference: cutText(reference) }),
      isLink: found.target !== undefined
    }
  }
}

const EMPTY_CELL: Cell = { kind: 'none', text: '' }

function makeCell(kind: CellKind, whole: string): Cell {
  const text = cutText(whole)
  return whole.length > CELL_CHARACTERS ? { kind, text, wholeCharacters: whole.length } : { kind, text }
}

/** Tabs and line breaks inside a value would begin another cell or row. */
const tabText = (value: unknown): string => {
  const plain = isTypedValue(value) ? value.value : value
  if (cellKind(value) === 'date' && typeof plain === 'number' && Math.abs(plain) <= 8.64e15) {
    return new Date(plain).toISOString()
  }
  return cellText(value, { timeZone: 'UTC', nowMs: 0 }).replaceAll(/[\t\r\n]+/g, ' ')
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
