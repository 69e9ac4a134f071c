import type { DatabaseSync } from 'node:sqlite'
import { HourCounters } from '../engine/hour-counters.ts'
import type { HourCount, StatisticsType } from '../engine/statistics.ts'
import type { Aggregated } from './aggregate-rows.ts'
import type { Found, Query } from './query.ts'
import type { Log } from '../log.ts'
import { dropOf, objectOf, prepareStatements } from './sqlite-statements.ts'
import type { LastEntry, ObjectKind, ObjectScope, Store, StoredDrop, StoredObject } from './store.ts'
import { StoreUnavailable } from './store.ts'

/** What reads for finds, on a connection of its own; it sees what was committed before it was asked. */
export interface StoreReader {
  readonly findObjects: (scope: ObjectScope, query: Query) => Promise<Found>
  readonly findDrops: (flow: FlowToRead, query: Query) => Promise<Found>
  readonly aggregateDrops: (flow: FlowToRead, request: unknown) => Promise<Aggregated>
  readonly countsBetween: Store['countsBetween']
  readonly close: () => Promise<void>
}

/** The drops of a flow as the reader finds them. */
export interface FlowToRead {
  readonly number: number
  /** Changes whenever drops that were already written have changed otherwise than by trimming. */
  readonly generation: number
}

interface FlowState {
  number: number
  dropCount: number
  /** The oldest drops that are still in the table and no longer belong to the flow: the commit removes them together. */
  surplus: number
  last: LastEntry | undefined
  generation: number
  /** Whether a commit has to write this state. */
  isChanged: boolean
  /** Whether written drops were replaced or removed in the open group. */
  isRewritten: boolean
}

/** Objects kept parsed-ready; beyond it the cache starts anew, which costs a few microseconds an object. */
const MAX_CACHED_OBJECTS = 20_000
const MAX_CACHED_FLOW_STATES = 50_000
/** How many drops of an emptied flow are cleared away in one turn: about a millisecond. */
const CLEAR_AWAY_DROPS = 500
/** How long counts of calls wait for a commit of something else before they get their own. */
const COUNTERS_DELAY_MS = 5_000

/**
 * A store in one SQLite file.
 *
 * Changes are gathered in one open transaction for a turn of the event loop and committed together (group
 * commit), so that a hundred drops that arrive at the same time cost one flush to the disk. The connection
 * that writes also serves the single reads; finds go to the reader.
 */
export class SqliteStore implements Store {
  private readonly database: DatabaseSync
  private readonly reader: StoreReader
  private readonly log: Log
  private readonly statements: ReturnType<typeof prepareStatements>
  private readonly objects = new Map<string, StoredObject>()
  private readonly flowIds = new Map<string, string>()
  private readonly states = new Map<string, FlowState>()
  /** What counts by itself, and what counts with the changes of the open group. */
  private readonly counters = new HourCounters()
  private readonly groupCounters = new HourCounters()
  private countersTimer: NodeJS.Timeout | undefined
  private changedStates: [string, FlowState][] = []
  private group: Group | undefined
  private nextNumber: number
  private nextGeneration = 1
  private clearing: NodeJS.Immediate | undefined
  private isClosed = false

  constructor(database: DatabaseSync, reader: StoreReader, log: Log) {
    this.database = database
    this.reader = reader
    this.log = log
    this.statements = prepareStatements(database)
    this.nextNumber = 1 + Number(this.statements.highestNumber.get()?.['number'] ?? 0)
    this.clearAwayLater()
  }

  object(id: string): StoredObject | undefined {
    const known = this.objects.get(id)
    if (known !== undefined) return known
    const row = this.statements.object.get(id)
    return row === undefined ? undefined : this.remember(objectOf(row))
  }

  flowAt(path: string): StoredObject | undefined {
    const knownId = this.flowIds.get(path)
    if (knownId !== undefined) return this.object(knownId)
    const row = this.statements.flowAt.get(path)
    return row === undefined ? undefined : this.remember(objectOf(row))
  }

