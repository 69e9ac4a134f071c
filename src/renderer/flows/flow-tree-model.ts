/** What the tree needs of a flow. */
export interface FlowSummary {
  readonly id: string
  readonly path: string
  readonly capacity: number
  readonly description?: string
}

/** A row of the tree as the window draws it. */
export interface TreeRow {
  readonly path: string
  readonly name: string
  /** 1 for the top, as in `aria-level`. */
  readonly level: number
  readonly isExpandable: boolean
  readonly isExpanded: boolean
  /** The place of the parent's row, -1 at the top. */
  readonly parentPlace: number
  readonly setSize: number
  readonly positionInSet: number
  /** The flow at this path; a row without one is only a folder. */
  readonly flow?: FlowSummary
}

export interface TreeShape {
  readonly rowCount: number
  readonly flowCount: number
  /** Flows that match the search; all of them without one. */
  readonly matchingFlows: number
}

interface Node {
  readonly path: string
  readonly name: string
  readonly level: number
  readonly parent: Node | undefined
  readonly children: Node[]
  flow: FlowSummary | undefined
}

interface VisibleNode {
  readonly node: Node
  readonly parentPlace: number
  readonly positionInSet: number
  readonly setSize: number
}

/** The flows of an account as a tree by path: folders are made from the paths, in the order of their names. */
export class FlowTreeModel {
  #root: Node = makeNode('', '', 0, undefined)
  #nodes = new Map<string, Node>()
  #flows: readonly FlowSummary[] = []
  #expanded = new Set<string>()
  #search = ''
  #visible: VisibleNode[] = []
  #matchingFlows = 0

  get shape(): TreeShape {
    return {
      rowCount: this.#visible.length,
      flowCount: this.#flows.length,
      matchingFlows: this.#matchingFlows
    }
  }

  get flows(): readonly FlowSummary[] {
    return this.#flows
  }

  setFlows(flows: readonly FlowSummary[]): void {
    this.#flows = inTreeOrder(flows)
    this.#root = makeNode('', '', 0, undefined)
    this.#nodes = new Map([['', this.#root]])
    for (const flow of this.#flows) this.#nodeAt(flow.path).flow = flow
    this.#show()
  }

  setExpanded(paths: readonly string[]): void {
    this.#expanded = new Set(paths)
    this.#show()
  }

  expand(path: string, isExpanded: boolean): void {
    if (isExpanded) this.#expanded.add(path)
    else this.#expanded.delete(path)
    this.#show()
  }

  /** Opens every folder above `path`, so that its row is visible. */
  reveal(path: string): void {
    for (let node = this.#nodes.get(path)?.parent; node !== undefined; node = node.parent) {
      if (node.path !== '') this.#expanded.add(node.path)
    }
    this.#show()
  }

  /** Paths of open folders that exist. */
  get expandedPaths(): string[] {
    return [...this.#expanded].filter((path) => this.#nodes.has(path))
  }

  /**
   * Keeps flows whose path holds every word of `text`, whatever the case, and the folders above them, all open. An empty
   * text shows everything again, opened as before.
   */
  search(text: string): void {
    this.#search = text
    this.#show()
  }

  rows(from: number, to: number): TreeRow[] {
    return this.#visible
      .slice(Math.max(0, from), to)
      .map(({ node, parentPlace, positionInSet, setSize }) => ({
        path: node.path,
        name: node.name,
        level: node.level,
        isExpandable: node.children.length > 0,
        isExpanded: node.children.length > 0 && this.#isOpen(node),
        parentPlace,
        setSize,
        positionInSet,
        ...(node.flow === undefined ? {} : { flow: node.flow })
      }))
  }

  /** The place of the row of `path`, or -1 when it is not visible. */
  placeOf(path: string): number {
    return this.#visible.findIndex(({ node }) => node.path === path)
  }

  /** The next row after `from` whose name starts with `prefix`, going round; -1 when there is none. */
  typeAhead(prefix: string, from: number): number {
    const wanted = prefix.toLowerCase()
    const count = this.#visible.length
    for (let step = 0; step < count; step++) {
      const place = (from + step) % count
      if (this.#visible[place]?.node.name.toLowerCase().startsWith(wanted) === true) return place
    }
    return -1
  }

  flowByPath(path: string): FlowSummary | undefined {
    return this.#nodes.get(path)?.flow
  }

  /** Flows for the palette: every word in the path; those whose last segment starts with the text come first. */
  find(text: string, limit: number): FlowSummary[] {
    const words = wordsOf(text)
    const first: FlowSummary[] = []
    const rest: FlowSummary[] = []
    for (const flow of this.#flows) {
      if (!matches(flow.path, words)) continue
      const name = flow.path.slice(flow.path.lastIndexOf('/') + 1).toLowerCase()
      const isFirst = words[0] !== undefined && name.startsWith(words[0])
      if (isFirst) first.push(flow)
      else if (rest.length < limit) rest.push(flow)
      if (first.length >= limit) break
    }
    return [...first, ...rest].slice(0, limit)
  }

  #nodeAt(path: string): Node {
    const known = this.#nodes.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const parent = this.#nodeAt(path.slice(0, Math.max(0, slash)))
    const node = makeNode(path, path.slice(slash + 1), parent.level + 1, parent)
    parent.children.push(node)
    this.#nodes.set(path, node)
    return node
  }

  #isOpen(node: Node): boolean {
    return this.#search.trim() !== '' || this.#expanded.has(node.path)
  }

  #show(): void {
    const words = wordsOf(this.#search)
    const kept = words.length === 0 ? undefined : this.#keptNodes(words)
    this.#matchingFlows = kept?.flowCount ?? this.#flows.length
    this.#visible = []
    this.#showChildren(this.#root, -1, kept?.nodes)
  }

  #showChildren(parent: Node, parentPlace: number, kept: ReadonlySet<Node> | undefined): void {
    const children = kept === undefined ? parent.children : parent.children.filter((node) => kept.has(node))
    children.forEach((node, index) => {
      const place = this.#visible.push({
        node,
        parentPlace,
        positionInSet: index + 1,
        setSize: children.length
      })
      if (this.#isOpen(node)) this.#showChildren(node, place - 1, kept)
    })
  }

  #keptNodes(words: readonly string[]): { nodes: Set<Node>; flowCount: number } {
    const nodes = new Set<Node>()
    let flowCount = 0
    for (const flow of this.#flows) {
      if (!matches(flow.path, words)) continue
      flowCount += 1
      for (let node = this.#nodes.get(flow.path); node !== undefined && !nodes.has(node); node = node.parent)
        nodes.add(node)
    }
    return { nodes, flowCount }
  }
}

const makeNode = (path: string, name: string, level: number, parent: Node | undefined): Node => ({
  path,
  name,
  level,
  parent,
  children: [],
  flow: undefined
})

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

const matches = (path: string, words: readonly string[]): boolean => {
  const lower = path.toLowerCase()
  return words.every((word) => lower.includes(word))
}

/**
 * By path, segment by segment, so that `/a/b/c` stands below `/a/b` and not after `/a/b-c`: with a slash that sorts before
 * every character of a segment, texts compare as paths do.
 */
function inTreeOrder(flows: readonly FlowSummary[]): FlowSummary[] {
  return flows
    .map((flow) => ({ flow, key: flow.path.replaceAll('/', '\u0001') }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ flow }) => flow)
}
