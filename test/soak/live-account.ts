import type { LiveMarker, LiveMessage } from '../../src/shared/ipc/live-port.ts'

/** What was written, what arrived, and whether the one is the other: exactly once, in order, or counted by a marker. */
export class StreamAccount {
  /** Ids of the drops that were acknowledged, by flow. */
  readonly #written = new Map<string, Set<string>>()
  /** What came through the port, by flow, in its order: ids of drops, and how many a marker says are missing. */
  readonly #arrived = new Map<string, (string | Missing)[]>()
  readonly #arrivedDrops = new Map<string, number>()
  readonly #latest = new Map<string, string>()
  readonly #flowIds = new Map<number, string>()
  #filled = 0
  #receivedDrops = 0
  #sentDrops = 0
  #lost = 0

  get receivedDrops(): number {
    return this.#receivedDrops
  }

  acknowledge(flowId: string, dropId: string): void {
    const ids = this.#written.get(flowId) ?? new Set()
    ids.add(dropId)
    this.#written.set(flowId, ids)
    this.#sentDrops += 1
    if (dropId > (this.#latest.get(flowId) ?? '')) this.#latest.set(flowId, dropId)
  }

  take(message: LiveMessage): void {
    if (message.kind === 'marker') {
      this.#takeMarker(message.marker)
      return
    }
    this.#receivedDrops += message.texts.length
    for (const [index, text] of message.texts.entries()) {
      const { id } = JSON.parse(text) as { id: string }
      const subscriptionId = message.subscriptionIds[index] ?? 0
      this.#of(subscriptionId).push(id)
      const flowId = this.#flowIds.get(subscriptionId) ?? ''
      this.#arrivedDrops.set(flowId, (this.#arrivedDrops.get(flowId) ?? 0) + 1)
    }
  }

  /** Whether the latest drop that was acknowledged is the latest that arrived. */
  hasLatest(flowId: string): boolean {
    const last = this.#arrived.get(flowId)?.findLast((entry) => typeof entry === 'string')
    return last !== undefined && last === this.#latest.get(flowId)
  }

  /** Drops of a flow that were acknowledged and did not arrive yet, or never will. */
  behind(flowId: string): number {
    return (this.#written.get(flowId)?.size ?? 0) - (this.#arrivedDrops.get(flowId) ?? 0)
  }

  #takeMarker(marker: LiveMarker): void {
    if (marker.kind === 'subscribed') this.#flowIds.set(marker.subscriptionId, marker.flowId)
    else if (marker.kind === 'connection-lost') this.#lost += 1
    else if (marker.kind === 'gap') {
      this.#filled += marker.filledDrops
      this.#of(marker.subscriptionId).push({ missing: marker.missedDrops })
    } else if (marker.kind === 'skipped') this.#of(marker.subscriptionId).push({ missing: marker.drops })
  }

  #of(subscriptionId: number): (string | Missing)[] {
    const flowId = this.#flowIds.get(subscriptionId) ?? 'a subscription that was never told'
    const entries = this.#arrived.get(flowId) ?? []
    this.#arrived.set(flowId, entries)
    return entries
  }

  figures(): Record<string, number> {
    const verdicts = [...this.#arrived.keys()].map((flowId) => this.#judge(flowId))
    const sum = (pick: (verdict: Verdict) => number): number =>
      verdicts.reduce((total, verdict) => total + pick(verdict), 0)
    return {
      sent: this.#sentDrops,
      received: this.#receivedDrops,
      filled: this.#filled,
      losses: this.#lost,
      missedCounted: sum(({ missedCounted }) => missedCounted),
      missedUnknown: sum(({ missedUnknown }) => missedUnknown),
      missedUnmarked: sum(({ missedUnmarked }) => missedUnmarked),
      wrongCounts: sum(({ wrongCounts }) => wrongCounts),
      duplicates: sum(({ duplicates }) => duplicates),
      outOfOrder: sum(({ outOfOrder }) => outOfOrder),
      strangers: sum(({ strangers }) => strangers)
    }
  }

  /** What must not be; to be asked when everything has come. Of the flows that keep everything nothing may be missing. */
  findings(wholeFlowIds: readonly string[]): string[] {
    const told = this.figures()
    const forbidden = ['missedUnmarked', 'wrongCounts', 'duplicates', 'outOfOrder', 'strangers']
    const late = [...this.#written.keys()].filter((flowId) => !this.hasLatest(flowId))
    return [
      ...forbidden.filter((name) => told[name] !== 0).map((name) => `${name}: ${String(told[name])}`),
      ...wholeFlowIds.flatMap((flowId) => {
        const { missedCounted, missedUnknown } = this.#judge(flowId)
        const missed = missedCounted + missedUnknown
        return missed === 0 ? [] : [`${String(missed)} drops of ${flowId} are missing, which has them all`]
      }),
      ...late.map((flowId) => `the latest drop of ${flowId} did not arrive`)
    ]
  }

  #judge(flowId: string): Verdict {
    const written = [...(this.#written.get(flowId) ?? [])].sort()
    const placeOf = new Map(written.map((id, place) => [id, place]))
    return judge(this.#arrived.get(flowId) ?? [], placeOf)
  }
}

interface Missing {
  readonly missing: number | 'unknown'
}

interface Verdict {
  missedCounted: number
  missedUnknown: number
  missedUnmarked: number
  wrongCounts: number
  duplicates: number
  outOfOrder: number
  /** Drops that nobody wrote, or that were not acknowledged yet. */
  strangers: number
}

/**
 * `placeOf`: the place of each written drop in the order of creation. A marker stands where drops are missing: after the
 * last one that could be filled in, or, when none could, before the first that came by itself.
 */
function judge(arrived: readonly (string | Missing)[], placeOf: ReadonlyMap<string, number>): Verdict {
  const verdict: Verdict = {
    missedCounted: 0,
    missedUnknown: 0,
    missedUnmarked: 0,
    wrongCounts: 0,
    duplicates: 0,
    outOfOrder: 0,
    strangers: 0
  }
  const seen = new Set<number>()
  let last = -1
  let missing = 0
  let isUnknownOpen = false
  for (const entry of arrived) {
    if (typeof entry !== 'string') {
      if (entry.missing === 'unknown') verdict.missedUnknown += missing
      else if (entry.missing === missing) verdict.missedCounted += missing
      else verdict.wrongCounts += 1
      missing = 0
      isUnknownOpen = entry.missing === 'unknown'
      continue
    }
    const place = placeOf.get(entry)
    if (place === undefined) {
      verdict.strangers += 1
      continue
    }
    if (seen.has(place)) verdict.duplicates += 1
    else if (place < last) verdict.outOfOrder += 1
    else if (isUnknownOpen) verdict.missedUnknown += place - last - 1
    else missing += place - last - 1
    seen.add(place)
    last = Math.max(last, place)
    isUnknownOpen = false
  }
  verdict.missedUnmarked = missing
  return verdict
}
