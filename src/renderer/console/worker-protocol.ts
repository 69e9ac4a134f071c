import type { Result } from '../../shared/result.ts'
import type { Explanation } from '../../shared/filter/index.ts'
import type { PlaceRange, Sorting, TableRow } from '../drops/drop-table.ts'
import type { Column } from '../drops/table-columns.ts'
import type { CellFilters } from '../drops/cell-filters.ts'
import type { HelpedCompletion } from '../filter/word-help.ts'
import type { FlowPulse } from '../flows/flow-pulses.ts'
import type { FlowSummary, TreeRow, TreeShape, TreeSort } from '../flows/flow-tree-model.ts'
import type { TimeZone } from '../ui/moment.ts'
import type { LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { ChartPoints } from '../charts/points.ts'
import type { LiveExportFormat, LiveExportPiece } from './live-export.ts'
import type { LiveSearchResult } from './live-search.ts'
import type { LiveSeriesKey } from './live-series.ts'
import type { LiveSnapshot, LiveView } from './live-snapshot.ts'

/**
 * The conversation between the window's own thread and its drop worker. Drops stay in the worker; the window gets counts,
 * columns and the rows that it shows.
 *
 * - A call is answered once, with a `Result`, under its number.
 * - A post wants no answer.
 * - News of a tree are sent while flows arrive and while a search goes on.
 * - A snapshot of the stream is sent when something changed; the next one waits for `liveShown`, so that a window that
 *   cannot draw is not flooded and one that sleeps costs nothing.
 */
export interface WorkerCalls {
  /** Reads flows from the port with this `readId` into the tree of a connection: the first page, or another one. */
  readFlows: (input: {
    readonly readId: string
    readonly connectionId: string
    readonly account: string
    /** The same for all pages of one read. */
    readonly sessionId: string
    readonly isFirst: boolean
    /** What main asks for: a page of that many flows is followed by another. */
    readonly limit: number
  }) => FlowsRead
  /** Reads drops from the port with this `readId` and makes them the table `tableId`. */
  readDrops: (input: ReadDrops) => TableShape
  /** Cells come for `columnIds`, in their order. */
  tableRows: (input: {
    readonly tableId: string
    readonly from: number
    readonly to: number
    readonly timeZone: TimeZone
    readonly columnIds: readonly string[]
  }) => readonly TableRow[]
  /** The text of the drops at some places; a failure when it is longer than the clipboard of the window takes. */
  copyRows: (input: {
    readonly tableId: string
    readonly ranges: readonly PlaceRange[]
    readonly form: 'drops' | 'elems' | 'cells'
    readonly columnIds: readonly string[]
  }) => { readonly text: string; readonly dropCount: number }
  /** The first drops as one JSON text of at most `maxCharacters`. */
  tableJson: (input: { readonly tableId: string; readonly maxCharacters: number }) => {
    readonly text: string
    readonly dropCount: number
  }
  /** Where the drops at some places are, at most `limit` of them. */
  tableKeys: (input: {
    readonly tableId: string
    readonly ranges: readonly PlaceRange[]
    readonly limit: number
  }) => readonly { readonly flowId: string; readonly dropId: string }[]
  sortTable: (input: { readonly tableId: string; readonly sorting: Sorting | null }) => null
  /** The place of a drop in the table, -1 when it is not there. */
  tablePlace: (input: { readonly tableId: string; readonly dropId: string }) => number
  treeRows: (input: RowRange) => readonly TreeRow[]
  changeTree: (input: TreeChange) => TreeShape
  /** The place of a row by its key (the path, but for pins), -1 when it is not visible. */
  treePlace: (input: { readonly key: string }) => number
  treeTypeAhead: (input: { readonly prefix: string; readonly from: number }) => number
  /** How the tree is looked at, for the next run. */
  treeView: (input: null) => TreeView
  /** Live traffic of the rows, by their keys; those without any are missing. */
  treePulses: (input: RowRange) => Readonly<Record<string, FlowPulse>>
  /** The flows at a path and below it. */
  flowsBelow: (input: { readonly path: string; readonly limit: number }) => readonly FlowSummary[]
  flowByPath: (input: { readonly path: string }) => FlowSummary | null
  findFlows: (input: { readonly text: string; readonly limit: number }) => readonly FlowSummary[]
  /** Completions of a filter, with the words of a table's drops and of those that arrived since. */
  completeFilter: (input: {
    readonly tableId: string
    readonly flowId: string
    readonly text: string
    readonly offset: number
    readonly recentFilters: readonly string[]
  }) => readonly HelpedCompletion[]
  /** What the drops have under a name, as Markdown; null when they have nothing. */
  describeMember: (input: {
    readonly tableId: string
    readonly flowId: string
    readonly name: string
  }) => string | null
  /** The truth of each piece of a filter for one drop, given as its JSON text; null for the empty filter. */
  explainFilter: (input: { readonly dropText: string; readonly filter: string }) => Explanation | null
  /** The value of a cell, what it leads to and the rules that find it; null when the drop left the table. */
  cellFilters: (input: {
    readonly tableId: string
    readonly dropId: string
    readonly columnId: string
  }) => CellFilters | null
  /** The values of some columns over the time at which the drops were made. */
  tablePoints: (input: { readonly tableId: string; readonly columnIds: readonly string[] }) => ChartPoints
  /** What of the stream is shown: a filter, and flows by `activityKey` of connection and path. */
  setLiveRules: (input: {
    readonly filter: string
    readonly mutedFlows: readonly string[]
    readonly soloFlows: readonly string[]
  }) => null
  /** Filters with a colour each; the first that is true of a row colours it. */
  setHighlights: (input: {
    readonly rules: readonly { readonly filter: string; readonly colour: number }[]
  }) => null
  /** Names of the elements that the latest drops have, in alphabetical order. */
  liveElementNames: (input: null) => readonly string[]
  /** A kept drop and the one before it in its flow; null when it left. */
  liveDrop: (input: { readonly sequence: number }) => LiveDrop | null
  /** How many shown entries are newer, -1 when it is not shown. */
  livePlace: (input: { readonly sequence: number }) => number
  /** The next drop that is shown and holds a text; a search that another one follows is cancelled. */
  searchLive: (input: {
    readonly text: string
    readonly fromSequence: number
    readonly isNewer: boolean
  }) => LiveSearchResult
  /** Begins an export of some entries, or of all that are shown; answers how many. */
  openLiveExport: (input: {
    readonly exportId: string
    readonly format: LiveExportFormat
    readonly range?: { readonly oldest: number; readonly newest: number }
    readonly heldAt: number | null
  }) => number
  readLiveExport: (input: { readonly exportId: string }) => LiveExportPiece & { readonly lostEntries: number }
  closeLiveExport: (input: { readonly exportId: string }) => null
  /** The lines of the live chart. */
  setLiveSeries: (input: { readonly series: readonly LiveSeriesKey[] }) => null
  /** The points of the live chart up to a moment, null for all. */
  liveChart: (input: { readonly untilMs: number | null }) => ChartPoints
}

export interface LiveDrop {
  readonly text: string
  readonly previousText: string | undefined
  readonly receivedAtMs: number
  readonly subscription: LiveSubscription
}

export interface RowRange {
  readonly from: number
  readonly to: number
}

/** How a tree is looked at; kept for each connection. */
export interface TreeView {
  readonly expandedPaths: readonly string[]
  readonly pinnedPaths: readonly string[]
  readonly hiddenPaths: readonly string[]
  readonly sort: TreeSort
}

export interface FlowsRead {
  readonly hasMore: boolean
  /** Flows of the tree so far. */
  readonly flowCount: number
  /** When the first and the last piece of the answer arrived, milliseconds since the Unix epoch; 0 for none. */
  readonly firstPieceAtMs: number
  readonly lastPieceAtMs: number
}

export interface ReadDrops {
  readonly readId: string
  readonly tableId: string
  /** The ids that were asked for: the rows come in this order, and one for each that is not there. */
  readonly askedIds?: readonly string[]
  /** The drops of several flows: they are merged by this member, as one flow's would be. */
  readonly mergeBy?: Sorting
}

export type TreeChange =
  /** Which tree is meant from here on; without `view` as it was looked at last. */
  | {
      readonly kind: 'show'
      readonly connectionId: string
      readonly account: string
      readonly view?: TreeView
    }
  | { readonly kind: 'expand'; readonly key: string; readonly isExpanded: boolean }
  | { readonly kind: 'expandSiblings'; readonly key: string }
  | { readonly kind: 'collapseAll' }
  | { readonly kind: 'reveal'; readonly path: string }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'pin'; readonly path: string; readonly isPinned: boolean }
  | { readonly kind: 'hide'; readonly path: string; readonly isHidden: boolean }
  | { readonly kind: 'showHidden'; readonly showsHidden: boolean }
  | { readonly kind: 'sort'; readonly sort: TreeSort }
  | { readonly kind: 'put'; readonly connectionId: string; readonly flow: FlowSummary }
  | { readonly kind: 'remove'; readonly connectionId: string; readonly flowIds: readonly string[] }

