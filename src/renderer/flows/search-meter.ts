import { runMetered, TooMuchWork } from '../../shared/filter/work.ts'
import type { WorkMeter } from '../../shared/filter/work.ts'
import type { FlowMatch } from './flow-search.ts'
import type { FlowSummary } from './tree-node.ts'

/** Estimated work of one step, where an expression is costly. */
const STEP_NANOSECONDS = 1_000_000
/** At worst on one flow: nothing stops an expression once it runs, and live drops wait for the same thread. */
const FLOW_NANOSECONDS = 20_000_000

/** Estimates what a search has cost since its last step. */
export class SearchMeter implements WorkMeter {
  #nanoseconds = 0
  #flowNanoseconds = 0

  spend(nanoseconds: number): void {
    this.#flowNanoseconds += nanoseconds
    if (this.#flowNanoseconds > FLOW_NANOSECONDS) throw new TooMuchWork()
  }

  /** Whether a flow matches; undefined when that would take too long to find out. */
  judge(matches: FlowMatch, flow: FlowSummary): boolean | undefined {
    this.#flowNanoseconds = 0
    try {
      return runMetered(this, () => matches(flow))
    } catch (error) {
      if (error instanceof TooMuchWork) return undefined
      throw error
    } finally {
      this.#nanoseconds += this.#flowNanoseconds
    }
  }

  isStepDone(): boolean {
    if (this.#nanoseconds < STEP_NANOSECONDS) return false
    this.#nanoseconds = 0
    return true
  }
}
