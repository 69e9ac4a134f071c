import type { Failure } from '../../shared/failure.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { normalizeFlowPath } from '../../shared/model/flow-path.ts'
import type { Explorer } from '../bridge.ts'
import type { FlowTree } from './flow-tree.svelte.ts'
import { changesOf, checkDraft, draftOf, emptyDraft, fieldOf, warningsOf } from './flow-draft.ts'
import type { FieldProblems, FlowDraft, FlowField } from './flow-draft.ts'

export interface FlowFormParts {
  readonly explorer: Explorer
  readonly tree: FlowTree
  readonly connectionId: string
  /** The flow that is edited; a new one without. */
  readonly before?: Flow
  /** What the path of a new flow begins with. */
  readonly firstPath: string
  readonly firstField: FlowField
}

/** A form for a flow: what was typed stays, whatever the platform says to it. */
export class FlowForm {
  readonly before: Flow | undefined
  readonly connectionId: string
  readonly firstField: FlowField
  readonly #parts: FlowFormParts
  #draft: FlowDraft = $state.raw(emptyDraft(''))
  #takenPath = $state<string | undefined>(undefined)
  /** Problems are told after a field was left, or when somebody tried to save. */
  #left = $state.raw<Readonly<Partial<Record<FlowField, boolean>>>>({})
  #failure = $state.raw<Failure | undefined>(undefined)
  #isSaving = $state(false)
  readonly #problems = $derived.by(() => checkDraft(this.#draft, this.#parts.before, this.#takenPath))

  constructor(parts: FlowFormParts) {
    this.#parts = parts
    this.before = parts.before
    this.connectionId = parts.connectionId
    this.firstField = parts.firstField
    this.#draft = parts.before === undefined ? emptyDraft(parts.firstPath) : draftOf(parts.before)
  }

  get draft(): FlowDraft {
    return this.#draft
  }

  get isSaving(): boolean {
    return this.#isSaving
  }

  get isChanged(): boolean {
    return Object.keys(changesOf(this.#draft, this.before)).length > 0
  }

  /** Sentences for the fields that a person is done with, and what the platform said of one. */
  get problems(): FieldProblems {
    const shown: Partial<Record<FlowField, string>> = {}
    for (const field of ['path', 'capacity', 'description', 'filter'] as const) {
      const problem = this.#problems[field]
      if (problem !== undefined && this.#left[field] === true) shown[field] = problem
    }
    const refused = this.#failure === undefined ? undefined : fieldOf(this.#failure)
    if (refused !== undefined && this.#failure !== undefined) shown[refused] ??= sentenceOf(this.#failure)
    return shown
  }

  get warnings(): FieldProblems {
    return warningsOf(this.#draft, this.before)
  }

  /** Why it was not saved, when that is about no single field. */
  get failure(): Failure | undefined {
    return this.#failure !== undefined && fieldOf(this.#failure) === undefined ? this.#failure : undefined
  }

  type(field: FlowField, text: string): void {
    this.#draft = { ...this.#draft, [field]: text }
    if (this.#failure !== undefined && fieldOf(this.#failure) === field) this.#failure = undefined
  }

  /** A person is done with a field. */
  async leave(field: FlowField): Promise<void> {
    if (field === 'path') await this.#lookUpPath()
    this.#left = { ...this.#left, [field]: true }
  }

  /** The first field that keeps it from being saved, in their order on the screen. */
  get firstProblem(): FlowField | undefined {
    const { problems } = this
    return (['path', 'capacity', 'description', 'filter'] as const).find(
      (field) => problems[field] !== undefined
    )
  }

  /** Saves; the flow as it is now, or undefined when it was not saved. */
  async save(): Promise<Flow | undefined> {
    if (this.#isSaving) return undefined
    await this.#lookUpPath()
    this.#left = { path: true, capacity: true, description: true, filter: true }
    this.#failure = undefined
    if (Object.keys(this.#problems).length > 0) return undefined
    this.#isSaving = true
    const result = await this.#send()
    this.#isSaving = false
    if (!result.ok) {
      this.#failure = result.failure
      return undefined
    }
    await this.#parts.tree.put(this.connectionId, result.value)
    return result.value
  }

  #send(): ReturnType<Explorer['createFlow']> {
    const { explorer } = this.#parts
    const { connectionId, before } = this
    const changes = changesOf(this.#draft, before)
    if (before !== undefined) return explorer.updateFlow({ connectionId, flowId: before.id, changes })
    const { path = '', capacity, description, filter } = changes
    return explorer.createFlow({
      connectionId,
      path,
      ...(capacity === undefined ? {} : { capacity }),
      ...(description === undefined ? {} : { description }),
      ...(filter === undefined ? {} : { filter })
    })
  }

  async #lookUpPath(): Promise<void> {
    const path = normalizeFlowPath(this.#draft.path.trim())
    const known = await this.#parts.tree.flowByPath(path)
    this.#takenPath = known !== undefined && known.id !== this.before?.id ? path : undefined
  }
}

const sentenceOf = ({ message, hint }: Failure): string =>
  hint === undefined ? message : `${message} ${hint}`
