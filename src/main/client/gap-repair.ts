import type { LiveMarker, LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { Failure } from '../../shared/failure.ts'
import type { Result } from '../../shared/result.ts'
import type { Push } from './push-frame.ts'
import { backOffMs, pause } from './scheduler.ts'
import type { Random, Scheduler } from './scheduler.ts'

/** Where live drops and the marks between them go, in the order in which they are to be shown. */
export interface LiveSink {
  /** `receivedAtMs`: when main received it, milliseconds since the Unix epoch; `text`: the drop as JSON, as the platform sent it. */
  drop(subscriptionId: number, receivedAtMs: number, text: string): void
  marker(marker: LiveMarker): void
  /** Resolves when a page of drops fits without being skipped; history can wait, live drops cannot. */
  whenRoom(): Promise<void>
  /** A number that no other subscription of this sink has or had, whatever its connection. */
  newSubscriptionId(): number
}

/**
 * A flow's history, oldest first: at most `limit` drops whose creationDate is at least `fromMs`; with `direction: 'before'`
 * those whose creationDate is less than `fromMs` instead, newest first.
 */
export type ReadHistory = (
  flowId: string,
  fromMs: number,
  limit: number,
  direction: 'following' | 'before'
) => Promise<Result<readonly Push[]>>

export interface FollowedFlow {
  readonly subscription: LiveSubscription
  readonly capacityDrops: number
}

/**
 * One followed flow, exactly once and in order on the sink, across lost connections and skipped pushes.
 *
 * It relies on two promises of the platform: within a flow creationDate never goes backwards, and pushes keep the order of
 * creation. After a loss the pushes of the new session are held and the history since the last drop seen is read in pages.
 * When a page is there, the pushes that were on the way are waited for, and both are shown, merged by date and id: what
 * capacity discarded meanwhile may be in the pushes alone. A push of a drop that was shown from the history is let go, however
 * late it comes. Every page overlaps the one before by the drops of its last
 * millisecond; when that overlap is missing, the flow's capacity discarded drops in between, and the marker says so.
 */
export interface FlowFollower {
  readonly flow: FollowedFlow
  /** A drop was pushed. */
  push(push: Push, receivedAtMs: number): void
  /**
   * Finds out where the history ends, so that a loss before the first push can be repaired too. To be called before the
   * flow is subscribed to: what is created later must not be taken for seen.
   */
  findBaseline(): Promise<void>
  /**
   * Instead of `findBaseline`: shows what the flow's history holds from a moment on (milliseconds since the Unix epoch on
   * the platform's clock; 0 for the whole of it) before what is pushed. To be called before the flow is subscribed to, and
   * `repair` after it.
   */
  joinFrom(historyFromMs: number): void
  /** The flow's path is another one; it is told with what comes. */
  rename(path: string): void
  /** The connection was lost: pushes are held until `repair`. */
  suspend(): void
  /**
   * Pushes come again: fills the gap. Resolves when live drops flow, or when `suspend` came first; at once when there is
   * nothing to repair, or a repair is under way.
   */
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
  /** How many drops entered a flow since it was made, those too that it does not keep; undefined when nobody tells. */
  readonly countEntered: (flowId: string) => Promise<number | undefined>
  /** Resolves when every push of this flow that the platform sent so far has arrived. */
  readonly barrier: (flowId: string) => Promise<void>
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
/** Pages grow to this while a repair goes on, since each costs a way there and back; a sink with room takes so many at once. */
const LARGEST_PAGE_DROPS = 8000
/** With large drops pages are smaller: a sink with room takes some times as much. */
const PAGE_CHARACTERS = 4 * 1_048_576
/** A page that the platform finds too large is asked for again, so much smaller. */
const SMALLER_PAGE = 8
/** The platform gives no more at once; more drops than this in one millisecond cannot be told apart. */
const MAX_PAGE_DROPS = 100_000
/** Beyond this, held pushes are let go and read again from the history. */
const MAX_HELD_DROPS = 20_000
const MAX_HELD_CHARACTERS = 32 * 1_048_576
/** What a platform commits between a find and the pushes of what the find has seen is far less. */
const MAX_AWAITED_DROPS = 10_000
const MAX_READ_ATTEMPTS = 5
/** A count is good when nothing entered meanwhile; of a flow that never rests it would not come. */
const MAX_COUNTS = 5
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

/** What the next marker tells; a repair that is overtaken leaves it to the one after. */
interface Account {
  /** By the scheduler, whose time does not jump. */
  readonly lostSinceMs: number | undefined
  readonly filledDrops: number
  /** Of these, drops that came by no push. */
  readonly recoveredDrops: number
  /** Pushes that the platform skipped or that were let go. */
  readonly skippedDrops: number
  /** Whether the history reached back each time. */
  readonly isComplete: boolean
  /** The flow joined, with its history from a moment on; undefined when what is filled in follows a drop that was seen. */
  readonly joinedFromMs: number | undefined
  /** What capacity discarded before a flow joined, where it could be counted. */
  readonly countedDrops: number | undefined
}

const CLEAN: Account = {
  lostSinceMs: undefined,
  filledDrops: 0,
  recoveredDrops: 0,
  skippedDrops: 0,
  isComplete: true,
  joinedFromMs: undefined,
  countedDrops: undefined
}

class Follower implements FlowFollower {
  flow: FollowedFlow
  readonly #surroundings: FollowerSurroundings
  /** Undefined until something is known of the flow. */
  #last: Position | undefined
  /** The flow was empty when it was subscribed to, and nothing of it was seen up to the gap that is being filled. */
  #isBeforeFirstDrop = false
  #isHolding = false
  #held: Held[] = []
  #heldCharacters = 0
  /** Pushes were skipped or let go: what follows the last drop seen must be read (again). */
  #mustReadOn = false
  #account = CLEAN
  /** Counts suspensions and stops: a repair that sees another number was overtaken. */
  #generation = 0
  /** The generation of the repair that is under way. */
  #repairing: number | undefined
  /**
   * Drops that were shown from the history and whose pushes may still come: a platform may let a drop be read before it
   * pushes it.
   */
  readonly #awaited = new Set<string>()
  #pushedDrops = 0
  #shownDrops = 0
  /** The newest drop that came by a push, and the newest that was read and did not. */
  #newestPushed: Push | undefined
  #newestRecovered: Push | undefined

  constructor(flow: FollowedFlow, surroundings: FollowerSurroundings) {
    this.flow = flow
    this.#surroundings = surroundings
  }

  push(push: Push, receivedAtMs: number): void {
    this.#newestPushed = push
    this.#pushedDrops += 1
    if (this.#awaited.size > 0 && this.#isPassed(push)) return
    if (this.#isHolding) {
      this.#hold(push, receivedAtMs)
      return
    }
    this.#isBeforeFirstDrop = false
    this.#show(push, receivedAtMs)
  }

  /** Whether the place of this push has passed, because the history was read beyond it. */
  #isPassed(push: Push): boolean {
    const isAwaited = this.#awaited.delete(push.dropId)
    // It was pushed after all: it is none of those that were skipped.
    if (isAwaited) this.#note({ recoveredDrops: Math.max(0, this.#account.recoveredDrops - 1) })
    // One that was discarded before it could be read came too late to be put in its place; the marker has counted it.
    const isOlder = this.#newestRecovered !== undefined && compareCreation(push, this.#newestRecovered) < 0
    // Pushes keep the order of creation: those before this one have come.
    if (!isAwaited && !isOlder && !this.#isHolding) this.#awaited.clear()
    return isAwaited || isOlder
  }

  async findBaseline(): Promise<void> {
    const generation = this.#generation
    const newest = await this.#surroundings.readHistory(
      this.flow.subscription.flowId,
      Number.MAX_SAFE_INTEGER,
      1,
      'before'
    )
    if (!newest.ok || this.#last !== undefined || generation !== this.#generation) return
    const drop = newest.value[0]
    this.#isBeforeFirstDrop = drop === undefined
    this.#last =
      drop === undefined
        ? { creationDate: 0, dropIds: [] }
        : { creationDate: drop.creationDate, dropIds: [drop.dropId] }
  }

  joinFrom(historyFromMs: number): void {
    this.#last = { creationDate: historyFromMs, dropIds: [] }
    this.#isBeforeFirstDrop = true
    this.#isHolding = true
    this.#note({ joinedFromMs: historyFromMs })
  }

  rename(path: string): void {
    this.flow = { ...this.flow, subscription: { ...this.flow.subscription, path } }
  }

  suspend(): void {
    this.#generation += 1
    this.#isHolding = true
    this.#note({ lostSinceMs: this.#account.lostSinceMs ?? this.#surroundings.scheduler.nowMs() })
  }

  stop(): void {
    this.#generation += 1
    this.#awaited.clear()
    this.#isHolding = false
    this.#held = []
  }

  async repair(): Promise<void> {
    const { sink, now, scheduler } = this.#surroundings
    const generation = this.#generation
    // Two at once would fill the same gap twice.
    if (!this.#isHolding || this.#repairing === generation) return
    this.#repairing = generation
    const isOver = this.#last === undefined || (await this.#fill(this.#last, generation))
    if (!isOver) return

    const { lostSinceMs, filledDrops, isComplete, joinedFromMs } = this.#account
    const cause =
      joinedFromMs !== undefined ? 'joined' : lostSinceMs !== undefined ? 'connection-lost' : 'skipped'
    const missedDrops = isComplete ? 0 : this.#missedDrops()
    // A flow that joined before its first drop has no gap to tell of.
    if (cause !== 'joined' || lostSinceMs !== undefined || filledDrops > 0 || missedDrops !== 0) {
      sink.marker({
        kind: 'gap',
        ...this.flow.subscription,
        atMs: now(),
        cause,
        downMs: lostSinceMs === undefined ? 0 : scheduler.nowMs() - lostSinceMs,
        filledDrops,
        missedDrops
      })
    }
    this.#account = CLEAN
    this.#isHolding = false
    this.#repairing = undefined
    // Only what could not be put in its place: without a history, or after one that could not be read.
    for (const { push, receivedAtMs } of this.#takeHeld(undefined)) this.#show(push, receivedAtMs)
  }

  skipped(drops: number): boolean {
    this.#note({ skippedDrops: this.#account.skippedDrops + drops })
    this.#mustReadOn = true
    if (this.#isHolding) return false
    this.#isHolding = true
    return true
  }

  /**
   * A number only if all of it is known. What was discarded while nobody listened is not; nor is it known of a drop that was
   * read, and is newer than every push, whether it was skipped or is still to be pushed. What a flow lost before it joined
   * is known where the platform counts.
   */
  #missedDrops(): number | 'unknown' {
    const { lostSinceMs, skippedDrops, recoveredDrops, joinedFromMs, countedDrops } = this.#account
    if (joinedFromMs !== undefined) return countedDrops ?? 'unknown'
    const recovered = recoveredDrops === 0 ? undefined : this.#newestRecovered
    const isAhead =
      recovered !== undefined &&
      (this.#newestPushed === undefined || compareCreation(recovered, this.#newestPushed) > 0)
    return lostSinceMs === undefined && !isAhead ? Math.max(0, skippedDrops - recoveredDrops) : 'unknown'
  }

  #note(change: Partial<Account>): void {
    this.#account = { ...this.#account, ...change }
  }

  /** Shows the history after `from`. Answers false when it was overtaken. */
  async #fill(from: Position, generation: number): Promise<boolean> {
    const { sink, barrier, now, countEntered, pageDrops = PAGE_DROPS } = this.#surroundings
    const { flowId } = this.flow.subscription
    let largestDrops = pageDrops * (LARGEST_PAGE_DROPS / PAGE_DROPS)
    let position = from
    let limit = Math.min(pageDrops, pageOf(this.#newestPushed === undefined ? [] : [this.#newestPushed]))
    let isFirstPage = true
    let counts = 0
    for (;;) {
      await sink.whenRoom()
      this.#mustReadOn = false
      const pushedBefore = this.#pushedDrops
      const enteredBefore = counts > 0 ? await countEntered(flowId) : undefined
      const page = await this.#readPage(position.creationDate, limit, generation)
      if (generation !== this.#generation) return false
      if (!page.ok) {
        if (limit > 1 && isPerhapsTooLarge(page.failure)) {
          largestDrops = Math.ceil(limit / 2)
          limit = Math.ceil(limit / SMALLER_PAGE)
          continue
        }
        this.#note({ isComplete: false })
        return true
      }

      const seen = new Set(position.dropIds)
      const fresh = page.value.filter(({ dropId }) => !seen.has(dropId))
      const hasOverlap = fresh.length < page.value.length || this.#isBeforeFirstDrop
      const reachesBack = hasOverlap || (isFirstPage && (await this.#hasOlder(position.creationDate)))
      const enteredAfter = enteredBefore === undefined ? undefined : await countEntered(flowId)
      await barrier(flowId)
      if (generation !== this.#generation) return false

      const isFullPage = page.value.length >= limit
      const isLastPage = !isFullPage && !this.#mustReadOn
      const held = this.#takeHeld(isLastPage ? undefined : (page.value.at(-1) ?? position))
      const heldIds = new Set(held.map(({ push }) => push.dropId))
      const receivedAtMs = now()
      const { filledDrops, recoveredDrops, isComplete } = this.#account
      this.#note({
        filledDrops: filledDrops + fresh.length,
        recoveredDrops: recoveredDrops + fresh.filter(({ dropId }) => !heldIds.has(dropId)).length,
        // A flow that was empty and is full may have discarded what came first.
        isComplete:
          isComplete &&
          reachesBack &&
          !(this.#isBeforeFirstDrop && filledDrops + fresh.length >= this.flow.capacityDrops)
      })
      for (const drop of fresh) if (!heldIds.has(drop.dropId)) this.#await(drop)
      for (const drop of merge(fresh, held, receivedAtMs)) this.#show(drop.push, drop.receivedAtMs)
      position = this.#last ?? position
      isFirstPage = false

      if (isLastPage) {
        this.#isBeforeFirstDrop = position.dropIds.length === 0
        // Nothing entered while it was counted: what entered and was not shown is gone.
        const isCounted = enteredBefore === enteredAfter && pushedBefore === this.#pushedDrops
        if (enteredBefore !== undefined && isCounted && enteredBefore >= this.#shownDrops) {
          this.#note({ countedDrops: enteredBefore - this.#shownDrops })
        }
        const isUncountable = counts === MAX_COUNTS || (counts > 0 && enteredAfter === undefined)
        if (isUncountable || !this.#isCountWanted()) return true
        counts += 1
        continue
      }
      if (isFullPage && fresh.length === 0) {
        // More drops in one millisecond than a page holds: the same place, a larger page.
        if (limit >= MAX_PAGE_DROPS) {
          this.#note({ isComplete: false })
          return true
        }
        limit = Math.min(limit * 4, MAX_PAGE_DROPS)
      } else {
        limit = Math.min(limit * 2, largestDrops, pageOf(page.value))
      }
    }
  }

  /**
   * Whether a flow that joined with its history from the beginning may lack some of it. All that it still had was shown, so
   * the count of what entered tells how many drops are gone, those too that were deleted by hand.
   */
  #isCountWanted(): boolean {
    const { joinedFromMs, isComplete, countedDrops } = this.#account
    return joinedFromMs === 0 && !isComplete && countedDrops === undefined
  }

  #await(drop: Push): void {
    this.#newestRecovered = drop
    this.#awaited.add(drop.dropId)
    if (this.#awaited.size <= MAX_AWAITED_DROPS) return
    const [oldest = ''] = this.#awaited
    this.#awaited.delete(oldest)
  }

  /**
   * Whether the flow still holds a drop that was there when the last one was seen. That one may have been deleted by hand;
   * capacity discards the oldest first, so any older one proves that nothing after it is gone.
   */
  async #hasOlder(creationDate: number): Promise<boolean> {
    const older = await this.#surroundings.readHistory(
      this.flow.subscription.flowId,
      creationDate,
      1,
      'before'
    )
    return older.ok && older.value.length > 0
  }

  async #readPage(fromMs: number, limit: number, generation: number): Promise<Result<readonly Push[]>> {
    const { readHistory, scheduler, random } = this.#surroundings
    for (let attempt = 1; ; attempt += 1) {
      const page = await readHistory(this.flow.subscription.flowId, fromMs, limit, 'following')
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
      const letGo = this.#takeHeld(undefined).length
      this.#note({ skippedDrops: this.#account.skippedDrops + letGo })
      this.#mustReadOn = true
    }
  }

  /** The held pushes up to a place in the flow, all of them without one. */
  #takeHeld(upTo: { readonly creationDate: number; readonly dropId?: string } | undefined): Held[] {
    const isTaken = ({ push }: Held): boolean =>
      upTo === undefined ||
      push.creationDate < upTo.creationDate ||
      (push.creationDate === upTo.creationDate && upTo.dropId !== undefined && push.dropId <= upTo.dropId)
    const taken = this.#held.filter(isTaken)
    this.#held = this.#held.filter((held) => !isTaken(held))
    this.#heldCharacters = this.#held.reduce((sum, { push }) => sum + push.text.length, 0)
    return taken
  }

  #show(push: Push, receivedAtMs: number): void {
    const last = this.#last
    if (last === undefined || push.creationDate > last.creationDate) {
      this.#last = { creationDate: push.creationDate, dropIds: [push.dropId] }
    } else if (push.creationDate === last.creationDate) {
      last.dropIds.push(push.dropId)
    }
    this.#shownDrops += 1
    this.#surroundings.sink.drop(this.flow.subscription.subscriptionId, receivedAtMs, push.text)
  }
}

/** Both in the order of creation; a drop that is in both comes once, from the history. */
function merge(fresh: readonly Push[], held: readonly Held[], receivedAtMs: number): Held[] {
  const freshIds = new Set(fresh.map(({ dropId }) => dropId))
  const others = held.filter(({ push }) => !freshIds.has(push.dropId))
  const all = [...fresh.map((push) => ({ push, receivedAtMs })), ...others]
  // Only what capacity discarded while it was on the way is not in the history: mostly there is nothing to sort.
  return others.length === 0 ? all : all.sort((a, b) => compareCreation(a.push, b.push))
}

function compareCreation(a: Push, b: Push): number {
  return a.creationDate - b.creationDate || (a.dropId < b.dropId ? -1 : 1)
}

/** How many drops such as these make a page that is not too large. */
function pageOf(drops: readonly Push[]): number {
  const characters = drops.reduce((sum, { text }) => sum + text.length, 0)
  return Math.ceil((PAGE_CHARACTERS * Math.max(1, drops.length)) / Math.max(1, characters))
}

const isPerhapsTooLarge = ({ code }: Failure): boolean =>
  code === 'platform/bad-request' || code === 'response/malformed'

const isWorthAnotherTry = ({ retryable, code }: Failure): boolean => retryable && code !== 'request/cancelled'
