import type { Clock } from '../shared/clock.ts'
import { distanceKm, pointOf } from '../shared/filter/distance.ts'
import {
  checkFilter,
  compileFilter,
  describeDiagnostic,
  parseFilter,
  walkFilter,
  type FilterPredicate
} from '../shared/filter/index.ts'
import { lookUpZip } from '../shared/filter/zip.ts'
import { MAX_FILTER_CHARACTERS } from './filter-limits.ts'
import { zipTable } from './sample/zip-codes.ts'
import { BEHIND_LIST, resolveMember, type SubjectKind } from '../shared/filter/member-path.ts'

/**
 * What keeps `text` from being a filter that runs here, as one sentence that names the position; undefined
 * when it can be used. Empty text is the filter that matches everything.
 */
export function filterProblem(text: string): string | undefined {
  if (text.length > MAX_FILTER_CHARACTERS)
    return `filter: it is longer than ${String(MAX_FILTER_CHARACTERS)} characters`
  const { tree, diagnostics } = parseFilter(text)
  const first = diagnostics[0] ?? checkFilter(tree, { zip: zipTable })[0]
  return first === undefined ? undefined : `filter: ${describeDiagnostic(text, first)}`
}

/** The predicate of a filter that `filterProblem` found nothing wrong with. */
export const filterPredicate = (text: string, subject: SubjectKind, clock: Clock): FilterPredicate =>
  compileFilter(parseFilter(text).tree, { clock, subject, zip: zipTable })

/** A filter that drops pass or do not, ready to run. */
export interface DropFilter {
  readonly text: string
  readonly matches: FilterPredicate
}

/** The filter of a flow or a track; undefined when there is none. Its text is one that `filterProblem` found good. */
export const dropFilter = (text: string | undefined, clock: Clock): DropFilter | undefined =>
  text === undefined || text.trim() === ''
    ? undefined
    : { text, matches: filterPredicate(text, 'drop', clock) }

/** The reader of a dotted name for sorting: as the filter resolves names; undefined when there is no one value. */
export function sortKey(name: string, subject: SubjectKind): (value: object) => unknown {
  const { read } = resolveMember(name.split('.'), subject)
  return (value) => {
    const key = read(value)
    return key === BEHIND_LIST ? undefined : key
  }
}

/**
 * The distance, in kilometres, by which `order=geo` sorts: from the point of the filter's first WITHIN to the
 * member it names. Undefined when the filter has none.
 */
export function filterDistance(
  text: string,
  subject: SubjectKind
): ((value: object) => number | undefined) | undefined {
  for (const node of walkFilter(parseFilter(text).tree.root)) {
    if (node.kind !== 'within') continue
    const { place } = node
    const centre = place.kind === 'point' ? place : lookUpZip(zipTable, place.code)
    if (centre === undefined) continue
    const read = sortKey(node.member.path.join('.'), subject)
    return (value) => {
      const point = pointOf(read(value))
      return point === undefined ? undefined : distanceKm(centre, point)
    }
  }
  return undefined
}
