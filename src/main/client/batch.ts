import { failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import { FlowthingsError } from './errors.ts'
import type { Face, FaceName } from './face.ts'

export interface BatchOptions {
  /** Calls under way at once; as many as the client has connections unless told. */
  readonly concurrency?: number
  /** Cancels what is under way, at its socket, and what has not begun. */
  readonly signal?: AbortSignal
  /** After each call that ended. */
  onProgress?(progress: BatchProgress): void
}

export interface BatchProgress {
  readonly done: number
  readonly failed: number
  /** Calls added so far. */
  readonly total: number
}

/** What became of one call: an error or a value, the other one undefined. */
export type Outcome<T> =
  readonly [error: FlowthingsError, value: undefined] | readonly [error: undefined, value: T]

/** Calls that run in parallel while they are added, up to a limit; `Verbs` is what each is given to make them with. */
export interface Batch<Verbs, T> {
  /** Queues a call. What it asks for through `verbs` is cancelled with the batch. */
  add(call: (verbs: Verbs) => Promise<T>): void
  /**
   * Waits for all and answers their results in the order of the calls. The first error in that order is thrown, and the calls
   * after it are cancelled. The queue is empty afterwards, either way.
   *
   * In the app's face nothing is thrown: every result is a `Result`.
   */
  results(options?: { readonly withExceptions?: false }): Promise<readonly T[]>
  /** The same, but errors take their places among the results. What is no `FlowthingsError` is a bug, and still thrown. */
  results(options: { readonly withExceptions: true }): Promise<readonly Outcome<T>[]>
}

/** More calls at once than this do not make one platform faster. */
const DEFAULT_CONCURRENCY = 16

interface Queued<T> {
  readonly begin: () => Promise<void>
  readonly result: Promise<T>
}

export function createBatch<F extends FaceName, Verbs, T>(
  { concurrency, signal, onProgress }: BatchOptions = {},
  connections: number | undefined,
  face: Face<F>,
  verbsWith: (signal: AbortSignal) => Verbs
): Batch<Verbs, T> {
  const limit = Math.max(1, concurrency ?? connections ?? DEFAULT_CONCURRENCY)
  let round = newRound()
  let queue: Queued<T>[] = []
  let waiting: Queued<T>[] = []
  let running = 0

  /** What is added between two emptyings of the queue; its calls are cancelled and counted together. */
  function newRound() {
    const controller = new AbortController()
    const either = signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal])
    const progress = { done: 0, failed: 0, total: 0 }
    return { controller, signal: either, verbs: verbsWith(either), progress }
  }

  function tell({ progress }: typeof round, isFailed: boolean): void {
    progress.done += 1
    if (isFailed) progress.failed += 1
    onProgress?.({ ...progress })
  }

  function next(): void {
    while (running < limit) {
      const queued = waiting.shift()
      if (queued === undefined) return
      running += 1
      void queued.begin().finally(() => {
        running -= 1
        next()
      })
    }
  }

  function enqueue(call: (verbs: Verbs) => Promise<T>): void {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    // Who reads the results hears of it; until then it is no unhandled rejection.
    promise.catch(() => undefined)
    const own = round
    const begin = async (): Promise<void> => {
      try {
        const value = own.signal.aborted ? (face.settle(CANCELLED) as T) : await call(own.verbs)
        resolve(value)
        tell(own, face.isFailure(value))
      } catch (error) {
        reject(error as Error)
        tell(own, true)
      }
    }
    const queued = { begin, result: promise }
    own.progress.total += 1
    queue.push(queued)
    waiting.push(queued)
    next()
  }

  async function results(options?: { readonly withExceptions?: boolean }): Promise<never> {
    const calls = queue
    const { controller } = round
    const answers: unknown[] = []
    try {
      for (const { result } of calls) {
        answers.push(options?.withExceptions === true ? await outcomeOf(result) : await result)
      }
    } catch (error) {
      waiting = []
      queue = []
      controller.abort()
      throw error
    } finally {
      queue = queue.filter((queued) => !calls.includes(queued))
      if (controller.signal.aborted || queue.length === 0) round = newRound()
    }
    return answers as never
  }

  return { add: enqueue, results }
}

const CANCELLED = failed(failure('request/cancelled'))

async function outcomeOf<T>(result: Promise<T>): Promise<Outcome<T>> {
  try {
    return [undefined, await result]
  } catch (error) {
    if (error instanceof FlowthingsError) return [error, undefined]
    throw error
  }
}
