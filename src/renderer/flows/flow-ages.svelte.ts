import { SvelteMap } from 'svelte/reactivity'
import { MAX_RHYTHM_FLOWS } from '../../shared/ipc/request-limits.ts'
import type { Explorer } from '../bridge.ts'

/** Scrolling passes rows by: only those that stay for so long are asked for. */
const SETTLE_MS = 200
/** How old an answer may be for a row that is still looked at. */
const FRESH_MS = 60_000
/** A platform that does not answer this is asked again after a while. */
const AFTER_FAILURE_MS = 60_000
/** More than anyone scrolls by in an hour; then it starts again. */
const MAX_KEPT = 20_000

interface KnownDates {
  readonly dates: readonly number[]
  readonly readAtMs: number
}

/** When the flows on the screen got their latest drops: read in one request for the rows that are looked at, and kept. */
export class FlowAges {
  readonly #explorer: Explorer
  readonly #known = new SvelteMap<string, KnownDates>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #failedAtMs = 0

  constructor(explorer: Explorer) {
    this.#explorer = explorer
  }

  /** Creation dates of a flow's latest drops, the newest first; undefined while they are not known. */
  datesOf(connectionId: string, flowId: string): readonly number[] | undefined {
    return this.#known.get(`${connectionId} ${flowId}`)?.dates
  }

  /** These flows are on the screen. */
  want(connectionId: string, flowIds: () => readonly string[]): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#read(connectionId, flowIds()), SETTLE_MS)
  }

  async #read(connectionId: string, flowIds: readonly string[]): Promise<void> {
    const nowMs = Date.now()
    if (document.hidden || nowMs - this.#failedAtMs < AFTER_FAILURE_MS) return
    const stale = flowIds
      .filter((flowId) => nowMs - (this.#known.get(`${connectionId} ${flowId}`)?.readAtMs ?? 0) > FRESH_MS)
      .slice(0, MAX_RHYTHM_FLOWS)
    if (stale.length === 0) return
    const result = await this.#explorer.readFlowRhythms({ connectionId, flowIds: stale })
    if (!result.ok) {
      if (result.failure.code !== 'request/cancelled') this.#failedAtMs = nowMs
      return
    }
    if (this.#known.size > MAX_KEPT) this.#known.clear()
    for (const flowId of stale) {
      const dates = result.value[flowId]
      this.#known.set(`${connectionId} ${flowId}`, { dates: dates ?? [], readAtMs: nowMs })
    }
  }
}