  objectsOf(kind: ObjectKind): readonly StoredObject[] {
    return this.statements.objectsOf.all(kind).map(objectOf)
  }

  putObject(object: StoredObject): void {
    this.change(() => {
      const before = this.object(object.id)
      this.statements.putObject.run(
        object.id,
        object.kind,
        object.account,
        object.path ?? null,
        object.creationDate,
        object.text
      )
      if (before?.path !== undefined) this.flowIds.delete(before.path)
      this.remember(object)
    })
  }

  deleteObject(id: string): void {
    this.change(() => {
      const before = this.object(id)
      if (before === undefined) return
      this.statements.deleteObject.run(id)
      this.objects.delete(id)
      if (before.kind !== 'flow') return
      if (before.path !== undefined) this.flowIds.delete(before.path)
      const state = this.knownState(id)
      if (state === undefined) return
      this.statements.abandon.run(state.number)
      this.statements.deleteState.run(id)
      this.states.delete(id)
      this.changedStates = this.changedStates.filter(([flowId]) => flowId !== id)
      this.clearAwayLater()
    })
  }

  findObjects(scope: ObjectScope, query: Query): Promise<Found> {
    return this.reader.findObjects(scope, query)
  }

  drop(flowId: string, dropId: string): StoredDrop | undefined {
    const state = this.trimmedState(flowId)
    const row = state && this.statements.drop.get(state.number, dropId)
    return row === undefined ? undefined : dropOf(flowId, row)
  }

  dropByFhash(flowId: string, fhash: string): StoredDrop | undefined {
    const state = this.trimmedState(flowId)
    const row = state && this.statements.dropByFhash.get(state.number, fhash)
    return row === undefined ? undefined : dropOf(flowId, row)
  }

  lastEntry(flowId: string): LastEntry | undefined {
    return this.knownState(flowId)?.last
  }

  dropCount(flowId: string): number {
    return this.knownState(flowId)?.dropCount ?? 0
  }

  addDrop(drop: StoredDrop, capacityDrops: number): void {
    this.change(() => {
      const state = this.state(drop.flowId)
      state.last = { dropId: drop.id, creationDate: drop.creationDate }
      this.noteChange(drop.flowId, state)
      if (capacityDrops === 0) return
      this.statements.addDrop.run(
        state.number,
        drop.id,
        drop.creationDate,
        drop.fhash ?? null,
        drop.isPlain ? 1 : 0,
        drop.text
      )
      state.dropCount += 1
      this.trim(state, capacityDrops)
    })
  }

  replaceDrop(drop: StoredDrop): void {
    this.change(() => {
      const state = this.knownState(drop.flowId)
      if (state === undefined) return
      this.removeSurplus(state)
      this.statements.replaceDrop.run(
        drop.fhash ?? null,
        drop.isPlain ? 1 : 0,
        drop.text,
        state.number,
        drop.id
      )
      state.isRewritten = true
      this.noteChange(drop.flowId, state)
    })
  }

  deleteDrop(flowId: string, dropId: string): boolean {
    let isDeleted = false
    this.change(() => {
      const state = this.knownState(flowId)
      if (state === undefined) return
      this.removeSurplus(state)
      isDeleted = this.statements.deleteDrop.run(state.number, dropId).changes > 0
      if (!isDeleted) return
      state.dropCount -= 1
      state.isRewritten = true
      this.noteChange(flowId, state)
    })
    return isDeleted
  }

  deleteDrops(flowId: string): void {
    this.change(() => {
      const state = this.knownState(flowId)
      if (state === undefined || state.dropCount === 0) return
      this.statements.abandon.run(state.number)
      state.number = this.nextNumber++
      state.dropCount = 0
      state.surplus = 0
      state.isRewritten = true
      this.noteChange(flowId, state)
      this.clearAwayLater()
    })
  }

  trimDrops(flowId: string, capacityDrops: number): void {
    if (capacityDrops === 0) {
      this.deleteDrops(flowId)
      return
    }
    this.change(() => {
      const state = this.knownState(flowId)
      if (state === undefined) return
      this.trim(state, capacityDrops)
      this.noteChange(flowId, state)
    })
  }

