import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { FlowTreeModel } from '../flows/flow-tree-model.ts'
import type { FlowSummary, TreeShape } from '../flows/flow-tree-model.ts'
import type { PendingReads } from './pending-reads.ts'
import type { TreeChange } from './worker-protocol.ts'

/** The flow tree inside the drop worker: filled by a read, changed by the window. */
export class WorkerTree {
  readonly model = new FlowTreeModel()
  readonly #reads: PendingReads

  constructor(reads: PendingReads) {
    this.#reads = reads
  }

  async read(readId: string): Promise<Result<TreeShape>> {
    const answer = await this.#reads.await(readId)
    if (!answer.ok) return answer
    this.model.setFlows(answer.value.values.filter(isFlow).map(summaryOf))
    return success(this.model.shape)
  }

  change(change: TreeChange): TreeShape {
    switch (change.kind) {
      case 'expanded':
        this.model.setExpanded(change.paths)
        break
      case 'expand':
        this.model.expand(change.path, change.isExpanded)
        break
      case 'reveal':
        this.model.reveal(change.path)
        break
      case 'search':
        this.model.search(change.text)
        break
    }
    return this.model.shape
  }
}

const isFlow = (value: unknown): value is FlowSummary => {
  if (typeof value !== 'object' || value === null) return false
  const { id, path } = value as { id?: unknown; path?: unknown }
  return typeof id === 'string' && typeof path === 'string'
}

const summaryOf = ({ id, path, capacity, description }: FlowSummary): FlowSummary => ({
  id,
  path,
  capacity: typeof capacity === 'number' ? capacity : 0,
  ...(typeof description === 'string' ? { description } : {})
})
