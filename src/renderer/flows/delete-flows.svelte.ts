import type { Failure } from '../../shared/failure.ts'
import type { Explorer } from '../bridge.ts'
import { formatCount, formatNumberOf } from '../ui/quantity.ts'
import type { FlowTree } from './flow-tree.svelte.ts'
import type { FlowSummary } from './flow-tree-model.ts'

/** Deletes that are under way at once: one platform takes no more at a time anyway, and a cancel takes hold soon. */
const AT_ONCE = 8

export interface DeleteFlowsParts {
  readonly explorer: Explorer
  readonly tree: FlowTree
  readonly connectionId: string
  /** Whether to empty one flow instead of deleting all of them. */
  readonly kind: 'delete' | 'empty'
  /** The flow or the folder that was chosen. */
  readonly path: string
  readonly flows: readonly FlowSummary[]
  /** Whether the connection is labelled as production: then the path has to be typed. */
  readonly mustType: boolean
}

export type DeletePhase = 'asking' | 'running' | 'done'

/** Deleting flows, or emptying one: first what it would take, then one after the other, with a result for each. */
export class DeleteFlows {
  readonly parts: DeleteFlowsParts
  #drops = $state<number | undefined>(undefined)
  #typed = $state('')
  #phase = $state<DeletePhase>('asking')
  #done = $state(0)
  #failures = $state.raw<readonly { readonly path: string; readonly failure: Failure }[]>([])
  #isCancelled = $state(false)

  constructor(parts: DeleteFlowsParts) {
    this.parts = parts
    void this.#count()
  }

  get title(): string {
    const { kind, flows } = this.parts
    return kind === 'empty' ? 'Empty flow' : flows.length === 1 ? 'Delete flow' : 'Delete flows'
  }

  /** What will be gone, with its number. */
  get question(): string {
    const { kind, path, flows } = this.parts
    const drops = this.#drops === undefined ? 'its drops' : `its ${formatNumberOf(this.#drops, 'drop')}`
    if (kind === 'empty') {
      const what = this.#drops === undefined ? 'All drops' : `All ${formatNumberOf(this.#drops, 'drop')}`
      return `${what} of ${path} are deleted; the flow stays. This cannot be taken back.`
    }
    return flows.length === 1
      ? `${flows[0]?.path ?? path} and ${drops} are deleted. This cannot be taken back.`
      : `${formatNumberOf(flows.length, 'flow')} in ${path} and all their drops are deleted. This cannot be taken back.`
  }

  get verb(): string {
    const { kind, flows } = this.parts
    if (kind === 'empty') return 'Empty flow'
    return flows.length === 1 ? 'Delete flow' : `Delete ${formatNumberOf(flows.length, 'flow')}`
  }

  get typed(): string {
    return this.#typed
  }

  set typed(text: string) {
    this.#typed = text
  }

  /** Whether yes may be said. */
  get isConfirmed(): boolean {
    return !this.parts.mustType || this.#typed.trim() === this.parts.path
  }

  get phase(): DeletePhase {
    return this.#phase
  }

  get done(): number {
    return this.#done
  }

  get failures(): readonly { readonly path: string; readonly failure: Failure }[] {
    return this.#failures
  }

  get summary(): string {
    const { kind, flows } = this.parts
    const verb = kind === 'empty' ? 'emptied' : 'deleted'
    const refused = this.#failures.length === 0 ? '' : ` · ${formatCount(this.#failures.length)} failed`
    const stopped = this.#isCancelled && this.#phase === 'done' ? 'Stopped: ' : ''
    return `${stopped}${formatCount(this.#done)} of ${formatNumberOf(flows.length, 'flow')} ${verb}${refused}`
  }

  cancel(): void {
    this.#isCancelled = true
  }

  /** Runs it; whether all went well. */
  async run(): Promise<boolean> {
    if (this.#phase === 'running' || !this.isConfirmed) return false
    const { flows, kind, tree, connectionId } = this.parts
    this.#phase = 'running'
    this.#isCancelled = false
    this.#done = 0
    this.#failures = []
    const gone: string[] = []
    let next = 0
    const work = async (): Promise<void> => {
      for (let flow = flows[next++]; flow !== undefined && !this.#isCancelled; flow = flows[next++]) {
        const failure = await this.#runOne(flow.id)
        if (failure === undefined) {
          this.#done += 1
          gone.push(flow.id)
        } else this.#failures = [...this.#failures, { path: flow.path, failure }]
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, flows.length) }, work))
    if (kind === 'delete' && gone.length > 0) await tree.remove(connectionId, gone)
    this.#phase = 'done'
    return this.#done === flows.length
  }

  /** A flow that is gone already is what was wanted. */
  async #runOne(flowId: string): Promise<Failure | undefined> {
    const { explorer, connectionId, kind } = this.parts
    const result = await (kind === 'empty'
      ? explorer.emptyFlow({ connectionId, flowId })
      : explorer.deleteFlow({ connectionId, flowId }))
    if (result.ok || (kind === 'delete' && result.failure.code === 'platform/not-found')) return undefined
    return result.failure
  }

  async #count(): Promise<void> {
    const { explorer, connectionId, flows } = this.parts
    const [flow] = flows
    if (flow === undefined || flows.length > 1) return
    const counted = await explorer.countFlowDrops({ connectionId, flowId: flow.id })
    if (counted.ok) this.#drops = counted.value.drops
  }
}
