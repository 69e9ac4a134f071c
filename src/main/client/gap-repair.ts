import type { LiveMarker } from '../../shared/ipc/live-port.ts'
import type { Failure } from '../../shared/failure.ts'
import type { Result } from '../../shared/result.ts'
import type { Push } from './push-frame.ts'
import { backOffMs, pause } from './scheduler.ts'
import type { Random, Scheduler } from './scheduler.ts'

/** Where live drops and the marks between them go, in the order in which they are to be shown. */
export interface LiveSink {
  drop(drop: LiveDrop): void
  marker(marker: LiveMarker): void
  /** Resolves when a page of drops fits without being skipped; history can wait, live drops cannot. */
  whenRoom(): Promise<void>
}

export interface LiveDrop {
  readonly flowId: string
  /** When main received it, milliseconds since the Unix epoch. */
  readonly receivedAtMs: number
  /** The drop as JSON, as the platform sent it. */
  readonly text: string
}

/**
 * A flow's history, oldest first: at most `limit` drops whose creationDate is at least `fromMs`; with `direction: 'last'`
 * the newest ones up to `fromMs` instead, newest first.
 */
export type ReadHistory = (
  flowId: string,
  fromMs: number,
  limit: number,
  direction: 'following' | 'last'
) => Promise<Result<readonly Push[]>>

export interface FollowedFlow {
  readonly flowId: string
  readonly path: string
  readonly capacityDrops: number
}

/**
 * One followed flow, exactly once and in order on the sink, across lost connections and skipped pushes.
 *
 * It relies on two promises of the platform: within a flow creationDate never goes backwards, and pushes keep the order of
 * creation. After a loss the pushes of the new session are held, the history since the last drop seen is read in pages and
 * shown, and then what was held and was not in the history. Every page overlaps the one before by the drops of its last
 * millisecond; when that overlap is missing, the flow's capacity discarded drops in between, and the marker says so.
 */
export interface FlowFollower {
  readonly flow: FollowedFlow
  /** A drop was pushed. */
  push(push: Push, receivedAtMs: number): void
  /** Finds out where the history ends, so that a loss before the first push can be repaired too. */
  findBaseline(): Promise<void>
  /** The connection was lost: pushes are held until `repair`. */
  suspend(atMs: number): void
  /** Pushes come again: fills the gap. Resolves when live drops flow, or when `suspend` came first. */
  repair(): Promise<void>
  /**
   * The platform skipped this many pushes: they are held from this call on. Answers whether `repair` must be called;
   * otherwise one is under way or will be, and fills this gap too.
   */
  skipped(drops: number): boolean
  /** Ends a repair under way. */
  stop(): void
}

export interface FollowerSurroundings {
  readonly sink: LiveSink
  readonly readHistory: ReadHistory
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly scheduler: Scheduler
  readonly random: Random
  /** Limits, smaller in tests. */
  readonly pageDrops?: number
  readonly maxHeldDrops?: number
}

/** A page is one answer that main parses at once; 1,000 drops take a few milliseconds. */
const PAGE_DROPS = 1000
/** The platform gives no more at once; more drops than this in one millisecond cannot be told apart. */
const MAX_PAGE_DROPS = 100_000
/** Beyond this, held pushes are let go and read again from the history. */
const MAX_HELD_DROPS = 20_000
const MAX_HELD_CHARACTERS = 32 * 1_048_576
const MAX_READ_ATTEMPTS = 5
const FIRST_READ_RETRY_MS = 200
const MAX_READ_RETRY_MS = 5000

export function createFlowFollower(flow: FollowedFlow, surroundings: FollowerSurroundings): FlowFollower {
  return new Follower(flow, surroundings)
}

/** The newest moment of a flow that was seen, and the drops seen of it. */
interface Position {
  readonly creationDate: number
  readonly dropIds: string[]
}

interface Held {
  readonly push: Push
  readonly receivedAtMs: number
}

type Outcome =
  | { readonly kind: 'complete'; readonly filledDrops: number; readonly recoveredDrops: number }
  | { readonly kind: 'incomplete'; readonly filledDrops: number; readonly recoveredDrops: number }
  | { readonly kind: 'superseded' }

