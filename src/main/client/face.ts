import type { Failure } from '../../shared/failure.ts'
import type { Result } from '../../shared/result.ts'
import { errorOf } from './errors.ts'

/**
 * The client has two faces with the same verbs: inside the app every verb answers a `Result` and nothing that the world does
 * is thrown; for scripts it answers the value, and throws.
 */
export type FaceName = 'result' | 'throwing'

/** What a verb of a face answers. */
export type Answer<F extends FaceName, T> = F extends 'throwing' ? T : Result<T>

/** How a face answers. */
export interface Face<F extends FaceName> {
  /** @throws FlowthingsError in the throwing face, when it was a failure. */
  settle<T>(result: Result<T>): Answer<F, T>
  /** Whether what a call answered is a failure; in the throwing face failures are never answered. */
  isFailure(answer: unknown): boolean
}

export const resultFace: Face<'result'> = {
  settle: (result) => result,
  isFailure: (answer) => (answer as { readonly ok?: unknown } | undefined)?.ok === false
}

export const throwingFace: Face<'throwing'> = {
  settle: (result) => {
    if (!result.ok) throw errorOf(result.failure)
    return result.value
  },
  isFailure: () => false
}

/**
 * A failure without a secret in it: a server that repeats the head of a request in its answer would otherwise put the token
 * into an excerpt, and so into a log.
 */
export function withoutSecret(failure: Failure, secret: string): Failure {
  if (secret === '' || !JSON.stringify(failure).includes(JSON.stringify(secret).slice(1, -1))) return failure
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(secret, '•••')
    if (Array.isArray(value)) return value.map(clean)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, clean(member)]))
  }
  return clean(failure) as Failure
}
