import type { FilterPredicate } from '../../shared/filter/index.ts'
import { BEHIND_LIST, resolveMember, valuesAt } from '../../shared/filter/member-path.ts'
import { isNumeric, unwrap } from '../../shared/filter/values.ts'
import type { Drop } from '../../shared/model/drop.ts'
import { compareElementValues, toPlain } from '../../shared/model/element-encoding.ts'
import type { ElementValue } from '../../shared/model/elements.ts'
import type { Failed, Result } from '../../shared/result.ts'
import { success } from '../../shared/result.ts'
import type { Fold, KeptValues } from './aggregate-folds.ts'
import { createFold, valueKey } from './aggregate-folds.ts'
import type { DatePart, GroupSelector, OutputSelector, SortSelector } from './aggregate-selectors.ts'
import { cut, refuse } from './refusal.ts'

/** How many values `$all` and `$unique` may keep over all groups: ten of each drop in the largest flow. */
export const MAX_KEPT_VALUES = 1_000_000

/** A row of the answer; the keys are the literal entries of `groupBy` and `output`. */
export type AggregationRow = Readonly<Record<string, ElementValue>>

/** A filter of `rules` (or the request's own), ready to be run. */
export interface Rule {
  readonly matches: FilterPredicate
  /** The distance of a drop in the rule's unit; undefined when the rule is not one WITHIN. */
  readonly distance: ((drop: Drop) => number | undefined) | undefined
}

export type Rules = ReadonlyMap<string, Rule>

/** A checked request. */
export interface AggregationParts {
  readonly matches: FilterPredicate
  readonly rules: Rules
  readonly groups: readonly GroupSelector[]
  readonly outputs: readonly OutputSelector[]
  /** Outputs that are only sorted by. */
  readonly hidden: readonly OutputSelector[]
  readonly sorts: readonly SortSelector[]
}

interface Group {
  readonly key: readonly ElementValue[]
  readonly folds: readonly Fold[]
  count: number
}

/** Runs a checked request over drops; `planAggregation` says what it promises. */
export class AggregationRun {
  problem: Failed | undefined
  private readonly parts: AggregationParts
  private readonly groups = new Map<string, Group>()
  private readonly readKeys: readonly ((drop: Drop) => ElementValue)[]
  private readonly feeds: readonly Feed[]
  private readonly ruleNames: readonly { name: string; values: (drop: Drop) => readonly unknown[] }[]
  private readonly kept: KeptValues
  private keptValues = 0

  constructor(parts: AggregationParts) {
    this.parts = parts
    this.readKeys = parts.groups.map((selector) => groupReader(selector, parts.rules))
    this.feeds = [...parts.outputs, ...parts.hidden].map((selector) => outputFeed(selector, parts.rules))
    this.ruleNames = [...parts.rules.keys()].map((name) => ({ name, values: elementReader(name) }))
    this.kept = { take: () => this.takeRoom() }
  }

  add(drop: Drop): void {
    if (this.problem !== undefined || !this.parts.matches(drop)) return
    for (const { name, values } of this.ruleNames) {
      if (values(drop).length > 0) {
        this.problem = refuse(
          `The rule "${cut(name)}" needs another name: drops of the flow have an element "${cut(name)}".`
        )
        return
      }
    }
    const key = this.readKeys.map((read) => read(drop))
    const group = this.groupOf(key)
    group.count += 1
    for (const [index, feed] of this.feeds.entries()) feed.add(drop, group.folds[index])
  }

  rows(): Result<AggregationRow[]> {
    if (this.problem !== undefined) return this.problem
    const { groups, outputs, hidden, sorts } = this.parts
    const rows = [...this.groups.values()].map((group) => {
      // A groupBy entry that is an output as well keeps the exact value of the key.
      const values = new Map<string, ElementValue>()
      for (const [index, selector] of [...outputs, ...hidden].entries()) {
        values.set(
          selector.text,
          selector.kind === 'count' ? group.count : (group.folds[index]?.result() ?? null)
        )
      }
      for (const [index, { text }] of groups.entries()) values.set(text, group.key[index] ?? null)
      return { key: group.key, values }
    })
    rows.sort((a, b) => {
      for (const { text, isDescending } of sorts) {
        const order = compareValues(a.values.get(text), b.values.get(text), isDescending)
        if (order !== 0) return order
      }
      for (const [index, value] of a.key.entries()) {
        const order = compareValues(value, b.key[index], false)
        if (order !== 0) return order
      }
      return 0
    })
    const names = [...groups, ...outputs].map(({ text }) => text)
    // Unlike assignment, this keeps an entry named __proto__ an ordinary member.
    return success(
      rows.map(({ values }) => Object.fromEntries(names.map((name) => [name, values.get(name) ?? null])))
    )
  }

