import type { FindParameters } from '../../shared/ipc/contract.ts'
import type { FindOptions } from '../../shared/ipc/grid-layout.ts'

export const NO_OPTIONS: FindOptions = {
  sort: '',
  order: '',
  limit: '',
  only: '',
  refs: false,
  searchIn: ''
}

/** The platform gives no more drops than this in one answer (platform protocol, "Request parameters"). */
const MOST_DROPS = 100_000

/** What the options ask of the platform, or the sentence that says what is wrong with them. */
export function optionParameters({ sort, order, limit, only, refs }: FindOptions): FindParameters | string {
  const drops = limit.trim() === '' ? undefined : Number(limit)
  if (drops !== undefined && !(Number.isInteger(drops) && drops >= 0 && drops <= MOST_DROPS)) {
    return 'The limit is a whole number of at most 100,000.'
  }
  return {
    ...(sort.trim() === '' ? {} : { sort: sort.trim() }),
    ...(order === '' ? {} : { order }),
    ...(drops === undefined ? {} : { limit: drops }),
    ...(only.trim() === '' ? {} : { only: onlyWithPlace(only) }),
    ...(refs ? { refs: true } : {})
  }
}

/** A row needs its flow and its date, whatever else is left out. */
const onlyWithPlace = (only: string): string => {
  const names = only.split(/[\s,]+/).filter((name) => name !== '')
  return [...new Set(['flowId', 'creationDate', ...names])].join(',')
}

/** `sort mag desc · limit 100`: the options that differ from none, in words; empty when there are none. */
export function describeOptions({ sort, order, limit, only, refs, searchIn }: FindOptions): string {
  const direction = order === '' ? '' : ` ${order}`
  return [
    sort === '' && order === '' ? '' : `sort ${sort === '' ? 'creationDate' : sort}${direction}`,
    limit === '' ? '' : `limit ${limit}`,
    only === '' ? '' : `only ${only}`,
    refs ? 'references' : '',
    searchIn === '' ? '' : `in ${searchIn}`
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/**
 * The flows that a search goes through, as a filter of flows: paths as they are, folders with a slash or a star at their end.
 * Undefined when the text names none.
 */
export function flowsFilter(searchIn: string): string | undefined {
  const names = searchIn.split(/[\s,]+/).filter((name) => name !== '')
  if (names.length === 0) return undefined
  return names
    .map((name) => {
      const folder = /^(.*)\/\**$/.exec(name)?.[1]
      if (folder === undefined) return `path == ${JSON.stringify(name)}`
      return `path =~ /^${escaped(folder)}\\//`
    })
    .join(' || ')
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** The ids in a text, when it holds nothing else: one id, or several separated by spaces, commas or line breaks. */
export function idsIn(text: string): readonly string[] | undefined {
  const words = text.split(/[\s,;"'[\]]+/).filter((word) => word !== '')
  return words.length > 0 && words.every((word) => /^d[0-9a-f]{24}$/.test(word))
    ? [...new Set(words)]
    : undefined
}
