import type { LiveDrops, LiveMarker, LiveMessage, LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { DropJudge } from './drop-judge.ts'
import type { StoredDrop } from './drop-scan.ts'
import { DropRing, MAX_KEPT_ENTRIES } from './drop-ring.ts'
import { elementNamesIn, NAMED_DROPS } from './element-names.ts'
import { activityKey } from './flow-activity.ts'
import type { FlowActivity } from './flow-activity.ts'
import { LiveRows } from './live-rows.ts'
import type { HighlightRule } from './live-rows.ts'
import type { LiveRow, LiveSnapshot, LiveView } from './live-snapshot.ts'
import { Density, RateWindow } from './rates.ts'
import { StreamSieve } from './stream-sieve.ts'
import type { EntryTest } from './stream-sieve.ts'

/** Counters of flows and the strip are told this often: nobody reads them faster, and a hundred flows are not sent each frame. */
const SLOW_PART_MS = 250
/** Where a drop's date stands in its text; a drop that is written otherwise tells no latency. */
const CREATION_DATE = /"creationDate":(\d{12,14})[,}]/
const MAX_DATE_CHARACTERS = 512

/** What a number means that was never told: main always tells it first. */
const UNKNOWN_SUBSCRIPTION = { connectionId: '', flowId: '', path: '' }

/** What of the stream is wanted; rows that are no drops are always shown. */
export interface SieveRules {
  readonly judge: DropJudge | undefined
  /** Flows by `activityKey` of connection and path; a path that ends in a star means all below it. */
  readonly mutedFlows: ReadonlySet<string>
  /** Only these, when there are any. */
  readonly soloFlows: ReadonlySet<string>
}

interface FlowCounter {
  subscription: LiveSubscription
  receivedDrops: number
  lastAtMs: number
  readonly rate: RateWindow
}

/** The stream as the worker keeps it. Nothing in it is parsed until a row is looked at or a filter asks. */
export class LiveFeed {
  readonly ring: DropRing
  readonly #sieve: StreamSieve
  readonly #rows: LiveRows
  readonly #rate = new RateWindow()
  readonly #density = new Density()
  /**
   * All of this run: rows outlive what they came by. A flow that is renamed has its new path in all its rows, those too that
   * came before: it is one flow, and mute, colour and a click mean it by the path that it has. A marker says where it happened.
   */
  readonly #subscriptions = new Map<number, LiveSubscription>()
  /** What is followed. */
  readonly #flows = new Map<number, FlowCounter>()
  /** Where the text lies that a test looks at. */
  readonly #looked: StoredDrop = { bytes: new Uint8Array(0), start: 0, end: 0, elements: 0 }
  #receivedDrops = 0
  #missedDrops = 0
  #isMissedUncertain = false
  #skippedDrops = 0
  #undecidedDrops = 0
  #peakPerSecond = 0
  #slowPartAtMs = -Infinity

  constructor(budgetBytes: number, capacity = MAX_KEPT_ENTRIES) {
    this.ring = new DropRing(capacity, budgetBytes)
    this.#sieve = new StreamSieve(this.ring)
    this.#rows = new LiveRows(this.ring, (subscriptionId) => this.#subscriptionOf(subscriptionId))
  }

  set budgetBytes(bytes: number) {
    this.ring.budgetBytes = bytes
  }

  take(message: LiveMessage, nowMs: number): void {
    if (message.kind === 'drops') this.#takeDrops(message, nowMs)
    else this.#takeMarker(message.marker)
  }

  /** Shows from here on what the rules let through, of what is kept as of what arrives; `sift` does the work. */
  setRules(rules: SieveRules): void {
    this.#undecidedDrops = 0
    this.#sieve.set(this.#testOf(rules))
  }

  setHighlights(rules: readonly HighlightRule[]): void {
    this.#rows.highlights = rules
  }

  /** Tests entries against the rules until `isOver` says so; answers whether some are left. */
  sift(isOver: () => boolean): boolean {
    return this.#sieve.work(isOver)
  }

  /** Forgets rows and counters; flows stay known. */
  clear(): void {
    this.ring.clear()
    this.#density.clear()
    this.#rows.forget()
    this.#receivedDrops = 0
    this.#missedDrops = 0
    this.#isMissedUncertain = false
    this.#skippedDrops = 0
    this.#undecidedDrops = 0
    this.#peakPerSecond = 0
    this.#slowPartAtMs = -Infinity
  }

  /** Whether a rate is above zero and will fall without a new drop. */
  isMoving(nowMs: number): boolean {
    return this.#rate.perSecond(nowMs) > 0
  }

