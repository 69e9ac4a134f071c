import type { DatabaseSync } from 'node:sqlite'
import type { StatisticsType } from '../../shared/model/statistics.ts'
import type { HourCount } from '../engine/statistics.ts'
import type { Log } from '../log.ts'
import type { Aggregated } from './aggregate-rows.ts'
import { Checkpoints, type CheckpointReach } from './checkpoints.ts'
import { Clearing } from './clearing.ts'
import { FlowStates, type FlowState } from './flow-states.ts'
import { GroupCommit } from './group-commit.ts'
import type { Found, Query } from './query.ts'
import { dropOf, objectOf, prepareStatements, type Statements } from './sqlite-statements.ts'
import type { LastEntry, ObjectKind, ObjectScope, Store, StoredDrop, StoredObject } from './store.ts'
import { StoredCounters } from './stored-counters.ts'
import { WalSync } from './wal-sync.ts'

/** What reads for finds, on a connection of its own; it sees what was committed before it was asked. */
export interface StoreReader {
  readonly findObjects: (scope: ObjectScope, query: Query) => Promise<Found>
  readonly findDrops: (flow: FlowToRead, query: Query) => Promise<Found>
  readonly aggregateDrops: (flow: FlowToRead, request: unknown) => Promise<Aggregated>
  readonly countsBetween: Store['countsBetween']
  /** Brings the write-ahead log into the database file, as far as readers let it. */
  readonly checkpoint: () => Promise<CheckpointReach>
  readonly close: () => Promise<void>
}

/** The drops of a flow as the reader finds them. */
export type FlowToRead = Readonly<Pick<FlowState, 'number' | 'floorId' | 'generation'>>

/** Objects kept parsed-ready; beyond it the cache starts anew, which costs a few microseconds an object. */
const MAX_CACHED_OBJECTS = 20_000
/** Lowering a capacity by more than this leaves the drops to be cleared away in the background. */
const MAX_TRIMMED_AT_ONCE = 200
/** What the reader is asked for a flow that no drop ever entered: no drops have this number. */
const NOTHING: FlowToRead = { number: 0, floorId: '', generation: 0 }

/**
 * A store in one SQLite file.
 *
 * Changes are committed in groups (`GroupCommit`). The connection that writes also serves the single reads; finds go to the
 * reader.
 */
export class SqliteStore implements Store {
  private readonly database: DatabaseSync
  private readonly reader: StoreReader
  private readonly log: Log
  private readonly statements: Statements
  private readonly wal: WalSync
  private readonly states: FlowStates
  private readonly counters: StoredCounters
  private readonly checkpoints: Checkpoints
  private readonly group: GroupCommit
  private readonly clearing: Clearing
  private readonly objects = new Map<string, StoredObject>()
  private readonly flowIds = new Map<string, string>()
  private isClosed = false

  constructor(database: DatabaseSync, reader: StoreReader, log: Log) {
    this.database = database
    this.reader = reader
    this.log = log
    this.statements = prepareStatements(database)
    this.states = new FlowStates(this.statements)
    this.counters = new StoredCounters(this.statements)
    this.checkpoints = new Checkpoints(database, () => reader.checkpoint(), log)
    this.wal = new WalSync(database.location() ?? '')
    this.group = new GroupCommit(database, this.wal, log, [
      this.counters,
      this.states,
      {
        afterCommit: () => {
          if (this.objects.size > MAX_CACHED_OBJECTS) this.forgetObjects()
        },
        afterUndo: () => {
          this.forgetObjects()
        }
      },
      this.checkpoints
    ])
    this.clearing = new Clearing(this.statements, this.group, log)
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
    this.group.change(() => {
      const before = this.object(object.id)
      this.statements.putObject.run(
        object.id,
        object.kind,
        object.account,
        object.path ?? null,
        object.creationDate,
        object.text
      )
      this.checkpoints.note(object.text.length)
      if (before?.path !== undefined) this.flowIds.delete(before.path)
      this.remember(object)
    })
  }

  deleteObject(id: string): void {
    this.group.change(() => {
      const before = this.object(id)
      if (before === undefined) return
      this.statements.deleteObject.run(id)
      this.objects.delete(id)
      if (before.kind !== 'flow') return
      if (before.path !== undefined) this.flowIds.delete(before.path)
      const state = this.states.known(id)
      if (state === undefined) return
      this.clearing.abandon(state.number)
      this.states.forget(id)
    })
  }

  findObjects(scope: ObjectScope, query: Query): Promise<Found> {
    return this.reader.findObjects(scope, query)
  }

  drop(flowId: string, dropId: string): StoredDrop | undefined {
    const state = this.trimmedState(flowId)
    const row = state && dropId >= state.floorId ? this.statements.drop.get(state.number, dropId) : undefined
    return row === undefined ? undefined : dropOf(flowId, row)
  }

