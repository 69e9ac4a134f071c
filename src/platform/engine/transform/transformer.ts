import type { Clock } from '../../../shared/clock.ts'
import { systemClock } from '../../../shared/clock.ts'
import { failure } from '../../../shared/failure.ts'
import type { Failed, Result } from '../../../shared/result.ts'
import { failed, success } from '../../../shared/result.ts'
import { refuse } from '../refusal.ts'
import type { FlowReader } from './flow-reader.ts'
import type { TransformInput, WorkerJob } from './messages.ts'
import type { TransformOutput } from './output.ts'
import { TransformThread } from './transform-thread.ts'

/** The wall time of one call (platform protocol, "Tracks"). */
export const DEFAULT_DEADLINE_MS = 2000
/** Drops that may wait for one track: more than a second of the fastest writer. */
export const MAX_WAITING_PER_TRACK = 10_000
/** The same for the JSON of all drops that wait, in bytes: tracks are many, and drops may be large. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** What a drop counts when its size is not told. */
const ASSUMED_DROP_BYTES = 1024
/** A function that ran out of time this often in a row is not tried again at once. */
export const OVERTIMES_BEFORE_REST = 3
const FIRST_REST_MS = 10_000
const LONGEST_REST_MS = 5 * 60_000
/** One worker does the work; the second steps in while a function keeps the first one busy. */
const MAX_THREADS = 2
/** A function that runs this long is in the way of others. */
const BUSY_AFTER_MS = 50
/** An idle second worker gives its memory back after this time. */
const SPARE_IDLE_MS = 10_000

/** `typed`: elements inside a function are wrappers `{type, value}`; `plain`: the values themselves. */
export type ElementForm = 'typed' | 'plain'

export interface TransformerOptions {
  /** Where the program of the workers is (`transform-worker`); its source beside this one unless given. */
  readonly workerEntry?: URL
  /** URL of the module that exports `createFlowReader` (see `FlowReader`), and what it is given. */
  readonly readerModule?: string
  readonly readerData?: unknown
  /**
   * Instead of a module: a reader on the server's own thread, for a store that lives in its memory. The worker sleeps
   * while it answers.
   */
  readonly hostReader?: FlowReader
  /** `typed` unless given. */
  readonly elementForm?: ElementForm
  /** `host` or `host:port` that `Flow.Http` may reach; none unless given. */
  readonly allowedHosts?: readonly string[]
  /** For the rest of functions that run out of time. */
  readonly clock?: Clock
}

export interface TransformJob {
  /** Calls of one track run one after the other, in the order of `run`, and share a warm context. */
  readonly trackId: string
  /** One function expression. */
  readonly js: string
  readonly drop: TransformInput
  /** The length of the drop's JSON, against `MAX_WAITING_BYTES`. */
  readonly dropBytes?: number
  /** Whose rights `Flow.*` reads with: the id of the identity that the track belongs to. */
  readonly asIdentity: string
  readonly deadlineMs?: number
}

/**
 * Runs the JavaScript of tracks outside the server's loop (platform protocol, "Tracks").
 *
 * - A call ends at its deadline at the latest, whatever the function does: the engine's own clock ends most, the end of
 *   the whole worker the others. Calls that wait are not lost with it; they run in the next worker.
 * - A function that is long in the way of others gets them out of it: they run in a second worker meanwhile. One that
 *   runs out of time three times in a row rests, longer each time; its drops fail at once until then or until it is
 *   changed.
 * - No call sees anything of another: engines are one a track, and nothing in them can be changed for the next call.
 *
 * Nothing is thrown: what a function does wrong is a failure `platform/bad-request`, what the server does wrong another.
 */
export class Transformer {
  private readonly options: TransformerOptions
  private readonly clock: Clock
  /** By track, the one that has waited longest since its last turn first. */
  private readonly lanes = new Map<string, Lane>()
  private threads: TransformThread[] = []
  private nextJobId = 1
  private waitingBytes = 0
  private isClosed = false
  private growthTimer: NodeJS.Timeout | undefined
  private readonly spareTimer: NodeJS.Timeout

