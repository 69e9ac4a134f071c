import type { AppState as AppFacts, ReplayState, Workspace } from '../../shared/ipc/settings.ts'
import type { Failure } from '../../shared/failure.ts'
import { LOCAL_CONNECTION_ID } from '../../shared/model/connection.ts'
import type { Connection } from '../../shared/model/connection.ts'
import type { Result } from '../../shared/result.ts'
import type { RequestInput } from '../../shared/ipc/contract.ts'
import type { Explorer } from '../bridge.ts'
import { AggregationTab } from '../aggregate/aggregation-tab.svelte.ts'
import type { AggregatedFlow } from '../aggregate/aggregation-tab.svelte.ts'
import { CommandTable } from '../commands/command-table.svelte.ts'
import { ConnectionScreens } from '../connections/connection-screens.svelte.ts'
import { Connections } from '../connections/connections.svelte.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import { LiveConsole } from '../console/live-console.svelte.ts'
import { KeptFilters } from '../filter/kept-filters.svelte.ts'
import { Drafts } from '../drops/drafts.svelte.ts'
import { GridLayouts } from '../drops/grid-layouts.svelte.ts'
import { Jobs } from '../drops/jobs.svelte.ts'
import { FlowActions } from '../flows/flow-actions.svelte.ts'
import { FlowTree } from '../flows/flow-tree.svelte.ts'
import { StatisticsTab } from '../statistics/statistics-tab.svelte.ts'
import type { ChartedObject } from '../statistics/saved-view.ts'
import { RequestTab } from '../request/request-tab.svelte.ts'
import type { TimeZone } from '../ui/moment.ts'
import { openFirstRun } from './first-run.ts'
import { Notices } from './notices.svelte.ts'
import { PaintedReports } from './painted.ts'
import { Preferences } from './preferences.svelte.ts'
import { Reads } from './reads.ts'
import { Tabs } from './tabs.svelte.ts'
import { WorkspaceKeeper } from './workspace.svelte.ts'
import type { Panes } from './workspace.svelte.ts'

/** The state of the window: its parts, joined. */
export class AppState {
  readonly explorer: Explorer
  readonly worker: DropWorkerClient
  readonly preferences: Preferences
  readonly notices: Notices
  readonly connections: Connections
  readonly connectionScreens: ConnectionScreens
  readonly tree: FlowTree
  readonly flowActions: FlowActions
  readonly tabs: Tabs
  readonly console: LiveConsole
  readonly filters: KeptFilters
  readonly workspace: WorkspaceKeeper
  readonly commands: CommandTable
  readonly drafts: Drafts
  readonly jobs: Jobs
  readonly layouts: GridLayouts
  readonly painted: PaintedReports
  #facts = $state.raw<AppFacts | undefined>(undefined)
  #replay = $state.raw<ReplayState | undefined>(undefined)
  isSettingsOpen = $state(false)
  #isReady = $state(false)
  #startFailure = $state.raw<Failure | undefined>(undefined)
  #wasRestored = false
  /** Connections whose tree is being read because they were chosen. */
  #readingTrees: readonly string[] = []

