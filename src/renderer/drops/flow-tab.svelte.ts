import type { Failure } from '../../shared/failure.ts'
import type { FlowTab as SavedTab } from '../../shared/ipc/settings.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { flowPathName } from '../../shared/model/flow-path.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import type { TableShape } from '../console/worker-protocol.ts'
import { RowWindow } from '../ui/row-window.svelte.ts'
import type { TimeZone } from '../ui/moment.ts'
import type { Read, Reads } from '../window/reads.ts'
import type { Tab } from '../window/tab.ts'
import type { CellFilters } from './cell-filters.ts'
import { DropEditor } from './drop-editor.svelte.ts'
import type { DropTarget } from './drop-editor.svelte.ts'
import type { Sorting, TableRow } from './drop-table.ts'

export type TabPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'shown'; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface TabServices {
  readonly explorer: Explorer
  readonly worker: DropWorkerClient
  readonly reads: Reads
  timeZone(): TimeZone
  /** Something that the next run restores has changed. */
  changed(): void
  /** Drops that the console received from a flow since the app started. */
  receivedDrops(connectionId: string, flowId: string): number
  /** The platform answered a filter that the person ran. */
  filterRan(text: string): void
  /** The first rows of any tab are there. */
  rowsArrived(): void
}

/** An open flow: its drops as a table, its filter, and the drop that is looked at. */
export class FlowTab implements Tab {
  readonly kind = 'flow'
  readonly id = crypto.randomUUID()
  readonly tableId = this.id
  readonly connectionId: string
  readonly flowId: string
  readonly path: string
  readonly name: string
  readonly title: string
  readonly rows: RowWindow<TableRow>
  /** Where the grid is scrolled to, in CSS pixels: kept while another tab is looked at. */
  scrollPlace = { top: 0, left: 0 }
  readonly #services: TabServices
  #flow = $state.raw<Flow | undefined>(undefined)
  #phase = $state.raw<TabPhase>({ kind: 'idle' })
  #table = $state.raw<TableShape | undefined>(undefined)
  /** Drops in the flow, as far as a read told; undefined before the first. */
  #totalDrops = $state<number | undefined>(undefined)
  #filter = $state('')
  #draft = $state('')
  #sorting = $state.raw<Sorting | null>(null)
  #activePlace = $state(0)
  #activeColumn = $state(-1)
  /** What the drop panel shows of a stored drop. */
  dropView = $state<'json' | 'explain'>('json')
  #editor = $state.raw<DropEditor | undefined>(undefined)
  #isEditKept = $state(false)
  #receivedAtRead = 0
  #read: Read<TableShape> | undefined

  constructor(services: TabServices, saved: SavedTab) {
    this.#services = services
    this.connectionId = saved.connectionId
    this.flowId = saved.flowId
    this.path = saved.path
    this.name = flowPathName(saved.path)
    this.title = saved.path
    this.#filter = saved.filter
    this.#draft = saved.filterDraft
    this.rows = new RowWindow(
      async (from, to) => {
        const input = { tableId: this.tableId, from, to, timeZone: services.timeZone() }
        const result = await services.worker.call('tableRows', input)
        return result.ok ? result.value : undefined
      },
      () => {
        services.rowsArrived()
      }
    )
  }

  get flow(): Flow | undefined {
    return this.#flow
  }

  get phase(): TabPhase {
    return this.#phase
  }

  get table(): TableShape | undefined {
    return this.#table
  }

  get totalDrops(): number | undefined {
    return this.#totalDrops
  }

  /** The filter whose result is shown. */
  get filter(): string {
    return this.#filter
  }

  /** What stands in the filter line. */
  get draft(): string {
    return this.#draft
  }

