import { buildFilter, formatFilter } from '../../shared/filter/index.ts'
import type { BuiltFilter, FilterValue, FilterWords } from '../../shared/filter/index.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import { cellKind, cellText } from './cells.ts'
import type { ReferenceTarget } from './references.ts'

/** What can be made of the value in a cell. */
export interface CellFilters {
  /** The value as text, whole. */
  readonly text: string
  /** The filter that finds drops with this value; undefined when the language cannot say it. */
  readonly only?: string
  /** The filter that finds all others. */
  readonly without?: string
  /** What the value is an id of. */
  readonly target?: ReferenceTarget
}

/** A place is found again within this distance: two drops rarely share one to the last digit. */
const PLACE_RADIUS_KM = 10

/** The rules for a value in a column (`creationDate`, `elems.place` …); a missing value gives a rule for missing ones. */
export function cellFilters(columnId: string, value: unknown): CellFilters {
  const text = cellText(value, { timeZone: 'UTC', nowMs: 0 })
  try {
    const only = buildFilter((words) => ruleFor(words, columnId, value))
    const without = buildFilter((words) => words.NOT(ruleFor(words, columnId, value)))
    return { text, only: formatFilter(only), without: formatFilter(without).replace(/^NOT NOT /, '') }
  } catch (error) {
    // A name or a value outside the language.
    if (error instanceof TypeError) return { text }
    throw error
  }
}

function ruleFor({ member, EXISTS, NOT }: FilterWords, columnId: string, value: unknown): BuiltFilter {
  const word = member(columnId)
  const plain = isTypedValue(value) ? value.value : value
  switch (cellKind(value)) {
    case 'none':
      return NOT(EXISTS(word))
    case 'location': {
      const { lat, lon } = plain as { lat: number; lon: number }
      return word.WITHIN(PLACE_RADIUS_KM, 'KM', [lat, lon])
    }
    case 'date':
      return word.eq(new Date(plain as number))
    case 'list': {
      const entries = (plain as readonly unknown[]).filter(isFilterValue)
      return entries.length === 0 ? EXISTS(word) : word.CONTAINS(...entries)
    }
    case 'map':
      return EXISTS(word)
    case 'reference':
      return typeof plain === 'string' ? word.eq(plain) : EXISTS(word)
    default:
      return word.eq(plain as FilterValue)
  }
}

const isFilterValue = (value: unknown): value is FilterValue =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