  constructor(explorer: Explorer, worker: DropWorkerClient) {
    this.explorer = explorer
    this.worker = worker
    const changed = (): void => {
      this.workspace.changed()
    }
    const reads = new Reads(explorer, worker)
    this.preferences = new Preferences(explorer)
    this.notices = new Notices(explorer)
    this.painted = new PaintedReports(explorer)
    this.connections = new Connections(explorer)
    this.connectionScreens = new ConnectionScreens(explorer, this.connections, (id) => {
      this.chooseConnection(id)
    })
    this.workspace = new WorkspaceKeeper(explorer, () => this.#gather())
    this.filters = new KeptFilters(explorer, () => this.connections.chosenId)
    this.tree = new FlowTree({
      explorer,
      worker,
      reads,
      accountOf: (id) => this.connections.all.find((connection) => connection.id === id)?.account ?? '',
      changed
    })
    this.flowActions = new FlowActions(this)
    this.console = new LiveConsole({
      explorer,
      worker,
      changed,
      liveDropShown: () => {
        this.painted.report('live-drop')
      }
    })
    this.drafts = new Drafts(explorer)
    this.jobs = new Jobs(explorer)
    this.layouts = new GridLayouts(changed)
    this.tabs = new Tabs(
      {
        explorer,
        worker,
        reads,
        drafts: this.drafts,
        jobs: this.jobs,
        layouts: this.layouts,
        connectionOf: (id) => this.connections.all.find((connection) => connection.id === id),
        openFlow: (flow) => this.tabs.openFlow(flow),
        flowMoved: (flow) => {
          this.flowMoved(flow)
        },
        changed,
        timeZone: () => this.preferences.settings.timeZone,
        receivedDrops: (connectionId, flowId) =>
          this.console.activityOf(connectionId, flowId)?.receivedDrops ?? 0,
        filterRan: (text) => void this.filters.remember(text),
        rowsArrived: () => {
          this.painted.report('drops')
        }
      },
      {
        statistics: (tab) =>
          new StatisticsTab(
            {
              explorer,
              changed,
              listFlows: (limit) => this.#listFlows(limit),
              colourOf: (path) => this.console.colourOf(path)
            },
            tab
          ),
        aggregation: (tab) =>
          new AggregationTab(
            {
              explorer,
              worker,
              reads,
              changed,
              failed: (reason) => {
                this.notices.addFailure(reason)
              }
            },
            tab
          ),
        request: (tab) =>
          new RequestTab(
            { explorer, changed, connectionName: (id) => this.connections.find(id)?.name ?? '' },
            tab
          )
      },
      (tab) => {
        // A tab of a connection that is gone says so itself; there is no tree to show.
        const isElsewhere = tab.connectionId !== this.connections.chosenId
        if (isElsewhere && this.connections.find(tab.connectionId) !== undefined)
          this.#showConnection(tab.connectionId)
      }
    )
    this.commands = new CommandTable(this)
    explorer.on('replayChanged', (replay) => {
      this.#replay = replay
    })
    explorer.on('commandChosen', ({ commandId }) => {
      this.commands.run(commandId)
    })
  }

  /** How the app was started; undefined until main has answered. */
  get facts(): AppFacts | undefined {
    return this.#facts
  }

  /** The replay of sample rows; undefined until main has answered. */
  get replay(): ReplayState | undefined {
    return this.#replay
  }

  /** Whether the sizes of the panes are known: they are drawn once, at their place. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Asks main for everything at once, and opens what the last run left open as soon as its connection answers. */
  async start(): Promise<void> {
    void this.#readFacts()
    void this.explorer.openLive().then((opened) => {
      if (!opened.ok) this.#startFailed(opened.failure)
    })
    void this.filters.read().then((read) => {
      if (!read.ok) this.#startFailed(read.failure)
    })
    void this.drafts.read().then((read) => {
      if (!read.ok) this.#startFailed(read.failure)
    })
    void this.preferences.read().then((read) => {
      if (!read.ok) this.#startFailed(read.failure)
      this.worker.post({ kind: 'liveBudget', bytes: this.preferences.settings.liveBudgetBytes })
    })
    const saved = await this.workspace.read()
    if (!saved.ok) this.#startFailed(saved.failure)
    else if (saved.value !== null) this.console.restoreRules(saved.value)
    this.#isReady = true
    this.painted.report('window')
    this.connections.onRemoved = (connectionId) => {
      this.#connectionRemoved(connectionId)
    }
    void this.connections.readProfiles()
    void this.connections.readVault()
    const read = await this.connections.read()
    if (!read.ok) this.#startFailed(read.failure)
    // After the list: what is restored may belong to any of them.
    this.connections.onConnected = (connection) => void this.#connected(connection, saved)
    window.addEventListener('pagehide', () => {
      this.drafts.flush()
      void this.workspace.save()
    })
  }

  /** Why a part of the start did not come; undefined when all did, and when the person has read it. */
  get startFailure(): Failure | undefined {
    return this.#startFailure
  }

  closeStartFailure(): void {
    this.#startFailure = undefined
  }

  async changeReplay(change: { isPaused?: boolean; ratePerSecond?: number }): Promise<void> {
    const result = await this.explorer.changeReplay(change)
    if (result.ok) this.#replay = result.value
    else this.notices.addFailure(result.failure)
  }

  /** Rows carry their times as texts: all of them are made again. */
  async changeTimeZone(timeZone: TimeZone): Promise<void> {
    await this.preferences.change({ timeZone })
    await Promise.all(this.tabs.flows.map((tab) => tab.rows.refresh()))
  }

  /** Shows the tree, the filters and the last tab of a connection; one that is closed is opened by being asked. */
  chooseConnection(connectionId: string): void {
    const itsTab = this.tabs.all.findLast((tab) => tab.connectionId === connectionId)
    if (itsTab !== undefined && this.tabs.active?.connectionId !== connectionId) this.tabs.activate(itsTab)
    if (connectionId !== this.connections.chosenId) this.#showConnection(connectionId)
  }

  /** Opens the request console of the chosen connection: the one that it has, or another one. */
  openRequestConsole(isFresh = false): void {
    const connectionId = this.connections.chosenId
    if (isFresh) this.tabs.add({ kind: 'request', connectionId, state: '' })
    else this.tabs.openView('request', connectionId)
  }

  #showConnection(connectionId: string): void {
    this.connections.choose(connectionId)
    void this.filters.read()
    this.#readingTrees = [...this.#readingTrees, connectionId]
    void this.tree.read(connectionId).finally(() => {
      this.#readingTrees = this.#readingTrees.filter((id) => id !== connectionId)
    })
    this.workspace.changed()
  }

