import type { TreeNode } from './tree-node.ts'
import type { NodeTraffic, TreeSort } from './tree-shape.ts'

/** The order of the children of each node: made when they are looked at, and kept until something moved. */
export class TreeOrder {
  readonly #account: string
  readonly #root: TreeNode
  #traffic: ReadonlyMap<TreeNode, NodeTraffic> = new Map()
  sort: TreeSort = 'name'

  /** The own account stands before the others. */
  constructor(account: string, root: TreeNode) {
    this.#account = account
    this.#root = root
  }

  get traffic(): ReadonlyMap<TreeNode, NodeTraffic> {
    return this.#traffic
  }

  /** Orders by what is known of the traffic; nodes of which nothing is known follow in the order of their names. */
  change(sort: TreeSort, traffic: ReadonlyMap<TreeNode, NodeTraffic>): void {
    for (const node of [...this.#traffic.keys(), ...traffic.keys()]) {
      if (node.parent !== undefined) node.parent.isOrdered = false
    }
    this.#traffic = traffic
    this.sort = sort
  }

  /** The children of a node in the order that is shown. */
  of(parent: TreeNode): readonly TreeNode[] {
    if (parent.isOrdered) return parent.children
    parent.isOrdered = true
    const compareNames = (left: TreeNode, right: TreeNode): number =>
      left.name < right.name ? -1 : left.name > right.name ? 1 : 0
    if (parent === this.#root) {
      const foreign = (node: TreeNode): number => (node.name === this.#account ? 0 : 1)
      return parent.children.sort(
        (left, right) => foreign(left) - foreign(right) || compareNames(left, right)
      )
    }
    parent.children.sort(compareNames)
    if (this.sort === 'name') return parent.children
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
    if (this.sort === 'rate') return traffic.perSecond
    return this.sort === 'received' ? traffic.receivedDrops : traffic.lastAtMs
  }
}
