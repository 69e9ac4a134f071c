import type { Clock } from '../../shared/clock.ts'
import type { SubjectKind } from '../../shared/filter/index.ts'
import { filterDistance, filterPredicate, sortKey } from '../filters.ts'
import { encodeRow } from './encoding.ts'
import type { Found, Query, Row, RowSource, Subject } from './query.ts'
import { selectRows } from './query.ts'

/**
 * Answers a query from rows: filter, order, page, encoding. The same code for every store, on whichever
 * thread it reads.
 *
 * @throws AnswerTooLarge
 */
export const answerQuery = (source: RowSource, query: Query, kind: SubjectKind, clock: Clock): Found =>
  answerOf(findRows(source, query, kind, clock), query)

/** As `answerQuery`, from rows of which the filter is known to hold. */
export const answerMatching = (source: RowSource, query: Query, kind: SubjectKind, clock: Clock): Found =>
  answerOf(selectRows(source, query, { ...subjectOf(query, kind, clock), matches: undefined }), query)

function answerOf(selected: readonly Row[], query: Query): Found {
  const texts = selected.map((row) => encodeRow(row, query.encoding, query.only))
  return {
    bodyText: `[${texts.join(',')}]`,
    count: selected.length,
    mentioned: query.refs ? [...new Set(selected.flatMap((row) => mentionedIn(row.value)))] : []
  }
}

/**
 * The rows that a query asks for, in its order.
 *
 * @throws AnswerTooLarge
 */
export const findRows = (source: RowSource, query: Query, kind: SubjectKind, clock: Clock): Row[] =>
  selectRows(source, query, subjectOf(query, kind, clock))

function subjectOf(query: Query, kind: SubjectKind, clock: Clock): Subject {
  const filter = query.filter ?? ''
  const distance = query.order === 'geo' ? filterDistance(filter, kind) : undefined
  return {
    key: sortKey(query.sort, kind),
    matches: filter.trim() === '' ? undefined : filterPredicate(filter, kind, clock),
    ...(distance === undefined ? {} : { distance })
  }
}

type Value = Readonly<Record<string, unknown>>

const MENTIONING = [
  'flowId',
  'creatorId',
  'lastEditorId',
  'memberIds',
  'groupIds',
  'issuedBy',
  'issuedTo',
  'tokenId',
  'reportFlowId',
  'source',
  'destination',
  'path'
] as const

/** Every id and flow path that an object names (platform protocol, "References"). */
export function mentionedIn(value: Value): string[] {
  return MENTIONING.flatMap((name) => value[name]).filter((mention) => typeof mention === 'string')
}
