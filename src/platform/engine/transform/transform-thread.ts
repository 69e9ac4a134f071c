import { Worker } from 'node:worker_threads'
import { failure } from '../../../shared/failure.ts'
import type { Result } from '../../../shared/result.ts'
import { failed } from '../../../shared/result.ts'
import { giveAnswer } from './blocking-answer.ts'
import { answerFlowCall, callFailed } from './flow-calls.ts'
import type { FlowReader } from './flow-reader.ts'
import { exchangeHttp } from './http-exchange.ts'
import type { WorkerJob, WorkerReport, WorkerSettings } from './messages.ts'
import type { TransformOutput } from './output.ts'
import { overtime } from './output.ts'

/** How a job ended, and whether its function used up its time. */
export interface ThreadOutcome {
  readonly result: Result<TransformOutput>
  readonly isOvertime: boolean
}

export interface ThreadOptions {
  readonly entry?: URL
  readonly settings: WorkerSettings
  /** Hosts that `Flow.Http` may reach. */
  readonly allowedHosts: readonly string[]
  /** Answers the reads of functions when `settings.readsFromHost` says so. */
  readonly hostReader?: FlowReader
}

/** The engine's own clock gets this long to end a function before the whole worker is ended. */
const GRACE_MS = 100
/** How long starting a worker and an engine may take on a machine under load; longer means that it hangs. */
const STARTUP_LIMIT_MS = 20_000

const RESOURCE_LIMITS = {
  /** For what functions are given and return; their own memory is the engine's. */
  maxOldGenerationSizeMb: 128,
  maxYoungGenerationSizeMb: 16,
  /** The engine's recursion runs on this stack and must reach its own limit first. */
  stackSizeMb: 16
}

/** How many keys are remembered as warm, which is only a preference; more than a worker keeps warm are of no use. */
const MAX_KEYS = 64

/** Where the worker's program is when everything runs from source. */
const sourceEntry = (): URL => new URL('./transform-worker.ts', import.meta.url)

/**
 * One worker, as the main thread sees it: takes one job at a time and always answers, if need be by ending the worker.
 *
 * After `isOver` turns true it takes no job any more.
 */
export class TransformThread {
  isOver = false
  /** When the function of the current job began to run (`performance.now()`); undefined between jobs and while starting. */
  runningSinceMs: number | undefined
  /** When the last job ended (`performance.now()`). */
  idleSinceMs = performance.now()
  private readonly worker: Worker
  private readonly options: ThreadOptions
  private readonly keys = new Set<string>()
  private isReady = false
  private current:
    | {
        readonly job: WorkerJob
        readonly end: (outcome: ThreadOutcome) => void
        readonly exchange: AbortController
      }
    | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(options: ThreadOptions) {
    this.options = options
    this.worker = new Worker(options.entry ?? sourceEntry(), {
      workerData: options.settings,
      resourceLimits: RESOURCE_LIMITS
    })
    this.worker.on('message', (message: WorkerReport) => {
      this.receive(message)
    })
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      this.fail(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'The function of the track was ended: what it read or returned needs too much memory.'
          : `The worker for the functions of tracks failed: ${error.message}`
      )
    })
    this.worker.on('exit', () => {
      this.fail('The worker for the functions of tracks ended.')
    })
  }

  get isIdle(): boolean {
    return !this.isOver && this.current === undefined
  }

  /** Whether a context for the key may be warm in this worker. */
  knows(key: string): boolean {
    return this.keys.has(key)
  }

  /** Runs a job; the thread must be idle. */
  run(job: WorkerJob): Promise<ThreadOutcome> {
    if (!this.isIdle) throw new Error('A worker takes one job at a time.')
    return new Promise((end) => {
      this.current = { job, end, exchange: new AbortController() }
      if (this.keys.size >= MAX_KEYS) this.keys.clear()
      this.keys.add(job.contextKey)
      this.arm(STARTUP_LIMIT_MS)
      if (this.isReady) this.worker.postMessage(job)
    })
  }

  /** Ends the worker and fails its job. Closing twice is harmless. */
  async close(): Promise<void> {
    this.fail('The platform is shutting down.')
    await this.worker.terminate()
  }

  private receive(message: WorkerReport): void {
    const { current } = this
    if (message.kind === 'ready') {
      this.isReady = true
      if (current !== undefined) this.worker.postMessage(current.job)
      return
    }
    if (current === undefined || message.jobId !== current.job.jobId) return
    switch (message.kind) {
      case 'running':
        this.runningSinceMs = performance.now()
        this.arm(current.job.deadlineMs + GRACE_MS)
        break
      case 'read':
        this.read(message, current.job.asIdentity)
        break
      case 'http':
        void this.exchange(message, current.exchange.signal)
        break
      case 'done':
        this.settle({ result: message.result, isOvertime: message.isOvertime })
        break
    }
  }

  private read(message: WorkerReport & { kind: 'read' }, asIdentity: string): void {
    const { name, argumentsText, answer } = message
    try {
      giveAnswer(answer, answerFlowCall(name, argumentsText, { reader: this.options.hostReader, asIdentity }))
    } catch {
      giveAnswer(answer, callFailed(name))
    }
  }

  private async exchange(message: WorkerReport & { kind: 'http' }, signal: AbortSignal): Promise<void> {
    const result = await exchangeHttp(message.request, this.options.allowedHosts, signal)
    if (giveAnswer(message.answer, JSON.stringify(result))) return
    const tooLarge = failed(
      failure('response/malformed', { message: 'The answer of the host is too large.', hint: null })
    )
    giveAnswer(message.answer, JSON.stringify(tooLarge))
  }

  private arm(timeoutMs: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const { current, runningSinceMs } = this
      this.isOver = true
      void this.worker.terminate()
      if (current === undefined) return
      if (runningSinceMs === undefined)
        this.fail('The worker for the functions of tracks did not start in time.')
      else this.settle({ result: overtime(current.job.deadlineMs), isOvertime: true })
    }, timeoutMs)
  }

  private fail(message: string): void {
    this.isOver = true
    const result = failed(failure('platform/server-error', { message, hint: null }))
    this.settle({ result, isOvertime: false })
  }

  private settle(outcome: ThreadOutcome): void {
    clearTimeout(this.timer)
    const { current } = this
    this.current = undefined
    this.runningSinceMs = undefined
    this.idleSinceMs = performance.now()
    current?.exchange.abort()
    current?.end(outcome)
  }
}