  /** Its tabs and followed flows have nothing to show any more; the local platform is always there. */
  #connectionRemoved(connectionId: string): void {
    this.tabs.closeAllOf(connectionId)
    void this.console.forgetConnection(connectionId)
    if (this.connections.chosenId === connectionId) this.chooseConnection(LOCAL_CONNECTION_ID)
  }

  /** Opens a flow in a tab and shows where it stands in the tree. */
  openFlow(flow: { readonly flowId: string; readonly path: string }): void {
    this.tabs.openFlow({ connectionId: this.connections.chosenId, ...flow })
    void this.tree.reveal(flow.path)
  }

  /** A flow is at another path: its tab follows it there. The console hears of it from main, in its place in the stream. */
  flowMoved({
    connectionId,
    flowId,
    path
  }: {
    readonly connectionId: string
    readonly flowId: string
    readonly path: string
  }): void {
    for (const tab of this.tabs.flows)
      if (tab.flowId === flowId && tab.connectionId === connectionId) tab.moved(path)
  }

  /** Opens the statistics of the chosen connection; with a flow, drops added to it. */
  openStatistics(flow?: ChartedObject): void {
    this.tabs.openView('statistics', this.connections.chosenId)
    const { active } = this.tabs
    if (flow !== undefined && active instanceof StatisticsTab) active.showFlow(flow)
  }

  /** Opens the aggregation of the chosen connection; with a flow, of that flow's drops. */
  openAggregation(flow?: AggregatedFlow): void {
    this.tabs.openView('aggregation', this.connections.chosenId)
    const { active } = this.tabs
    if (flow !== undefined && active instanceof AggregationTab) active.setFlow(flow)
  }

  /** Opens a flow with a filter that is run at once. */
  openFiltered(
    flow: { readonly connectionId: string; readonly flowId: string; readonly path: string },
    filter: string
  ): void {
    const tab = this.tabs.openFlow(flow)
    tab.draft = filter
    tab.run()
  }

  /** Writes to a file that the person chooses, and says where it is. */
  async saveFile(name: string, content: RequestInput<'saveFile'>['content']): Promise<void> {
    const saved = await this.explorer.saveFile({ name, content })
    if (!saved.ok) this.notices.addFailure(saved.failure)
    else if (saved.value !== null) this.notices.addInfo(`Saved as ${saved.value.filePath}.`)
  }

  async follow(path: string): Promise<void> {
    this.workspace.changePanes({ isConsoleOpen: true })
    const result = await this.console.follow(this.connections.chosenId, path)
    if (!result.ok) this.notices.addFailure(result.failure)
  }

  async #connected(connection: Connection, saved: Result<Workspace | null>): Promise<void> {
    if (connection.id !== this.connections.chosenId) return
    const isFirstTime = !this.#wasRestored
    this.#wasRestored = true
    if (isFirstTime && saved.ok && saved.value !== null) this.#restore(saved.value)
    if (!isFirstTime) void this.filters.read()
    const { chosenId } = this.connections
    // Choosing a closed connection reads its tree, which opens it: that read is the one that counts.
    const flows = this.#readingTrees.includes(chosenId) ? undefined : this.tree.read(chosenId)
    if (isFirstTime && saved.ok && saved.value === null) await openFirstRun(this, connection)
    if (!isFirstTime) this.#refreshAfterReconnect()
    // A workspace that could not be read is still on the disk: nothing is saved over it.
    else if (saved.ok) this.workspace.restored()
    const replay = await this.explorer.readReplay()
    if (replay.ok) this.#replay = replay.value
    await flows
  }

  async #listFlows(
    limit: number
  ): Promise<{ readonly flows: readonly ChartedObject[]; readonly totalFlows: number }> {
    const found = await this.worker.call('findFlows', { text: '', limit })
    return {
      flows: found.ok ? found.value.map(({ id, path }) => ({ id, name: path })) : [],
      totalFlows: this.tree.shape.flowCount
    }
  }

  #restore(saved: Workspace): void {
    this.layouts.restore(saved.gridLayouts)
    // Before the tabs: the one in front may bring the tree of its connection.
    this.tree.restore(saved.trees)
    this.tabs.restore(saved.tabs, saved.activeTab)
    const { chosenConnectionId } = saved
    // One that is gone meanwhile is not asked for; that of the tab in front, or the local platform, is shown.
    if (
      chosenConnectionId !== undefined &&
      chosenConnectionId !== this.connections.chosenId &&
      this.connections.find(chosenConnectionId) !== undefined
    )
      this.#showConnection(chosenConnectionId)
    this.console.restoreFlows(saved.liveFlows)
  }

  /** What failed while the platform was away is tried again; what is on the screen stays. */
  #refreshAfterReconnect(): void {
    if (this.tabs.activeFlow?.phase.kind === 'failed') this.tabs.activeFlow.refresh()
    void this.console.retryRefused()
  }

  async #readFacts(): Promise<void> {
    const result = await this.explorer.readAppState()
    if (!result.ok) {
      this.#startFailed(result.failure)
      return
    }
    this.#facts = result.value
    for (const notice of result.value.notices) this.notices.add(notice)
  }

  /** The first reason stands in the window, all of them among the notices. */
  #startFailed(reason: Failure): void {
    this.#startFailure ??= reason
    this.notices.addFailure(reason)
  }

  #gather(): Omit<Workspace, keyof Panes> {
    const { all, active } = this.tabs
    return {
      tabs: all.map(({ saved }) => saved),
      activeTab: active === undefined ? -1 : all.indexOf(active),
      chosenConnectionId: this.connections.chosenId,
      gridLayouts: [...this.layouts.all],
      trees: this.tree.views.map((view) => ({
        ...view,
        expandedPaths: [...view.expandedPaths],
        pinnedPaths: [...view.pinnedPaths],
        hiddenPaths: [...view.hiddenPaths]
      })),
      ...this.console.saved
    }
  }
}
