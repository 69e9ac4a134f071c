import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { FlowPulse, FlowPulses } from '../flows/flow-pulses.ts'
import { readFlowSearch } from '../flows/flow-search.ts'
import type { FlowMatch } from '../flows/flow-search.ts'
import { FlowTreeModel } from '../flows/flow-tree-model.ts'
import type { FlowSummary, NodeTraffic, TreeShape } from '../flows/flow-tree-model.ts'
import { receiveFlows } from '../flows/receive-flows.ts'
import { inSlices } from '../flows/slices.ts'
import type { TreeNode } from '../flows/tree-node.ts'
import type { PendingReads } from './pending-reads.ts'
import type { CallInput, FlowsRead, TreeChange, TreeNews, TreeView } from './worker-protocol.ts'

/** A tree that grows and a search that goes on are told this often: each time the visible rows are fetched again. */
const NEWS_MS = 80

/** The flow trees inside the drop worker, one a connection: filled by reads, changed by the window. */
export class WorkerTree {
  readonly #reads: PendingReads
  readonly #pulses: FlowPulses
  readonly #tell: (news: TreeNews) => void
  readonly #models = new Map<string, FlowTreeModel>()
  /** Where a read of several pages goes, by its session: the tree itself while it is empty, else one beside it. */
  readonly #filling = new Map<string, FlowTreeModel>()
  #connectionId = ''
  #matches: FlowMatch | undefined
  #toldAtMs = 0

  constructor(reads: PendingReads, pulses: FlowPulses, tell: (news: TreeNews) => void) {
    this.#reads = reads
    this.#pulses = pulses
    this.#tell = tell
  }

  /** The tree of the connection that is looked at. */
  get model(): FlowTreeModel {
    return this.#modelOf(this.#connectionId, '')
  }

  get view(): TreeView {
    const { expandedPaths, pinnedPaths, hiddenPaths, sort } = this.model
    return { expandedPaths, pinnedPaths, hiddenPaths, sort }
  }

