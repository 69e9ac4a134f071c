import type { FlowReference } from '../../shared/ipc/contract.ts'
import type { LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { ReplyFrame } from '../../shared/wire/frames.ts'
import type { Api } from './api.ts'
import { createFlowFollower } from './gap-repair.ts'
import type { FlowFollower, LiveSink, ReadHistory } from './gap-repair.ts'
import type { LiveSocket, LiveSocketStatus } from './live-socket.ts'
import type { Push } from './push-frame.ts'
import { systemScheduler } from './scheduler.ts'
import type { Random, Scheduler } from './scheduler.ts'

/**
 * What is followed over one live socket: counted, so that two views may follow one flow, kept over reconnects, and
 * repaired (`gap-repair.ts`).
 */
export interface Subscriptions {
  /**
   * Follows a flow, by id or by path, from here on; with `historyFromMs` (the platform's clock) what entered it since that
   * moment comes first, and 0 is everything. A second time only counts: what is followed goes on as it is.
   */
  subscribe(
    flow: FlowReference,
    options?: { readonly historyFromMs?: number }
  ): Promise<Result<LiveSubscription>>
  /** Takes back one `subscribe`; the last one ends the pushes. Of a flow that is not followed: nothing. */
  unsubscribe(flowId: string): Promise<Result<null>>
  /** Takes back all. */
  unsubscribeAll(): void
  /** Tells the sink again what is followed: for one that was not there when it was told. */
  announce(): void
  readonly flowIds: readonly string[]
  /**
   * Somebody read this flow. If it is followed and its path is another one by now, the stream goes on and a marker tells the
   * path. What was read before its last change is passed over.
   */
  flowSeen(flow: SeenFlow): void
  /** Asks the platform for the paths of what is followed. */
  readPaths(): Promise<void>

  /** Something ended subscriptions behind our back: all are made again, and what was missed meanwhile is filled in. */
  onUnsubscribed(): void
  onPush(push: Push): void
  onNotice(reply: ReplyFrame): void
  onStatus(status: LiveSocketStatus): void
}

/** Of a flow as it was read; one whose path was not answered tells nothing. */
export type SeenFlow = Pick<Flow, 'id'> & Partial<Pick<Flow, 'path' | 'lastEditDate'>>

export interface SubscriptionsOptions {
  readonly api: Api
  /** Late, because the socket is made with the callbacks of this. */
  readonly socket: () => LiveSocket
  readonly readHistory: ReadHistory
  readonly sink: LiveSink
  readonly connectionId: string
  readonly clock: Clock
  readonly scheduler?: Scheduler
  readonly random?: Random
}

/** As long as a person waits for a console to start. */
const OPEN_TIMEOUT_MS = 10_000
/** Histories that are read at once after a reconnect: more would only compete for the same platform. */
const PARALLEL_REPAIRS = 4

interface Followed {
  readonly follower: FlowFollower
  count: number
  /** Whether the sink knows its number. */
  isTold: boolean
  /** When the flow that told its path was last changed, by the platform's clock. */
  editedAtMs: number
}

const LET_GO = failure('request/cancelled', { message: 'The flow was let go before it was followed.' })

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const {
    api,
    socket,
    sink,
    connectionId,
    clock,
    scheduler = systemScheduler,
    random = Math.random
  } = options
  const followed = new Map<string, Followed>()
  /** Subscriptions under way by flow id, so that two at once become one that counts two. */
  const starting = new Map<string, Promise<Result<null>>>()
  const repairs = createLimit(PARALLEL_REPAIRS)
  let isLost = false
  /** Counts losses: what was subscribed to before the last one is not any more. */
  let losses = 0

  const command = (type: 'subscribe' | 'unsubscribe', flowId: string): Promise<Result<unknown>> =>
    socket().send({ object: 'drop', type, flowId })

  // Subscribing twice is no error, and its reply keeps its place among the pushes (platform protocol, "Subscription rules").
  const barrier = async (flowId: string): Promise<void> => {
    await command('subscribe', flowId)
  }

  const pathsFollowed = (): string[] =>
    [...followed.values()].map(({ follower }) => follower.flow.subscription.path)

  /** A socket that is lost in this very moment is no failure: the next one is waited for, within the same time. */
  async function begin(flow: Flow, historyFromMs: number | undefined): Promise<Result<null>> {
    const endMs = scheduler.nowMs() + OPEN_TIMEOUT_MS
    for (;;) {
      const leftMs = endMs - scheduler.nowMs()
      if (leftMs <= 0 || !(await socket().whenOpen(leftMs))) {
        return failed(failure('network/unreachable', { message: 'The live connection is not open.' }))
      }
      const begun = await beginOnce(flow, historyFromMs)
      const isLostMeanwhile = !begun.ok && begun.failure.code === 'network/closed'
      if (!isLostMeanwhile || socket().status.kind === 'closed') return begun
    }
  }

  async function beginOnce(flow: Flow, historyFromMs: number | undefined): Promise<Result<null>> {
    const subscription = {
      subscriptionId: sink.newSubscriptionId(),
      connectionId,
      flowId: flow.id,
      path: flow.path
    }
    const follower = createFlowFollower(
      { subscription, capacityDrops: flow.capacity },
      {
        sink,
        readHistory: options.readHistory,
        countEntered,
        barrier,
        now: () => clock.now(),
        scheduler,
        random
      }
    )
    if (historyFromMs === undefined) await follower.findBaseline()
    else follower.joinFrom(historyFromMs)
    // Known before the command is sent: the first push may arrive in the same packet as the reply.
    const entry: Followed = { follower, count: 0, isTold: false, editedAtMs: flow.lastEditDate ?? 0 }
    followed.set(flow.id, entry)
    const lossesBefore = losses
    const reply = await command('subscribe', flow.id)
    if (followed.get(flow.id) !== entry) return failed(LET_GO)
    if (!reply.ok) {
      end(flow.id, entry)
      return reply
    }
    tell(entry)
    // After a loss `resume` does it: nothing is pushed over a socket that is gone.
    if (historyFromMs !== undefined && losses === lossesBefore) void repair(entry)
    return success(null)
  }

  /** The sink must know a number before it gets the first drop with it. */
  function tell(entry: Followed): void {
    if (entry.isTold) return
    entry.isTold = true
    sink.marker({ kind: 'subscribed', ...entry.follower.flow.subscription, atMs: clock.now() })
  }

  function end(flowId: string, { follower, isTold }: Followed): void {
    followed.delete(flowId)
    follower.stop()
    if (isTold) sink.marker({ kind: 'unsubscribed', ...follower.flow.subscription, atMs: clock.now() })
  }

  /** A repair that waits for its turn is not begun after another loss: nothing would be pushed after it. */
  function repair({ follower }: Followed): Promise<void> {
    const lossesBefore = losses
    return repairs(() => (losses === lossesBefore ? follower.repair() : Promise.resolve()))
  }

  const countEntered = async (flowId: string): Promise<number | undefined> => {
    const counted = await api.statistics.flowDropAdded(flowId, { level: 'YEAR' })
    if (!counted.ok || !Array.isArray(counted.value)) return undefined
    return counted.value.reduce((sum: number, count: number) => sum + count, 0)
  }

  function flowSeen({ id, path, lastEditDate = 0 }: SeenFlow): void {
    const entry = followed.get(id)
    if (entry === undefined || path === undefined || lastEditDate < entry.editedAtMs) return
    entry.editedAtMs = lastEditDate
    const { path: previousPath } = entry.follower.flow.subscription
    if (path === previousPath) return
    entry.follower.rename(path)
    if (!entry.isTold) return
    sink.marker({ kind: 'renamed', ...entry.follower.flow.subscription, atMs: clock.now(), previousPath })
  }

  async function readPaths(): Promise<void> {
    if (followed.size === 0) return
    const read = await api.flow.readMany([...followed.keys()], { only: 'path,lastEditDate' })
    if (!read.ok) return
    const flows = read.value as Readonly<Record<string, Flow>> | null | undefined
    for (const [id, flow] of Object.entries(flows ?? {})) flowSeen({ ...flow, id })
  }

  async function resume(flowId: string, entry: Followed): Promise<void> {
    const lossesBefore = losses
    const reply = await command('subscribe', flowId)
    if (followed.get(flowId) !== entry || losses !== lossesBefore) return
    if (reply.ok) {
      await repair(entry)
    } else if (!reply.failure.retryable) {
      // The flow is gone or no longer ours: its history cannot be read either.
      end(flowId, entry)
    }
    // Otherwise the socket is closing, and the next one starts with this again.
  }

  return {
    subscribe: async (reference, { historyFromMs } = {}) => {
      const found =
        'flowId' in reference ? await api.flow.read(reference.flowId) : await api.flowAt(reference.path)
      if (!found.ok) {
        // Where a followed flow was there is none: it may have been renamed.
        if ('path' in reference && pathsFollowed().includes(reference.path)) void readPaths()
        return found
      }
      const { id } = found.value
      flowSeen(found.value)
      if (!followed.has(id) || starting.has(id)) {
        const started = starting.get(id) ?? begin(found.value, historyFromMs)
        starting.set(id, started)
        const result = await started
        starting.delete(id)
        if (!result.ok) return result
      }
      const entry = followed.get(id)
      if (entry === undefined) return failed(LET_GO)
      entry.count += 1
      return success(entry.follower.flow.subscription)
    },
    unsubscribe: async (flowId) => {
      const entry = followed.get(flowId)
      if (entry === undefined) return success(null)
      entry.count -= 1
      if (entry.count > 0) return success(null)
      end(flowId, entry)
      // A socket that is not open has nothing to unsubscribe from.
      await command('unsubscribe', flowId)
      return success(null)
    },
    unsubscribeAll: () => {
      for (const [flowId, entry] of [...followed]) {
        end(flowId, entry)
        void command('unsubscribe', flowId)
      }
    },
    announce: () => {
      for (const entry of followed.values()) {
        if (!entry.isTold) continue
        entry.isTold = false
        tell(entry)
      }
    },
    get flowIds() {
      return [...followed.keys()]
    },
    flowSeen,
    readPaths,
    onUnsubscribed: () => {
      for (const [flowId, entry] of followed) {
        entry.follower.suspend()
        void resume(flowId, entry)
      }
    },
    onPush: (push) => {
      const entry = followed.get(push.flowId)
      if (entry === undefined) return
      tell(entry)
      entry.follower.push(push, clock.now())
    },
    onNotice: ({ body }) => {
      const { skipped } = (body ?? {}) as { skipped?: unknown }
      if (typeof skipped !== 'object' || skipped === null) return
      for (const [flowId, drops] of Object.entries(skipped)) {
        const entry = followed.get(flowId)
        if (entry !== undefined && typeof drops === 'number' && entry.follower.skipped(drops)) {
          void repair(entry)
        }
      }
    },
    onStatus: (status) => {
      if (status.kind === 'open') {
        if (!isLost) return
        isLost = false
        void readPaths()
        for (const [flowId, entry] of followed) void resume(flowId, entry)
        return
      }
      if (status.kind !== 'waiting' || isLost) return
      isLost = true
      losses += 1
      if (followed.size === 0) return
      for (const { follower } of followed.values()) follower.suspend()
      sink.marker({ kind: 'connection-lost', connectionId, atMs: clock.now(), reason: status.reason })
    }
  }
}

/** Runs at most `size` tasks at a time, in the order in which they came. */
function createLimit(size: number): (task: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= size) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }
    running += 1
    try {
      await task()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
