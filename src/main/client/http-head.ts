import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import type { HttpRequest } from './http.ts'

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What a request line can hold; the rest is percent-encoded by who made the path. */
const TARGET = /^\/[\x21-\x7e]*$/
/** No line ends, so that a token brings no header of its own, and nothing whose encoding would be a guess. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

/** What people call the headers whose values they type. */
const NAMES: Readonly<Record<string, string>> = { 'x-auth-token': 'token', 'x-auth-account': 'account' }

/** Why the head of a request cannot be sent as it is; undefined when it can. The value itself is not told: it may be a secret. */
export function refuseHead({ method, path, query = '', headers }: HttpRequest): Failure | undefined {
  if (!METHOD.test(method)) return unsendable('The method has characters that a request cannot hold.')
  if (!TARGET.test(path + query)) {
    return unsendable('The path has characters that a request cannot hold.', 'Write them percent-encoded.')
  }
  for (const [name, value] of Object.entries(headers)) {
    if (METHOD.test(name) && HEADER_VALUE.test(value)) continue
    const what = NAMES[name.toLowerCase()] ?? `header ${name.replace(/[^\w-]/g, '?')}`
    return unsendable(
      `The ${what} has characters that a request cannot hold.`,
      `Check the ${what}: line ends and letters beyond ASCII are refused.`
    )
  }
  return undefined
}

const unsendable = (message: string, hint?: string): Failure =>
  failure('input/invalid', { message, hint: hint ?? null })