  dropByFhash(flowId: string, fhash: string): StoredDrop | undefined {
    const state = this.trimmedState(flowId)
    const row = state && this.statements.dropByFhash.get(state.number, fhash, state.floorId)
    return row === undefined ? undefined : dropOf(flowId, row)
  }

  lastEntry(flowId: string): LastEntry | undefined {
    return this.states.known(flowId)?.last
  }

  dropCount(flowId: string): number {
    return this.states.known(flowId)?.dropCount ?? 0
  }

  addDrop(drop: StoredDrop, capacityDrops: number): void {
    this.group.change(() => {
      const state = this.states.of(drop.flowId)
      state.last = { dropId: drop.id, creationDate: drop.creationDate }
      this.states.note(drop.flowId, state)
      if (capacityDrops === 0) return
      this.statements.addDrop.run(
        state.number,
        drop.id,
        drop.creationDate,
        drop.fhash ?? null,
        drop.isPlain ? 1 : 0,
        drop.text
      )
      this.checkpoints.note(drop.text.length)
      state.dropCount += 1
      const surplus = state.dropCount - capacityDrops
      if (surplus <= 0) return
      state.surplus += surplus
      state.dropCount = capacityDrops
    })
  }

  replaceDrop(drop: StoredDrop): void {
    this.group.change(() => {
      const state = this.states.known(drop.flowId)
      if (state === undefined || drop.id < state.floorId) return
      this.states.removeSurplus(state)
      this.checkpoints.note(drop.text.length)
      this.statements.replaceDrop.run(
        drop.fhash ?? null,
        drop.isPlain ? 1 : 0,
        drop.text,
        state.number,
        drop.id
      )
      state.isRewritten = true
      this.states.note(drop.flowId, state)
    })
  }

  deleteDrop(flowId: string, dropId: string): boolean {
    let isDeleted = false
    this.group.change(() => {
      const state = this.states.known(flowId)
      if (state === undefined || dropId < state.floorId) return
      this.states.removeSurplus(state)
      isDeleted = this.statements.deleteDrop.run(state.number, dropId).changes > 0
      if (!isDeleted) return
      state.dropCount -= 1
      state.isRewritten = true
      this.states.note(flowId, state)
    })
    return isDeleted
  }

  deleteDrops(flowId: string): void {
    this.group.change(() => {
      const state = this.states.known(flowId)
      if (state === undefined || state.dropCount === 0) return
      this.clearing.abandon(state.number)
      this.states.empty(flowId, state)
    })
  }

  trimDrops(flowId: string, capacityDrops: number): void {
    if (capacityDrops === 0) {
      this.deleteDrops(flowId)
      return
    }
    this.group.change(() => {
      const state = this.states.known(flowId)
      if (state === undefined || state.dropCount <= capacityDrops) return
      const surplus = state.dropCount - capacityDrops
      state.dropCount = capacityDrops
      this.states.note(flowId, state)
      if (surplus <= MAX_TRIMMED_AT_ONCE) {
        state.surplus += surplus
        return
      }
      this.states.removeSurplus(state)
      const first = this.statements.dropAt.get(state.number, state.floorId, surplus)
      state.floorId = String(first?.['id'])
      this.clearing.abandon(state.number, state.floorId)
    })
  }

  async findDrops(flowId: string, query: Query): Promise<Found> {
    const state = this.states.known(flowId)
    if (state === undefined) return { bodyText: '[]', count: 0, mentioned: [] }
    return await this.reader.findDrops(toRead(state), query)
  }

  async aggregateDrops(flowId: string, request: unknown): Promise<Aggregated> {
    const state = this.states.known(flowId)
    return await this.reader.aggregateDrops(state === undefined ? NOTHING : toRead(state), request)
  }

  countStored(type: StatisticsType, objectId: string, atMs: number): void {
    this.group.change(() => {
      this.counters.addWithGroup(type, objectId, atMs)
    })
  }

  count(type: StatisticsType, objectId: string, atMs: number): void {
    if (this.isClosed) return
    this.counters.add(type, objectId, atMs, () => {
      this.keepCounters()
    })
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
    return this.group.durable()
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    this.clearing.close()
    this.counters.close()
    this.keepCounters()
    await this.group.close()
    await this.reader.close()
    this.wal.close()
    this.database.close()
  }

  /** Opens a group for counters that wait, when there is none to take them along. */
  private keepCounters(): void {
    if (this.counters.isEmpty || this.group.isOpen) return
    try {
      this.group.change(() => {
        // The commit writes them.
      })
    } catch (error) {
      // They stay in memory and go with the next group.
      this.log.warn({ reason: error instanceof Error ? error.message : '' }, 'counters could not be stored')
    }
  }

  /** The state of a flow whose drops are looked at. */
  private trimmedState(flowId: string): FlowState | undefined {
    const state = this.states.known(flowId)
    if (state !== undefined && state.surplus > 0) {
      this.group.change(() => {
        this.states.removeSurplus(state)
      })
    }
    return state
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
}

const toRead = ({ number, floorId, generation }: FlowState): FlowToRead => ({ number, floorId, generation })
