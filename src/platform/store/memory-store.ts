import type { Clock } from '../../shared/clock.ts'
import type { SubjectKind } from '../../shared/filter/index.ts'
import { runMetered, timeLimit, TooMuchWork, workLimit } from '../../shared/filter/work.ts'
import { createFilterJudge } from '../engine/filter-judge.ts'
import { HourCounters } from '../engine/hour-counters.ts'
import { SHARED_LIMIT } from '../filter-limits.ts'
import { aggregateRows } from './aggregate-rows.ts'
import { creationRange, EVERY_ID } from './creation-range.ts'
import { answerMatching, answerQuery, findRows } from './find.ts'
import type { FlowSource } from './flow-source.ts'
import type { Found, Query, RowSource } from './query.ts'
import { arrayRows, dropRow, objectRow } from './rows.ts'
import type { LastEntry, ObjectKind, ObjectScope, Store, StoredDrop, StoredObject } from './store.ts'

interface FlowDrops {
  /** In creation order; the first `removed` places are empty. */
  drops: (StoredDrop | undefined)[]
  removed: number
  readonly byFhash: Map<string, StoredDrop>
  last: LastEntry | undefined
}

/** How many removed places a flow may carry before its array is cut: rarely enough to make removal cheap. */
const MAX_REMOVED_PLACES = 1024

/** Estimated work of one find's filter on the thread of the store: 20 ms at worst; what takes longer runs in a worker. */
const FIND_NANOSECONDS = 20_000_000

