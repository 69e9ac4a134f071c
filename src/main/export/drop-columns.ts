import { canonicalElements } from '../../shared/model/element-encoding.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import { writeJson } from '../../shared/wire/json.ts'

/** A drop of an answer with types, as far as a row of a table needs it. */
export type ExportedDrop = Readonly<Record<string, unknown>>

/** The members of a drop that are columns, before and after its elements. */
const MEMBERS_BEFORE = ['id', 'path', 'creationDate'] as const
const MEMBERS_AFTER = ['location', 'fhash', 'version', 'lastEditDate'] as const
const DATES: ReadonlySet<string> = new Set(['creationDate', 'lastEditDate'])
const ELEMENT_PREFIX = 'elems.'

/** Every column that drops with these elements can have, by id. */
export const allColumns = (elementNames: Iterable<string>): string[] => [
  ...MEMBERS_BEFORE,
  ...[...elementNames].map((name) => ELEMENT_PREFIX + name),
  ...MEMBERS_AFTER
]

/** Column titles: an element has its own name, unless a member of the drop is called the same. */
export function columnTitles(columns: readonly string[]): string[] {
  const members: ReadonlySet<string> = new Set([...MEMBERS_BEFORE, ...MEMBERS_AFTER])
  return columns.map((id) => {
    const name = elementName(id)
    return name === undefined || members.has(name) ? id : name
  })
}

/** The name of the element that a column shows; undefined for a member of the drop. */
export const elementName = (columnId: string): string | undefined =>
  columnId.startsWith(ELEMENT_PREFIX) ? columnId.slice(ELEMENT_PREFIX.length) : undefined

/** A drop with its elements unwrapped where plain JSON says the same. */
export function withCanonicalElements(drop: ExportedDrop): ExportedDrop {
  const outcome = canonicalElements(drop['elems'] ?? {})
  return outcome.kind === 'canonical' ? { ...drop, elems: outcome.elems } : drop
}

/**
 * The texts of one row. Numbers keep their digits, dates are ISO 8601 in UTC, places are `lat, lon`, lists and maps are
 * JSON, what is missing is empty. With `isFormulaSafe`, a text that a spreadsheet would run as a formula (it begins with
 * `=`, `+`, `-`, `@`, a tab or a line break) gets a `'` in front; numbers never do.
 */
export function rowTexts(drop: ExportedDrop, columns: readonly string[], isFormulaSafe: boolean): string[] {
  const elems = (drop['elems'] ?? {}) as Readonly<Record<string, unknown>>
  return columns.map((id) => {
    const name = elementName(id)
    const source = name === undefined ? drop : elems
    const member = name ?? id
    const value = Object.hasOwn(source, member) ? source[member] : undefined
    if (name === undefined && DATES.has(id)) return dateText(value)
    return valueText(value, isFormulaSafe)
  })
}

const FORMULA_START = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

function valueText(value: unknown, isFormulaSafe: boolean): string {
  if (value === undefined || value === null) return ''
  if (isTypedValue(value)) {
    if (value.type === 'date') return dateText(value.value)
    return valueText(value.value, isFormulaSafe)
  }
  if (typeof value === 'string') {
    return isFormulaSafe && FORMULA_START.test(value) ? `'${value}` : value
  }
  if (typeof value !== 'object') return String(value as number | bigint | boolean)
  const { lat, lon } = value as { lat?: unknown; lon?: unknown }
  const names = Object.keys(value)
  if (typeof lat === 'number' && typeof lon === 'number' && names.length === 2) {
    return `${String(lat)}, ${String(lon)}`
  }
  return writeJson(value)
}

/** A number that is no date stays the number. */
function dateText(value: unknown): string {
  if (typeof value !== 'number') return value === undefined ? '' : String(value as string)
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString()
}
