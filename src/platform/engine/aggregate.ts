import type { Clock } from '../../shared/clock.ts'
import type { FilterNode } from '../../shared/filter/ast.ts'
import { distanceKm, kilometresOf, pointOf } from '../../shared/filter/distance.ts'
import type { FilterPredicate, ZipTable } from '../../shared/filter/index.ts'
import { checkFilter, compileFilter, describeDiagnostic, parseFilter } from '../../shared/filter/index.ts'
import { resolveMember, valuesAt } from '../../shared/filter/member-path.ts'
import { DROP_MEMBERS } from '../../shared/filter/operators.ts'
import { lookUpZip } from '../../shared/filter/zip.ts'
import type { Drop } from '../../shared/model/drop.ts'
import type { Failed, Result } from '../../shared/result.ts'
import { success } from '../../shared/result.ts'
import type { AggregationRow, Rule, Rules } from './aggregate-run.ts'
import { AggregationRun } from './aggregate-run.ts'
import type { OutputSelector } from './aggregate-selectors.ts'
import {
  distanceRule,
  KNOWN_GROUPS,
  KNOWN_OUTPUTS,
  readGroupSelector,
  readOutputSelector,
  readSortSelector
} from './aggregate-selectors.ts'
import { cut, refuse } from './refusal.ts'

/** How many entries `output`, `groupBy`, `rules` and `sorts` may have each: every drop pays for every one of them. */
export const MAX_AGGREGATION_ENTRIES = 64

export interface AggregationOptions {
  /** What AGE in the filters counts from. */
  readonly clock: Clock
  /** Where ZIP codes lie; without it a filter that names one is refused. */
  readonly zip?: ZipTable | undefined
}

/**
 * An aggregation under way: every drop of the flow goes through `add`, oldest or newest first as `$all` and `$unique`
 * shall list them, then `rows` answers. Nothing of a drop is kept but what the selectors ask for.
 */
export interface AggregationPlan {
  add(drop: Drop): void
  /** Set as soon as the aggregation cannot succeed any more; further drops need not be added. */
  readonly problem: Failed | undefined
  /** Plain elements, one row a group; fails with `problem`. */
  rows(): Result<AggregationRow[]>
}

/**
 * Checks the body of an aggregation request (platform protocol, "Aggregation") and prepares it.
 *
 * Fails with a sentence, to be answered 400, for: a body or member of the wrong shape, no output, an unknown selector or
 * sort entry, a filter or rule that does not parse (with the position), a distance of something else than one WITHIN.
 * A rule whose name is an element of a matching drop is only known while drops are added: see `AggregationPlan.problem`.
 *
 * - Fields are members of the drop or else elements, dotted. A walk through a list by name gives each entry its own
 *   value in an output, and the list of them in a group's key.
 * - `$min` and `$max` look at numbers and dates, or at strings when there are neither.
 * - Groups come in ascending order of their keys, null last; under every sort null goes last.
 */
export function planAggregation(request: unknown, options: AggregationOptions): Result<AggregationPlan> {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return refuse('The body of an aggregation must be an object with an output.')
  }
  const body = request as Record<string, unknown>
  const rules = readRules(body['rules'], options)
  if (!rules.ok) return rules
  const filter = readFilter('filter', body['filter'] ?? '', options)
  if (!filter.ok) return filter
  const outputs = readList(body, 'output', KNOWN_OUTPUTS, readOutputSelector)
  if (!outputs.ok) return outputs
  if (outputs.value.length === 0) return refuse(`output must name at least one of ${KNOWN_OUTPUTS}.`)
  const groups = readList(body, 'groupBy', KNOWN_GROUPS, (text) =>
    readGroupSelector(text, (name) => rules.value.has(name))
  )
  if (!groups.ok) return groups
  const entries = [...groups.value, ...outputs.value].map(({ text }) => text)
  const sorts = readList(body, 'sorts', `${entries.join(', ')}, each also with :asc or :desc`, (text) =>
    readSortSelector(text, [...entries, ...unlistedDistance(text)])
  )
  if (!sorts.ok) return sorts
  const hidden: OutputSelector[] = sorts.value
    .filter(({ text }) => !entries.includes(text))
    .map(({ text }) => ({ kind: 'distance', text, rule: distanceRule(text) ?? '' }))
  for (const selector of [...groups.value, ...outputs.value, ...hidden]) {
    if (selector.kind !== 'distance') continue
    const rule = rules.value.get(selector.rule)
    if (rule?.distance === undefined) return refuseDistance(selector.text, selector.rule, rule)
  }
  return success(
    new AggregationRun({
      matches: filter.value.matches,
      rules: rules.value,
      groups: groups.value,
      outputs: outputs.value,
      hidden,
      sorts: sorts.value
    })
  )
}