  private groupOf(key: readonly ElementValue[]): Group {
    const text = key.map(valueKey).join(',')
    const known = this.groups.get(text)
    if (known !== undefined) return known
    const group: Group = { key, folds: this.feeds.map((feed) => feed.create(this.kept)), count: 0 }
    this.groups.set(text, group)
    return group
  }

  private takeRoom(): boolean {
    if (this.keptValues < MAX_KEPT_VALUES) {
      this.keptValues += 1
      return true
    }
    this.problem ??= refuse(
      `$all and $unique would list more than ${String(MAX_KEPT_VALUES)} values; add a filter or leave one of them out.`
    )
    return false
  }
}

/** How one output selector gets its values from drops. */
interface Feed {
  readonly create: (kept: KeptValues) => Fold
  readonly add: (drop: Drop, fold: Fold | undefined) => void
}

function outputFeed(selector: OutputSelector, rules: Rules): Feed {
  if (selector.kind === 'count') return { create: (kept) => createFold('sum', kept), add: () => {} }
  if (selector.kind === 'distance') {
    const distance = rules.get(selector.rule)?.distance
    return { create: (kept) => createFold('avg', kept), add: (drop, fold) => fold?.add(distance?.(drop)) }
  }
  const read = fieldReader(selector.field, rules)
  const { kind } = selector
  return {
    create: (kept) => createFold(kind, kept),
    add: (drop, fold) => {
      for (const value of read(drop)) fold?.add(value)
    }
  }
}

function groupReader(selector: GroupSelector, rules: Rules): (drop: Drop) => ElementValue {
  if (selector.kind === 'distance') {
    const distance = rules.get(selector.rule)?.distance
    return (drop) => distance?.(drop) ?? null
  }
  const read = fieldReader(selector.field, rules)
  if (selector.kind === 'datePart') return (drop) => datePart(selector.part, read(drop)[0])
  return (drop) => {
    const values = read(drop)
    const [first] = values
    if (values.length < 2) return first === undefined ? null : toPlain(first as ElementValue)
    return values.map((value) => toPlain(value as ElementValue))
  }
}

/** The values of a rule (1 or 0) or a field: none when it is missing, several behind a list. */
function fieldReader(name: string, rules: Rules): (drop: Drop) => readonly unknown[] {
  const rule = rules.get(name)
  return rule === undefined ? elementReader(name) : (drop) => (rule.matches(drop) ? ONE : ZERO)
}

const NOTHING: readonly unknown[] = []
const ONE: readonly unknown[] = [1]
const ZERO: readonly unknown[] = [0]

function elementReader(name: string): (drop: Drop) => readonly unknown[] {
  const path = resolveMember(name.split('.'), 'drop')
  return (drop) => {
    const value = path.read(drop)
    if (value === undefined || value === null) return NOTHING
    return value === BEHIND_LIST ? valuesAt(drop, path) : [value]
  }
}

/** A part of a date (typed, or a number of milliseconds) in UTC; months and days from 1. Null for anything else. */
function datePart(part: DatePart, value: unknown): number | null {
  const bare = unwrap(value)
  const date = new Date(isNumeric(bare) ? Number(bare) : Number.NaN)
  if (Number.isNaN(date.getTime())) return null
  switch (part) {
    case 'year':
      return date.getUTCFullYear()
    case 'month':
      return date.getUTCMonth() + 1
    case 'day':
      return date.getUTCDate()
    case 'hour':
      return date.getUTCHours()
    case 'minute':
      return date.getUTCMinutes()
    case 'second':
      return date.getUTCSeconds()
  }
}

/** Null goes last in both directions. */
function compareValues(
  a: ElementValue | undefined,
  b: ElementValue | undefined,
  isDescending: boolean
): number {
  const left = a ?? null
  const right = b ?? null
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  return isDescending ? compareElementValues(right, left) : compareElementValues(left, right)
}
