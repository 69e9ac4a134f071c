import type { BatchOutcome } from '../../shared/model/platform-request.ts'

export interface BatchOptions {
  /** Requests under way at once, at least 1. */
  readonly concurrency: number
  /** Whether the first failure ends it: what is under way is given up, what waits is skipped. */
  readonly stopsAtFailure: boolean
  readonly signal: AbortSignal
  readonly onOutcome: (place: number, outcome: BatchOutcome) => void
}

/**
 * Runs all of them, several at once, in the order of the call; answers an outcome for each in that order. A failure hides no
 * other outcome. Cancelled requests that were under way are skipped ones: nobody knows what became of them, so their failure
 * (`request/cancelled`) says so.
 */
export async function runBatch<Request>(
  requests: readonly Request[],
  send: (request: Request, place: number, signal: AbortSignal) => Promise<BatchOutcome>,
  { concurrency, stopsAtFailure, signal, onOutcome }: BatchOptions
): Promise<readonly BatchOutcome[]> {
  const outcomes = requests.map((): BatchOutcome => ({ kind: 'skipped' }))
  const stop = new AbortController()
  const whole = AbortSignal.any([signal, stop.signal])
  let next = 0
  const worker = async (): Promise<void> => {
    while (!whole.aborted) {
      const place = next++
      const request = requests[place]
      if (request === undefined) return
      const outcome = await send(request, place, whole)
      outcomes[place] = outcome
      onOutcome(place, outcome)
      if (outcome.kind === 'failed' && stopsAtFailure) stop.abort()
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, requests.length) }, worker))
  return outcomes
}