/** `$distance:rule` may be sorted by without being answered. */
function unlistedDistance(sort: string): string[] {
  const text = sort.replace(/:(asc|desc)$/, '')
  return distanceRule(text) === undefined ? [] : [text]
}

function refuseDistance(text: string, name: string, rule: Rule | undefined): Failed {
  return rule === undefined
    ? refuse(`"${cut(text)}" needs a rule named "${cut(name)}" in rules.`)
    : refuse(`"${cut(text)}" needs the rule "${cut(name)}" to be a single WITHIN, without other terms.`)
}

function readRules(input: unknown, options: AggregationOptions): Result<Rules> {
  if (input === undefined || input === null) return success(new Map<string, Rule>())
  if (typeof input !== 'object' || Array.isArray(input)) {
    return refuse('rules must be an object of names and filters.')
  }
  const names = Object.keys(input)
  if (names.length > MAX_AGGREGATION_ENTRIES) return refuse(tooMany('rules', names.length))
  const rules = new Map<string, Rule>()
  for (const name of names) {
    if (name === '' || name.startsWith('$')) {
      return refuse(`The rule "${cut(name)}" needs a name that does not begin with "$".`)
    }
    if (DROP_MEMBERS.has(name.split('.')[0] ?? '')) {
      return refuse(`The rule "${cut(name)}" needs another name: "${cut(name)}" is a member of every drop.`)
    }
    const rule = readFilter(`The rule "${cut(name)}"`, (input as Record<string, unknown>)[name], options)
    if (!rule.ok) return rule
    rules.set(name, rule.value)
  }
  return success(rules)
}

function readFilter(what: string, text: unknown, options: AggregationOptions): Result<Rule> {
  if (typeof text !== 'string') return refuse(`${what}: expected the text of a filter.`)
  const { tree, diagnostics } = parseFilter(text)
  const problem = diagnostics[0] ?? checkFilter(tree, options)[0]
  if (problem !== undefined) return refuse(`${what}: ${describeDiagnostic(text, problem)}`)
  const matches = compileFilter(tree, options)
  return success({ matches: onceADrop(matches), distance: readDistance(tree.root, options.zip) })
}

/** Several selectors may ask for the same rule of the same drop. */
function onceADrop(matches: FilterPredicate): FilterPredicate {
  let last: object | undefined
  let answer = false
  return (drop) => {
    if (drop !== last) answer = matches(drop)
    last = drop
    return answer
  }
}

function readDistance(node: FilterNode | undefined, zip: ZipTable | undefined): Rule['distance'] {
  if (node?.kind !== 'within') return undefined
  const { place } = node
  const from = place.kind === 'point' ? place : zip && lookUpZip(zip, place.code)
  if (from === undefined) return undefined
  const path = resolveMember(node.member.path, 'drop')
  const kilometres = kilometresOf(1, node.unit)
  return (drop) => {
    let nearest: number | undefined
    for (const value of valuesAt(drop, path)) {
      const point = pointOf(value)
      if (point === undefined) continue
      const distance = distanceKm(from, point) / kilometres
      if (nearest === undefined || distance < nearest) nearest = distance
    }
    return nearest
  }
}

/** Reads a list of texts; `known` says in words what `read` understands. */
function readList<T>(
  body: Record<string, unknown>,
  member: string,
  known: string,
  read: (text: string) => T | undefined
): Result<T[]> {
  const list = body[member] ?? []
  if (!Array.isArray(list)) return refuse(`${member} must be a list of texts.`)
  if (list.length > MAX_AGGREGATION_ENTRIES) return refuse(tooMany(member, list.length))
  const selectors: T[] = []
  for (const text of list as unknown[]) {
    if (typeof text !== 'string') return refuse(`${member} must be a list of texts.`)
    const selector = read(text)
    if (selector === undefined) {
      return refuse(`${member} has "${cut(text)}", which is not known there; it may be ${known}.`)
    }
    selectors.push(selector)
  }
  return success(selectors)
}

const tooMany = (member: string, count: number): string =>
  `${member} has ${String(count)} entries; ${String(MAX_AGGREGATION_ENTRIES)} are allowed.`