  perSecond(nowMs: number): number {
    return this.#rate.perSecond(nowMs)
  }

  /** Sequence numbers of what is shown, the oldest first, up to and with `heldAt`. */
  shownSequences(heldAt: number | null): number[] {
    const first = heldAt === null ? 0 : this.#sieve.placeOf(heldAt)
    const sequences: number[] = []
    for (let place = this.#sieve.size - 1; place >= first; place -= 1) {
      const sequence = this.#sieve.at(place)
      if (sequence !== undefined) sequences.push(sequence)
    }
    return sequences
  }

  /** The place of an entry among the shown ones, counted from the newest; -1 when it is not shown. */
  placeOf(sequence: number): number {
    const place = this.#sieve.placeOf(sequence)
    return this.#sieve.at(place) === sequence ? place : -1
  }

  /** The text of a kept drop and of the one before it in the same flow; undefined when it left. */
  dropWithPrevious(sequence: number):
    | {
        readonly text: string
        readonly previousText: string | undefined
        readonly receivedAtMs: number
        readonly subscription: LiveSubscription
      }
    | undefined {
    const entry = this.ring.at(sequence)
    if (entry?.kind !== 'drop') return undefined
    const subscription = this.#subscriptionOf(entry.subscriptionId)
    let previousText: string | undefined
    for (let before = sequence - 1; before >= this.ring.firstSequence; before -= 1) {
      if (!this.ring.isDropAt(before)) continue
      const { flowId, connectionId } = this.#subscriptionOf(this.ring.subscriptionIdAt(before))
      if (flowId !== subscription.flowId || connectionId !== subscription.connectionId) continue
      previousText = this.ring.textAt(before)
      break
    }
    return { text: entry.text, previousText, receivedAtMs: entry.receivedAtMs, subscription }
  }

  /** Where an entry came from. */
  subscriptionAt(sequence: number): LiveSubscription {
    return this.#subscriptionOf(this.ring.subscriptionIdAt(sequence))
  }

  subscriptionOf(subscriptionId: number): LiveSubscription {
    return this.#subscriptionOf(subscriptionId)
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
    const { nextSequence } = this.ring
    const first = Math.max(fromSequence, this.ring.firstSequence, nextSequence - maxEntries)
    const texts: string[] = []
    for (let sequence = nextSequence - 1; sequence >= first && texts.length < limit; sequence--) {
      if (flowId !== '' && this.subscriptionAt(sequence).flowId !== flowId) continue
      const text = this.ring.textAt(sequence)
      if (text !== undefined) texts.push(text)
    }
    return { texts, nextSequence }
  }

  /** Names of the elements that the latest drops have, in alphabetical order; those that are too long for a column are left out. */
  elementNames(): string[] {
    return elementNamesIn(this.latestOf('', 0, NAMED_DROPS, NAMED_DROPS).texts)
  }

  snapshot(view: LiveView, nowMs: number): LiveSnapshot {
    this.#rows.elementNames = view.elementNames ?? []
    const newest = this.ring.nextSequence - 1
    const oldest = this.ring.firstSequence
    // A held head that was cleared or pushed out of the ring has nothing below it.
    const head = view.heldAt === null ? newest : Math.min(view.heldAt, newest)
    const newer = this.#sieve.placeOf(head)
    const rowCount = this.#sieve.size - newer
    const perSecond = this.#rate.perSecond(nowMs)
    this.#peakPerSecond = Math.max(this.#peakPerSecond, perSecond)
    const { from, rows } = this.#rowsOf(view, newer, rowCount)
    const hiddenDrops = this.#sieve.hiddenEntries
    return {
      receivedDrops: this.#receivedDrops,
      missedDrops: this.#missedDrops,
      isMissedUncertain: this.#isMissedUncertain,
      skippedDrops: this.#skippedDrops,
      perSecond,
      peakPerSecond: this.#peakPerSecond,
      keptDrops: this.ring.keptDrops,
      keptBytes: this.ring.keptBytes,
      keptEntries: newest - oldest + 1,
      testedEntries: this.#sieve.testedEntries,
      hiddenDrops,
      undecidedDrops: this.#undecidedDrops,
      isFiltering: this.#sieve.isTesting,
      latency: this.#latency(newest),
      headSequence: newest < oldest ? -1 : head,
      rowCount,
      // Without a test those are counted too that came and left again.
      newEntries: this.#sieve.isTesting ? newer : newest - head,
      from,
      rows,
      elementNames: this.#rows.elementNames,
      ...this.#slowPart(nowMs)
    }
  }

