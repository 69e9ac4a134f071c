import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Clock } from '../../shared/clock.ts'
import type { HourCount } from '../engine/statistics.ts'
import { aggregateRows, type Aggregated } from './aggregate-rows.ts'
import { creationRange, EVERY_ID } from './creation-range.ts'
import type { IdRange } from './creation-range.ts'
import { answerQuery, findRows } from './find.ts'
import type { Found, Query, Row, RowSource } from './query.ts'
import { DEFAULT_SORT } from './query.ts'
import { LazyRow } from './rows.ts'
import type { FlowToRead } from './sqlite-store.ts'
import { dropOf, objectOf } from './sqlite-statements.ts'
import type { ObjectKind, ObjectScope, StoredDrop, StoredObject } from './store.ts'

/**
 * How much text of drops is kept parsed. Parsed drops take about three times their text; five full flows of
 * 300-byte drops fit.
 */
export const MAX_CACHED_TEXT = 40 * 1024 * 1024

/**
 * Of a part of a flow that holds no more drops than this, none are kept: to read and parse them takes some 20 ms, where a flow
 * that is not kept yet costs as much as all its drops.
 */
const FEW_DROPS = 10_000

/** Drops that are read at a time: little memory even when each is as large as it may be. */
const PAGE_DROPS = 256

type RowColumns = readonly [id: string, text: string, plain: number]

interface CachedFlow {
  generation: number
  /** In creation order; rows before `first` were trimmed. */
  rows: LazyRow[]
  first: number
  textLength: number
}

/**
 * Answers finds from a read-only connection. Flows that are searched with a filter or sorted are kept parsed,
 * up to `MAX_CACHED_TEXT`; the flow searched longest ago goes first. What was appended or trimmed since is
 * caught up with by id; a flow whose generation changed is read anew.
 */
export class SqliteReader {
  private readonly database: DatabaseSync
  private readonly statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>
  /** In the order of use, the least recent first. */
  private readonly cached = new Map<number, CachedFlow>()
  private cachedText = 0