  async read(input: CallInput<'readFlows'>): Promise<Result<FlowsRead>> {
    const { readId, connectionId, sessionId, isFirst, limit } = input
    const shown = this.#modelOf(connectionId, input.account)
    if (isFirst) {
      const isEmpty = shown.shape.flowCount === 0
      this.#filling.set(sessionId, isEmpty ? shown : new FlowTreeModel(shown.account))
    }
    const filling = this.#filling.get(sessionId) ?? shown
    let firstPieceAtMs = 0
    let lastPieceAtMs = 0
    const received = await this.#reads.receive(readId, (port) =>
      receiveFlows(port, (flows) => {
        lastPieceAtMs = performance.timeOrigin + performance.now()
        if (firstPieceAtMs === 0) firstPieceAtMs = lastPieceAtMs
        for (const flow of flows) filling.put(flow)
        this.#tellProgress(connectionId, filling, filling === shown)
      })
    )
    const flowCount = filling.shape.flowCount
    if (received.ok && received.value >= limit)
      return success({ hasMore: true, flowCount, firstPieceAtMs, lastPieceAtMs })
    if (received.ok && filling !== shown) {
      filling.takeView(shown)
      this.#models.set(connectionId, filling)
    }
    this.#filling.delete(sessionId)
    this.#showAnew(connectionId)
    return received.ok ? success({ hasMore: false, flowCount, firstPieceAtMs, lastPieceAtMs }) : received
  }

  change(change: TreeChange): Result<TreeShape> {
    const { model } = this
    switch (change.kind) {
      case 'show': {
        this.#connectionId = change.connectionId
        const chosen = this.#modelOf(change.connectionId, change.account)
        if (change.view !== undefined) chosen.restore(change.view)
        this.#matches = undefined
        chosen.search(undefined)
        return success(chosen.shape)
      }
      case 'expand':
        model.expand(change.key, change.isExpanded)
        break
      case 'expandSiblings':
        model.expandSiblings(change.key)
        break
      case 'collapseAll':
        model.collapseAll()
        break
      case 'reveal':
        model.reveal(change.path)
        break
      case 'search':
        return this.#search(change.text)
      case 'pin':
        model.pin(change.path, change.isPinned)
        break
      case 'hide':
        model.hide(change.path, change.isHidden)
        this.#searchAnew()
        break
      case 'showHidden':
        model.showHidden(change.showsHidden)
        this.#searchAnew()
        break
      case 'sort':
        model.sortBy(change.sort, this.#traffic())
        this.#searchAnew()
        break
      case 'put':
        this.#modelOf(change.connectionId, '').put(change.flow)
        this.#showAnew(change.connectionId)
        break
      case 'remove':
        for (const flowId of change.flowIds) this.#modelOf(change.connectionId, '').remove(flowId)
        this.#showAnew(change.connectionId)
        break
    }
    return success(this.model.shape)
  }

  async find(text: string, limit: number): Promise<readonly FlowSummary[]> {
    return inSlices(this.model.findSteps(text, limit))
  }

  /** Live traffic of the rows from `from` to `to`, by their keys; of a closed folder what is below it, added up. */
  pulses(from: number, to: number): Readonly<Record<string, FlowPulse>> {
    const nowMs = Date.now()
    const sums = this.#traffic()
    if (sums.size === 0) return {}
    const pulses: Record<string, FlowPulse> = {}
    for (const node of this.model.nodes(from, to)) {
      const own =
        node.flow === undefined ? undefined : this.#pulses.pulseOf(this.#connectionId, node.flow.id, nowMs)
      const sum = sums.get(node)
      if (own !== undefined) pulses[node.key] = own
      else if (sum !== undefined) pulses[node.key] = { ...sum, perSecondCounts: [] }
    }
    return pulses
  }

  #traffic(): Map<TreeNode, NodeTraffic> {
    return this.model.addUp(this.#pulses.trafficOf(this.#connectionId, Date.now()))
  }

  #search(text: string): Result<TreeShape> {
    const search = readFlowSearch(text)
    if (search.kind === 'unreadable') {
      return failed(failure('input/invalid', { message: search.message, hint: 'Mend the expression.' }))
    }
    this.#matches = search.kind === 'matches' ? search.matches : undefined
    this.#searchAnew()
    return success(this.model.shape)
  }

  /** The first slice runs at once: the answer to what started the search holds its first rows. */
  #searchAnew(): void {
    const { model } = this
    const connectionId = this.#connectionId
    if (this.#matches === undefined && model.shape.search === undefined) return
    model.search(this.#matches)
    const tell = (): void => {
      this.#tellProgress(connectionId, model, true, false)
    }
    void inSlices(model.searchSteps(), tell).then(() => {
      this.#tellNow(connectionId, model)
    })
  }

  #showAnew(connectionId: string): void {
    const model = this.#modelOf(connectionId, '')
    model.show()
    if (connectionId === this.#connectionId) this.#searchAnew()
    this.#tellNow(connectionId, model)
  }

  #tellProgress(connectionId: string, model: FlowTreeModel, isShown: boolean, isReading = true): void {
    const nowMs = Date.now()
    if (nowMs - this.#toldAtMs < NEWS_MS) return
    this.#toldAtMs = nowMs
    if (isShown && isReading) model.show()
    const shown = isShown ? model : this.#modelOf(connectionId, '')
    this.#tell({
      connectionId,
      shape: shown.shape,
      ...(isReading ? { readFlows: model.shape.flowCount } : {})
    })
  }

  #tellNow(connectionId: string, model: FlowTreeModel): void {
    this.#tell({ connectionId, shape: model.shape })
  }

  #modelOf(connectionId: string, account: string): FlowTreeModel {
    const known = this.#models.get(connectionId)
    if (known !== undefined && (account === '' || known.account === account)) return known
    const model = new FlowTreeModel(account)
    this.#models.set(connectionId, model)
    return model
  }
}