/** A tree that grew, or a search that went on. */
export interface TreeNews {
  readonly connectionId: string
  readonly shape: TreeShape
  /** Flows that a read under way has brought. */
  readonly readFlows?: number
}

export interface TableShape {
  readonly rowCount: number
  /** What the answer held, also when its members were too few to make rows of them. */
  readonly answeredDrops: number
  readonly columns: readonly Column[]
  readonly leftOutColumns: number
  /** Ids that were asked for and are not there. */
  readonly missingIds: readonly string[]
  readonly sizeBytes: number
  /** What the platform took to answer. */
  readonly durationMs: number
}

export type CallName = keyof WorkerCalls
export type CallInput<Name extends CallName> = Parameters<WorkerCalls[Name]>[0]
export type CallOutput<Name extends CallName> = ReturnType<WorkerCalls[Name]>

export type ToWorker =
  | { readonly kind: 'call'; readonly callId: number; readonly name: CallName; readonly input: unknown }
  /** With the port in the transfer list. */
  | { readonly kind: 'livePort' }
  | { readonly kind: 'readPort'; readonly readId: string }
  /** The read will not come, or nobody waits for it. */
  | { readonly kind: 'cancelRead'; readonly readId: string }
  | { readonly kind: 'forgetTable'; readonly tableId: string }
  | { readonly kind: 'liveView'; readonly view: LiveView }
  | { readonly kind: 'liveShown' }
  | { readonly kind: 'clearLive' }
  | { readonly kind: 'liveBudget'; readonly bytes: number }

export type FromWorker =
  | { readonly kind: 'answer'; readonly callId: number; readonly result: Result<unknown> }
  | { readonly kind: 'live'; readonly snapshot: LiveSnapshot }
  | { readonly kind: 'tree'; readonly news: TreeNews }