class Follower implements FlowFollower {
  readonly flow: FollowedFlow
  readonly #surroundings: FollowerSurroundings
  /** Undefined until something is known of the flow. */
  #last: Position | undefined
  /** Drops shown from the history whose pushes may still arrive. */
  readonly #filledIds = new Set<string>()
  #isHolding = false
  #held: Held[] = []
  #heldCharacters = 0
  /** Held pushes were let go, or more were skipped: what follows the last drop seen must be read (again). */
  #mustReadOn = false
  #skippedDrops = 0
  #lostAtMs: number | undefined
  /** Counts suspensions and stops: a repair that sees another number was overtaken. */
  #generation = 0

  constructor(flow: FollowedFlow, surroundings: FollowerSurroundings) {
    this.flow = flow
    this.#surroundings = surroundings
  }

  push(push: Push, receivedAtMs: number): void {
    if (this.#isHolding) {
      this.#hold(push, receivedAtMs)
      return
    }
    if (this.#filledIds.size > 0) {
      if (this.#filledIds.delete(push.dropId)) return
      // Pushes keep the order of creation: nothing older can follow any more.
      if (this.#last !== undefined && push.creationDate > this.#last.creationDate) this.#filledIds.clear()
    }
    this.#show(push, receivedAtMs)
  }

  async findBaseline(): Promise<void> {
    const generation = this.#generation
    const newest = await this.#surroundings.readHistory(this.flow.flowId, Number.MAX_SAFE_INTEGER, 1, 'last')
    if (!newest.ok || this.#last !== undefined || generation !== this.#generation) return
    const drop = newest.value[0]
    this.#last =
      drop === undefined
        ? { creationDate: 0, dropIds: [] }
        : { creationDate: drop.creationDate, dropIds: [drop.dropId] }
  }

  suspend(atMs: number): void {
    this.#generation += 1
    this.#isHolding = true
    this.#lostAtMs ??= atMs
  }

  stop(): void {
    this.#generation += 1
    this.#isHolding = false
    this.#held = []
    this.#filledIds.clear()
  }

  async repair(): Promise<void> {
    const { sink, now } = this.#surroundings
    const generation = this.#generation
    this.#filledIds.clear()
    const outcome = this.#last === undefined ? NOTHING_TO_FILL : await this.#fill(this.#last, generation)
    if (outcome.kind === 'superseded') return

    const lostAtMs = this.#lostAtMs
    const atMs = now()
    sink.marker({
      kind: 'gap',
      flowId: this.flow.flowId,
      path: this.flow.path,
      atMs,
      downMs: lostAtMs === undefined ? 0 : Math.max(0, atMs - lostAtMs),
      filledDrops: outcome.filledDrops,
      missedDrops: outcome.kind === 'complete' ? 0 : this.#missedDrops(outcome.recoveredDrops)
    })
    this.#lostAtMs = undefined
    this.#skippedDrops = 0
    this.#release()
  }

  skipped(drops: number): boolean {
    this.#skippedDrops += drops
    this.#mustReadOn = true
    if (this.#isHolding) return false
    this.#isHolding = true
    return true
  }

  /** A number only if the platform told it: how many were discarded while nobody listened is not known. */
  #missedDrops(recoveredDrops: number): number | 'unknown' {
    const isCountKnown = this.#lostAtMs === undefined && this.#skippedDrops > 0
    return isCountKnown ? Math.max(0, this.#skippedDrops - recoveredDrops) : 'unknown'
  }

  async #fill(from: Position, generation: number): Promise<Outcome> {
    const { sink, pageDrops = PAGE_DROPS } = this.#surroundings
    let position = from
    let limit = pageDrops
    const wasEmpty = from.dropIds.length === 0
    let isComplete = true
    let isFirstPage = true
    let filledDrops = 0
    let recoveredDrops = 0
    for (;;) {
      await sink.whenRoom()
      this.#mustReadOn = false
      const page = await this.#readPage(position.creationDate, limit, generation)
      if (generation !== this.#generation) return { kind: 'superseded' }
      if (!page.ok) return { kind: 'incomplete', filledDrops, recoveredDrops }

      const seen = new Set(position.dropIds)
      const fresh = page.value.filter(({ dropId }) => !seen.has(dropId))
      if (fresh.length === page.value.length && !(isFirstPage && wasEmpty)) {
        const reachesBack = isFirstPage && (await this.#hasOlder(position.creationDate))
        if (generation !== this.#generation) return { kind: 'superseded' }
        isComplete &&= reachesBack
      }
      const heldIds = new Set(this.#held.map(({ push }) => push.dropId))
      const receivedAtMs = this.#surroundings.now()
      for (const push of fresh) {
        this.#filledIds.add(push.dropId)
        if (!heldIds.has(push.dropId)) recoveredDrops += 1
        this.#show(push, receivedAtMs)
      }
      filledDrops += fresh.length
      isFirstPage = false
      position = this.#last ?? position

      const isLastPage = page.value.length < limit
      if (isLastPage && !this.#mustReadOn) break
      if (!isLastPage && fresh.length === 0) {
        // More drops in one millisecond than a page holds: the same place, a larger page.
        if (limit >= MAX_PAGE_DROPS) return { kind: 'incomplete', filledDrops, recoveredDrops }
        limit = Math.min(limit * 4, MAX_PAGE_DROPS)
      }
    }
    // A flow that was empty and is not full has discarded nothing.
    if (wasEmpty) isComplete &&= filledDrops < this.flow.capacityDrops
    return { kind: isComplete ? 'complete' : 'incomplete', filledDrops, recoveredDrops }
  }

  /**
   * Whether the flow still holds a drop that was there when the last one was seen. That one may have been deleted by hand;
   * capacity discards the oldest first, so any older one proves that nothing after it is gone.
   */
  async #hasOlder(creationDate: number): Promise<boolean> {
    const older = await this.#surroundings.readHistory(this.flow.flowId, creationDate, 1, 'last')
    return older.ok && older.value.length > 0
  }

  async #readPage(fromMs: number, limit: number, generation: number): Promise<Result<readonly Push[]>> {
    const { readHistory, scheduler, random } = this.#surroundings
    for (let attempt = 1; ; attempt += 1) {
      const page = await readHistory(this.flow.flowId, fromMs, limit, 'following')
      const isFinal = page.ok || !isWorthAnotherTry(page.failure) || attempt === MAX_READ_ATTEMPTS
      if (isFinal || generation !== this.#generation) return page
      await pause(scheduler, backOffMs(attempt, FIRST_READ_RETRY_MS, MAX_READ_RETRY_MS, random))
    }
  }

  #hold(push: Push, receivedAtMs: number): void {
    const { maxHeldDrops = MAX_HELD_DROPS } = this.#surroundings
    this.#held.push({ push, receivedAtMs })
    this.#heldCharacters += push.text.length
    const isFull = this.#held.length > maxHeldDrops || this.#heldCharacters > MAX_HELD_CHARACTERS
    // A flow that keeps nothing has no history to read them from again.
    if (isFull && this.flow.capacityDrops > 0) {
      this.#held = []
      this.#heldCharacters = 0
      this.#mustReadOn = true
    }
  }

  #release(): void {
    const held = this.#held
    this.#held = []
    this.#heldCharacters = 0
    this.#isHolding = false
    for (const { push, receivedAtMs } of held) this.push(push, receivedAtMs)
  }

  #show(push: Push, receivedAtMs: number): void {
    const last = this.#last
    if (last === undefined || push.creationDate > last.creationDate) {
      this.#last = { creationDate: push.creationDate, dropIds: [push.dropId] }
    } else if (push.creationDate === last.creationDate) {
      last.dropIds.push(push.dropId)
    }
    this.#surroundings.sink.drop({ flowId: this.flow.flowId, receivedAtMs, text: push.text })
  }
}

const NOTHING_TO_FILL: Outcome = { kind: 'complete', filledDrops: 0, recoveredDrops: 0 }

const isWorthAnotherTry = ({ retryable, code }: Failure): boolean => retryable && code !== 'request/cancelled'