  set draft(text: string) {
    if (text === this.#draft) return
    this.#draft = text
    this.#services.changed()
  }

  get sorting(): Sorting | null {
    return this.#sorting
  }

  get activePlace(): number {
    return Math.min(this.#activePlace, Math.max(0, (this.#table?.rowCount ?? 0) - 1))
  }

  /** The column of the active cell; -1 while the whole row is active. */
  get activeColumn(): number {
    return Math.min(this.#activeColumn, (this.#table?.columns.length ?? 0) - 1)
  }

  activateColumn(column: number): void {
    this.#activeColumn = Math.max(-1, Math.min(column, (this.#table?.columns.length ?? 0) - 1))
  }

  /** What can be made of the value in a cell; undefined when the row is not there any more. */
  async cellFilters(place: number, column: number): Promise<CellFilters | undefined> {
    const columnId = this.#table?.columns[column]?.id
    const row = await this.rows.fetchAt(place)
    if (columnId === undefined || row === undefined) return undefined
    const input = { tableId: this.tableId, dropId: row.dropId, columnId }
    const result = await this.#services.worker.call('cellFilters', input)
    return result.ok ? (result.value ?? undefined) : undefined
  }

  get editor(): DropEditor | undefined {
    return this.#editor
  }

  /** Drops that arrived since the table was read; known only while the console follows the flow. */
  get newDrops(): number {
    return Math.max(0, this.#services.receivedDrops(this.connectionId, this.flowId) - this.#receivedAtRead)
  }

  get saved(): SavedTab {
    const { connectionId, flowId, path, filter, draft } = this
    return { connectionId, flowId, path, filter, kind: 'flow', filterDraft: draft }
  }

  /** Reads when nothing was read: a restored tab costs nothing until it is looked at. */
  open(): void {
    if (this.#phase.kind === 'idle') this.refresh()
  }

  /** Reads the flow and its drops again, through the filter that is applied. */
  refresh(): void {
    void this.#readFlow()
    void this.#readDrops(this.#filter)
  }

  /** Applies what stands in the filter line. */
  run(): void {
    const filter = this.#draft.trim()
    void this.#readDrops(filter).then((isShown) => {
      if (isShown && filter !== '') this.#services.filterRan(filter)
    })
  }

  cancelRead(): void {
    this.#read?.cancel()
  }

  async sortBy(columnId: string): Promise<void> {
    const before = this.#sorting
    this.#sorting =
      before?.columnId !== columnId
        ? { columnId, direction: columnId === 'creationDate' ? 'descending' : 'ascending' }
        : { columnId, direction: before.direction === 'ascending' ? 'descending' : 'ascending' }
    await this.#services.worker.call('sortTable', { tableId: this.tableId, sorting: this.#sorting })
    await this.rows.refresh()
  }

  activate(place: number): void {
    this.#activePlace = Math.max(0, Math.min(place, (this.#table?.rowCount ?? 1) - 1))
  }

  /** Whether leaving the shown drop would lose what was typed. */
  get hasUnsavedEdit(): boolean {
    return this.#editor?.isChanged ?? false
  }

  /** Whether another drop was asked for while the panel holds an edit: the edit stays, and the grid says so. */
  get isEditKept(): boolean {
    return this.#isEditKept && this.hasUnsavedEdit
  }

  /** Shows a drop, unless that would lose what was typed in another one. */
  showDrop(target: DropTarget): void {
    this.#isEditKept = this.hasUnsavedEdit
    if (!this.#isEditKept) this.#openDrop(target)
  }

  #openDrop(target: DropTarget): void {
    const { explorer } = this.#services
    const address = { connectionId: this.connectionId, flowId: this.flowId }
    this.#editor = new DropEditor(explorer, address, target, (change, dropId) => {
      this.#dropStored(change, dropId)
    })
  }

  closeDrop(): void {
    this.#editor = undefined
  }

  /** The tab is closed: its table leaves the worker. */
  close(): void {
    this.#read?.cancel()
    this.#services.worker.post({ kind: 'forgetTable', tableId: this.tableId })
  }

  #dropStored(change: 'created' | 'updated' | 'deleted', dropId: string): void {
    if (change === 'deleted') this.closeDrop()
    if (change === 'created') this.#openDrop({ kind: 'stored', dropId })
    this.refresh()
  }

  async #readFlow(): Promise<void> {
    const { explorer } = this.#services
    const { connectionId, flowId } = this
    const result = await explorer.readFlow({ connectionId, flow: { flowId } })
    if (result.ok) this.#flow = result.value
  }

  /** The protocol has no count: the ids alone are the cheapest answer that tells it. */
  async #countDrops(): Promise<void> {
    const { reads, worker } = this.#services
    const tableId = `${this.tableId}-count`
    const counted = await reads.drops(this.connectionId, this.flowId, tableId, { only: 'id' }).result
    worker.post({ kind: 'forgetTable', tableId })
    if (counted.ok) this.#totalDrops ??= counted.value.answeredDrops
  }

  /** Whether this read's answer is shown: not when it failed or a later one took its place. */
  async #readDrops(filter: string): Promise<boolean> {
    const { reads, worker, receivedDrops } = this.#services
    this.#read?.cancel()
    this.#phase = { kind: 'reading' }
    const received = receivedDrops(this.connectionId, this.flowId)
    const parameters = filter === '' ? {} : { filter }
    const read = reads.drops(this.connectionId, this.flowId, this.tableId, parameters)
    this.#read = read
    const result = await read.result
    // A later read took this one's place: its answer is the one that counts.
    if (this.#read !== read) return false
    if (!result.ok) {
      this.#phase = { kind: 'failed', failure: result.failure }
      return false
    }
    if (this.#sorting !== null) {
      await worker.call('sortTable', { tableId: this.tableId, sorting: this.#sorting })
    }
    if (filter !== this.#filter) this.scrollPlace = { top: 0, left: 0 }
    this.#filter = filter
    this.#table = result.value
    this.#receivedAtRead = received
    if (filter === '') this.#totalDrops = result.value.answeredDrops
    else if (this.#totalDrops === undefined) void this.#countDrops()
    this.#phase = { kind: 'shown', durationMs: result.value.durationMs }
    void this.rows.refresh()
    this.#services.changed()
    return true
  }
}
