import type { FlowMatch } from './flow-search.ts'
import { isPin, makeNode, PINS_KEY, TreeWalk } from './tree-node.ts'
import type { FlowSummary, TreeNode } from './tree-node.ts'

export type { FlowSummary } from './tree-node.ts'

/** What the children of a folder are ordered by. All but the name are known of flows with live traffic only. */
export type TreeSort = 'name' | 'rate' | 'received' | 'last-drop'

/** A row of the tree as the window draws it. */
export interface TreeRow {
  readonly key: string
  readonly path: string
  readonly name: string
  /** 1 for the top, as in `aria-level`. */
  readonly level: number
  readonly kind: 'pins' | 'pin' | 'folder' | 'flow'
  readonly isExpandable: boolean
  readonly isExpanded: boolean
  /** The place of the parent's row, -1 at the top. */
  readonly parentPlace: number
  readonly setSize: number
  readonly positionInSet: number
  /** Flows at this path and below it. */
  readonly flowCount: number
  readonly isPinned: boolean
  /** It is among the hidden ones, and shown because all are. */
  readonly isHidden: boolean
  /** It belongs to another account, which shares it. */
  readonly isShared: boolean
  /** The flow at this path; a row without one is only a folder. */
  readonly flow?: FlowSummary
}

export interface TreeShape {
  readonly rowCount: number
  readonly flowCount: number
  /** Paths that are hidden and exist. */
  readonly hiddenPaths: number
  readonly showsHidden: boolean
  /** Undefined without a search. */
  readonly search?: SearchState
}

export interface SearchState {
  readonly searchedFlows: number
  readonly matchingFlows: number
  readonly isDone: boolean
}

/** What is known of the traffic of a node, for the order. */
export interface NodeTraffic {
  perSecond: number
  receivedDrops: number
  lastAtMs: number
}

interface Search {
  readonly id: number
  readonly matches: FlowMatch
  searchedFlows: number
  matchingFlows: number
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
  #sort: TreeSort = 'name'
  #traffic: ReadonlyMap<TreeNode, NodeTraffic> = new Map()
  #visible: TreeNode[] = []
  #search: Search | undefined
  #searches = 0

  constructor(account: string) {
    this.account = account
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
    this.sortBy(view.sort, this.#traffic)
  }

  /** Takes over how another tree of the same account is looked at. */
  takeView(other: FlowTreeModel): void {
    this.#expanded = other.#expanded
    this.#hidden = other.#hidden
    this.#pinned = other.#pinned
    this.#showsHidden = other.#showsHidden
    this.#sort = other.#sort
  }

  get pinnedPaths(): readonly string[] {
    return this.#pinned
  }

  get hiddenPaths(): readonly string[] {
    return [...this.#hidden]
  }

  get sort(): TreeSort {
    return this.#sort
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
    for (const node of [...this.#traffic.keys(), ...traffic.keys()]) {
      if (node.parent !== undefined) node.parent.isOrdered = false
    }
    this.#traffic = traffic
    this.#sort = sort
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
        : { id: this.#searches, matches, searchedFlows: 0, matchingFlows: 0, isDone: false }
    this.show()
  }

  /** Looks at all flows, a few at each step; matches become rows at once. Ends early when another search began. */
  *searchSteps(): Generator<void> {
    const search = this.#search
    if (search === undefined) return
    const walk = new TreeWalk(this.#root, (node) => this.#ordered(node))
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
        if (search.matches(node.flow)) {
          search.matchingFlows += 1
          this.#addFound(node, search.id)
        }
      }
      if (nodes % STEP_NODES === 0) yield
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
    const walk = new TreeWalk(top, (node) => this.#ordered(node))
    for (let node = walk.next(); node !== undefined && flows.length < limit; node = walk.next()) {
      if (node.flow !== undefined) flows.push(node.flow)
    }
    return flows
  }

  /** Flows for the palette: every word in the path; those whose last segment starts with the text come first. */
  *findSteps(text: string, limit: number): Generator<void, FlowSummary[]> {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const first: FlowSummary[] = []
    const rest: FlowSummary[] = []
    const walk = new TreeWalk(this.#root, (node) => this.#ordered(node))
    let nodes = 0
    for (let node = walk.next(); node !== undefined && first.length < limit; node = walk.next()) {
      nodes += 1
      if (nodes % STEP_NODES === 0) yield
      const { flow } = node
      if (flow === undefined) continue
      const lower = flow.path.toLowerCase()
      if (!words.every((word) => lower.includes(word))) continue
      const isFirst = words[0] !== undefined && node.name.toLowerCase().startsWith(words[0])
      if (isFirst) first.push(flow)
      else if (rest.length < limit) rest.push(flow)
      if (words.length === 0 && rest.length >= limit) break
    }
    return [...first, ...rest].slice(0, limit)
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
    for (const node of this.#ordered(parent)) {
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
    if (parent === this.#root || this.#sort !== 'name') parent.isOrdered = false
    parent.children.push(node)
    this.#nodes.set(path, node)
    return node
  }

  #ordered(parent: TreeNode): readonly TreeNode[] {
    if (parent.isOrdered) return parent.children
    parent.isOrdered = true
    const compareNames = (left: TreeNode, right: TreeNode): number =>
      left.name < right.name ? -1 : left.name > right.name ? 1 : 0
    if (parent === this.#root) {
      const foreign = (node: TreeNode): number => (node.name === this.account ? 0 : 1)
      return parent.children.sort(
        (left, right) => foreign(left) - foreign(right) || compareNames(left, right)
      )
    }
    parent.children.sort(compareNames)
    if (this.#sort === 'name') return parent.children
    const known = parent.children.filter((node) => this.#rank(node) > 0)
    if (known.length === 0) return parent.children
    known.sort((left, right) => this.#rank(right) - this.#rank(left))
    const isKnown = new Set(known)
    const rest = parent.children.filter((node) => !isKnown.has(node))
    parent.children.splice(0, parent.children.length)
    for (const node of known) parent.children.push(node)
    for (const node of rest) parent.children.push(node)
    return parent.children
  }

  #rank(node: TreeNode): number {
    const traffic = this.#traffic.get(node)
    if (traffic === undefined) return 0
    if (this.#sort === 'rate') return traffic.perSecond
    return this.#sort === 'received' ? traffic.receivedDrops : traffic.lastAtMs
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
