import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { filterText, isFilterObject } from './filter-text.ts'
import type { Filter } from './filter-text.ts'
import type { ParameterValue, RequestParameters } from './server.ts'
import type { References } from '../../shared/model/reference.ts'

/**
 * What goes with a call: request parameters (platform protocol, "Request parameters"), the known ones typed and any other
 * passed on as it is, and the signal that cancels it, which is not sent.
 */
export interface CallParameters {
  /** Several must all match. */
  readonly filter?: Filter | readonly Filter[] | undefined
  /** How many results to leave out. */
  readonly start?: number | undefined
  /** How many results at most; the platform takes 20 when it is left out and 100,000 at most. */
  readonly limit?: number | undefined
  readonly sort?: string | undefined
  readonly order?: 'asc' | 'desc' | 'geo' | undefined
  /** Members to answer; the id always comes with them. */
  readonly only?: string | readonly string[] | undefined
  /** True answers `[body, references]` instead of the body. */
  readonly refs?: boolean | undefined
  /** Typed elements instead of plain ones. */
  readonly hints?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly [name: string]: ParameterValue | Filter | readonly Filter[] | AbortSignal
}

/** The body, or `[body, references]` when the parameters ask for references. */
export type WithReferences<P, T> = P extends { readonly refs?: infer Wanted }
  ? Wanted extends true
    ? readonly [body: T, references: References]
    : T
  : T

/** Parameters as they are sent; fails when a filter among several cannot be read. */
export async function sentParameters({
  filter,
  signal: _signal,
  ...others
}: CallParameters): Promise<Result<RequestParameters>> {
  if (filter === undefined || typeof filter === 'string') {
    return success({ ...others, ...(filter === undefined ? {} : { filter }) } as RequestParameters)
  }
  const text = await filterText(isFilterObject(filter) ? [filter] : filter)
  return text.ok ? success({ ...others, filter: text.value } as RequestParameters) : text
}
