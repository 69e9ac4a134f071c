import { compareElementValues } from '../../shared/model/element-encoding.ts'
import type { ElementValue } from '../../shared/model/elements.ts'
import type { JsonText } from '../json-text.ts'
import type { Encoding } from './encoding.ts'

/** What a find asks for, after its parameters were checked. Plain data: it crosses into the reader worker. */
export interface Query {
  /** Text of a filter that is known to parse; left out for "everything". */
  readonly filter?: string
  readonly start: number
  readonly limit: number
  /** A member's name, dots walk into maps. */
  readonly sort: string
  readonly order: 'asc' | 'desc' | 'geo'
  /** The members to answer; left out for all. `id` is always answered. */
  readonly only?: readonly string[]
  readonly encoding: Encoding
  /** Whether the ids that the answered objects mention are wanted too. */
  readonly refs: boolean
}

export const DEFAULT_LIMIT = 20
/** Larger limits are clamped: a flow keeps no more drops than this (platform protocol, "Request parameters"). */
export const MAX_LIMIT = 100_000
export const DEFAULT_SORT = 'creationDate'

/** What a find answers. */
export interface Found {
  /** A JSON array of the objects, encoded as the query asked. */
  readonly bodyText: JsonText
  readonly count: number
  /** The ids and paths that the objects mention; empty unless the query asked for references. */
  readonly mentioned: readonly string[]
}

/** An object as a find looks at it. `value` may cost a parse, so it is asked for only when it is needed. */
export interface Row {
  readonly id: string
  readonly text: string
  /** Whether `text` is the plain encoding as it stands. */
  readonly isPlain: boolean
  readonly value: Readonly<Record<string, unknown>>
}

/** How a find reads members and filters; made once a query. */
export interface Subject {
  /** What rows are sorted by; undefined when a row has no such member. */
  readonly key: (value: Readonly<Record<string, unknown>>) => unknown
  readonly matches: ((value: Readonly<Record<string, unknown>>) => boolean) | undefined
  /** The distance by which `order=geo` sorts, when the filter has a WITHIN. */
  readonly distance?: (value: Readonly<Record<string, unknown>>) => number | undefined
}

/** Rows by creation, oldest or newest first, without the first `skip`. */
export type RowSource = (isAscending: boolean, skip: number) => Iterable<Row>

/** The most text that one answer may hold: well below the longest string of the engine (512 Mi units). */
export const MAX_ANSWER_LENGTH = 200 * 1024 * 1024

/** Thrown when a find would answer more than `MAX_ANSWER_LENGTH`. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'
}

/**
 * Picks the rows that a query asks for.
 *
 * The default sort needs no sorting and stops as soon as the page is full. Ties on the sort key break by id
 * in the same direction, rows without the key go last. (Platform protocol, "Request parameters".)
 */
export function selectRows(source: RowSource, query: Query, subject: Subject): Row[] {
  const isGeo = query.order === 'geo' && subject.distance !== undefined
  if (query.sort === DEFAULT_SORT && !isGeo) return selectInCreationOrder(source, query, subject)
  const matching: { row: Row; key: unknown }[] = []
  const size = new AnswerSize()
  for (const row of source(true, 0)) {
    if (subject.matches?.(row.value) === false) continue
    size.add(row)
    matching.push({
      row,
      key: (isGeo ? subject.distance?.(row.value) : subject.key(row.value)) ?? undefined
    })
  }
  const direction = isGeo || query.order === 'asc' ? 1 : -1
  matching.sort((a, b) => {
    if (a.key === undefined || b.key === undefined) {
      if (a.key !== b.key) return a.key === undefined ? 1 : -1
    } else {
      const byKey = compareElementValues(a.key as ElementValue, b.key as ElementValue)
      if (byKey !== 0) return byKey * direction
    }
    return a.row.id < b.row.id ? -direction : a.row.id > b.row.id ? direction : 0
  })
  return matching.slice(query.start, query.start + query.limit).map(({ row }) => row)
}

function selectInCreationOrder(source: RowSource, query: Query, subject: Subject): Row[] {
  const selected: Row[] = []
  if (query.limit === 0) return selected
  const { matches } = subject
  const size = new AnswerSize()
  let toSkip = matches === undefined ? 0 : query.start
  for (const row of source(query.order === 'asc', matches === undefined ? query.start : 0)) {
    if (matches?.(row.value) === false) continue
    if (toSkip > 0) {
      toSkip -= 1
      continue
    }
    size.add(row)
    selected.push(row)
    if (selected.length === query.limit) break
  }
  return selected
}

class AnswerSize {
  private length = 0

  add(row: Row): void {
    this.length += row.text.length
    if (this.length > MAX_ANSWER_LENGTH) throw new AnswerTooLarge()
  }
}
