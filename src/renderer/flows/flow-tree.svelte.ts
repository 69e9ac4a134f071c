import { SvelteMap } from 'svelte/reactivity'
import type { Failure } from '../../shared/failure.ts'
import type { Flow } from '../../shared/model/flow.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import type { FlowsRead, TreeChange, TreeNews, TreeView } from '../console/worker-protocol.ts'
import { RowWindow } from '../ui/row-window.svelte.ts'
import type { Read, Reads } from '../window/reads.ts'
import { FlowAges } from './flow-ages.svelte.ts'
import type { FlowPulse } from './flow-pulses.ts'
import type { FlowSummary, TreeRow, TreeShape, TreeSort } from './flow-tree-model.ts'

export type TreePhase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'shown' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What the tree needs of the window. */
export interface TreeServices {
  readonly explorer: Explorer
  readonly worker: DropWorkerClient
  readonly reads: Reads
  accountOf(connectionId: string): string
  /** Something that the next run restores has changed. */
  changed(): void
}

const NO_TREE: TreeShape = { rowCount: 0, flowCount: 0, hiddenPaths: 0, showsHidden: false }
const FIRST_VIEW: TreeView = { expandedPaths: [], pinnedPaths: [], hiddenPaths: [], sort: 'name' }
/** Letters typed within this time make one word for type-ahead. */
const TYPE_AHEAD_MS = 700
/** Values and rates change this often: calm to read, and next to nothing to draw. */
const PULSE_MS = 500
/** An order by traffic is made anew this often: rows that jump all the time cannot be read. */
const REORDER_MS = 5000
/** A tree is kept this wide in the workspace; more open folders than that nobody opened by hand. */
const MAX_KEPT_PATHS = 10_000

/** The flow tree as the window shows it; the tree itself is in the worker. */
export class FlowTree {
  readonly #services: TreeServices
  readonly rows: RowWindow<TreeRow>
  readonly ages: FlowAges
  #connectionId = $state('')
  #phase = $state.raw<TreePhase>({ kind: 'loading' })
  #shape = $state.raw(NO_TREE)
  /** Flows that a read has brought so far; undefined when none is under way. */
  #readFlows = $state<number | undefined>(undefined)
  #incomplete = $state.raw<Failure | undefined>(undefined)
  #activePlace = $state(0)
  #activeKey: string | undefined
  #searchText = $state('')
  #searchProblem = $state<string | undefined>(undefined)
  #pulses = $state.raw<Readonly<Record<string, FlowPulse>>>({})
  #range = { from: 0, to: 0 }
  #typed = { text: '', atMs: 0 }
  readonly #views = new SvelteMap<string, TreeView>()
  #view = $state.raw(FIRST_VIEW)
  #read: Read<FlowsRead> | undefined
  #isPulseDue = false
  #orderedAtMs = 0
  #lastAction: Promise<unknown> = Promise.resolve()

  constructor(services: TreeServices) {
    this.#services = services
    const { worker, explorer } = services
    this.ages = new FlowAges(explorer)
    this.rows = new RowWindow(
      async (from, to) => {
        const result = await worker.call('treeRows', { from, to })
        return result.ok ? result.value : undefined
      },
      () => {
        this.#wantAges()
      }
    )
    worker.onTree = (news) => void this.#hear(news)
  }

  get phase(): TreePhase {
    return this.#phase
  }

  get shape(): TreeShape {
    return this.#shape
  }

  /** The connection whose flows these are; empty before the first read. */
  get connectionId(): string {
    return this.#connectionId
  }

  get readFlows(): number | undefined {
    return this.#readFlows
  }

  /** Why flows are missing from the tree; undefined when it is whole. */
  get incomplete(): Failure | undefined {
    return this.#incomplete
  }

