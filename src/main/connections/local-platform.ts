import { randomBytes } from 'node:crypto'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { LocalPlatformAnswer, LocalPlatformCommand } from '../../shared/ipc/local-platform-messages.ts'
import type { ReplayState } from '../../shared/ipc/settings.ts'
import { LOCAL_ACCOUNT } from '../../shared/model/connection.ts'
import { backOffMs, systemScheduler } from '../client/scheduler.ts'
import type { Random, Scheduler } from '../client/scheduler.ts'
import type { Log } from '../log.ts'
import type { Notices } from '../notices.ts'

/**
 * The local platform as a process of its own: started with a token made for this run, started again when it dies, and
 * stopped so that nothing it acknowledged is lost. Apart from this file it is met only by its URL, like any other.
 */
export interface LocalPlatform {
  readonly status: LocalPlatformStatus
  /** For the client; never for the window, a file, a log or a command line. */
  readonly apiToken: string
  start(): void
  /** Starts it again at once instead of after its back-off; nothing while it runs. */
  restart(): void
  /** Resolves when it is ready; false when it is not in time or was stopped. */
  whenReady(limitMs: number): Promise<boolean>
  /** Calls back after each change. */
  onStatus(callback: (status: LocalPlatformStatus) => void): void
  onReplay(callback: (replay: ReplayState) => void): void
  readReplay(): Promise<Result<ReplayState>>
  changeReplay(change: Partial<ReplayState>): Promise<Result<ReplayState>>
  /** Ends it for good; resolves when its process is gone. */
  stop(): Promise<void>
}

export type LocalPlatformStatus =
  | { readonly kind: 'starting' }
  /** `host` is host and port. */
  | { readonly kind: 'ready'; readonly host: string }
  /** It died; `attempt` counts since it was last ready. */
  | { readonly kind: 'restarting'; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'stopped'; readonly reason: string }

/** A child process as Electron's `utilityProcess` and Node's `fork` both give it. */
export interface PlatformProcess {
  postMessage(message: LocalPlatformCommand): void
  onMessage(callback: (message: unknown) => void): void
  onExit(callback: (code: number | null) => void): void
  kill(): void
}

export interface LocalPlatformOptions {
  /** Starts the process; its entry is the bundled `platform-process.js`, or the source of the same name. */
  fork(): PlatformProcess
  readonly dataDirectory: string
  readonly log: Log
  readonly notices: Notices
  readonly scheduler?: Scheduler
  readonly random?: Random
}

const FIRST_RESTART_MS = 250
const MAX_RESTART_MS = 10_000
/** After its last write is on the disk nothing keeps it; longer than this it hangs. */
const STOP_LIMIT_MS = 5000
const REPLAY_LIMIT_MS = 5000
/** How long who asks for something waits for it to start: the first start makes the sample world, which takes a while on a slow machine. */
export const START_LIMIT_MS = 30_000
/** 128 random bits as 32 characters, the length of a master token (platform protocol, "Overview and vocabulary"). */
const TOKEN_BYTES = 16

export function createLocalPlatform(options: LocalPlatformOptions): LocalPlatform {
  return new SupervisedPlatform(options)
}

class SupervisedPlatform implements LocalPlatform {
  readonly #options: LocalPlatformOptions
  readonly #scheduler: Scheduler
  readonly #apiToken = randomBytes(TOKEN_BYTES).toString('hex')
  readonly #statusCallbacks = new Set<(status: LocalPlatformStatus) => void>()
  readonly #replayCallbacks = new Set<(replay: ReplayState) => void>()
  #status: LocalPlatformStatus = { kind: 'starting' }
  #process: PlatformProcess | undefined
  #replay: ReplayState | undefined
  #attempt = 0
  #lastProblem: string | undefined
  #cancelRestart: () => void = () => {}
  #onExit: (() => void) | undefined

