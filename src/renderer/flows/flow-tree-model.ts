import { findFlows } from './flow-find.ts'
import type { FlowMatch } from './flow-search.ts'
import { SearchMeter } from './search-meter.ts'
import { isPin, makeNode, PINS_KEY, TreeWalk } from './tree-node.ts'
import type { FlowSummary, TreeNode } from './tree-node.ts'
import { TreeOrder } from './tree-order.ts'
import type { NodeTraffic, TreeRow, TreeShape, TreeSort } from './tree-shape.ts'

export type { FlowSummary } from './tree-node.ts'
export type { NodeTraffic, SearchState, TreeRow, TreeShape, TreeSort } from './tree-shape.ts'

interface Search {
  readonly id: number
  readonly matches: FlowMatch
  searchedFlows: number
  matchingFlows: number
  unjudgedFlows: number
  isDone: boolean
}

/** Nodes that one step of a search looks at: far less than a millisecond, so a slice of work ends in time. */
const STEP_NODES = 250

/**
 * The flows of an account as a tree by path: folders are made from the paths. Flows come one after the other; what is
 * visible is a list of nodes that `show` makes, or that a search adds to while it goes.
 */
export class FlowTreeModel {
  /** The account of the connection: its own flows come first, the others are shared. */
  readonly account: string
  readonly #root = makeNode('', '', '', undefined)
  readonly #nodes = new Map<string, TreeNode>([['', this.#root]])
  readonly #byId = new Map<string, TreeNode>()
  #expanded = new Set<string>()
  #closedInSearch = new Set<string>()
  #hidden = new Set<string>()
  #pinned: readonly string[] = []
  #showsHidden = false
  readonly #order: TreeOrder
  #visible: TreeNode[] = []
  #search: Search | undefined
  #searches = 0

  constructor(account: string) {
    this.account = account
    this.#order = new TreeOrder(account, this.#root)
  }