  constructor(options: TransformerOptions = {}) {
    this.options = options
    this.clock = options.clock ?? systemClock
    this.spareTimer = setInterval(() => {
      this.retireSpare()
    }, SPARE_IDLE_MS / 2)
    this.spareTimer.unref()
  }

  /** Calls a track's function with a drop. */
  async run(job: TransformJob): Promise<Result<TransformOutput>> {
    const { trackId, js, drop, asIdentity, deadlineMs = DEFAULT_DEADLINE_MS, dropBytes } = job
    return await this.enqueue(
      { jobId: this.nextJobId++, contextKey: trackId, js, drop, asIdentity, deadlineMs },
      dropBytes
    )
  }

  /** Reads a function without calling it; fails with a sentence when it is not JavaScript. */
  async check(js: string): Promise<Result<void>> {
    const result = await this.enqueue({
      jobId: this.nextJobId++,
      contextKey: CHECK_KEY,
      js,
      asIdentity: '',
      deadlineMs: DEFAULT_DEADLINE_MS
    })
    return result.ok ? success(undefined) : result
  }

  /** Forgets what is known of a track that was deleted: its rest. Waiting calls still run. */
  forget(trackId: string): void {
    const lane = this.lanes.get(trackId)
    if (lane === undefined) return
    lane.overtimes = 0
    lane.restUntilMs = 0
    this.discardIfDone(lane)
  }

  /** Calls that wait for their turn or run. */
  get pending(): number {
    let count = 0
    for (const lane of this.lanes.values()) count += lane.waiting.length + (lane.isRunning ? 1 : 0)
    return count
  }

  /** Ends the workers; calls that wait or run fail. Closing twice is harmless. */
  async close(): Promise<void> {
    this.isClosed = true
    clearInterval(this.spareTimer)
    clearTimeout(this.growthTimer)
    for (const lane of this.lanes.values()) this.failWaiting(lane, closing())
    await Promise.all(this.threads.map((thread) => thread.close()))
    this.threads = []
  }

  private enqueue(job: WorkerJob, dropBytes = ASSUMED_DROP_BYTES): Promise<Result<TransformOutput>> {
    if (this.isClosed) return Promise.resolve(closing())
    const lane = this.laneOf(job.contextKey)
    // A function that was changed has not done anything yet.
    if (lane.lastOvertimeJs !== job.js) lane.restUntilMs = 0
    if (lane.restUntilMs > this.clock.now()) return Promise.resolve(resting(lane, this.clock))
    if (lane.waiting.length >= MAX_WAITING_PER_TRACK) {
      return Promise.resolve(
        overfull(`${String(MAX_WAITING_PER_TRACK)} drops wait for the function of this track`)
      )
    }
    // One drop may always wait, whatever its size.
    if (this.waitingBytes > 0 && this.waitingBytes + dropBytes > MAX_WAITING_BYTES) {
      return Promise.resolve(overfull('64 MiB of drops wait for the functions of tracks'))
    }
    this.waitingBytes += dropBytes
    return new Promise((end) => {
      lane.waiting.push({ job, dropBytes, end })
      this.dispatch()
    })
  }

  private laneOf(key: string): Lane {
    const known = this.lanes.get(key)
    if (known !== undefined) return known
    const lane: Lane = {
      key,
      waiting: [],
      isRunning: false,
      overtimes: 0,
      lastOvertimeJs: undefined,
      restUntilMs: 0
    }
    this.lanes.set(key, lane)
    return lane
  }

  /** Gives waiting jobs to idle workers: one of each track in turn, never two of one track at a time. */
  private dispatch(): void {
    if (this.isClosed) return
    this.threads = this.threads.filter((thread) => !thread.isOver)
    for (const lane of this.lanes.values()) {
      if (lane.isRunning || lane.waiting.length === 0) continue
      const thread = this.threadFor(lane.key)
      if (thread === undefined) return
      const next = lane.waiting.shift()
      if (next === undefined) continue
      this.waitingBytes -= next.dropBytes
      // The track goes behind all others that wait; met again there, it is running.
      this.lanes.delete(lane.key)
      this.lanes.set(lane.key, lane)
      lane.isRunning = true
      void this.perform(thread, lane, next)
    }
  }