  /** The rows from `view.from` to `view.to` in the order of the screen; a view that follows its end gets the newest. */
  #rowsOf(view: LiveView, newer: number, rowCount: number): { from: number; rows: LiveRow[] } {
    const length = Math.max(0, view.to - view.from)
    const isAtEnd = view.isNewestLast && view.heldAt === null
    const from = isAtEnd ? Math.max(0, rowCount - length) : Math.max(0, view.from)
    const to = Math.min(from + length, rowCount)
    const rows: LiveRow[] = []
    for (let place = from; place < to; place++) {
      const fromNewest = view.isNewestLast ? rowCount - 1 - place : place
      const sequence = this.#sieve.at(newer + fromNewest)
      const row = sequence === undefined ? undefined : this.#rows.at(sequence)
      if (row !== undefined) rows.push(row)
    }
    return { from, rows }
  }

  #slowPart(nowMs: number): Pick<LiveSnapshot, 'flows' | 'density'> {
    if (nowMs >= this.#slowPartAtMs && nowMs - this.#slowPartAtMs < SLOW_PART_MS) return {}
    this.#slowPartAtMs = nowMs
    return {
      flows: [...this.#flows.values()].map(
        ({ subscription, receivedDrops, lastAtMs, rate }): FlowActivity => ({
          subscriptionId: subscription.subscriptionId,
          connectionId: subscription.connectionId,
          flowId: subscription.flowId,
          path: subscription.path,
          receivedDrops,
          lastAtMs,
          perSecond: rate.perSecond(nowMs)
        })
      ),
      density: this.#density.read(nowMs)
    }
  }

  #latency(newest: number): LiveSnapshot['latency'] {
    const text = this.ring.textAt(newest)
    if (text === undefined) return undefined
    const createdAtMs = Number(CREATION_DATE.exec(text.slice(0, MAX_DATE_CHARACTERS))?.[1])
    const entry = this.ring.at(newest)
    if (Number.isNaN(createdAtMs) || entry?.kind !== 'drop') return undefined
    return { createdAtMs, receivedAtMs: entry.receivedAtMs }
  }

  #testOf({ judge, mutedFlows, soloFlows }: SieveRules): EntryTest | undefined {
    if (judge === undefined && mutedFlows.size === 0 && soloFlows.size === 0) return undefined
    const hasFlowRules = mutedFlows.size > 0 || soloFlows.size > 0
    const isFlowShown = new Map<number, boolean>()
    const flowTest = (subscriptionId: number): boolean => {
      const known = isFlowShown.get(subscriptionId)
      if (known !== undefined) return known
      const { connectionId, path } = this.#subscriptionOf(subscriptionId)
      const keys = keysOf(connectionId, path)
      const isIn = (flows: ReadonlySet<string>): boolean => keys.some((key) => flows.has(key))
      const isShown = !isIn(mutedFlows) && (soloFlows.size === 0 || isIn(soloFlows))
      isFlowShown.set(subscriptionId, isShown)
      return isShown
    }
    return (sequence) => {
      if (!this.ring.findDrop(sequence, this.#looked)) return true
      if (hasFlowRules && !flowTest(this.ring.subscriptionIdAt(sequence))) return false
      if (judge === undefined) return true
      const verdict = judge(this.#looked)
      if (verdict === 'undecided') this.#undecidedDrops += 1
      // What could not be decided is not hidden.
      return verdict !== 'no'
    }
  }

  #takeDrops({ subscriptionIds, receivedAtMs, texts }: LiveDrops, nowMs: number): void {
    for (let index = 0; index < texts.length; index++) {
      const subscriptionId = subscriptionIds[index] ?? 0
      const atMs = receivedAtMs[index] ?? nowMs
      this.ring.pushDrop(subscriptionId, atMs, texts[index] ?? '')
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
    this.ring.push({ kind: 'marker', marker })
    if (marker.kind === 'unsubscribed') this.#flows.delete(marker.subscriptionId)
    if (marker.kind === 'subscribed' || marker.kind === 'renamed') {
      const { subscriptionId, connectionId, flowId, path } = marker
      const subscription = { subscriptionId, connectionId, flowId, path }
      this.#subscriptions.set(subscriptionId, subscription)
      this.#flowCounter(subscriptionId).subscription = subscription
    }
    if (marker.kind === 'renamed') {
      this.#rows.forget()
      this.#slowPartAtMs = -Infinity
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

/** The keys by which a flow may be meant: its own path, and every path above it with a star (`/ana/*`). */
function keysOf(connectionId: string, path: string): string[] {
  const names = path.split('/')
  const above = names.slice(1, -1).map((_, index) => `${names.slice(0, index + 2).join('/')}/*`)
  return [path, ...above].map((each) => activityKey(connectionId, each))
}
