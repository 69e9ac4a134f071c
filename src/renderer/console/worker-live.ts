import { failure } from '../../shared/failure.ts'
import type { LiveMessage } from '../../shared/ipc/live-port.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { inSlices } from '../flows/slices.ts'
import { judgeOf } from './drop-judge.ts'
import { DropCredit } from './drop-credit.ts'
import { LiveExport } from './live-export.ts'
import type { LiveExportPiece } from './live-export.ts'
import { LiveFeed } from './live-feed.ts'
import type { HighlightRule } from './live-rows.ts'
import { LivePublisher } from './live-publisher.ts'
import { searchLive } from './live-search.ts'
import type { LiveSearchResult } from './live-search.ts'
import { LiveSeries } from './live-series.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import type { CallInput, CallOutput } from './worker-protocol.ts'

/** One slice of testing drops: what else arrived is served between two of them. */
const SLICE_MS = 8
/** While drops are tested the window is told of it so often: drawing each slice would take its time away. */
const TELL_MS = 80

/** The live stream inside the drop worker: takes it from its port, tests it, and tells the window. */
export class WorkerLive {
  readonly feed: LiveFeed
  readonly #publisher: LivePublisher
  readonly #series: LiveSeries
  readonly #exports = new Map<string, LiveExport>()
  readonly #next = new MessageChannel()
  #isWorking = false
  /** Rules were changed, and not all that is kept has been tested since. */
  #isCatchingUp = false
  #toldAtMs = -Infinity
  /** Counts changes of the rules: what was compiled for older ones comes too late. */
  #rules = 0
  #highlightRules = 0
  #searches = 0

  constructor(budgetBytes: number, send: (snapshot: LiveSnapshot) => void) {
    this.feed = new LiveFeed(budgetBytes)
    this.#series = new LiveSeries(this.feed)
    this.#publisher = new LivePublisher(this.feed, {
      now: Date.now,
      later: (delayMs, run) => {
        const timer = setTimeout(run, delayMs)
        return () => {
          clearTimeout(timer)
        }
      },
      send
    })
    this.#next.port1.onmessage = () => {
      this.#isWorking = false
      this.#work()
    }
  }

  get publisher(): LivePublisher {
    return this.#publisher
  }

  /** The end of the live port; `also` sees every message too. */
  open(port: MessagePort, also: (message: LiveMessage, nowMs: number) => void): void {
    const credit = new DropCredit()
    port.onmessage = ({ data }: MessageEvent<LiveMessage>) => {
      const nowMs = Date.now()
      this.feed.take(data, nowMs)
      also(data, nowMs)
      const grant = credit.take(data)
      if (grant !== undefined) port.postMessage(grant)
      this.#work()
      this.#publisher.changed()
    }
    port.postMessage(credit.open())
  }

  clear(): void {
    this.feed.clear()
    this.#publisher.changed()
  }

  set budgetBytes(bytes: number) {
    this.feed.budgetBytes = bytes
    this.#publisher.changed()
  }

  async setRules({ filter, mutedFlows, soloFlows }: CallInput<'setLiveRules'>): Promise<Result<null>> {
    const rules = ++this.#rules
    const judge = await judgeOf(filter)
    if (rules !== this.#rules) return success(null)
    this.feed.setRules({ judge, mutedFlows: new Set(mutedFlows), soloFlows: new Set(soloFlows) })
    this.#isCatchingUp = true
    this.#work()
    this.#publisher.changed()
    return success(null)
  }

  async setHighlights({ rules }: CallInput<'setHighlights'>): Promise<Result<null>> {
    const current = ++this.#highlightRules
    const judged = await Promise.all(
      rules.map(async ({ filter, colour }) => ({ judge: await judgeOf(filter), colour }))
    )
    if (current !== this.#highlightRules) return success(null)
    this.feed.setHighlights(judged.filter((rule): rule is HighlightRule => rule.judge !== undefined))
    this.#publisher.changed()
    return success(null)
  }

  drop({ sequence }: CallInput<'liveDrop'>): CallOutput<'liveDrop'> {
    return this.feed.dropWithPrevious(sequence) ?? null
  }

  placeOf({ sequence }: CallInput<'livePlace'>): number {
    return this.feed.placeOf(sequence)
  }

  async search(input: CallInput<'searchLive'>): Promise<Result<LiveSearchResult>> {
    const search = ++this.#searches
    const isOver = (): boolean => search !== this.#searches
    const steps = searchLive(this.feed, input)
    const found = await inSlices(untilOver(steps, isOver))
    return found === undefined ? failed(failure('request/cancelled')) : success(found)
  }

  async openExport({
    exportId,
    format,
    range,
    heldAt
  }: CallInput<'openLiveExport'>): Promise<Result<number>> {
    const shown = this.feed.shownSequences(heldAt)
    const entries =
      range === undefined ? shown : shown.filter((at) => at >= range.oldest && at <= range.newest)
    const opened = new LiveExport(this.feed, entries, format)
    this.#exports.set(exportId, opened)
    await inSlices(opened.findColumns())
    return success(entries.length)
  }

  readExport({ exportId }: CallInput<'readLiveExport'>): Result<LiveExportPiece & { lostEntries: number }> {
    const opened = this.#exports.get(exportId)
    if (opened === undefined) return failed(failure('request/cancelled'))
    const piece = opened.next()
    if (piece.isLast) this.#exports.delete(exportId)
    return success({ ...piece, lostEntries: opened.lostEntries })
  }

  closeExport({ exportId }: CallInput<'closeLiveExport'>): null {
    this.#exports.delete(exportId)
    return null
  }

  setSeries({ series }: CallInput<'setLiveSeries'>): null {
    this.#series.set(series)
    this.#work()
    return null
  }

  chart({ untilMs }: CallInput<'liveChart'>): CallOutput<'liveChart'> {
    return this.#series.points(untilMs ?? Infinity)
  }

  /** Tests and charts in slices until all is done. */
  #work(): void {
    if (this.#isWorking) return
    const endMs = performance.now() + SLICE_MS
    const isOver = (): boolean => performance.now() > endMs
    const isMoreToSift = this.feed.sift(isOver)
    const isMoreToChart = this.#series.work(isOver)
    const isDone = !isMoreToSift && !isMoreToChart
    if (this.#isCatchingUp && !isMoreToSift) {
      this.#isCatchingUp = false
      this.#publisher.answered()
    } else if (endMs - this.#toldAtMs > TELL_MS || isDone) {
      this.#toldAtMs = isDone ? -Infinity : endMs
      this.#publisher.changed()
    }
    if (isDone) return
    this.#isWorking = true
    // A message of one's own waits only for those before it; a timer would wait 4 ms each time.
    this.#next.port2.postMessage(null)
  }
}

function* untilOver<T>(steps: Generator<void, T>, isOver: () => boolean): Generator<void, T | undefined> {
  for (;;) {
    if (isOver()) return undefined
    const step = steps.next()
    if (step.done === true) return step.value
    yield
  }
}