  /** The row that has the keyboard. */
  get activePlace(): number {
    return Math.min(this.#activePlace, Math.max(0, this.#shape.rowCount - 1))
  }

  set activePlace(place: number) {
    this.#activePlace = Math.max(0, Math.min(place, this.#shape.rowCount - 1))
    this.#activeKey = this.rows.at(this.#activePlace)?.key
  }

  get searchText(): string {
    return this.#searchText
  }

  /** What keeps the search from being read; the rows are those of the last one that could be. */
  get searchProblem(): string | undefined {
    return this.#searchProblem
  }

  get sort(): TreeSort {
    return this.#view.sort
  }

  /** What the next run restores, by connection. */
  get views(): readonly (TreeView & { readonly connectionId: string })[] {
    return [...this.#views].map(([connectionId, view]) => ({
      connectionId,
      expandedPaths: view.expandedPaths.slice(0, MAX_KEPT_PATHS),
      pinnedPaths: view.pinnedPaths.slice(0, MAX_KEPT_PATHS),
      hiddenPaths: view.hiddenPaths.slice(0, MAX_KEPT_PATHS),
      sort: view.sort
    }))
  }

  pulseOf(key: string): FlowPulse | undefined {
    return this.#pulses[key]
  }

  restore(views: readonly (TreeView & { readonly connectionId: string })[]): void {
    for (const { connectionId, ...view } of views) this.#views.set(connectionId, view)
    this.#connectionId = ''
  }

  /**
   * Shows the flows of a connection and reads all of them. What is on the screen of that connection stays until the answer is
   * there; an empty tree grows as flows arrive.
   */
  async read(connectionId: string): Promise<void> {
    this.#read?.cancel()
    const account = this.#services.accountOf(connectionId)
    if (connectionId !== this.#connectionId) await this.#show(connectionId, account)
    const sessionId = crypto.randomUUID()
    if (this.#shape.flowCount === 0) this.#phase = { kind: 'loading' }
    this.#incomplete = undefined
    this.#readFlows = 0
    const askedAtMs = performance.now()
    let firstPieceAtMs = 0
    for (let start = 0; ;) {
      const read = this.#services.reads.flows({ connectionId, account }, sessionId, start)
      this.#read = read
      const result = await read.result
      if (this.#read !== read) return
      if (result.ok) firstPieceAtMs ||= result.value.firstPieceAtMs
      if (result.ok && result.value.hasMore) {
        start = result.value.flowCount
        continue
      }
      this.#read = undefined
      this.#readFlows = undefined
      if (result.ok) {
        this.#phase = { kind: 'shown' }
        await this.rows.refresh()
        reportTimes(askedAtMs, { ...result.value, firstPieceAtMs })
      } else if (this.#shape.flowCount > 0) {
        this.#phase = { kind: 'shown' }
        this.#incomplete = result.failure
      } else this.#phase = { kind: 'failed', failure: result.failure }
      return
    }
  }

  /** Ends the read that is under way; the flows that came stay. */
  cancelRead(): void {
    this.#read?.cancel()
  }

  /**
   * Runs what a key asks for after everything that earlier keys asked for: the tree answers from the worker, and a fast
   * typist does not wait for it.
   */
  inOrder(action: () => Promise<unknown>): void {
    this.#lastAction = this.#lastAction.then(action, action)
  }

  /** The row that has the keyboard, also when it is not on the screen yet. */
  activeRow(): Promise<TreeRow | undefined> {
    return this.rows.fetchAt(this.activePlace)
  }

  /** The rows that are on the screen. */
  showRange(from: number, to: number): void {
    this.#range = { from, to }
    this.rows.show(from, to)
    this.#wantAges()
  }

  /** Drops arrived: values and rates of the rows on the screen are read again in a moment. */
  pulsed(): void {
    if (this.#isPulseDue) return
    this.#isPulseDue = true
    setTimeout(() => {
      this.#isPulseDue = false
      void this.#readPulses()
    }, PULSE_MS)
  }

  /** Time passes: the ages of the rows on the screen are read again when they are old. */
  keepAgesFresh(): void {
    this.#wantAges()
  }

  async search(text: string): Promise<void> {
    this.#searchText = text
    this.#activePlace = 0
    this.#activeKey = undefined
    const result = await this.#services.worker.call('changeTree', { kind: 'search', text })
    if (text !== this.#searchText) return
    this.#searchProblem = result.ok ? undefined : result.failure.message
    if (result.ok) await this.#take(result.value)
  }

  async expand(row: TreeRow, isExpanded: boolean): Promise<void> {
    await this.#change({ kind: 'expand', key: row.key, isExpanded })
  }

  /** Opens all folders beside this row. */
  async expandSiblings(row: TreeRow): Promise<void> {
    await this.#change({ kind: 'expandSiblings', key: row.key })
  }

  async collapseAll(): Promise<void> {
    this.activePlace = 0
    await this.#change({ kind: 'collapseAll' })
  }

  async sortBy(sort: TreeSort): Promise<void> {
    await this.#change({ kind: 'sort', sort })
  }

  async pin(path: string, isPinned: boolean): Promise<void> {
    await this.#change({ kind: 'pin', path, isPinned })
  }

  async hide(path: string, isHidden: boolean): Promise<void> {
    await this.#change({ kind: 'hide', path, isHidden })
  }

  async showHidden(showsHidden: boolean): Promise<void> {
    await this.#change({ kind: 'showHidden', showsHidden })
  }

  /** A flow was made or changed: shows it as it is now. */
  async put(connectionId: string, { id, path, capacity, description }: Flow): Promise<void> {
    const flow: FlowSummary = {
      id,
      path,
      capacity,
      ...(description === undefined ? {} : { description })
    }
    await this.#change({ kind: 'put', connectionId, flow })
  }

  async remove(connectionId: string, flowIds: readonly string[]): Promise<void> {
    await this.#change({ kind: 'remove', connectionId, flowIds })
  }

  async flowsBelow(path: string, limit: number): Promise<readonly FlowSummary[]> {
    const result = await this.#services.worker.call('flowsBelow', { path, limit })
    return result.ok ? result.value : []
  }

  async flowByPath(path: string): Promise<FlowSummary | undefined> {
    const result = await this.#services.worker.call('flowByPath', { path })
    return result.ok ? (result.value ?? undefined) : undefined
  }

  /** Opens the folders above a path; answers the place of its row, -1 when it has none. */
  async reveal(path: string): Promise<number> {
    this.#activeKey = path
    await this.#change({ kind: 'reveal', path })
    const place = await this.#services.worker.call('treePlace', { key: path })
    if (!place.ok || place.value < 0) return -1
    this.#activePlace = place.value
    return place.value
  }

  /** Moves to the next row whose name starts with what was typed lately. */
  async typeAhead(letter: string, nowMs: number): Promise<void> {
    const isSameWord = nowMs - this.#typed.atMs < TYPE_AHEAD_MS
    const text = isSameWord ? this.#typed.text + letter : letter
    this.#typed = { text, atMs: nowMs }
    const from = this.activePlace + (text.length === 1 ? 1 : 0)
    const found = await this.#services.worker.call('treeTypeAhead', { prefix: text, from })
    if (found.ok && found.value >= 0) this.activePlace = found.value
  }

  async #show(connectionId: string, account: string): Promise<void> {
    const view = this.#views.get(connectionId) ?? FIRST_VIEW
    this.#connectionId = connectionId
    this.#view = view
    this.#searchText = ''
    this.#searchProblem = undefined
    this.#pulses = {}
    this.#activePlace = 0
    this.#activeKey = undefined
    const result = await this.#services.worker.call('changeTree', {
      kind: 'show',
      connectionId,
      account,
      view
    })
    if (!result.ok) return
    this.#phase = result.value.flowCount > 0 ? { kind: 'shown' } : { kind: 'loading' }
    await this.#take(result.value)
  }

  async #hear({ connectionId, shape, readFlows }: TreeNews): Promise<void> {
    if (connectionId !== this.#connectionId) return
    if (readFlows !== undefined && this.#readFlows !== undefined) this.#readFlows = readFlows
    if (shape.flowCount > 0) this.#phase = { kind: 'shown' }
    await this.#take(shape)
  }

  async #readPulses(): Promise<void> {
    const nowMs = Date.now()
    if (this.sort !== 'name' && nowMs - this.#orderedAtMs > REORDER_MS) {
      this.#orderedAtMs = nowMs
      await this.#change({ kind: 'sort', sort: this.sort })
    }
    const result = await this.#services.worker.call('treePulses', this.#range)
    if (result.ok) this.#pulses = result.value
  }

  #wantAges(): void {
    this.ages.want(this.#connectionId, () => {
      const { from, to } = this.#range
      return Array.from(
        { length: Math.max(0, to - from) },
        (_, index) => this.rows.at(from + index)?.flow?.id
      ).filter((flowId) => flowId !== undefined)
    })
  }

  async #change(change: TreeChange): Promise<void> {
    const result = await this.#services.worker.call('changeTree', change)
    if (!result.ok) return
    await this.#take(result.value)
    const view = await this.#services.worker.call('treeView', null)
    if (!view.ok) return
    this.#view = view.value
    this.#views.set(this.#connectionId, view.value)
    this.#services.changed()
  }

  /** Rows may have moved: the row that has the keyboard keeps it. */
  async #take(shape: TreeShape): Promise<void> {
    this.#shape = shape
    const key = this.#activeKey
    if (key !== undefined) {
      const place = await this.#services.worker.call('treePlace', { key })
      if (place.ok && place.value >= 0 && key === this.#activeKey) this.#activePlace = place.value
    }
    await this.rows.refresh()
    this.#activeKey ??= this.rows.at(this.activePlace)?.key
  }
}

/** User timing: how long a read took, for whoever measures the window. */
function reportTimes(askedAtMs: number, { firstPieceAtMs, lastPieceAtMs }: FlowsRead): void {
  if (firstPieceAtMs === 0) return
  const end = performance.now()
  const since = (epochMs: number): number => Math.min(end, Math.max(0, epochMs - performance.timeOrigin))
  performance.measure('flows: asked to whole tree', { start: askedAtMs, end })
  performance.measure('flows: first piece to whole tree', { start: since(firstPieceAtMs), end })
  performance.measure('flows: last piece to whole tree', { start: since(lastPieceAtMs), end })
}