  get shape(): TreeShape {
    const search = this.#search
    return {
      rowCount: this.#visible.length,
      flowCount: this.#byId.size,
      hiddenPaths: [...this.#hidden].filter((path) => this.#nodes.has(path)).length,
      showsHidden: this.#showsHidden,
      ...(search === undefined
        ? {}
        : {
            search: {
              searchedFlows: search.searchedFlows,
              matchingFlows: search.matchingFlows,
              unjudgedFlows: search.unjudgedFlows,
              isDone: search.isDone
            }
          })
    }
  }

  /** Adds a flow, or replaces what is known of it; one that has another path now moves. Shown with the next `show`. */
  put(flow: FlowSummary): void {
    const before = this.#byId.get(flow.id)
    if (before !== undefined && before.path !== flow.path) this.remove(flow.id)
    const node = this.#nodeAt(flow.path)
    if (node.flow?.id !== flow.id) {
      if (node.flow === undefined) countAbove(node, 1)
      else this.#byId.delete(node.flow.id)
    }
    node.flow = flow
    this.#byId.set(flow.id, node)
  }

  /** Takes a flow away, with the folders above it that are empty then. */
  remove(flowId: string): void {
    const node = this.#byId.get(flowId)
    if (node === undefined) return
    this.#byId.delete(flowId)
    node.flow = undefined
    countAbove(node, -1)
    for (let empty = node; empty.flowCount === 0 && empty.parent !== undefined; empty = empty.parent) {
      empty.parent.children.splice(empty.parent.children.indexOf(empty), 1)
      this.#nodes.delete(empty.path)
    }
  }

  /** How the tree stood when it was looked at last. */
  restore(view: {
    readonly expandedPaths: readonly string[]
    readonly pinnedPaths: readonly string[]
    readonly hiddenPaths: readonly string[]
    readonly sort: TreeSort
  }): void {
    this.#expanded = new Set(view.expandedPaths)
    this.#pinned = view.pinnedPaths
    this.#hidden = new Set(view.hiddenPaths)
    this.sortBy(view.sort, this.#order.traffic)
  }

  /** Takes over how another tree of the same account is looked at. */
  takeView(other: FlowTreeModel): void {
    this.#expanded = other.#expanded
    this.#hidden = other.#hidden
    this.#pinned = other.#pinned
    this.#showsHidden = other.#showsHidden
    this.#order.sort = other.sort
  }

  get pinnedPaths(): readonly string[] {
    return this.#pinned
  }

  get hiddenPaths(): readonly string[] {
    return [...this.#hidden]
  }

  get sort(): TreeSort {
    return this.#order.sort
  }

  /** Paths of open folders. */
  get expandedPaths(): readonly string[] {
    return [...this.#expanded]
  }

  expand(key: string, isExpanded: boolean): void {
    if (this.#search !== undefined) change(this.#closedInSearch, key, !isExpanded)
    else change(this.#expanded, key, isExpanded)
    this.show()
  }

  /** Opens all folders that stand beside `key`. */
  expandSiblings(key: string): void {
    const siblings = this.#visible.find((node) => node.key === key)?.parent?.children ?? []
    for (const { key: sibling, children } of siblings) {
      if (children.length === 0) continue
      this.#expanded.add(sibling)
      this.#closedInSearch.delete(sibling)
    }
    this.show()
  }

  collapseAll(): void {
    this.#expanded.clear()
    this.show()
  }

  /** Opens every folder above `path`, so that its row is visible. */
  reveal(path: string): void {
    const opened = this.#expanded.size
    for (let node = this.#nodes.get(path)?.parent; node !== undefined; node = node.parent) {
      if (node.path !== '') this.#expanded.add(node.path)
    }
    if (this.#expanded.size !== opened) this.show()
  }

  pin(path: string, isPinned: boolean): void {
    this.#pinned = isPinned
      ? [...this.#pinned.filter((other) => other !== path), path]
      : this.#pinned.filter((other) => other !== path)
    if (isPinned) this.#expanded.add(PINS_KEY)
    this.show()
  }

  hide(path: string, isHidden: boolean): void {
    change(this.#hidden, path, isHidden)
    this.show()
  }

  showHidden(showsHidden: boolean): void {
    this.#showsHidden = showsHidden
    this.show()
  }

  /** Orders by what is known of the traffic; nodes of which nothing is known follow in the order of their names. */
  sortBy(sort: TreeSort, traffic: ReadonlyMap<TreeNode, NodeTraffic>): void {
    this.#order.change(sort, traffic)
    this.show()
  }

  /** Traffic of flows, added up to the folders above them. */
  addUp(flows: Iterable<readonly [flowId: string, NodeTraffic]>): Map<TreeNode, NodeTraffic> {
    const sums = new Map<TreeNode, NodeTraffic>()
    for (const [flowId, traffic] of flows) {
      for (let node = this.#byId.get(flowId); node !== undefined; node = node.parent) {
        const sum = sums.get(node)
        if (sum === undefined) sums.set(node, { ...traffic })
        else {
          sum.perSecond += traffic.perSecond
          sum.receivedDrops += traffic.receivedDrops
          sum.lastAtMs = Math.max(sum.lastAtMs, traffic.lastAtMs)
        }
      }
    }
    return sums
  }

  /**
   * Starts a search: the rows are then the flows that match and the folders above them, all open. Undefined shows everything
   * again, opened as before. The search goes on with each step of `searchSteps`.
   */
  search(matches: FlowMatch | undefined): void {
    this.#searches += 1
    this.#closedInSearch.clear()
    this.#search =
      matches === undefined
        ? undefined
        : { id: this.#searches, matches, searchedFlows: 0, matchingFlows: 0, unjudgedFlows: 0, isDone: false }
    this.show()
  }

  /** Looks at all flows, a few at each step; matches become rows at once. Ends early when another search began. */
  *searchSteps(): Generator<void> {
    const search = this.#search
    if (search === undefined) return
    const walk = new TreeWalk(this.#root, (node) => this.#order.of(node))
    const meter = new SearchMeter()
    for (let nodes = 1; this.#search === search; nodes += 1) {
      const node = walk.next()
      if (node === undefined) {
        search.isDone = true
        return
      }
      if (this.#isLeftOut(node)) {
        search.searchedFlows += node.flowCount
        walk.skipBelow()
      } else if (node.flow !== undefined) {
        search.searchedFlows += 1
        const isMatch = meter.judge(search.matches, node.flow)
        if (isMatch === undefined) search.unjudgedFlows += 1
        else if (isMatch) {
          search.matchingFlows += 1
          this.#addFound(node, search.id)
        }
      }
      if (nodes % STEP_NODES === 0 || meter.isStepDone()) yield
    }
  }

  rows(from: number, to: number): TreeRow[] {
    return this.#visible.slice(Math.max(0, from), to).map((node) => this.#rowOf(node))
  }

  /** The visible nodes from `from` to `to` (excluded). */
  nodes(from: number, to: number): readonly TreeNode[] {
    return this.#visible.slice(Math.max(0, from), to)
  }

  /** The place of the row with this key, or -1 when it is not visible. */
  placeOf(key: string): number {
    const node = this.#nodes.get(key)
    if (node !== undefined) return this.#visible[node.place] === node ? node.place : -1
    return this.#visible.findIndex((visible) => visible.key === key)
  }

  /** The next row after `from` whose name starts with `prefix`, going round; -1 when there is none. */
  typeAhead(prefix: string, from: number): number {
    const wanted = prefix.toLowerCase()
    const count = this.#visible.length
    for (let step = 0; step < count; step++) {
      const place = (from + step) % count
      if (this.#visible[place]?.name.toLowerCase().startsWith(wanted) === true) return place
    }
    return -1
  }

  flowByPath(path: string): FlowSummary | undefined {
    return this.#nodes.get(path)?.flow
  }

  /** The flows at a path and below it, at most `limit`. */
  flowsBelow(path: string, limit: number): FlowSummary[] {
    const top = this.#nodes.get(path)
    if (top === undefined) return []
    const flows = top.flow === undefined ? [] : [top.flow]
    const walk = new TreeWalk(top, (node) => this.#order.of(node))
    for (let node = walk.next(); node !== undefined && flows.length < limit; node = walk.next()) {
      if (node.flow !== undefined) flows.push(node.flow)
    }
    return flows
  }

  /** Flows for the palette, as `findFlows` finds them. */
  findSteps(text: string, limit: number): Generator<void, FlowSummary[]> {
    return findFlows(new TreeWalk(this.#root, (node) => this.#order.of(node)), text, limit)
  }

  /** Makes the rows anew of what is open, pinned and hidden; with a search, of what it found so far. */
  show(): void {
    this.#visible = []
    this.#root.shownChildren = 0
    if (this.#search === undefined) this.#showPins()
    this.#showBelow(this.#root)
  }

  #showPins(): void {
    const flows = this.#pinned.flatMap((path) => this.#nodes.get(path)?.flow ?? [])
    if (flows.length === 0) return
    const folder = makeNode(PINS_KEY, PINS_KEY, 'Pinned', this.#root)
    for (const flow of flows) {
      const name = flow.path.slice(flow.path.lastIndexOf('/') + 1)
      const pin = makeNode(`${PINS_KEY}${flow.path}`, flow.path, name, folder, flow)
      pin.flowCount = 1
      folder.children.push(pin)
    }
    folder.flowCount = flows.length
    this.#push(folder)
    if (this.#expanded.has(PINS_KEY)) for (const pin of folder.children) this.#push(pin)
  }

  #showBelow(parent: TreeNode): void {
    const foundBy = this.#search?.id
    for (const node of this.#order.of(parent)) {
      if (foundBy === undefined ? this.#isLeftOut(node) : node.foundBy !== foundBy) continue
      this.#push(node)
      if (this.#isOpen(node)) this.#showBelow(node)
    }
  }

  #push(node: TreeNode): void {
    const parent = node.parent ?? this.#root
    parent.shownChildren += 1
    node.positionInSet = parent.shownChildren
    node.shownChildren = 0
    node.place = this.#visible.push(node) - 1
  }

  /** A found node and those above it that were not found before. */
  #addFound(node: TreeNode, searchId: number): void {
    if (node.foundBy === searchId) return
    if (node.parent !== undefined && node.parent !== this.#root) this.#addFound(node.parent, searchId)
    node.foundBy = searchId
    if (this.#isBelowOpen(node)) this.#push(node)
  }

  #isBelowOpen(node: TreeNode): boolean {
    if (this.#closedInSearch.size === 0) return true
    for (let above = node.parent; above !== undefined; above = above.parent) {
      if (this.#closedInSearch.has(above.key)) return false
    }
    return true
  }

  #isOpen(node: TreeNode): boolean {
    return this.#search === undefined ? this.#expanded.has(node.key) : !this.#closedInSearch.has(node.key)
  }

  #isLeftOut(node: TreeNode): boolean {
    return !this.#showsHidden && this.#hidden.size > 0 && this.#hidden.has(node.path)
  }

  #rowOf(node: TreeNode): TreeRow {
    const { key, path, name, level, flow, parent, positionInSet, flowCount } = node
    const isExpandable = node.children.length > 0
    return {
      key,
      path,
      name,
      level,
      kind: key === PINS_KEY ? 'pins' : isPin(node) ? 'pin' : flow === undefined ? 'folder' : 'flow',
      isExpandable,
      isExpanded: isExpandable && this.#isOpen(node),
      parentPlace: parent === undefined || parent === this.#root ? -1 : parent.place,
      setSize: (parent ?? this.#root).shownChildren,
      positionInSet,
      flowCount,
      isPinned: flow !== undefined && this.#pinned.includes(path),
      isHidden: this.#hidden.has(path),
      isShared: key !== PINS_KEY && accountOf(path) !== this.account,
      ...(flow === undefined ? {} : { flow })
    }
  }

  #nodeAt(path: string): TreeNode {
    const known = this.#nodes.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const parent = this.#nodeAt(path.slice(0, Math.max(0, slash)))
    const node = makeNode(path, path, path.slice(slash + 1), parent)
    const last = parent.children.at(-1)
    // Flows come sorted by their paths, which is almost the order of the tree.
    if (last !== undefined && last.name > node.name) parent.isOrdered = false
    if (parent === this.#root || this.sort !== 'name') parent.isOrdered = false
    parent.children.push(node)
    this.#nodes.set(path, node)
    return node
  }
}

function countAbove(node: TreeNode, flows: 1 | -1): void {
  for (let above: TreeNode | undefined = node; above !== undefined; above = above.parent)
    above.flowCount += flows
}

function change(set: Set<string>, key: string, isIn: boolean): void {
  if (isIn) set.add(key)
  else set.delete(key)
}

const accountOf = (path: string): string => path.slice(1).split('/', 1)[0] ?? ''
