import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import type { FindParameters, RequestInput } from '../../shared/ipc/contract.ts'
import type { DraftSummary } from '../../shared/ipc/drafts.ts'
import type { FindOptions, GridLayout } from '../../shared/ipc/grid-layout.ts'
import type { FlowTab as SavedTab } from '../../shared/ipc/settings.ts'
import type { Connection } from '../../shared/model/connection.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { flowPathName } from '../../shared/model/flow-path.ts'
import { success } from '../../shared/result.ts'
import type { TableShape } from '../console/worker-protocol.ts'
import { RowWindow } from '../ui/row-window.svelte.ts'
import type { Tab } from '../window/tab.ts'
import type { CellFilters } from './cell-filters.ts'
import { editableText } from './changes.ts'
import { DropChart } from './drop-chart.svelte.ts'
import type { DropEditor, DropTarget, StoredChange } from './drop-editor.svelte.ts'
import type { Sorting, TableRow } from './drop-table.ts'
import { NO_OPTIONS, optionParameters } from './find-options.ts'
import { arrangeColumns } from './grid-layout.ts'
import type { ArrangedColumn } from './grid-layout.ts'
import type { ReferenceTarget } from './references.ts'
import { RowSelection } from './row-selection.svelte.ts'
import { TabPanel } from './tab-panel.svelte.ts'
import type { Panel } from './tab-panel.svelte.ts'
import type { TabServices } from './tab-services.ts'
import { FLOW_COLUMN, ID_COLUMN } from './table-columns.ts'
import { TableRead } from './table-read.ts'
import type { Scope, TableSource } from './table-read.ts'

export type TabPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'shown'; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Drops that shall be deleted. */
export type DeleteTarget = RequestInput<'previewDelete'>['target']

/** A drop that was deleted and can be made again. */
export interface DeletedDrop {
  readonly dropId: string
  readonly flowId: string
  readonly wholeText: string
}

/** An open flow: its drops as a table, its filter, and the drop that is looked at. */
export class FlowTab implements Tab {
  readonly kind = 'flow'
  readonly id = crypto.randomUUID()
  readonly tableId = this.id
  readonly connectionId: string
  readonly flowId: string
  readonly rows: RowWindow<TableRow>
  readonly selection = new RowSelection()
  /** Where the grid is scrolled to, in CSS pixels: kept while another tab is looked at. */
  scrollPlace = { top: 0, left: 0 }
  readonly #services: TabServices
  #path = $state('')
  #flow = $state.raw<Flow | undefined>(undefined)
  #phase = $state.raw<TabPhase>({ kind: 'idle' })
  #table = $state.raw<TableShape | undefined>(undefined)
  /** Drops in the flow, as far as a read told; undefined before the first. */
  #totalDrops = $state<number | undefined>(undefined)
  #filter = $state('')
  #draft = $state('')
  #options = $state.raw<FindOptions>(NO_OPTIONS)
  #source = $state.raw<TableSource>({ kind: 'filter' })
  #scope = $state.raw<Scope | undefined>(undefined)
  #sorting = $state.raw<Sorting | null>(null)
  #activePlace = $state(0)
  #activeColumn = $state(-1)
  #view = $state<'table' | 'json'>('table')
  /** What the drop panel shows of a stored drop. */
  dropView = $state<'json' | 'explain'>('json')
  /** Whether the options of the filter line are unfolded. */
  areOptionsOpen = $state(false)
  isExportOpen = $state(false)
  /** What the delete dialog is asked to delete. */
  deleteTarget = $state.raw<DeleteTarget | undefined>(undefined)
  #deleted = $state.raw<DeletedDrop | undefined>(undefined)
  /** A failure of something that was asked of the rows: copying, comparing, making a drop again. */
  #rowsFailure = $state.raw<Failure | undefined>(undefined)
  #receivedAtRead = 0
  readonly #read: TableRead
  /** Numbers and dates of the drops that are shown, over time. */
  readonly chart: DropChart
  readonly #panel: TabPanel