  async findDrops(flowId: string, query: Query): Promise<Found> {
    const state = this.knownState(flowId)
    if (state === undefined) return { bodyText: '[]', count: 0, mentioned: [] }
    return await this.reader.findDrops({ number: state.number, generation: state.generation }, query)
  }

  async aggregateDrops(flowId: string, request: unknown): Promise<Aggregated> {
    const state = this.knownState(flowId)
    // A flow that no drop ever entered has no number; the reader finds nothing under 0.
    const { number, generation } = state ?? { number: 0, generation: 0 }
    return await this.reader.aggregateDrops({ number, generation }, request)
  }

  countStored(type: StatisticsType, objectId: string, atMs: number): void {
    this.change(() => {
      this.groupCounters.add(type, objectId, atMs)
    })
  }

  count(type: StatisticsType, objectId: string, atMs: number): void {
    this.counters.add(type, objectId, atMs)
    if (this.group !== undefined || this.isClosed) return
    this.countersTimer ??= setTimeout(() => {
      this.countersTimer = undefined
      this.keepCounters()
    }, COUNTERS_DELAY_MS).unref()
  }

  async countsBetween(
    type: StatisticsType,
    objectId: string,
    fromMs: number,
    toMs: number
  ): Promise<readonly HourCount[]> {
    // The reader sees what is committed: what was counted until now goes there first.
    this.keepCounters()
    await this.durable()
    return await this.reader.countsBetween(type, objectId, fromMs, toMs)
  }

  durable(): Promise<void> {
    return this.group?.committed ?? Promise.resolve()
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    clearImmediate(this.clearing)
    clearTimeout(this.countersTimer)
    this.keepCounters()
    this.commit()
    await this.reader.close()
    this.database.close()
  }

  /** Opens a group for counters that wait, when there is none to take them along. */
  private keepCounters(): void {
    if (this.counters.isEmpty || this.group !== undefined) return
    try {
      this.group = this.openGroup()
    } catch (error) {
      // They stay in memory and go with the next group.
      this.log.warn({ reason: reason(error) }, 'counters could not be stored')
    }
  }

  private trim(state: FlowState, capacityDrops: number): void {
    const surplus = state.dropCount - capacityDrops
    if (surplus <= 0) return
    state.surplus += surplus
    state.dropCount = capacityDrops
  }

  /** Makes the table show the flow as it is, for whoever looks at single drops before the commit. */
  private removeSurplus(state: FlowState): void {
    if (state.surplus === 0) return
    this.statements.trim.run(state.number, state.surplus)
    state.surplus = 0
  }

  /** The state of a flow whose drops are looked at. */
  private trimmedState(flowId: string): FlowState | undefined {
    const state = this.knownState(flowId)
    if (state !== undefined && state.surplus > 0) {
      this.change(() => {
        this.removeSurplus(state)
      })
    }
    return state
  }

  /** Makes a change inside the open group, opening one when there is none. */
  private change(work: () => void): void {
    const group = (this.group ??= this.openGroup())
    try {
      work()
    } catch (error) {
      this.undo(group, error)
      throw group.cause
    }
  }

  private openGroup(): Group {
    try {
      this.database.exec('BEGIN IMMEDIATE')
    } catch (error) {
      throw new StoreUnavailable(`the database cannot be written: ${reason(error)}`, { cause: error })
    }
    const group = new Group()
    group.timer = setImmediate(() => {
      this.commit()
    })
    return group
  }

