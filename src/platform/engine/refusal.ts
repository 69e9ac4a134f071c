import { failure } from '../../shared/failure.ts'
import type { Failed } from '../../shared/result.ts'
import { failed } from '../../shared/result.ts'

/** What a caller sent cannot be used: a failure to be answered 400 with this sentence. */
export const refuse = (message: string, details?: Readonly<Record<string, unknown>>): Failed =>
  failed(
    failure('platform/bad-request', { message, hint: null, ...(details === undefined ? {} : { details }) })
  )

const READABLE_LENGTH = 60

/** A given text inside a sentence, at a length that can be read. */
export const cut = (text: string): string => text.slice(0, READABLE_LENGTH)