  constructor(services: TabServices, saved: SavedTab) {
    this.#services = services
    this.connectionId = saved.connectionId
    this.flowId = saved.flowId
    this.#path = saved.path
    this.#read = new TableRead(services, this)
    this.chart = new DropChart(services.worker, this.tableId)
    this.#panel = new TabPanel(services, this, (change) => {
      this.#dropStored(change)
    })
    this.#filter = saved.filter
    this.#draft = saved.filterDraft
    this.#options = saved.options ?? NO_OPTIONS
    this.#view = saved.view ?? 'table'
    this.rows = new RowWindow(
      async (from, to) => {
        const columnIds = this.columns.map(({ id }) => id)
        const input = { tableId: this.tableId, from, to, timeZone: services.timeZone(), columnIds }
        const result = await services.worker.call('tableRows', input)
        return result.ok ? result.value : undefined
      },
      () => {
        services.rowsArrived()
      }
    )
  }

  get services(): TabServices {
    return this.#services
  }

  /** Where the flow stands, as far as is known: another person may have renamed it. */
  get path(): string {
    return this.#path
  }

  get name(): string {
    return flowPathName(this.#path)
  }

  get title(): string {
    return this.#path
  }

  /** The flow is at another path now. */
  moved(path: string): void {
    if (path === this.#path) return
    this.#path = path
    this.#services.changed()
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

  /** What is asked beside the filter; it holds from the next run of the filter on. */
  get options(): FindOptions {
    return this.#options
  }

  set options(options: FindOptions) {
    this.#options = options
    this.#services.changed()
  }

  get source(): TableSource {
    return this.#source
  }

  /** Whether the rows may be of several flows. */
  get isMultiFlow(): boolean {
    return this.#scope !== undefined && this.#source.kind === 'filter'
  }

  /** Whether the search went through fewer flows than it named. */
  get isScopeCut(): boolean {
    return this.isMultiFlow && this.#scope?.isCut === true
  }

  get searchedFlows(): number {
    return this.#scope?.flowIds.length ?? 1
  }

  /** As many drops of each flow were read at most, where one may hold more that match; undefined when all are there. */
  get dropsAFlow(): number | undefined {
    const most = this.isMultiFlow ? this.#scope?.usualLimit : undefined
    return most !== undefined && (this.#table?.rowCount ?? 0) >= most ? most : undefined
  }

  get view(): 'table' | 'json' {
    return this.#view
  }

  set view(view: 'table' | 'json') {
    this.#view = view
    this.#services.changed()
  }

  get sorting(): Sorting | null {
    return this.#sorting
  }

  get layout(): GridLayout {
    return this.#services.layouts.of(this.connectionId, this.flowId)
  }

  /** The columns that are shown, in their order. */
  readonly columns: readonly ArrangedColumn[] = $derived.by(() => {
    const always = this.isMultiFlow ? [FLOW_COLUMN] : this.#source.kind === 'ids' ? [ID_COLUMN] : []
    return arrangeColumns(this.#table?.columns ?? [], this.layout, always)
  })

  async changeLayout(layout: GridLayout): Promise<void> {
    this.#services.layouts.change(this.connectionId, this.flowId, layout)
    await this.rows.refresh()
  }

  get activePlace(): number {
    return Math.min(this.#activePlace, Math.max(0, (this.#table?.rowCount ?? 0) - 1))
  }

  /** The column of the active cell; -1 while the whole row is active. */
  get activeColumn(): number {
    return Math.min(this.#activeColumn, this.columns.length - 1)
  }

  activateColumn(column: number): void {
    this.#activeColumn = Math.max(-1, Math.min(column, this.columns.length - 1))
  }

  /** What can be made of the value in a cell; undefined when the row is not there any more. */
  async cellFilters(place: number, column: number): Promise<CellFilters | undefined> {
    const columnId = this.columns[column]?.id
    const row = await this.rows.fetchAt(place)
    if (columnId === undefined || row === undefined) return undefined
    const input = { tableId: this.tableId, dropId: row.dropId, columnId }
    const result = await this.#services.worker.call('cellFilters', input)
    return result.ok ? (result.value ?? undefined) : undefined
  }

  get panel(): Panel | undefined {
    return this.#panel.shown
  }

  get editor(): DropEditor | undefined {
    return this.#panel.editor
  }

  get rowsFailure(): Failure | undefined {
    return this.#rowsFailure
  }

  closeRowsFailure(): void {
    this.#rowsFailure = undefined
  }

  /** The drop that was deleted last, until it is made again or dismissed. */
  get deleted(): DeletedDrop | undefined {
    return this.#deleted
  }

  dismissDeleted(): void {
    this.#deleted = undefined
  }

  get connection(): Connection | undefined {
    return this.#services.connectionOf(this.connectionId)
  }

  /** Why nothing can be changed on this connection; undefined when it can. */
  get whyReadOnly(): string | undefined {
    const { connection } = this
    return connection?.isReadOnly === true
      ? `The connection ${connection.name} is read-only: change that in its settings to write.`
      : undefined
  }

  /** Drops that arrived since the table was read; known only while the console follows the flow. */
  get newDrops(): number {
    return Math.max(0, this.#services.receivedDrops(this.connectionId, this.flowId) - this.#receivedAtRead)
  }

  get saved(): SavedTab {
    const { connectionId, flowId, path, filter, draft, options, view } = this
    return { connectionId, flowId, path, filter, kind: 'flow', filterDraft: draft, options, view }
  }

  /** Reads when nothing was read: a restored tab costs nothing until it is looked at. */
  open(): void {
    if (this.#phase.kind === 'idle') this.refresh()
  }

  /** Reads the flow and its drops again, through the filter that is applied. */
  refresh(): void {
    void this.#readFlow()
    void this.#readDrops(this.#filter, this.#source)
  }

  /** Applies what stands in the filter line. */
  run(): void {
    const filter = this.#draft.trim()
    void this.#readDrops(filter, { kind: 'filter' }).then((isShown) => {
      if (isShown && filter !== '') this.#services.filterRan(filter)
    })
  }

  /** One id is read into the drop panel, several into the table: those that are not there are marked. */
  findByIds(dropIds: readonly string[]): void {
    const [first] = dropIds
    if (dropIds.length === 1 && first !== undefined) this.showDrop({ kind: 'stored', dropId: first })
    else void this.#readDrops(this.#filter, { kind: 'ids', dropIds })
  }

  cancelRead(): void {
    this.#read.cancel()
  }

  async sortBy(columnId: string): Promise<void> {
    const before = this.#sorting
    const isLatestFirst = columnId === 'creationDate' || columnId === 'lastEditDate'
    this.#sorting =
      before?.columnId !== columnId
        ? { columnId, direction: isLatestFirst ? 'descending' : 'ascending' }
        : { columnId, direction: before.direction === 'ascending' ? 'descending' : 'ascending' }
    this.selection.clear()
    await this.#services.worker.call('sortTable', { tableId: this.tableId, sorting: this.#sorting })
    await this.rows.refresh()
  }

  activate(place: number): void {
    this.#activePlace = Math.max(0, Math.min(place, (this.#table?.rowCount ?? 1) - 1))
  }

  /** Whether leaving the shown drop would lose what was typed. */
  get hasUnsavedEdit(): boolean {
    return this.#panel.hasUnsavedEdit
  }

  /** Whether another drop was asked for while the panel holds an edit: the edit stays, and the grid says so. */
  get isEditKept(): boolean {
    return this.#panel.isEditKept
  }

  /** Shows a drop, unless that would lose what was typed in another one. */
  showDrop(target: DropTarget): void {
    this.#panel.show(target)
  }

  /** An edit that an earlier run left unsaved. */
  resume(draft: DraftSummary): Promise<void> {
    return this.#panel.resume(draft)
  }

  closeDrop(): void {
    this.#panel.close()
  }

  /** Goes where an id leads: to a drop in the panel, to a flow in its tab. */
  async follow(target: ReferenceTarget): Promise<void> {
    const { flowId } = target
    if (target.kind === 'drop' && (flowId === undefined || flowId === this.flowId)) {
      this.showDrop({ kind: 'stored', dropId: target.dropId })
      return
    }
    if (flowId === undefined) return
    const { connectionId } = this
    const found = await this.#services.explorer.readFlow({ connectionId, flow: { flowId } })
    if (!found.ok) {
      this.#rowsFailure = found.failure
      return
    }
    const tab = this.#services.openFlow({ connectionId, flowId, path: found.value.path })
    if (target.kind === 'drop') tab.showDrop({ kind: 'stored', dropId: target.dropId })
  }

  /** The drops of the chosen rows on the clipboard; the active one when none is chosen. */
  async copyRows(form: 'drops' | 'elems' | 'cells'): Promise<void> {
    const { worker, explorer } = this.#services
    const columnIds = this.columns.map(({ id }) => id)
    const ranges = this.chosenRanges
    const result = await worker.call('copyRows', { tableId: this.tableId, ranges, form, columnIds })
    const copied = result.ok ? await explorer.copyText({ text: result.value.text }) : result
    this.#rowsFailure = copied.ok ? undefined : copied.failure
  }

  get chosenRanges() {
    const { ranges } = this.selection
    return ranges.length > 0 ? ranges : [{ from: this.activePlace, to: this.activePlace + 1 }]
  }

  /** Where the chosen drops are, at most `limit` of them. */
  async chosenKeys(limit: number): Promise<readonly { readonly flowId: string; readonly dropId: string }[]> {
    const input = { tableId: this.tableId, ranges: this.chosenRanges, limit }
    const result = await this.#services.worker.call('tableKeys', input)
    if (!result.ok) return []
    return result.value.map(({ flowId, dropId }) => ({
      flowId: flowId === '' ? this.flowId : flowId,
      dropId
    }))
  }

  /** Shows how the first two of the chosen drops differ. */
  async compareChosen(): Promise<void> {
    if (!this.#panel.makeRoom()) return
    const keys = await this.chosenKeys(2)
    const read = await Promise.all(
      keys.map(async ({ flowId, dropId }) => {
        const result = await this.#services.explorer.readDrop({
          connectionId: this.connectionId,
          flowId,
          dropId
        })
        return result.ok ? success({ dropId, text: result.value.text }) : result
      })
    )
    const [left, right] = read
    if (left?.ok === true && right?.ok === true) {
      this.#panel.compare([left.value, right.value])
    } else this.#rowsFailure = read.find((result) => !result.ok)?.failure
  }

  /** Deletes one drop that is not shown; it can be made again from its text. */
  async deleteOne({ flowId, dropId }: { readonly flowId: string; readonly dropId: string }): Promise<void> {
    const { explorer } = this.#services
    const address = { connectionId: this.connectionId, flowId, dropId }
    const read = await explorer.readDrop(address)
    const deleted = read.ok ? await explorer.deleteDrop(address) : read
    if (!read.ok || !deleted.ok) {
      this.#rowsFailure = deleted.ok ? undefined : deleted.failure
      return
    }
    this.#dropStored({ kind: 'deleted', dropId, flowId, wholeText: read.value.text })
  }

  /** Makes the drop again that was deleted last. It gets another id: the platform gives ids, nobody else. */
  async undoDelete(): Promise<void> {
    const gone = this.#deleted
    if (gone === undefined) return
    const { connectionId } = this
    const text = editableText(gone.wholeText)
    const created = await this.#services.explorer.createDrop({ connectionId, flowId: gone.flowId, text })
    if (!created.ok) {
      this.#rowsFailure = created.failure
      return
    }
    this.#deleted = undefined
    this.refresh()
  }

  /** The flows that the table is read from, and what is asked of each: for an export or a delete of what is shown. */
  get shownFind(): { readonly flowIds: readonly string[]; readonly parameters: FindParameters } {
    const parameters = this.#parameters(this.#filter)
    return {
      flowIds: this.#scope?.flowIds ?? [this.flowId],
      parameters: { limit: 100_000, ...(typeof parameters === 'string' ? {} : parameters) }
    }
  }

  /** Asks whether exactly what the table shows shall be deleted. */
  askDeleteShown(): void {
    const { flowIds, parameters } = this.shownFind
    this.deleteTarget = { kind: 'found', flowIds: [...flowIds], parameters }
  }

  /** The tab is closed: its table leaves the worker, and what was typed and thrown away is no draft. */
  close(): void {
    this.#read.cancel()
    this.editor?.discard()
    this.#services.worker.post({ kind: 'forgetTable', tableId: this.tableId })
  }

  #dropStored({ kind, dropId, flowId, wholeText }: StoredChange): void {
    if (kind === 'deleted') {
      this.#panel.leave(dropId)
      if (wholeText !== '') this.#deleted = { dropId, flowId, wholeText }
    }
    this.refresh()
  }

  async #readFlow(): Promise<void> {
    const { explorer } = this.#services
    const { connectionId, flowId } = this
    const result = await explorer.readFlow({ connectionId, flow: { flowId } })
    if (!result.ok) return
    this.#flow = result.value
    const { path } = result.value
    if (path !== this.#path) this.#services.flowMoved({ connectionId, flowId, path })
  }

  /** The protocol has no count: the ids alone are the cheapest answer that tells it. */
  async #countDrops(): Promise<void> {
    const { reads, worker } = this.#services
    const tableId = `${this.tableId}-count`
    const target = { kind: 'drops', flowId: this.flowId } as const
    const counted = await reads.drops(this.connectionId, target, { only: 'id' }, { tableId }).result
    worker.post({ kind: 'forgetTable', tableId })
    if (counted.ok) this.#totalDrops ??= counted.value.answeredDrops
  }

  #parameters(filter: string): FindParameters | string {
    const options = optionParameters(this.#options)
    if (typeof options === 'string') return options
    return { ...options, ...(filter === '' ? {} : { filter }) }
  }

  /** Whether this read's answer is shown: not when it failed or a later one took its place. */
  async #readDrops(filter: string, source: TableSource): Promise<boolean> {
    const { worker, receivedDrops } = this.#services
    this.#phase = { kind: 'reading' }
    const received = receivedDrops(this.connectionId, this.flowId)
    const parameters = this.#parameters(filter)
    if (typeof parameters === 'string') {
      this.#read.forget()
      const hint = 'Change the options of the filter.'
      this.#phase = { kind: 'failed', failure: failure('input/invalid', { message: parameters, hint }) }
      return false
    }
    const { searchIn } = this.#options
    const result = await this.#read.run({ source, parameters, searchIn })
    // A later read took this one's place: its answer is the one that counts.
    if (result === undefined) return false
    if (!result.ok) {
      this.#phase = { kind: 'failed', failure: result.failure }
      return false
    }
    const { table, scope } = result.value
    if (this.#sorting !== null) {
      await worker.call('sortTable', { tableId: this.tableId, sorting: this.#sorting })
    }
    if (filter !== this.#filter || source !== this.#source) this.scrollPlace = { top: 0, left: 0 }
    this.selection.clear()
    this.#filter = filter
    this.#source = source
    this.#scope = scope
    this.#table = table
    this.#receivedAtRead = received
    const isWholeFlow =
      filter === '' && source.kind === 'filter' && scope === undefined && this.#options.limit === ''
    if (isWholeFlow) this.#totalDrops = table.answeredDrops
    else if (this.#totalDrops === undefined) void this.#countDrops()
    this.#phase = { kind: 'shown', durationMs: table.durationMs }
    void this.rows.refresh()
    void this.chart.tableChanged()
    this.#services.changed()
    return true
  }
}
