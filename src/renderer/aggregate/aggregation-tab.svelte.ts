import type { Failure } from '../../shared/failure.ts'
import { parseFilter } from '../../shared/filter/index.ts'
import type { ViewTab } from '../../shared/ipc/settings.ts'
import type { KeptAggregations } from '../../shared/ipc/aggregations.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import type { Read, Reads } from '../window/reads.ts'
import type { Tab } from '../window/tab.ts'
import type { TableShape } from '../console/worker-protocol.ts'
import { draftOf, FIRST_FORM, groupText, readForm, textOf } from './aggregation-form.ts'
import type { AggregationForm } from './aggregation-form.ts'
import { datesIn, groupFilter, looseDates } from './group-filter.ts'
import type { GroupFilter, Row } from './group-filter.ts'
import { fittingShapes } from './result-shapes.ts'
import type { ResultShape } from './result-shapes.ts'

export interface AggregationServices {
  readonly explorer: Explorer
  readonly worker: DropWorkerClient
  readonly reads: Reads
  /** Something that the next run restores has changed. */
  changed(): void
  /** A failure that has no place of its own on the screen. */
  failed(failure: Failure): void
}

/** The flow whose drops are added up. */
export interface AggregatedFlow {
  readonly flowId: string
  readonly path: string
}

/** A result, and the request that it answers: the form may have gone on since. */
export interface AggregationResult {
  readonly form: AggregationForm
  readonly rows: readonly Row[]
  readonly totalRows: number
  readonly durationMs: number
}

export type AggregationPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'shown' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Drops that give the form its names: the newest ones. */
const SAMPLED_DROPS = 500

/** An aggregation as a form, as JSON in step with it, and its result (platform protocol, "Aggregation"). */
export class AggregationTab implements Tab {
  readonly kind = 'aggregation'
  readonly id = crypto.randomUUID()
  /** The sampled drops, as a table of the worker: completion takes its words from there. */
  readonly tableId = this.id
  readonly connectionId: string
  readonly name = 'Aggregation'
  readonly hasUnsavedEdit = false
  readonly #services: AggregationServices
  #flow = $state.raw<AggregatedFlow | undefined>(undefined)
  #form = $state.raw<AggregationForm>(FIRST_FORM)
  /** The JSON view's text while it is no request: it stays as it was typed. */
  #jsonDraft = $state<string | undefined>(undefined)
  #jsonProblem = $state('')
  #phase = $state.raw<AggregationPhase>({ kind: 'idle' })
  #result = $state.raw<AggregationResult | undefined>(undefined)
  #shape = $state<ResultShape | undefined>(undefined)
  #members = $state.raw<readonly string[]>([])
  #kept = $state.raw<KeptAggregations | undefined>(undefined)
  #requestId = ''
  #sample: Read<TableShape> | undefined
  #wasOpened = false
  /** Whether the request is written as JSON. */
  isJsonShown = $state(false)

  constructor(services: AggregationServices, saved: ViewTab) {
    this.#services = services
    this.connectionId = saved.connectionId
    const kept = readState(saved.state)
    this.#flow = kept.flow
    this.#form = kept.form
    this.isJsonShown = kept.isJsonShown
  }

  get title(): string {
    return this.#flow === undefined ? 'Aggregation' : `Aggregation of ${this.#flow.path}`
  }

  get saved(): ViewTab {
    const { flow, form, isJsonShown } = this
    const state = JSON.stringify({ flow, text: textOf(form), isJsonShown })
    return { kind: 'aggregation', connectionId: this.connectionId, state }
  }

  get flow(): AggregatedFlow | undefined {
    return this.#flow
  }

  get form(): AggregationForm {
    return this.#form
  }

  get phase(): AggregationPhase {
    return this.#phase
  }

  get result(): AggregationResult | undefined {
    return this.#result
  }

  /** Names that the flow's drops have, for the form's fields. */
  get members(): readonly string[] {
    return this.#members
  }

  get kept(): KeptAggregations | undefined {
    return this.#kept
  }

  /** The request as text: what is being typed, or the form written out. */
  get json(): string {
    return this.#jsonDraft ?? textOf(this.#form)
  }

  /** Why the typed text is no request yet; empty when it is one. */
  get jsonProblem(): string {
    return this.#jsonProblem
  }

