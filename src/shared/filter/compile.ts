import type { Clock } from '../clock.ts'
import { assertNever } from '../failure.ts'
import type { AgeNode, ContainsNode, FilterNode, FilterTree, InNode, Regex, WithinNode } from './ast.ts'
import {
  compileComparison,
  compileLeaf,
  compileRemainder,
  equalityWith,
  literalValue,
  orderTest
} from './comparison.ts'
import type { GeoPoint } from './distance.ts'
import { kilometresOf, withinTest } from './distance.ts'
import { hasType, someString } from './element-scan.ts'
import type { MemberPath, SubjectKind } from './member-path.ts'
import { BEHIND_LIST, resolveMember, someAt, valuesAt } from './member-path.ts'
import { compileRegex } from './regex.ts'
import { isEqualValue, isNumeric, unwrap } from './values.ts'
import { ENTRY_NANOSECONDS, spendWork } from './work.ts'
import type { ZipTable } from './zip.ts'
import { lookUpZip } from './zip.ts'

/** What a filter is applied to: a drop, or another object of the platform. */
export type FilterSubject = object

/** Whether a subject matches. Pure but for the clock of AGE; allocates nothing for plain elements. */
export type FilterPredicate = (subject: FilterSubject) => boolean

export interface CompileOptions {
  /** What AGE counts from, asked at every call of the predicate. */
  readonly clock: Clock
  /** Where ZIP codes lie; `checkFilter` with the same table tells beforehand whether a filter needs more. */
  readonly zip?: ZipTable | undefined
  /** `drop` unless said otherwise: a name is a member of the drop or else an element. For `object` it is a member. */
  readonly subject?: SubjectKind
}

/**
 * Builds the predicate of a filter, once, from closures; the empty filter matches everything.
 *
 * A drop's elements may be plain, typed or mixed at any depth (platform protocol, "Element types"): values are compared
 * without their wrapper. Rules of meaning: LANGUAGE.md.
 *
 * @throws Error when the tree has mistakes or names a ZIP code that cannot be looked up: a bug of the caller, who looks
 *   at `parseFilter(…).diagnostics` and `checkFilter(…)` first.
 */
export function compileFilter(tree: FilterTree, options: CompileOptions): FilterPredicate {
  if (tree.hasErrors) {
    throw new Error('A filter with mistakes cannot be compiled: look at its diagnostics first.')
  }
  return tree.root === undefined ? () => true : compileNode(tree.root, options)
}

/** The predicate of one node and what is below it. */
export function compileNode(node: FilterNode, options: CompileOptions): FilterPredicate {
  const subject = options.subject ?? 'drop'
  switch (node.kind) {
    case 'or':
      return anyOf(node.terms.map((term) => compileNode(term, options)))
    case 'and':
      return allOf(node.terms.map((term) => compileNode(term, options)))
    case 'not':
      return negate(compileNode(node.term, options))
    case 'comparison':
      return compileComparison(node, subject)
    case 'remainder':
      return compileRemainder(node, subject)
    case 'regex':
      return compileLeaf(resolveMember(node.member.path, subject), stringTest(regexTest(node.regex)))
    case 'in':
      return compileIn(node, resolveMember(node.member.path, subject))
    case 'contains':
      return compileContains(node, resolveMember(node.member.path, subject))
    case 'within':
      return compileWithin(node, resolveMember(node.member.path, subject), options)
    case 'exists':
      return compileExists(resolveMember(node.member.path, subject))
    case 'has': {
      const { typeName } = node
      return (candidate) => hasType(elementsOf(candidate, subject), typeName)
    }
    case 'matches': {
      const test = regexTest(node.regex)
      return (candidate) => someString(elementsOf(candidate, subject), test)
    }
    case 'age':
      return compileAge(node, subject, options.clock)
    case 'error':
      throw new Error('A filter with mistakes cannot be compiled: look at its diagnostics first.')
    default:
      return assertNever(node)
  }
}

/** A drop's elements; of any other object all its members. */
const elementsOf = (candidate: FilterSubject, subject: SubjectKind): unknown =>
  subject === 'drop' ? (candidate as { elems?: unknown }).elems : candidate

const negate =
  (predicate: FilterPredicate): FilterPredicate =>
  (subject) =>
    !predicate(subject)

/** Two and three rules are most filters: they are spared the loop. */
function allOf(predicates: readonly FilterPredicate[]): FilterPredicate {
  const [first, second, third, ...more] = predicates
  if (first === undefined) return () => true
  if (second === undefined) return first
  if (third === undefined) return (subject) => first(subject) && second(subject)
  if (more.length === 0) return (subject) => first(subject) && second(subject) && third(subject)
  return (subject) => {
    for (const predicate of predicates) if (!predicate(subject)) return false
    return true
  }
}

function anyOf(predicates: readonly FilterPredicate[]): FilterPredicate {
  const [first, second, third, ...more] = predicates
  if (first === undefined) return () => false
  if (second === undefined) return first
  if (third === undefined) return (subject) => first(subject) || second(subject)
  if (more.length === 0) return (subject) => first(subject) || second(subject) || third(subject)
  return (subject) => {
    for (const predicate of predicates) if (predicate(subject)) return true
    return false
  }
}