/** A store that keeps everything in memory and nothing beyond the process (`--data :memory:`). */
export function createMemoryStore(clock: Clock): Store & FlowSource {
  const objects = new Map<string, StoredObject>()
  const flowsByPath = new Map<string, StoredObject>()
  const flows = new Map<string, FlowDrops>()
  const counters = new HourCounters()

  const dropsOf = (flowId: string): FlowDrops => {
    const known = flows.get(flowId)
    if (known !== undefined) return known
    const fresh: FlowDrops = { drops: [], removed: 0, byFhash: new Map(), last: undefined }
    flows.set(flowId, fresh)
    return fresh
  }

  const removeAt = (flow: FlowDrops, place: number): void => {
    const drop = flow.drops[place]
    if (drop?.fhash !== undefined && flow.byFhash.get(drop.fhash)?.id === drop.id)
      flow.byFhash.delete(drop.fhash)
    if (place !== flow.removed) {
      flow.drops.splice(place, 1)
      return
    }
    flow.drops[place] = undefined
    flow.removed += 1
    if (flow.removed > MAX_REMOVED_PLACES && flow.removed * 2 > flow.drops.length) {
      flow.drops = flow.drops.slice(flow.removed)
      flow.removed = 0
    }
  }

  const trim = (flow: FlowDrops, capacityDrops: number): void => {
    while (flow.drops.length - flow.removed > capacityDrops) removeAt(flow, flow.removed)
  }

  const rowsOf = (flowId: string, filter?: string): RowSource => {
    const flow = flows.get(flowId)
    const { fromId, beforeId } = creationRange(filter) ?? EVERY_ID
    return function* (isAscending, skip) {
      if (flow === undefined) return
      const first = firstPlaceFrom(flow, fromId)
      const end = firstPlaceFrom(flow, beforeId)
      for (let step = skip; step < end - first; step++) {
        yield dropRow(flow.drops[isAscending ? first + step : end - 1 - step] as StoredDrop)
      }
    }
  }

  const objectsIn = (scope: ObjectScope): RowSource => {
    const visible = [...objects.values()]
      .filter((object) => object.kind === scope.kind && isInScope(object, scope.account, scope.paths))
      .sort((a, b) => a.creationDate - b.creationDate || (a.id < b.id ? -1 : 1))
    return arrayRows(visible.map(objectRow))
  }

  const judge = createFilterJudge(clock)
  const find = async (source: RowSource, query: Query, kind: SubjectKind): Promise<Found> => {
    try {
      return runMetered(workLimit(FIND_NANOSECONDS), () => answerQuery(source, query, kind, clock))
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error
      const rows = [...source(true, 0)]
      const texts = rows.map(({ text }) => text)
      const passes = await judge.passesEach(query.filter ?? '', kind, texts)
      const matching = rows.filter((_, index) => passes[index] === true)
      return answerMatching(arrayRows(matching), query, kind, clock)
    }
  }

  return {
    object: (id) => objects.get(id),
    flowAt: (path) => flowsByPath.get(path),
    objectsOf: (kind: ObjectKind) => [...objects.values()].filter((object) => object.kind === kind),
    putObject: (object) => {
      const before = objects.get(object.id)
      if (before?.kind === 'flow' && before.path !== undefined) flowsByPath.delete(before.path)
      objects.set(object.id, object)
      if (object.kind === 'flow' && object.path !== undefined) flowsByPath.set(object.path, object)
    },
    deleteObject: (id) => {
      const object = objects.get(id)
      if (object?.kind === 'flow' && object.path !== undefined) flowsByPath.delete(object.path)
      objects.delete(id)
      flows.delete(id)
    },
    findObjects: (scope, query) => find(objectsIn(scope), query, 'object'),
    objectRows: (scope, query) => findRows(objectsIn(scope), query, 'object', clock),
    dropRows: (flowId, query) => findRows(rowsOf(flowId, query.filter), query, 'drop', clock),
    aggregated: (flowId, request) => aggregateRows(rowsOf(flowId), request, clock),
    drop: (flowId, dropId) => {
      const flow = flows.get(flowId)
      return flow && flow.drops[placeOf(flow, dropId)]
    },
    dropByFhash: (flowId, fhash) => flows.get(flowId)?.byFhash.get(fhash),
    lastEntry: (flowId) => flows.get(flowId)?.last,
    dropCount: (flowId) => {
      const flow = flows.get(flowId)
      return flow === undefined ? 0 : flow.drops.length - flow.removed
    },
    addDrop: (drop, capacityDrops) => {
      const flow = dropsOf(drop.flowId)
      flow.last = { dropId: drop.id, creationDate: drop.creationDate }
      if (capacityDrops === 0) return
      flow.drops.push(drop)
      if (drop.fhash !== undefined) flow.byFhash.set(drop.fhash, drop)
      trim(flow, capacityDrops)
    },
    replaceDrop: (drop) => {
      const flow = flows.get(drop.flowId)
      if (flow === undefined) return
      const place = placeOf(flow, drop.id)
      const before = flow.drops[place]
      if (before === undefined) return
      if (before.fhash !== undefined) flow.byFhash.delete(before.fhash)
      flow.drops[place] = drop
      if (drop.fhash !== undefined) flow.byFhash.set(drop.fhash, drop)
    },
    deleteDrop: (flowId, dropId) => {
      const flow = flows.get(flowId)
      const place = flow === undefined ? -1 : placeOf(flow, dropId)
      if (flow === undefined || place === -1) return false
      removeAt(flow, place)
      return true
    },
    deleteDrops: (flowId) => {
      const flow = flows.get(flowId)
      if (flow !== undefined) trim(flow, 0)
    },
    trimDrops: (flowId, capacityDrops) => {
      const flow = flows.get(flowId)
      if (flow !== undefined) trim(flow, capacityDrops)
    },
    findDrops: (flowId, query) => find(rowsOf(flowId, query.filter), query, 'drop'),
    aggregateDrops: async (flowId, request) => {
      const nowMs = (): number => performance.now()
      const limit = timeLimit({
        endsAtMs: nowMs() + SHARED_LIMIT.totalMs,
        nowMs,
        maxPieceMs: SHARED_LIMIT.pieceMs
      })
      return runMetered(limit, () => aggregateRows(rowsOf(flowId), request, clock))
    },
    countStored: (type, objectId, atMs) => {
      counters.add(type, objectId, atMs)
    },
    count: (type, objectId, atMs) => {
      counters.add(type, objectId, atMs)
    },
    countsBetween: (type, objectId, fromMs, toMs) => {
      const counts = counters.pending(type, objectId)
      return Promise.resolve(counts.filter(({ hourStartMs }) => hourStartMs >= fromMs && hourStartMs < toMs))
    },
    durable: () => Promise.resolve(),
    close: () => judge.close()
  }
}

/** The place of a drop by binary search, for ids are in order; -1 when it is not there. */
function placeOf(flow: FlowDrops, dropId: string): number {
  const place = firstPlaceFrom(flow, dropId)
  return flow.drops[place]?.id === dropId ? place : -1
}

/** The place of the first drop whose id is not before `dropId`. */
function firstPlaceFrom(flow: FlowDrops, dropId: string): number {
  let low = flow.removed
  let high = flow.drops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((flow.drops[middle] as StoredDrop).id < dropId) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether an object belongs to the account or lies at or under one of the paths. */
function isInScope(object: StoredObject, account: string | undefined, paths: readonly string[]): boolean {
  const { path } = object
  if (object.account === account) return true
  return path !== undefined && paths.some((root) => path === root || path.startsWith(`${root}/`))
}
