/** What the tree needs of a flow. */
export interface FlowSummary {
  readonly id: string
  readonly path: string
  readonly capacity: number
  readonly description?: string
}

/**
 * A node of the flow tree: an account, a folder, a flow, or a flow that has nodes below it. `place` and the counts of shown
 * children belong to the rows that are made of the nodes; they are kept here because a tree of 100,000 flows would need as
 * many objects again.
 */
export interface TreeNode {
  /** Its path; for a pinned flow the path with a mark before it, because a pinned flow stands in the tree twice. */
  readonly key: string
  readonly path: string
  readonly name: string
  /** 1 for the top, as in `aria-level`. */
  readonly level: number
  readonly parent: TreeNode | undefined
  readonly children: TreeNode[]
  flow: FlowSummary | undefined
  /** Flows at this path and below it. */
  flowCount: number
  /** Whether `children` stand in the order that is shown. */
  isOrdered: boolean
  /** Index among the visible rows; only true while that row is this node. */
  place: number
  positionInSet: number
  shownChildren: number
  /** The search that found it or something below it. */
  foundBy: number
}

export const PINS_KEY = 'pins:'

export const makeNode = (
  key: string,
  path: string,
  name: string,
  parent: TreeNode | undefined,
  flow?: FlowSummary
): TreeNode => ({
  key,
  path,
  name,
  level: parent === undefined ? 0 : parent.level + 1,
  parent,
  children: [],
  flow,
  flowCount: 0,
  isOrdered: true,
  place: -1,
  positionInSet: 0,
  shownChildren: 0,
  foundBy: 0
})

export const isPin = (node: TreeNode): boolean => node.key.startsWith(PINS_KEY)

/** Walks nodes in the order of the tree, each before what is below it. */
export class TreeWalk {
  readonly #children: (node: TreeNode) => readonly TreeNode[]
  readonly #stack: { readonly nodes: readonly TreeNode[]; index: number }[]
  #last: TreeNode | undefined

  /** `children`: those of a node, in their order. */
  constructor(top: TreeNode, children: (node: TreeNode) => readonly TreeNode[]) {
    this.#children = children
    this.#stack = [{ nodes: children(top), index: 0 }]
  }

  next(): TreeNode | undefined {
    if (this.#last !== undefined && this.#last.children.length > 0)
      this.#stack.push({ nodes: this.#children(this.#last), index: 0 })
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const node = frame.nodes[frame.index]
      frame.index += 1
      if (node !== undefined) {
        this.#last = node
        return node
      }
      this.#stack.pop()
    }
    this.#last = undefined
    return undefined
  }

  /** Leaves out what is below the last node. */
  skipBelow(): void {
    this.#last = undefined
  }
}