function regexTest(regex: Regex): (text: string) => boolean {
  const compiled = compileRegex(regex.pattern, regex.flags)
  if (!compiled.ok) throw new Error(`This regular expression cannot run: ${compiled.problem.message}.`)
  return compiled.test
}

const stringTest =
  (test: (text: string) => boolean) =>
  (value: unknown): boolean =>
    typeof value === 'string' && test(value)

/** The value, or an entry of a list, equals one of the literals. */
function compileIn(node: InNode, path: MemberPath): FilterPredicate {
  const literals = node.list.entries
  const scalars = literals.filter((literal) => literal.kind !== 'list')
  const tests = scalars.map((literal) => equalityWith(literal, path.isId))
  const strings = new Set(scalars.flatMap((literal) => (literal.kind === 'string' ? [literal.value] : [])))
  const onlyStrings = strings.size > 0 && !path.isId && scalars.every((literal) => literal.kind === 'string')
  const lists = literals.filter((literal) => literal.kind === 'list').map(literalValue)
  const scalarTest = (value: unknown): boolean => {
    spendWork(tests.length * ENTRY_NANOSECONDS)
    return tests.some((test) => test.plain(value))
  }
  const idTest = (value: unknown): boolean => {
    spendWork(tests.length * ENTRY_NANOSECONDS)
    return tests.some((test) => (test.id ?? test.plain)(value))
  }
  const leaf = compileLeaf(
    path,
    onlyStrings ? (value) => typeof value === 'string' && strings.has(value) : scalarTest,
    idTest
  )
  if (lists.length === 0) return leaf
  const isListed = (value: unknown): boolean => lists.some((list) => isEqualValue(value, list))
  const isListedWholeOrByEntry = (value: unknown): boolean => {
    const inner = unwrap(value)
    if (!Array.isArray(inner)) return false
    spendWork((inner.length + 1) * lists.length * ENTRY_NANOSECONDS)
    return isListed(inner) || inner.some(isListed)
  }
  return (subject) => leaf(subject) || someAt(subject, path, isListedWholeOrByEntry)
}

/** For each character of a piece that is looked for in a string, and each of the string, at worst. */
const PIECE_NANOSECONDS = 0.1

function compileContains(node: ContainsNode, path: MemberPath): FilterPredicate {
  const wanted = node.list.entries.map(literalValue)
  /** What looking for the pieces costs for each character of a string. */
  const perCharacter = wanted.reduce<number>(
    (sum, entry) => sum + 1 + (typeof entry === 'string' ? entry.length * PIECE_NANOSECONDS : 0),
    0
  )
  const holdsAll = (value: unknown): boolean => {
    const holder = unwrap(value)
    if (typeof holder === 'string') {
      spendWork(holder.length * perCharacter)
      return wanted.every((entry) => typeof entry === 'string' && holder.includes(entry))
    }
    if (typeof holder !== 'object' || holder === null) return false
    if (!Array.isArray(holder)) {
      return wanted.every((entry) => typeof entry === 'string' && Object.hasOwn(holder, entry))
    }
    spendWork(holder.length * wanted.length * ENTRY_NANOSECONDS)
    return wanted.every((entry) => holder.some((held) => isEqualValue(held, entry)))
  }
  return (subject) => someAt(subject, path, holdsAll) || holdsAllTogether(subject, path, holdsAll)
}

/** Behind a list, what its entries lead to is one collection: `stops.name CONTAINS ["a", "b"]`. */
function holdsAllTogether(
  subject: FilterSubject,
  path: MemberPath,
  holdsAll: (value: unknown) => boolean
): boolean {
  const values = valuesAt(subject, path)
  return values.length > 1 && holdsAll(values)
}

function compileWithin(node: WithinNode, path: MemberPath, options: CompileOptions): FilterPredicate {
  const centre = centreOf(node, options)
  const test = withinTest(centre, kilometresOf(Number(node.distance.value), node.unit))
  return (subject) => someAt(subject, path, test)
}

function centreOf(node: WithinNode, options: CompileOptions): GeoPoint {
  const { place } = node
  if (place.kind === 'point') return place
  const point = options.zip === undefined ? undefined : lookUpZip(options.zip, place.code)
  if (point === undefined) {
    throw new Error(`The ZIP code ${place.code} cannot be looked up: run checkFilter before compileFilter.`)
  }
  return point
}

function compileExists(path: MemberPath): FilterPredicate {
  const isThere = (): boolean => true
  return (subject) => {
    const value = path.read(subject)
    return value === BEHIND_LIST ? someAt(subject, path, isThere) : value !== undefined
  }
}

function compileAge(node: AgeNode, subject: SubjectKind, clock: Clock): FilterPredicate {
  const limit = node.ageMs.value
  const test = orderTest(node.operator)
  const passes = (value: unknown): boolean => {
    const date = unwrap(value)
    if (Array.isArray(date)) return date.some(passes)
    return isNumeric(date) && test(clock.now() - Number(date), limit)
  }
  const path = resolveMember(node.member?.path ?? ['creationDate'], subject)
  return (candidate) => someAt(candidate, path, passes)
}
