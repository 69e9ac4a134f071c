import type { Failure } from '../../shared/failure.ts'
import { MAX_STATISTICS_QUERIES } from '../../shared/ipc/request-limits.ts'
import type { StatisticsObject, StatisticsQuery } from '../../shared/ipc/statistics-requests.ts'
import type { StatisticsRange } from '../../shared/model/statistics.ts'
import type { Explorer } from '../bridge.ts'
import { thisYear } from './periods.ts'
import { summarizeAccount } from './account-summary.ts'
import type { AccountSummary, FlowCounts, TrackCounts } from './account-summary.ts'
import type { ChartedObject } from './saved-view.ts'

/** Flows that an overview reads: more would keep the platform busy for minutes; the view says that there are more. */
export const MAX_OVERVIEW_FLOWS = 500

export interface OverviewServices {
  readonly explorer: Explorer
  readonly connectionId: string
  listFlows(limit: number): Promise<{ readonly flows: readonly ChartedObject[]; readonly totalFlows: number }>
}

export type OverviewPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading'; readonly doneFlows: number; readonly allFlows: number }
  | { readonly kind: 'shown' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The account at a glance: its busiest and its silent flows, its hours, its tracks. Read flow by flow, with progress. */
export class AccountOverview {
  readonly #services: OverviewServices
  #phase = $state.raw<OverviewPhase>({ kind: 'idle' })
  #summary = $state.raw<AccountSummary | undefined>(undefined)
  #totalFlows = $state(0)
  #reading = 0

  constructor(services: OverviewServices) {
    this.#services = services
  }

  get phase(): OverviewPhase {
    return this.#phase
  }

  get summary(): AccountSummary | undefined {
    return this.#summary
  }

  /** Flows of the account; more than `MAX_OVERVIEW_FLOWS` are not all read. */
  get totalFlows(): number {
    return this.#totalFlows
  }

  cancel(): void {
    if (this.#phase.kind !== 'reading') return
    this.#reading++
    this.#phase = { kind: 'cancelled' }
  }

  /** Reads the counts of a range; what was read so far is shown as it comes. */
  async read(range: StatisticsRange): Promise<void> {
    const reading = ++this.#reading
    const isStale = (): boolean => reading !== this.#reading
    // All years by hours would be megabytes a flow: an overview is of a year at most.
    const within = range.year === undefined ? { year: thisYear() } : range
    const { flows, totalFlows } = await this.#services.listFlows(MAX_OVERVIEW_FLOWS)
    if (isStale()) return
    this.#totalFlows = totalFlows
    this.#summary = undefined
    this.#phase = { kind: 'reading', doneFlows: 0, allFlows: flows.length }
    const tracks = await this.#readTracks(within)
    if (isStale()) return
    if (!tracks.ok) {
      this.#phase = { kind: 'failed', failure: tracks.failure }
      return
    }
    const counts: FlowCounts[] = []
    // A year by hours is 8,784 numbers: few flows fit an answer then.
    const atOnce = within.month === undefined ? 4 : MAX_STATISTICS_QUERIES
    for (let from = 0; from < flows.length; from += atOnce) {
      const some = flows.slice(from, from + atOnce)
      const result = await this.#ask(
        some.map(({ id }) => ({ type: 'flowDropAdded', objectId: id, level: 'HOUR', ...within }))
      )
      if (isStale()) return
      if (!result.ok) {
        this.#phase = { kind: 'failed', failure: result.failure }
        return
      }
      some.forEach((flow, index) => {
        const answer = result.value[index]
        // A flow that was deleted meanwhile has no counts any more.
        if (answer?.ok === true) counts.push({ flow, hours: answer.counts })
      })
      this.#summary = summarizeAccount(within, counts, tracks.value, Date.now())
      this.#phase = { kind: 'reading', doneFlows: from + some.length, allFlows: flows.length }
    }
    this.#summary = summarizeAccount(within, counts, tracks.value, Date.now())
    this.#phase = { kind: 'shown' }
  }

  async #readTracks(
    range: StatisticsRange
  ): Promise<
    | { readonly ok: true; readonly value: readonly TrackCounts[] }
    | { readonly ok: false; readonly failure: Failure }
  > {
    const { explorer, connectionId } = this.#services
    const listed = await explorer.listStatisticsObjects({ connectionId, kind: 'track' })
    if (!listed.ok) return listed
    const tracks: TrackCounts[] = []
    const level = range.month === undefined ? 'YEAR' : range.day === undefined ? 'MONTH' : 'DAY'
    for (let from = 0; from < listed.value.length; from += MAX_STATISTICS_QUERIES / 2) {
      const some = listed.value.slice(from, from + MAX_STATISTICS_QUERIES / 2)
      const result = await this.#ask(
        some.flatMap(({ id }) => [
          { type: 'trackHit', objectId: id, level, ...range },
          { type: 'trackPass', objectId: id, level, ...range }
        ])
      )
      if (!result.ok) return result
      some.forEach((track: StatisticsObject, index) => {
        const [hits, passes] = [result.value[2 * index], result.value[2 * index + 1]]
        if (hits?.ok === true && passes?.ok === true) {
          tracks.push({ track, hits: hits.counts[0] ?? 0, passes: passes.counts[0] ?? 0 })
        }
      })
    }
    return { ok: true, value: tracks }
  }

  #ask(queries: StatisticsQuery[]): ReturnType<Explorer['readStatistics']> {
    const { explorer, connectionId } = this.#services
    return explorer.readStatistics({ connectionId, queries })
  }
}
