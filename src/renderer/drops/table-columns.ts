import { isTypedValue } from '../../shared/model/elements.ts'
import { cellKind, cellText, decimalsOf } from './cells.ts'
import type { CellKind } from './cells.ts'
import { cutText } from './cut-text.ts'
import type { TableDrop } from './table-drop.ts'

export interface Column {
  /** `creationDate`, `location`, `fhash`, `id` …, or `elems.` and the element's name. */
  readonly id: string
  readonly label: string
  /** The kind that all values share; `text` when they differ. */
  readonly kind: CellKind
  /** Drops that have a value here. */
  readonly presentDrops: number
  /** The longest text among the first rows, in characters: the window makes a width of it. */
  readonly widestCharacters: number
  /** Shown only when a person asks for it. */
  readonly isExtra: boolean
}

export interface ColumnData extends Column {
  readonly decimals: number | undefined
  readonly valueOf: (drop: TableDrop) => unknown
}

/** Drops with thousands of different element names exist; a choice of more columns than this helps nobody. */
export const MAX_COLUMNS = 400
/** Elements that are shown without being asked for: a row of more cells is drawn too slowly to scroll through. */
export const MAX_FIRST_COLUMNS = 40
/** Rows that are measured for the width of a column. */
const MEASURED_ROWS = 200
/** An age is short, whatever it counts. */
const AGE_CHARACTERS = 6

export const AGE_COLUMN = 'age'
export const FLOW_COLUMN = 'path'
export const ID_COLUMN = 'id'

/** Columns that are found in drops, the usual ones first; `leftOut` counts the element names that got none. */
export function findColumns(drops: readonly TableDrop[]): {
  readonly columns: readonly ColumnData[]
  readonly leftOut: number
} {
  const names = new Set<string>()
  for (const drop of drops) for (const name of Object.keys(drop.elems)) names.add(name)
  const shown = [...names].slice(0, MAX_COLUMNS)
  const own = (drop: TableDrop, name: string): unknown =>
    Object.hasOwn(drop.elems, name) ? drop.elems[name] : undefined
  const top = (name: string) => (drop: TableDrop) => (drop as unknown as Record<string, unknown>)[name]
  const date = (name: string) => (drop: TableDrop) => {
    const value = top(name)(drop)
    return typeof value === 'number' ? { type: 'date', value } : undefined
  }
  const usual = [
    measure('creationDate', 'Created', drops, date('creationDate')),
    ...shown.map((name, place) =>
      measure(`elems.${name}`, name, drops, (drop) => own(drop, name), place >= MAX_FIRST_COLUMNS)
    ),
    measure('location', 'location', drops, ({ location }) => location),
    measure('fhash', 'fhash', drops, ({ fhash }) => fhash)
  ]
  const extra = [
    measure(ID_COLUMN, 'id', drops, ({ id }) => id, true),
    { ...measure(AGE_COLUMN, 'Age', drops, date('creationDate'), true), widestCharacters: AGE_CHARACTERS },
    measure(FLOW_COLUMN, 'Flow', drops, ({ path }) => path, true),
    measure('flowId', 'flowId', drops, ({ flowId }) => flowId, true),
    measure('version', 'version', drops, top('version'), true),
    measure('lastEditDate', 'Edited', drops, date('lastEditDate'), true),
    measure('lastEditorId', 'lastEditorId', drops, top('lastEditorId'), true),
    measure('creatorId', 'creatorId', drops, top('creatorId'), true),
    measure('parentDropId', 'parentDropId', drops, top('parentDropId'), true)
  ]
  const columns = [...usual, ...extra].filter(
    ({ id, presentDrops }) => id === 'creationDate' || presentDrops > 0
  )
  return { columns, leftOut: names.size - shown.length }
}

function measure(
  id: string,
  label: string,
  drops: readonly TableDrop[],
  valueOf: (drop: TableDrop) => unknown,
  isExtra = false
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
  return { id, label, kind, presentDrops, widestCharacters, isExtra, decimals, valueOf }
}
