import type { BuiltFilter, FilterTree } from '../../shared/filter/index.ts'
import { failure } from '../../shared/failure.ts'
import { formatFilter } from '../../shared/filter/format.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'

/** A filter as its text, or as it was built (`buildFilter`, `mem`). */
export type Filter = string | FilterObject
export type FilterObject = FilterTree | BuiltFilter

export const isFilterObject = (value: unknown): value is FilterObject =>
  typeof value === 'object' && value !== null && ('root' in value || 'tree' in value)

/**
 * The text of filters that must all match; empty for none. One text is passed on as it is, for the platform to judge.
 * Among several each must be a filter by itself, or `filter/invalid` is answered: `a) || (b` would turn the others around.
 */
export async function filterText(filters: readonly Filter[]): Promise<Result<string>> {
  const texts = filters.map((filter) => (typeof filter === 'string' ? filter : textOf(filter)))
  const terms = texts.filter((text) => text.trim() !== '')
  if (terms.length < 2) return success(terms[0] ?? '')
  // Most calls have one filter at most and need no parser.
  const { parseFilter } = await import('../../shared/filter/parser.ts')
  const bad = terms.find((text) => parseFilter(text).tree.hasErrors)
  return bad === undefined
    ? success(terms.map((text) => `(${text})`).join(' && '))
    : failed(failure('filter/invalid', { message: `The filter cannot be read: ${bad}`, hint: null }))
}

const textOf = (filter: FilterObject): string => ('tree' in filter ? filter.toString() : formatFilter(filter))
