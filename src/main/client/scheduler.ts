/**
 * Time as the client uses it: given, so that tests turn the hands themselves. `nowMs` never jumps, whatever is done to
 * the clock of the system; dates of drops and markers come from `shared/clock.ts` instead.
 */
export interface Scheduler {
  /** Milliseconds since some fixed moment; only differences mean something. */
  nowMs(): number
  /** Calls back once; answers how to give it up. Giving up twice, or too late, is harmless. */
  after(delayMs: number, callback: () => void): () => void
}

export const systemScheduler: Scheduler = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => {
      clearTimeout(timer)
    }
  }
}

/** Waits; answers false, at once, when `signal` is aborted. */
export function pause(scheduler: Scheduler, delayMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (wasLongEnough: boolean): void => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      resolve(wasLongEnough)
    }
    const onAbort = (): void => {
      end(false)
    }
    const cancel = scheduler.after(delayMs, () => {
      end(true)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Numbers of [0, 1), such as `Math.random`; seeded in tests. */
export type Random = () => number

/**
 * How long to wait before attempt `attempt` (1 is the first retry): doubled each time, bounded, and spread over its upper
 * half, so that many clients of one platform do not come back in the same moment.
 */
export function backOffMs(attempt: number, firstMs: number, maxMs: number, random: Random): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return full * (0.5 + random() / 2)
}