  private commit(): void {
    const { group } = this
    if (group === undefined) return
    clearImmediate(group.timer)
    const counted = this.counters.drain()
    try {
      for (const { type, objectId, hourStartMs, count } of [...counted, ...this.groupCounters.drain()]) {
        this.statements.addCount.run(type, objectId, hourStartMs, count)
      }
      for (const [flowId, state] of this.changedStates) {
        this.removeSurplus(state)
        const { number, dropCount, last } = state
        this.statements.putState.run(
          flowId,
          number,
          dropCount,
          last?.dropId ?? null,
          last?.creationDate ?? null
        )
      }
      this.database.exec('COMMIT')
    } catch (error) {
      this.counters.restore(counted)
      this.undo(group, error)
      return
    }
    for (const [, state] of this.changedStates) {
      state.isChanged = false
      // Only now: a reader that is told of the generation before the commit would keep what it read before it.
      if (state.isRewritten) state.generation = this.nextGeneration++
      state.isRewritten = false
    }
    this.changedStates = []
    this.group = undefined
    if (this.objects.size > MAX_CACHED_OBJECTS) this.forgetObjects()
    if (this.states.size > MAX_CACHED_FLOW_STATES) this.states.clear()
    group.resolve()
  }

  private undo(group: Group, error: unknown): void {
    clearImmediate(group.timer)
    this.log.error({ reason: reason(error) }, 'changes undone: the database could not be written')
    if (this.database.isTransaction) this.database.exec('ROLLBACK')
    this.group = undefined
    this.changedStates = []
    this.states.clear()
    this.groupCounters.drain()
    this.forgetObjects()
    group.cause = new StoreUnavailable(`the database cannot be written: ${reason(error)}`, { cause: error })
    group.reject(group.cause)
  }

  private forgetObjects(): void {
    this.objects.clear()
    this.flowIds.clear()
  }

  private remember(object: StoredObject): StoredObject {
    this.objects.set(object.id, object)
    if (object.kind === 'flow' && object.path !== undefined) this.flowIds.set(object.path, object.id)
    return object
  }

  private noteChange(flowId: string, state: FlowState): void {
    if (state.isChanged) return
    state.isChanged = true
    this.changedStates.push([flowId, state])
  }

  private knownState(flowId: string): FlowState | undefined {
    const known = this.states.get(flowId)
    if (known !== undefined) return known
    const row = this.statements.state.get(flowId)
    if (row === undefined) return undefined
    const state: FlowState = {
      number: Number(row['number']),
      dropCount: Number(row['drop_count']),
      surplus: 0,
      last:
        row['last_id'] === null
          ? undefined
          : { dropId: String(row['last_id']), creationDate: Number(row['last_created']) },
      generation: this.nextGeneration++,
      isChanged: false,
      isRewritten: false
    }
    this.states.set(flowId, state)
    return state
  }

  private state(flowId: string): FlowState {
    const known = this.knownState(flowId)
    if (known !== undefined) return known
    const state: FlowState = {
      number: this.nextNumber++,
      dropCount: 0,
      surplus: 0,
      last: undefined,
      generation: this.nextGeneration++,
      isChanged: false,
      isRewritten: false
    }
    this.states.set(flowId, state)
    return state
  }

  /** Clears away the drops of emptied and deleted flows a little at a time, and stops when none is left. */
  private clearAwayLater(): void {
    this.clearing ??= setImmediate(() => {
      this.clearing = undefined
      this.clearAway()
    })
  }

  private clearAway(): void {
    try {
      const number = this.statements.abandonedNumber.get()?.['flow']
      if (number === undefined || this.isClosed) return
      this.change(() => {
        const { changes } = this.statements.trim.run(number, CLEAR_AWAY_DROPS)
        if (changes < CLEAR_AWAY_DROPS) this.statements.forgetAbandoned.run(number)
      })
      this.clearAwayLater()
    } catch (error) {
      // It is tried again when the next flow is emptied, or at the next start.
      this.log.warn({ reason: reason(error) }, 'drops of an emptied flow could not be cleared away')
    }
  }
}

/** The changes of one turn and the promise that they become durable. */
class Group {
  readonly committed: Promise<void>
  readonly resolve: () => void
  readonly reject: (cause: StoreUnavailable) => void
  timer: NodeJS.Immediate | undefined
  cause: StoreUnavailable | undefined

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    this.committed = promise as Promise<unknown> as Promise<void>
    this.resolve = () => {
      resolve(undefined)
    }
    this.reject = reject
    // A group that nobody waits for may fail too; it was logged.
    this.committed.catch(() => {})
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