  constructor(options: LocalPlatformOptions) {
    this.#options = options
    this.#scheduler = options.scheduler ?? systemScheduler
    options.log.protect(this.#apiToken)
  }

  get status(): LocalPlatformStatus {
    return this.#status
  }

  get apiToken(): string {
    return this.#apiToken
  }

  start(): void {
    if (this.#process === undefined && this.#status.kind !== 'stopped') this.#spawn()
  }

  restart(): void {
    if (this.#process !== undefined || this.#status.kind === 'stopped') return
    this.#cancelRestart()
    this.#spawn()
  }

  whenReady(limitMs: number): Promise<boolean> {
    return this.#until((status) => {
      if (status.kind === 'ready') return true
      return status.kind === 'stopped' ? false : undefined
    }, limitMs)
  }

  onStatus(callback: (status: LocalPlatformStatus) => void): void {
    this.#statusCallbacks.add(callback)
  }

  onReplay(callback: (replay: ReplayState) => void): void {
    this.#replayCallbacks.add(callback)
  }

  async readReplay(): Promise<Result<ReplayState>> {
    const isReady = await this.whenReady(START_LIMIT_MS)
    const replay = this.#replay
    return isReady && replay !== undefined ? success(replay) : failed(failure('local-platform/failed'))
  }

  async changeReplay(change: Partial<ReplayState>): Promise<Result<ReplayState>> {
    const known = await this.readReplay()
    const process = this.#process
    if (!known.ok || process === undefined) return known
    return new Promise((resolve) => {
      const end = (result: Result<ReplayState>): void => {
        cancel()
        this.#replayCallbacks.delete(onReplay)
        resolve(result)
      }
      const onReplay = (replay: ReplayState): void => {
        end(success(replay))
      }
      const cancel = this.#scheduler.after(REPLAY_LIMIT_MS, () => {
        end(failed(failure('local-platform/failed')))
      })
      this.#replayCallbacks.add(onReplay)
      process.postMessage({ kind: 'change-replay', change })
    })
  }

  async stop(): Promise<void> {
    this.#cancelRestart()
    const process = this.#process
    this.#change({ kind: 'stopped', reason: 'Flowscope is ending.' })
    if (process === undefined) return
    await new Promise<void>((resolve) => {
      const cancel = this.#scheduler.after(STOP_LIMIT_MS, () => {
        this.#options.log.warn('local-platform', 'did not end in time', { limitMs: STOP_LIMIT_MS })
        process.kill()
        resolve()
      })
      this.#onExit = () => {
        cancel()
        resolve()
      }
      process.postMessage({ kind: 'stop' })
    })
  }

  #spawn(): void {
    const process = this.#options.fork()
    this.#process = process
    this.#lastProblem = undefined
    process.onMessage((message) => {
      if (this.#process === process) this.#receive(message as LocalPlatformAnswer)
    })
    process.onExit((code) => {
      if (this.#process === process) this.#exited(code)
    })
    process.postMessage({
      kind: 'start',
      account: LOCAL_ACCOUNT,
      token: this.#apiToken,
      dataDirectory: this.#options.dataDirectory
    })
  }

  #receive(message: LocalPlatformAnswer): void {
    const { log, notices } = this.#options
    switch (message.kind) {
      case 'ready':
        this.#attempt = 0
        this.#replay = message.replay
        log.info('local-platform', 'ready', { url: message.url })
        this.#change({ kind: 'ready', host: new URL(message.url).host })
        return
      case 'replay':
        this.#replay = message.replay
        for (const callback of [...this.#replayCallbacks]) callback(message.replay)
        return
      case 'notice':
        log.warn('local-platform', 'notice', { message: message.message })
        notices.raise({
          severity: 'warning',
          message: message.message,
          ...(message.hint === undefined ? {} : { hint: message.hint })
        })
        return
      case 'failed':
        this.#lastProblem = message.reason
    }
  }

  #exited(code: number | null): void {
    this.#process = undefined
    if (this.#status.kind === 'stopped') {
      this.#onExit?.()
      return
    }
    this.#attempt += 1
    const reason = this.#lastProblem ?? `The local platform ended unexpectedly (code ${String(code)}).`
    const delayMs = backOffMs(
      this.#attempt,
      FIRST_RESTART_MS,
      MAX_RESTART_MS,
      this.#options.random ?? Math.random
    )
    this.#options.log.error('local-platform', 'ended', { code, reason, attempt: this.#attempt, delayMs })
    this.#cancelRestart = this.#scheduler.after(delayMs, () => {
      this.#spawn()
    })
    this.#change({ kind: 'restarting', attempt: this.#attempt, reason })
  }

  #change(status: LocalPlatformStatus): void {
    this.#status = status
    for (const callback of [...this.#statusCallbacks]) callback(status)
  }

  /** Resolves with what `answer` says of the first status it does not answer undefined for, false when time is over. */
  #until(answer: (status: LocalPlatformStatus) => boolean | undefined, limitMs: number): Promise<boolean> {
    const known = answer(this.#status)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve) => {
      const end = (isReady: boolean): void => {
        cancel()
        this.#statusCallbacks.delete(onStatus)
        resolve(isReady)
      }
      const onStatus = (status: LocalPlatformStatus): void => {
        const known = answer(status)
        if (known !== undefined) end(known)
      }
      const cancel = this.#scheduler.after(limitMs, () => {
        end(false)
      })
      this.#statusCallbacks.add(onStatus)
    })
  }
}
