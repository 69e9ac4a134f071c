import type { Step } from '../answer.ts'
import { badRequest, go, stop } from '../answer.ts'

/**
 * Checks of request bodies that every service needs. Each answers 400 with a sentence that names what was
 * expected.
 */

export type Members = Readonly<Record<string, unknown>>

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body as an object. */
export const readMembers = (value: unknown, what: string): Step<Members> =>
  isMembers(value) ? go(value) : stop(badRequest(`${what} must be a JSON object`))

/** The body of a multi-read: an array of ids. */
export function readIds(value: unknown): Step<readonly string[]> {
  return Array.isArray(value) && value.every((id) => typeof id === 'string')
    ? go(value)
    : stop(badRequest('the body must be a JSON array of ids'))
}

/** The body of a multi-update: an object of ids and changes. */
export function readChanges(value: unknown): Step<readonly (readonly [string, Members])[]> {
  if (!isMembers(value)) return stop(badRequest('the body must be a JSON object of ids and changes'))
  const changes: (readonly [string, Members])[] = []
  for (const [id, change] of Object.entries(value)) {
    if (!isMembers(change)) return stop(badRequest(`the change of ${id} must be a JSON object`))
    changes.push([id, change])
  }
  return go(changes)
}
