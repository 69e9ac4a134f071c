import type { FlowSummary } from './tree-node.ts'

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
  /** Flows of which the search cannot say whether they match: their texts are too long for its expression. */
  readonly unjudgedFlows: number
  readonly isDone: boolean
}

/** What is known of the traffic of a node, for the order. */
export interface NodeTraffic {
  perSecond: number
  receivedDrops: number
  lastAtMs: number
}
