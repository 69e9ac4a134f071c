import type { GroupMember } from './group-commit.ts'
import type { Statements } from './sqlite-statements.ts'
import type { LastEntry } from './store.ts'

/** What the store knows of the drops of one flow. */
export interface FlowState {
  /** Under which its drops are in the table; an emptied flow gets another one. */
  number: number
  /** Drops with smaller ids no longer belong to the flow, and are cleared away little by little; empty for none. */
  floorId: string
  dropCount: number
  /** The oldest drops that are still in the table and no longer belong to the flow: the commit removes them together. */
  surplus: number
  last: LastEntry | undefined
  /** Changes whenever drops that were already written have changed otherwise than by trimming. */
  generation: number
  /** Whether a commit has to write this state. */
  isChanged: boolean
  /** Whether written drops were replaced or removed in the open group. */
  isRewritten: boolean
}

const MAX_CACHED_FLOW_STATES = 50_000

/** The states of the flows, read when they are first asked for and written by the commit. */
export class FlowStates implements GroupMember {
  private readonly statements: Statements
  private readonly states = new Map<string, FlowState>()
  private changed: [string, FlowState][] = []
  private nextNumber: number
  private nextGeneration = 1

  constructor(statements: Statements) {
    this.statements = statements
    this.nextNumber = 1 + Number(statements.highestNumber.get()?.['number'] ?? 0)
  }

  /** Undefined for a flow that no drop ever entered. */
  known(flowId: string): FlowState | undefined {
    const known = this.states.get(flowId)
    if (known !== undefined) return known
    const row = this.statements.state.get(flowId)
    if (row === undefined) return undefined
    const { last_id: lastId, last_created: lastCreated } = row
    return this.remember(flowId, {
      number: Number(row['number']),
      floorId: String(row['floor_id']),
      dropCount: Number(row['drop_count']),
      last: lastId === null ? undefined : { dropId: String(lastId), creationDate: Number(lastCreated) }
    })
  }

  /** The state of a flow that a drop enters. */
  of(flowId: string): FlowState {
    return (
      this.known(flowId) ??
      this.remember(flowId, { number: this.nextNumber++, floorId: '', dropCount: 0, last: undefined })
    )
  }

  /** Has the commit write a state that was changed. */
  note(flowId: string, state: FlowState): void {
    if (state.isChanged) return
    state.isChanged = true
    this.changed.push([flowId, state])
  }

  /** Gives a flow another number, under which there are no drops. */
  empty(flowId: string, state: FlowState): void {
    state.number = this.nextNumber++
    state.floorId = ''
    state.dropCount = 0
    state.surplus = 0
    state.isRewritten = true
    this.note(flowId, state)
  }

  forget(flowId: string): void {
    this.statements.deleteState.run(flowId)
    this.states.delete(flowId)
    this.changed = this.changed.filter(([id]) => id !== flowId)
  }

  /** Makes the table show the flow as it is, for whoever looks at single drops before the commit. */
  removeSurplus(state: FlowState): void {
    if (state.surplus === 0) return
    this.statements.trim.run(state.number, state.floorId, state.surplus)
    state.surplus = 0
  }

  beforeCommit(): void {
    for (const [flowId, state] of this.changed) {
      this.removeSurplus(state)
      const { number, floorId, dropCount, last } = state
      this.statements.putState.run(
        flowId,
        number,
        floorId,
        dropCount,
        last?.dropId ?? null,
        last?.creationDate ?? null
      )
    }
  }

  afterCommit(): void {
    for (const [, state] of this.changed) {
      state.isChanged = false
      // Only now: a reader that is told of the generation before the commit would keep what it read before it.
      if (state.isRewritten) state.generation = this.nextGeneration++
      state.isRewritten = false
    }
    this.changed = []
    if (this.states.size > MAX_CACHED_FLOW_STATES) this.states.clear()
  }

  afterUndo(): void {
    this.changed = []
    this.states.clear()
  }

  private remember(
    flowId: string,
    stored: Pick<FlowState, 'number' | 'floorId' | 'dropCount' | 'last'>
  ): FlowState {
    const state: FlowState = {
      ...stored,
      surplus: 0,
      generation: this.nextGeneration++,
      isChanged: false,
      isRewritten: false
    }
    this.states.set(flowId, state)
    return state
  }
}
