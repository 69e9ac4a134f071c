import { inspect } from 'node:util'
import type { Result } from '../../src/shared/result.ts'

/** The value of a success; a failure ends the test with all that it says. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(inspect(result.failure, { depth: 5 }))
  return result.value
}
