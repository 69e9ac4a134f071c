import { canonicalElements } from '../../shared/model/element-encoding.ts'
import { isTypedValue } from '../../shared/model/elements.ts'

/** A drop as a table keeps it: its elements canonical, their order as it came. */
export interface TableDrop {
  readonly id: string
  readonly elems: Readonly<Record<string, unknown>>
  readonly flowId?: unknown
  readonly path?: unknown
  readonly creationDate?: unknown
  readonly location?: unknown
  readonly fhash?: unknown
  /** Asked for by its id and not there: the row says so. */
  readonly isMissing?: boolean
}

/** The drops among the values of an answer. With `only` a platform may leave their elements out: they have none then. */
export const tableDrops = (values: readonly unknown[]): TableDrop[] =>
  values.filter(isTableDrop).map(canonicalDrop)

/** The row of an id that the platform does not know. */
export const missingDrop = (id: string): TableDrop => ({ id, elems: {}, isMissing: true })

const isTableDrop = (value: unknown): value is TableDrop => {
  if (typeof value !== 'object' || value === null) return false
  const { id, elems = {} } = value as { id?: unknown; elems?: unknown }
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
  const given = (drop as Partial<TableDrop>).elems ?? {}
  for (const name of Object.keys(given)) {
    const value = given[name]
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
