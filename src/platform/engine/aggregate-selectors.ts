/**
 * The words of an aggregation request (platform protocol, "Aggregation"), read into plain data. A selector keeps its
 * literal text: it is the key of its value in the rows.
 */
export type OutputSelector =
  | { readonly kind: 'count'; readonly text: string }
  | { readonly kind: FoldName; readonly text: string; readonly field: string }
  | { readonly kind: 'distance'; readonly text: string; readonly rule: string }

export type GroupSelector =
  | { readonly kind: 'field'; readonly text: string; readonly field: string }
  | { readonly kind: 'datePart'; readonly text: string; readonly part: DatePart; readonly field: string }
  | { readonly kind: 'distance'; readonly text: string; readonly rule: string }

export interface SortSelector {
  /** The groupBy or output entry that is meant, as it stands in the rows. */
  readonly text: string
  readonly isDescending: boolean
}

export const FOLD_NAMES = ['sum', 'avg', 'min', 'max', 'unique', 'all'] as const
export type FoldName = (typeof FOLD_NAMES)[number]

export const DATE_PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
export type DatePart = (typeof DATE_PARTS)[number]

/** The date that a date part is taken from when the selector names none. */
const DEFAULT_DATE_FIELD = 'creationDate'

/** What to write instead, for sentences about an unknown selector. */
export const KNOWN_OUTPUTS = `$count, ${FOLD_NAMES.map((name) => `$${name}:field`).join(', ')} and $distance:rule`
export const KNOWN_GROUPS = `a field, a rule, ${DATE_PARTS.map((part) => `$${part}`).join(', ')} (each also as $part:dateField) and $distance:rule`

/** An entry of `output`; undefined when it is no selector. */
export function readOutputSelector(text: string): OutputSelector | undefined {
  if (text === '$count') return { kind: 'count', text }
  const rule = distanceRule(text)
  if (rule !== undefined) return { kind: 'distance', text, rule }
  const { name, field } = split(text)
  const fold = FOLD_NAMES.find((known) => `$${known}` === name)
  return fold === undefined || field === undefined || !isField(field)
    ? undefined
    : { kind: fold, text, field }
}

/**
 * An entry of `groupBy`; undefined when it is no selector.
 *
 * `distance:x` without its `$` is a distance only if there is a rule `x`, else an element of that name.
 */
export function readGroupSelector(
  text: string,
  hasRule: (name: string) => boolean
): GroupSelector | undefined {
  const rule = distanceRule(text)
  if (rule !== undefined && (text.startsWith('$') || hasRule(rule))) return { kind: 'distance', text, rule }
  if (!text.startsWith('$')) return isField(text) ? { kind: 'field', text, field: text } : undefined
  const { name, field = DEFAULT_DATE_FIELD } = split(text)
  const part = DATE_PARTS.find((known) => `$${known}` === name)
  return part === undefined || !isField(field) ? undefined : { kind: 'datePart', text, part, field }
}

/**
 * An entry of `sorts`: one of `entries`, or that followed by `:asc` or `:desc`; undefined when it is neither.
 *
 * A distance is found with and without its `$`.
 */
export function readSortSelector(text: string, entries: readonly string[]): SortSelector | undefined {
  const exact = findEntry(text, entries)
  if (exact !== undefined) return { text: exact, isDescending: false }
  const direction = /:(asc|desc)$/.exec(text)?.[1]
  if (direction === undefined) return undefined
  const entry = findEntry(text.slice(0, -direction.length - 1), entries)
  return entry === undefined ? undefined : { text: entry, isDescending: direction === 'desc' }
}

/** The rule of `$distance:rule` or `distance:rule`; undefined for any other text. */
export const distanceRule = (text: string): string | undefined => /^\$?distance:(.+)$/s.exec(text)?.[1]

function findEntry(text: string, entries: readonly string[]): string | undefined {
  const rule = distanceRule(text)
  return entries.find((entry) => entry === text || (rule !== undefined && distanceRule(entry) === rule))
}

function split(text: string): { name: string; field?: string } {
  const colon = text.indexOf(':')
  return colon === -1 ? { name: text } : { name: text.slice(0, colon), field: text.slice(colon + 1) }
}

/** Names are segments joined by dots; `elems.$x` reaches an element whose name begins like a selector. */
const isField = (name: string): boolean => name.split('.').every((segment) => segment !== '')
