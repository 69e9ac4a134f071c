import type { Result } from '../../shared/result.ts'

export interface DropKey {
  readonly flowId: string
  readonly dropId: string
}

/** What became of one drop. `gone`: somebody else deleted it first. */
export type DeleteOutcome =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'not-tried' }

/** Deletes under way at once: enough to hide the way to a far platform, few enough to leave others their turn. */
const PARALLEL_DELETES = 8

/**
 * Deletes drops one by one, several at a time, and answers what became of each, in their order. Cancelling starts no other
 * delete; those under way are waited for, so that no outcome is a guess.
 */
export async function deleteDrops(
  drops: readonly DropKey[],
  deleteOne: (drop: DropKey) => Promise<Result<null>>,
  signal: AbortSignal,
  onOutcome: (outcome: DeleteOutcome) => void
): Promise<readonly DeleteOutcome[]> {
  const outcomes: DeleteOutcome[] = drops.map(() => ({ kind: 'not-tried' }))
  let next = 0
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const place = next
      const drop = drops[place]
      if (drop === undefined) return
      next += 1
      const outcome = outcomeOf(await deleteOne(drop))
      outcomes[place] = outcome
      onOutcome(outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL_DELETES, drops.length) }, work))
  return outcomes
}

function outcomeOf(result: Result<null>): DeleteOutcome {
  if (result.ok) return { kind: 'deleted' }
  return result.failure.code === 'platform/not-found'
    ? { kind: 'gone' }
    : { kind: 'failed', reason: result.failure.message }
}