  constructor(file: string) {
    this.database = new DatabaseSync(file, { readOnly: true, timeout: 2000 })
    this.database.exec('PRAGMA cache_size = -16384')
    this.statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, this.database.prepare(sql)])
    ) as Record<keyof typeof STATEMENTS, StatementSync>
    // Half the time of an object for each row.
    for (const name of ROW_STATEMENTS) this.statements[name].setReturnArrays(true)
  }

  /** @throws AnswerTooLarge */
  findDrops(flow: FlowToRead, query: Query, clock: Clock): Found {
    const range = creationRange(query.filter)
    const isWholeFlow = (query.filter ?? '').trim() !== '' || query.sort !== DEFAULT_SORT
    const isCached = isWholeFlow && !(range !== undefined && this.isFew(flow, range))
    const source = (isCached ? this.cachedRows(flow, range) : undefined) ?? this.storedRows(flow, range)
    return answerQuery(source, query, 'drop', clock)
  }

  private isFew({ number, floorId }: FlowToRead, range: IdRange): boolean {
    const counted = this.statements.countDrops.get(number, later(floorId, range.fromId), range.beforeId)
    return Number(counted?.['count']) <= FEW_DROPS
  }

  aggregateDrops(flow: FlowToRead, request: unknown, clock: Clock): Aggregated {
    return aggregateRows(this.cachedRows(flow) ?? this.storedRows(flow), request, clock)
  }

  /** @throws AnswerTooLarge */
  findObjects(scope: ObjectScope, query: Query, clock: Clock): Found {
    return answerQuery(this.objectsIn(scope), query, 'object', clock)
  }

  countsBetween(type: string, objectId: string, fromMs: number, toMs: number): HourCount[] {
    return this.statements.counts
      .all(type, objectId, fromMs, toMs)
      .map((row) => ({ hourStartMs: Number(row['hour']), count: Number(row['count']) }))
  }

  /** Reads without the cache, which only the store can tell how to keep true. */
  dropRows(flowId: string, query: Query, clock: Clock): Row[] {
    return findRows(this.dropsOf(flowId, creationRange(query.filter)), query, 'drop', clock)
  }

  aggregated(flowId: string, request: unknown, clock: Clock): Aggregated {
    return aggregateRows(this.dropsOf(flowId), request, clock)
  }

  objectRows(scope: ObjectScope, query: Query, clock: Clock): Row[] {
    return findRows(this.objectsIn(scope), query, 'object', clock)
  }

  object(id: string): StoredObject | undefined {
    const row = this.statements.object.get(id)
    return row && objectOf(row)
  }

  flowAt(path: string): StoredObject | undefined {
    const row = this.statements.flowAt.get(path)
    return row && objectOf(row)
  }

  objectsOf(kind: ObjectKind): StoredObject[] {
    return this.statements.objectsOf.all(kind).map(objectOf)
  }

  drop(flowId: string, dropId: string): StoredDrop | undefined {
    const row = this.statements.drop.get(flowId, dropId)
    return row && dropOf(flowId, row)
  }

  dropByFhash(flowId: string, fhash: string): StoredDrop | undefined {
    const row = this.statements.dropByFhash.get(flowId, fhash)
    return row && dropOf(flowId, row)
  }

  close(): void {
    this.cached.clear()
    this.database.close()
  }

  private objectsIn({ kind, account = '', paths }: ObjectScope): RowSource {
    const { ownAscending, ownDescending, visibleAscending, visibleDescending } = this.statements
    if (paths.length === 0) {
      return (isAscending, skip) =>
        rowsOf((isAscending ? ownAscending : ownDescending).iterate(kind, account, skip))
    }
    const roots = JSON.stringify(paths)
    return (isAscending, skip) =>
      rowsOf((isAscending ? visibleAscending : visibleDescending).iterate(kind, account, roots, skip))
  }

  private dropsOf(flowId: string, range?: IdRange): RowSource {
    // A flow that no drop ever entered has no number; nothing is found under 0.
    const { number = 0, floor_id: floorId = '' } = this.statements.state.get(flowId) ?? {}
    return this.storedRows({ number: Number(number), floorId: String(floorId), generation: 0 }, range)
  }

  private storedRows(flow: FlowToRead, range = EVERY_ID): RowSource {
    return (isAscending, skip) =>
      rowsOf(
        (isAscending ? this.statements.dropsAscending : this.statements.dropsDescending).iterate(
          flow.number,
          later(flow.floorId, range.fromId),
          range.beforeId,
          skip
        )
      )
  }

  /** The parsed rows of a flow; undefined when it is too large to be kept. */
  private cachedRows(flow: FlowToRead, range = EVERY_ID): RowSource | undefined {
    let entry = this.cached.get(flow.number)
    if (entry !== undefined && entry.generation !== flow.generation) {
      this.forget(flow.number)
      entry = undefined
    }
    entry ??= { generation: flow.generation, rows: [], first: 0, textLength: 0 }
    this.cached.delete(flow.number)
    this.cached.set(flow.number, entry)
    if (!this.catchUp(flow, entry)) return undefined
    const { rows } = entry
    const first = placeOf(rows, range.fromId, entry.first)
    const end = placeOf(rows, range.beforeId, first)
    return function* (isAscending, skip) {
      for (let step = skip; step < end - first; step++) {
        yield rows[isAscending ? first + step : end - 1 - step] as Row
      }
    }
  }

  /** Removes what was trimmed and adds what was appended; false when the flow has become too large to be kept. */
  private catchUp({ number, floorId }: FlowToRead, entry: CachedFlow): boolean {
    const oldest = this.statements.oldestDrop.get(number, floorId)?.['id']
    const isBefore = (row: LazyRow | undefined): boolean =>
      row !== undefined && (oldest === undefined || row.id < String(oldest))
    let trimmed = 0
    for (; isBefore(entry.rows[entry.first]); entry.first++)
      trimmed += entry.rows[entry.first]?.text.length ?? 0
    if (entry.first * 2 > entry.rows.length) {
      entry.rows = entry.rows.slice(entry.first)
      entry.first = 0
    }
    let added = 0
    for (;;) {
      const last = entry.rows.at(-1)
      // Ids have one length: no other lies between one and the same with a sign more.
      const fromId = last === undefined ? floorId : `${last.id}!`
      // Many at a time: quicker than one after the other.
      const page = this.statements.dropsFrom.all(number, fromId, PAGE_DROPS) as unknown as RowColumns[]
      for (const [id, text, plain] of page) {
        entry.rows.push(new LazyRow(id, text, plain === 1))
        added += text.length
      }
      if (entry.textLength + added > MAX_CACHED_TEXT) {
        this.forget(number)
        return false
      }
      if (page.length < PAGE_DROPS) break
    }
    entry.textLength += added - trimmed
    this.cachedText += added - trimmed
    for (const other of this.cached.keys()) {
      if (this.cachedText <= MAX_CACHED_TEXT) break
      if (other !== number) this.forget(other)
    }
    return true
  }

  private forget(number: number): void {
    this.cachedText -= this.cached.get(number)?.textLength ?? 0
    this.cached.delete(number)
  }
}

