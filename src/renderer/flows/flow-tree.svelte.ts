import type { Failure } from '../../shared/failure.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import type { TreeChange } from '../console/worker-protocol.ts'
import { RowWindow } from '../ui/row-window.svelte.ts'
import type { Reads } from '../window/reads.ts'
import type { TreeRow, TreeShape } from './flow-tree-model.ts'

export type TreePhase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'shown' }
  | { readonly kind: 'failed'; readonly failure: Failure }

const NO_TREE: TreeShape = { rowCount: 0, flowCount: 0, matchingFlows: 0 }
/** Letters typed within this time make one word for type-ahead. */
const TYPE_AHEAD_MS = 700

/** The flow tree as the window shows it; the tree itself is in the worker. */
export class FlowTree {
  readonly #worker: DropWorkerClient
  readonly #reads: Reads
  readonly #onExpandedChange: () => void
  readonly rows: RowWindow<TreeRow>
  #phase = $state.raw<TreePhase>({ kind: 'loading' })
  #shape = $state.raw(NO_TREE)
  #activePlace = $state(0)
  #searchText = $state('')
  #typed = { text: '', atMs: 0 }
  #expandedPaths: readonly string[] = []
  #lastAction: Promise<unknown> = Promise.resolve()

  constructor(worker: DropWorkerClient, reads: Reads, onExpandedChange: () => void) {
    this.#worker = worker
    this.#reads = reads
    this.#onExpandedChange = onExpandedChange
    this.rows = new RowWindow(async (from, to) => {
      const result = await worker.call('treeRows', { from, to })
      return result.ok ? result.value : undefined
    })
  }

  get phase(): TreePhase {
    return this.#phase
  }

  get shape(): TreeShape {
    return this.#shape
  }

  /** The row that has the keyboard. */
  get activePlace(): number {
    return Math.min(this.#activePlace, Math.max(0, this.#shape.rowCount - 1))
  }

  set activePlace(place: number) {
    this.#activePlace = Math.max(0, Math.min(place, this.#shape.rowCount - 1))
  }

  get searchText(): string {
    return this.#searchText
  }

  /** Reads all flows; what is on the screen stays until the answer is there. */
  async read(connectionId: string): Promise<void> {
    if (this.#shape.flowCount === 0) this.#phase = { kind: 'loading' }
    const result = await this.#reads.flows(connectionId).result
    if (result.ok) {
      this.#phase = { kind: 'shown' }
      await this.#take(result.value)
    } else if (this.#shape.flowCount === 0) this.#phase = { kind: 'failed', failure: result.failure }
  }

  /**
   * Runs what a key asks for after everything that earlier keys asked for: the tree answers from the worker, and a fast
   * typist does not wait for it.
   */
  inOrder(action: () => Promise<unknown>): void {
    this.#lastAction = this.#lastAction.then(action, action)
  }

  /** The row that has the keyboard, also when it is not on the screen yet. */
  activeRow(): Promise<TreeRow | undefined> {
    return this.rows.fetchAt(this.activePlace)
  }

  async search(text: string): Promise<void> {
    this.#searchText = text
    this.#activePlace = 0
    await this.#change({ kind: 'search', text })
  }

  async setExpanded(paths: readonly string[]): Promise<void> {
    this.#expandedPaths = paths
    await this.#change({ kind: 'expanded', paths })
  }

  async expand(row: TreeRow, isExpanded: boolean): Promise<void> {
    await this.#change({ kind: 'expand', path: row.path, isExpanded })
    await this.#readExpanded()
  }

  /** Opens the folders above a path; answers the place of its row, -1 when it has none. */
  async reveal(path: string): Promise<number> {
    await this.#change({ kind: 'reveal', path })
    const place = await this.#worker.call('treePlace', { path })
    if (!place.ok || place.value < 0) return -1
    this.#activePlace = place.value
    await this.#readExpanded()
    return place.value
  }

  /** Moves to the next row whose name starts with what was typed lately. */
  async typeAhead(letter: string, nowMs: number): Promise<void> {
    const isSameWord = nowMs - this.#typed.atMs < TYPE_AHEAD_MS
    const text = isSameWord ? this.#typed.text + letter : letter
    this.#typed = { text, atMs: nowMs }
    const from = this.activePlace + (text.length === 1 ? 1 : 0)
    const found = await this.#worker.call('treeTypeAhead', { prefix: text, from })
    if (found.ok && found.value >= 0) this.#activePlace = found.value
  }

  /** Paths of open folders, as the next run restores them. */
  get expandedPaths(): readonly string[] {
    return this.#expandedPaths
  }

  async #readExpanded(): Promise<void> {
    const result = await this.#worker.call('treeExpandedPaths', null)
    if (result.ok) this.#expandedPaths = result.value
    this.#onExpandedChange()
  }

  async #change(change: TreeChange): Promise<void> {
    const result = await this.#worker.call('changeTree', change)
    if (result.ok) await this.#take(result.value)
  }

  async #take(shape: TreeShape): Promise<void> {
    this.#shape = shape
    await this.rows.refresh()
  }
}
