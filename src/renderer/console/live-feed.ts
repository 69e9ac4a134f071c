import type { LiveDrops, LiveMarker, LiveMessage, LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { FlowActivity } from './flow-activity.ts'
import { DropRing, MAX_KEPT_ENTRIES } from './drop-ring.ts'
import type { StreamEntry } from './drop-ring.ts'
import { Density, RateWindow } from './rates.ts'
import { summarizeDrop } from './summary.ts'
import type { DropSummary } from './summary.ts'

type DropEntry = Extract<StreamEntry, { kind: 'drop' }>

/** What the window looks at: rows counted from the newest one down. */
export interface LiveView {
  readonly from: number
  readonly to: number
  /** The newest sequence number that is shown while the view is held (paused or scrolled away); null follows. */
  readonly heldAt: number | null
}

export type LiveRow =
  | {
      readonly kind: 'drop'
      readonly sequence: number
      readonly subscription: LiveSubscription
      readonly receivedAtMs: number
      readonly sizeBytes: number
      readonly summary: DropSummary
    }
  | {
      readonly kind: 'marker'
      readonly sequence: number
      readonly marker: LiveMarker
      /** What it is about; undefined when that is a whole connection. */
      readonly subscription: LiveSubscription | undefined
    }

/** Everything that the window shows of the stream, at one moment. */
export interface LiveSnapshot {
  readonly receivedDrops: number
  /** Drops that are gone for good, as far as they could be counted. */
  readonly missedDrops: number
  /** Whether some gap could not be counted: there are more than `missedDrops`. */
  readonly isMissedUncertain: boolean
  readonly skippedDrops: number
  readonly perSecond: number
  readonly keptDrops: number
  readonly keptBytes: number
  /** The newest shown sequence number; -1 when nothing is kept. */
  readonly headSequence: number
  readonly rowCount: number
  /** Entries that came after the head of a held view. */
  readonly newEntries: number
  readonly from: number
  readonly rows: readonly LiveRow[]
  readonly flows: readonly FlowActivity[]
  readonly density: readonly number[]
}

/** Rows that stay parsed: a screen and its margins, several times over. */
const MAX_PARSED_ROWS = 500

/** What a number means that was never told: main always tells it first. */
const UNKNOWN_SUBSCRIPTION = { connectionId: '', flowId: '', path: '' }

interface FlowCounter {
  readonly subscription: LiveSubscription
  receivedDrops: number
  lastAtMs: number
  readonly rate: RateWindow
}

/** The stream as the worker keeps it. Nothing in it is parsed until a row is looked at. */
export class LiveFeed {
  readonly #ring: DropRing
  readonly #rate = new RateWindow()
  readonly #density = new Density()
  /** All of this run: rows outlive what they came by. */
  readonly #subscriptions = new Map<number, LiveSubscription>()
  /** What is followed. */
  readonly #flows = new Map<number, FlowCounter>()
  readonly #encoder = new TextEncoder()
  /** Rows that were looked at lately: a drop of a megabyte must not be parsed again for every frame. */
  readonly #parsedRows = new Map<number, LiveRow>()
  #receivedDrops = 0
  #missedDrops = 0
  #isMissedUncertain = false
  #skippedDrops = 0

  constructor(budgetBytes: number, capacity = MAX_KEPT_ENTRIES) {
    this.#ring = new DropRing(capacity, budgetBytes)
  }

  set budgetBytes(bytes: number) {
    this.#ring.budgetBytes = bytes
  }

  take(message: LiveMessage, nowMs: number): void {
    if (message.kind === 'drops') this.#takeDrops(message, nowMs)
    else this.#takeMarker(message.marker)
  }

  /** Forgets rows and counters; flows stay known. */
  clear(): void {
    this.#ring.clear()
    this.#density.clear()
    this.#receivedDrops = 0
    this.#missedDrops = 0
    this.#isMissedUncertain = false
    this.#skippedDrops = 0
  }

  /** Whether a rate is above zero and will fall without a new drop. */
  isMoving(nowMs: number): boolean {
    return this.#rate.perSecond(nowMs) > 0
  }

  /** The text of a kept drop, or undefined. */
  textAt(sequence: number): string | undefined {
    const entry = this.#ring.at(sequence)
    return entry?.kind === 'drop' ? entry.text : undefined
  }

  /**
   * The texts of a flow's drops from `fromSequence` on, the latest first, at most `limit` of at most `maxEntries` looked
   * at; and where the next call goes on.
   */
  latestOf(
    flowId: string,
    fromSequence: number,
    limit: number,
    maxEntries: number
  ): { readonly texts: readonly string[]; readonly nextSequence: number } {
    const { nextSequence } = this.#ring
    const first = Math.max(fromSequence, this.#ring.firstSequence, nextSequence - maxEntries)
    const texts: string[] = []
    for (let sequence = nextSequence - 1; sequence >= first && texts.length < limit; sequence--) {
      const entry = this.#ring.at(sequence)
      if (entry?.kind === 'drop' && this.#subscriptionOf(entry.subscriptionId).flowId === flowId) {
        texts.push(entry.text)
      }
    }
    return { texts, nextSequence }
  }

  snapshot(view: LiveView, nowMs: number): LiveSnapshot {
    const newest = this.#ring.nextSequence - 1
    const oldest = this.#ring.firstSequence
    // A held head that was cleared or pushed out of the ring has nothing below it.
    const head = view.heldAt === null ? newest : Math.min(view.heldAt, newest)
    const rowCount = Math.max(0, head - oldest + 1)
    return {
      receivedDrops: this.#receivedDrops,
      missedDrops: this.#missedDrops,
      isMissedUncertain: this.#isMissedUncertain,
      skippedDrops: this.#skippedDrops,
      perSecond: this.#rate.perSecond(nowMs),
      keptDrops: this.#ring.keptDrops,
      keptBytes: this.#ring.keptBytes,
      headSequence: newest < oldest ? -1 : head,
      rowCount,
      newEntries: newest - head,
      from: view.from,
      rows: this.#rows(head, Math.max(0, view.from), Math.min(view.to, rowCount)),
      flows: [...this.#flows.values()].map(({ subscription, receivedDrops, lastAtMs, rate }) => ({
        subscriptionId: subscription.subscriptionId,
        connectionId: subscription.connectionId,
        flowId: subscription.flowId,
        receivedDrops,
        lastAtMs,
        perSecond: rate.perSecond(nowMs)
      })),
      density: this.#density.read(nowMs)
    }
  }

  #rows(head: number, from: number, to: number): LiveRow[] {
    const rows: LiveRow[] = []
    for (let place = from; place < to; place++) {
      const sequence = head - place
      const entry = this.#ring.at(sequence)
      if (entry === undefined) continue
      if (entry.kind === 'drop') rows.push(this.#parsedRow(sequence, entry))
      else {
        const { marker } = entry
        const subscription =
          marker.kind === 'connection-lost' ? undefined : this.#subscriptionOf(marker.subscriptionId)
        rows.push({ kind: 'marker', sequence, marker, subscription })
      }
    }
    return rows
  }

  #parsedRow(sequence: number, { subscriptionId, receivedAtMs, text }: DropEntry): LiveRow {
    const known = this.#parsedRows.get(sequence)
    if (known !== undefined) return known
    const sizeBytes = this.#encoder.encode(text).byteLength
    const row = {
      kind: 'drop',
      sequence,
      subscription: this.#subscriptionOf(subscriptionId),
      receivedAtMs,
      sizeBytes,
      summary: summarizeDrop(text)
    } as const
    if (this.#parsedRows.size >= MAX_PARSED_ROWS) this.#parsedRows.clear()
    this.#parsedRows.set(sequence, row)
    return row
  }

  #takeDrops({ subscriptionIds, receivedAtMs, texts }: LiveDrops, nowMs: number): void {
    for (let index = 0; index < texts.length; index++) {
      const subscriptionId = subscriptionIds[index] ?? 0
      const atMs = receivedAtMs[index] ?? nowMs
      this.#ring.push({ kind: 'drop', subscriptionId, receivedAtMs: atMs, text: texts[index] ?? '' })
      const flow = this.#flowCounter(subscriptionId)
      flow.receivedDrops += 1
      flow.lastAtMs = atMs
      flow.rate.add(nowMs, 1)
    }
    this.#receivedDrops += texts.length
    this.#rate.add(nowMs, texts.length)
    this.#density.add(nowMs, texts.length)
  }

  #takeMarker(marker: LiveMarker): void {
    this.#ring.push({ kind: 'marker', marker })
    if (marker.kind === 'unsubscribed') this.#flows.delete(marker.subscriptionId)
    if (marker.kind === 'subscribed') {
      const { subscriptionId, connectionId, flowId, path } = marker
      this.#subscriptions.set(subscriptionId, { subscriptionId, connectionId, flowId, path })
      this.#flowCounter(subscriptionId)
    }
    if (marker.kind === 'skipped') this.#skippedDrops += marker.drops
    if (marker.kind !== 'gap') return
    if (marker.missedDrops === 'unknown') this.#isMissedUncertain = true
    else this.#missedDrops += marker.missedDrops
  }

  #flowCounter(subscriptionId: number): FlowCounter {
    const known = this.#flows.get(subscriptionId)
    if (known !== undefined) return known
    const subscription = this.#subscriptionOf(subscriptionId)
    const fresh = { subscription, receivedDrops: 0, lastAtMs: 0, rate: new RateWindow() }
    this.#flows.set(subscriptionId, fresh)
    return fresh
  }

  #subscriptionOf(subscriptionId: number): LiveSubscription {
    return this.#subscriptions.get(subscriptionId) ?? { ...UNKNOWN_SUBSCRIPTION, subscriptionId }
  }
}