  private async perform(thread: TransformThread, lane: Lane, { job, end }: Waiting): Promise<void> {
    const outcome = await thread.run(job)
    lane.isRunning = false
    if (outcome.isOvertime) this.noteOvertime(lane, job.js)
    else lane.overtimes = 0
    end(outcome.result)
    this.discardIfDone(lane)
    this.dispatch()
  }

  /** An idle worker, the one that knows the track if there is a choice; a second one only when the first is stuck. */
  private threadFor(key: string): TransformThread | undefined {
    const idle = this.threads.filter((thread) => thread.isIdle)
    const known = idle.find((thread) => thread.knows(key)) ?? idle[0]
    if (known !== undefined) return known
    if (this.threads.length >= MAX_THREADS) return undefined
    const busyMs = this.threads.map(({ runningSinceMs }) =>
      runningSinceMs === undefined ? 0 : performance.now() - runningSinceMs
    )
    if (busyMs.some((ms) => ms < BUSY_AFTER_MS)) {
      this.growthTimer ??= setTimeout(() => {
        this.growthTimer = undefined
        this.dispatch()
      }, BUSY_AFTER_MS)
      return undefined
    }
    const { workerEntry, readerModule, readerData, hostReader, elementForm, allowedHosts = [] } = this.options
    const thread = new TransformThread({
      ...(workerEntry === undefined ? {} : { entry: workerEntry }),
      settings: {
        ...(readerModule === undefined ? {} : { readerModule }),
        readerData,
        readsFromHost: hostReader !== undefined,
        hasTypedElements: elementForm !== 'plain'
      },
      allowedHosts,
      ...(hostReader === undefined ? {} : { hostReader })
    })
    this.threads.push(thread)
    return thread
  }

  private noteOvertime(lane: Lane, js: string): void {
    lane.overtimes = lane.lastOvertimeJs === js ? lane.overtimes + 1 : 1
    lane.lastOvertimeJs = js
    const rests = lane.overtimes - OVERTIMES_BEFORE_REST
    if (rests < 0) return
    lane.restUntilMs = this.clock.now() + Math.min(FIRST_REST_MS * 2 ** rests, LONGEST_REST_MS)
    this.failWaiting(lane, resting(lane, this.clock))
  }

  private failWaiting(lane: Lane, why: Failed): void {
    for (const { end, dropBytes } of lane.waiting.splice(0)) {
      this.waitingBytes -= dropBytes
      end(why)
    }
  }

  /** A track that neither waits nor has anything to be remembered takes no memory. */
  private discardIfDone(lane: Lane): void {
    if (!lane.isRunning && lane.waiting.length === 0 && lane.overtimes === 0) this.lanes.delete(lane.key)
  }

  private retireSpare(): void {
    if (this.threads.length < MAX_THREADS) return
    const spare = this.threads.find(
      (thread) => thread.isIdle && performance.now() - thread.idleSinceMs >= SPARE_IDLE_MS
    )
    if (spare === undefined) return
    this.threads = this.threads.filter((thread) => thread !== spare)
    void spare.close()
  }
}

/** The calls of one track. */
interface Lane {
  readonly key: string
  readonly waiting: Waiting[]
  isRunning: boolean
  /** How often in a row the same function ran out of time. */
  overtimes: number
  lastOvertimeJs: string | undefined
  /** Milliseconds since the epoch. */
  restUntilMs: number
}

interface Waiting {
  readonly job: WorkerJob
  readonly dropBytes: number
  readonly end: (result: Result<TransformOutput>) => void
}

/** No track has this id. */
const CHECK_KEY = 'check'

const closing = (): Failed =>
  failed(failure('platform/server-error', { message: 'The platform is shutting down.', hint: null }))

const overfull = (what: string): Failed =>
  failed(failure('platform/server-error', { message: `More than ${what}.`, hint: null }))

const resting = (lane: Lane, clock: Clock): Failed =>
  refuse(
    `The function of the track ran out of time ${String(lane.overtimes)} times in a row; it is not tried again for ${String(Math.ceil((lane.restUntilMs - clock.now()) / 1000))} s.`
  )