  /** What keeps the form from being run, in words; empty when nothing does. */
  readonly problem: string = $derived.by(() => {
    if (this.#flow === undefined) return 'Choose a flow.'
    if (this.#jsonProblem !== '') return this.#jsonProblem
    return problemOf(this.#form)
  })

  readonly shapes: readonly ResultShape[] = $derived(
    this.#result === undefined ? [] : fittingShapes(this.#result.form, this.#result.rows)
  )

  readonly shape: ResultShape = $derived(
    this.#shape !== undefined && this.shapes.includes(this.#shape) ? this.#shape : (this.shapes[0] ?? 'table')
  )

  setShape(shape: ResultShape): void {
    this.#shape = shape
  }

  open(): void {
    if (this.#wasOpened) return
    this.#wasOpened = true
    void this.#readKept()
    if (this.#flow !== undefined) void this.#readSample(this.#flow.flowId)
  }

  close(): void {
    this.#sample?.cancel()
    this.cancel()
    this.#services.worker.post({ kind: 'forgetTable', tableId: this.tableId })
  }

  setFlow(flow: AggregatedFlow): void {
    this.#flow = flow
    this.#result = undefined
    this.#phase = { kind: 'idle' }
    this.#services.changed()
    void this.#readSample(flow.flowId)
  }

  change(change: Partial<AggregationForm>): void {
    this.#form = { ...this.#form, ...change }
    this.#jsonDraft = undefined
    this.#jsonProblem = ''
    this.#services.changed()
  }

  /** Takes a text of the JSON view: the form follows as soon as it is a request. */
  setJson(text: string): void {
    const read = readForm(text)
    this.#jsonDraft = text
    this.#jsonProblem = read.ok ? '' : read.message
    if (!read.ok) return
    this.#form = read.form
    this.#services.changed()
  }

  /** Shows an aggregation that was kept, and runs it. */
  use(kept: AggregatedFlow & { readonly text: string }): void {
    const read = readForm(kept.text)
    if (!read.ok) return
    this.setFlow({ flowId: kept.flowId, path: kept.path })
    this.change(read.form)
    void this.run()
  }

  async run(): Promise<void> {
    const flow = this.#flow
    if (flow === undefined || this.problem !== '') return
    this.cancel()
    const requestId = crypto.randomUUID()
    const form = this.#form
    this.#requestId = requestId
    this.#phase = { kind: 'running' }
    const { explorer } = this.#services
    const { connectionId } = this
    const answer = await explorer.runAggregation({
      connectionId,
      requestId,
      flowId: flow.flowId,
      aggregation: plainDraft(form)
    })
    if (this.#requestId !== requestId) return
    this.#requestId = ''
    if (!answer.ok) {
      this.#phase =
        answer.failure.code === 'request/cancelled'
          ? { kind: this.#result === undefined ? 'idle' : 'shown' }
          : { kind: 'failed', failure: answer.failure }
      return
    }
    const { rowsText, totalRows, durationMs } = answer.value
    this.#result = { form, rows: parseJson(rowsText) as readonly Row[], totalRows, durationMs }
    this.#phase = { kind: 'shown' }
    const kept = await explorer.rememberAggregation({
      connectionId,
      aggregation: { ...flow, text: JSON.stringify(draftOf(form)) }
    })
    if (kept.ok) this.#kept = kept.value
  }

  /** Gives the run up; what was shown before stays. */
  cancel(): void {
    if (this.#requestId !== '') void this.#services.explorer.cancelAggregation({ requestId: this.#requestId })
  }

  async save(name: string): Promise<Failure | undefined> {
    const flow = this.#flow
    if (flow === undefined) return undefined
    const kept = await this.#services.explorer.saveAggregation({
      connectionId: this.connectionId,
      name,
      aggregation: { ...flow, text: JSON.stringify(draftOf(this.#form)) }
    })
    if (!kept.ok) return kept.failure
    this.#kept = kept.value
    return undefined
  }

  async forget(name: string): Promise<void> {
    const { connectionId } = this
    const kept = await this.#services.explorer.deleteAggregation({ connectionId, name })
    if (kept.ok) this.#kept = kept.value
    else this.#services.failed(kept.failure)
  }

  /** The filter for the drops behind a row; it asks the platform for dates where a row alone does not tell them. */
  async filterOf(row: Row): Promise<GroupFilter> {
    const { result } = this
    const flow = this.#flow
    if (result === undefined || flow === undefined) return { ok: false, reason: 'There is no result.' }
    const names = looseDates(result.form)
    if (names.length === 0) return groupFilter(result.form, row, datesIn({}, []))
    const ends = names.flatMap((field) => [{ kind: 'min', field } as const, { kind: 'max', field } as const])
    const answer = await this.#services.explorer.runAggregation({
      connectionId: this.connectionId,
      requestId: crypto.randomUUID(),
      flowId: flow.flowId,
      aggregation: plainDraft({ ...result.form, outputs: ends, sorts: [] })
    })
    if (!answer.ok) return { ok: false, reason: answer.failure.message }
    const rows = parseJson(answer.value.rowsText) as readonly Row[]
    const same = rows.find((other) =>
      result.form.groups.every((line) => isSame(other[groupText(line)], row[groupText(line)]))
    )
    return same === undefined
      ? { ok: false, reason: 'The group is not there any more: run the aggregation again.' }
      : groupFilter(result.form, row, datesIn(same, names))
  }

  async #readKept(): Promise<void> {
    const kept = await this.#services.explorer.listAggregations({ connectionId: this.connectionId })
    if (kept.ok) this.#kept = kept.value
  }

  async #readSample(flowId: string): Promise<void> {
    this.#sample?.cancel()
    const sample = this.#services.reads.drops(
      this.connectionId,
      { kind: 'drops', flowId },
      { limit: SAMPLED_DROPS },
      { tableId: this.tableId }
    )
    this.#sample = sample
    const result = await sample.result
    // Without names the fields are still there to be typed in.
    if (this.#sample === sample && result.ok) this.#members = result.value.columns.map(({ id }) => id)
  }
}

const isSame = (left: unknown, right: unknown): boolean =>
  left === right || JSON.stringify(left, bigintText) === JSON.stringify(right, bigintText)

const bigintText = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${String(value)}n` : value

/** The draft with lists that can be sent. */
function plainDraft(form: AggregationForm) {
  const { output, groupBy, filter, rules, sorts } = draftOf(form)
  return {
    output: [...output],
    ...(groupBy === undefined ? {} : { groupBy: [...groupBy] }),
    ...(filter === undefined ? {} : { filter }),
    ...(rules === undefined ? {} : { rules: { ...rules } }),
    ...(sorts === undefined ? {} : { sorts: [...sorts] })
  }
}

/** The first thing that the platform would refuse, as far as the window can tell. */
function problemOf({ outputs, groups, filter, rules }: AggregationForm): string {
  if (outputs.length === 0) return 'Add an output: what is worked out for each group.'
  if (outputs.some(({ kind, field }) => kind !== 'count' && field.trim() === ''))
    return 'An output has no name.'
  if (groups.some(({ kind, field }) => (kind === 'field' || kind === 'distance') && field.trim() === ''))
    return 'A group has no name.'
  const names = rules.map(({ name }) => name.trim())
  if (names.includes('')) return 'A rule has no name.'
  if (new Set(names).size < names.length) return 'Two rules have the same name.'
  const missing = [...outputs, ...groups].find(
    ({ kind, field }) => kind === 'distance' && !names.includes(field.trim())
  )
  if (missing !== undefined) return `The distance needs a rule called ${missing.field.trim()}.`
  for (const [text, where] of [
    [filter, 'The filter'],
    ...rules.map(({ name, filter: rule }) => [rule, `The rule ${name}`])
  ] as const) {
    const [problem] = parseFilter(text ?? '').diagnostics
    if (problem !== undefined) return `${where ?? ''}: ${problem.message}.`
    if (where !== 'The filter' && (text ?? '').trim() === '') return `${where ?? ''} is empty.`
  }
  return ''
}

function readState(text: string): {
  readonly flow: AggregatedFlow | undefined
  readonly form: AggregationForm
  readonly isJsonShown: boolean
} {
  let kept: Record<string, unknown> = {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) kept = value as Record<string, unknown>
  } catch {
    // A tab that was never filled in has no state.
  }
  const form = typeof kept['text'] === 'string' ? readForm(kept['text']) : undefined
  const flow = kept['flow'] as Partial<AggregatedFlow> | undefined
  return {
    flow:
      typeof flow?.flowId === 'string' && typeof flow.path === 'string'
        ? { flowId: flow.flowId, path: flow.path }
        : undefined,
    form: form?.ok === true ? form.form : FIRST_FORM,
    isJsonShown: kept['isJsonShown'] === true
  }
}