/** The place of the first row from `from` on whose id is not before `id`. */
function placeOf(rows: readonly Row[], id: string, from: number): number {
  let low = from
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle] as Row).id < id) low = middle + 1
    else high = middle
  }
  return low
}

const later = (a: string, b: string): string => (a > b ? a : b)

const DROPS = 'SELECT id, text, plain FROM drops WHERE flow = ? AND id >= ?'
const OBJECTS = 'SELECT id, text, 1 AS plain FROM objects'
const OWN = `${OBJECTS} WHERE kind = ? AND account = ?`
const VISIBLE =
  `${OBJECTS} AS object WHERE kind = ? AND (account = ? OR EXISTS (SELECT 1 FROM json_each(?) AS root ` +
  `WHERE object.path = root.value OR substr(object.path, 1, length(root.value) + 1) = root.value || '/'))`

const ONE_DROP =
  'SELECT drops.* FROM flow_states JOIN drops ON drops.flow = flow_states.number AND drops.id >= flow_states.floor_id ' +
  'WHERE flow_states.flow = ?'

const STATEMENTS = {
  object: 'SELECT * FROM objects WHERE id = ?',
  flowAt: "SELECT * FROM objects WHERE path = ? AND kind = 'flow'",
  objectsOf: 'SELECT * FROM objects WHERE kind = ? ORDER BY created, id',
  state: 'SELECT number, floor_id FROM flow_states WHERE flow = ?',
  drop: `${ONE_DROP} AND drops.id = ?`,
  dropByFhash: `${ONE_DROP} AND drops.fhash = ? ORDER BY drops.id DESC LIMIT 1`,
  counts: 'SELECT hour, count FROM counters WHERE type = ? AND object = ? AND hour >= ? AND hour < ?',
  dropsAscending: `${DROPS} AND id < ? ORDER BY id LIMIT -1 OFFSET ?`,
  dropsDescending: `${DROPS} AND id < ? ORDER BY id DESC LIMIT -1 OFFSET ?`,
  countDrops: `SELECT count(*) AS count FROM (SELECT 1 FROM drops WHERE flow = ? AND id >= ? AND id < ? LIMIT ${String(FEW_DROPS + 1)})`,
  dropsFrom: `${DROPS} ORDER BY id LIMIT ?`,
  oldestDrop: 'SELECT id FROM drops WHERE flow = ? AND id >= ? ORDER BY id LIMIT 1',
  ownAscending: `${OWN} ORDER BY created, id LIMIT -1 OFFSET ?`,
  ownDescending: `${OWN} ORDER BY created DESC, id DESC LIMIT -1 OFFSET ?`,
  visibleAscending: `${VISIBLE} ORDER BY created, id LIMIT -1 OFFSET ?`,
  visibleDescending: `${VISIBLE} ORDER BY created DESC, id DESC LIMIT -1 OFFSET ?`
} as const

const ROW_STATEMENTS = [
  'dropsAscending',
  'dropsDescending',
  'dropsFrom',
  'ownAscending',
  'ownDescending',
  'visibleAscending',
  'visibleDescending'
] as const

function* rowsOf(rows: Iterable<unknown>): Generator<LazyRow> {
  for (const [id, text, plain] of rows as Iterable<RowColumns>) yield new LazyRow(id, text, plain === 1)
}
