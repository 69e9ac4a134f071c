import type {
  AgeNode,
  ComparisonOperator,
  DistanceUnit,
  FilterNode,
  FilterTree,
  ListLiteral,
  Literal,
  Member,
  NumberLiteral,
  Place,
  Regex
} from './ast.ts'
import { isSameFilter, NO_SPAN } from './ast.ts'
import { formatNode } from './format.ts'
import { parseFilter } from './parser.ts'

/** A value of a rule. A `Date` is a date, an array a list. */
export type FilterValue = string | number | bigint | boolean | null | Date | readonly FilterValue[]

/** The comparisons of a member and of AGE. */
export interface Comparisons<Value> {
  eq(value: Value): BuiltFilter
  ne(value: Value): BuiltFilter
  lt(value: Value): BuiltFilter
  lte(value: Value): BuiltFilter
  gt(value: Value): BuiltFilter
  gte(value: Value): BuiltFilter
}

/** What a member can be asked, with the names of the Python client (platform protocol, "What each client emits"). */
export interface MemberRules extends Comparisons<FilterValue | MemberWord> {
  /** `member =~ /pattern/flags`; slashes in the pattern need no backslash. */
  re(pattern: string, flags?: string): BuiltFilter
  /** `member % divisor == remainder`. */
  mod(divisor: number | bigint): Pick<Comparisons<number | bigint>, 'eq' | 'ne'>
  IN(...values: readonly FilterValue[]): BuiltFilter
  CONTAINS(...values: readonly FilterValue[]): BuiltFilter
  /** The place is `[lat, lon]` in degrees, or a ZIP code. */
  WITHIN(
    distance: number,
    unit: DistanceUnit,
    place: readonly [number, number] | { readonly zip: string }
  ): BuiltFilter
}

/**
 * `mem.elems.temp`: every name that is no rule leads to a member. An element that is called like a rule is reached by its
 * text: `member('elems.re')`.
 */
export type MemberWord = MemberRules & { readonly [name: string]: MemberWord }

type AgeWord = Comparisons<number | bigint> & ((member: string) => Comparisons<number | bigint>)

/** The words that a filter is built from. */
export interface FilterWords {
  /** Members by their names: `mem.elems.temp`. */
  readonly mem: MemberWord
  /** A member by its text, for names that are also rules. */
  member(name: string): MemberWord
  EXISTS(member: MemberWord): BuiltFilter
  HAS(typeName: string): BuiltFilter
  MATCHES(pattern: string, flags?: string): BuiltFilter
  NOT(filter: BuiltFilter): BuiltFilter
  readonly AGE: AgeWord
}

/** A filter that is being built. */
export interface BuiltFilter {
  readonly tree: FilterTree
  /** Both, and each of the others. */
  AND(...others: readonly BuiltFilter[]): BuiltFilter
  OR(...others: readonly BuiltFilter[]): BuiltFilter
  /** The canonical text, with the parentheses that NOT and || need. */
  toString(): string
}

/**
 * Builds a filter in code: `buildFilter(({ mem, NOT }) => NOT(mem.elems.temp.gt(12).AND(mem.unit.eq('C'))))`.
 *
 * @throws TypeError for what the language cannot say: a name outside its letters, an unknown type, a bad regular
 *   expression, a number that is not finite.
 */
export const buildFilter = (make: (words: FilterWords) => BuiltFilter): FilterTree => make(filterWords).tree

const paths = new WeakMap<object, readonly string[]>()

function memberWord(path: readonly string[]): MemberWord {
  const rules = path.length === 0 ? {} : memberRules(path)
  const word = new Proxy(rules, {
    get: (target, name) => {
      if (typeof name === 'symbol') return undefined
      return Object.hasOwn(target, name)
        ? (target as Record<string, unknown>)[name]
        : memberWord([...path, name])
    }
  }) as MemberWord
  paths.set(word, path)
  return word
}

const pathOf = (word: MemberWord): readonly string[] => paths.get(word) ?? []

const memberOf = (path: readonly string[]): Member => ({ kind: 'member', path, span: NO_SPAN })

function comparisons<Value>(
  build: (operator: ComparisonOperator, value: Value) => FilterNode
): Comparisons<Value> {
  const rule =
    (operator: ComparisonOperator) =>
    (value: Value): BuiltFilter =>
      built(build(operator, value))
  return { eq: rule('=='), ne: rule('!='), lt: rule('<'), lte: rule('<='), gt: rule('>'), gte: rule('>=') }
}

function memberRules(path: readonly string[]): MemberRules {
  const member = memberOf(path)
  const span = NO_SPAN
  return {
    ...comparisons<FilterValue | MemberWord>((operator, value) => ({
      kind: 'comparison',
      member,
      operator,
      operand: isMemberWord(value) ? memberOf(pathOf(value)) : literalOf(value),
      span
    })),
    re: (pattern, flags = '') => built({ kind: 'regex', member, regex: regexOf(pattern, flags), span }),
    mod: (divisor) => {
      const rule = (operator: '==' | '!=') => (remainder: number | bigint) =>
        built({
          kind: 'remainder',
          member,
          divisor: numberOf(divisor),
          operator,
          remainder: numberOf(remainder),
          span
        })
      return { eq: rule('=='), ne: rule('!=') }
    },
    IN: (...values) => built({ kind: 'in', member, list: listOf(values), span }),
    CONTAINS: (...values) => built({ kind: 'contains', member, list: listOf(values), span }),
    WITHIN: (distance, unit, place) =>
      built({ kind: 'within', member, distance: numberOf(distance), unit, place: placeOf(place), span })
  }
}

function isMemberWord(value: FilterValue | MemberWord): value is MemberWord {
  return typeof value === 'object' && value !== null && paths.has(value)
}

const listOf = (values: readonly FilterValue[]): ListLiteral => ({
  kind: 'list',
  entries: values.map(literalOf),
  span: NO_SPAN
})

function numberOf(value: number | bigint): NumberLiteral {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`A filter cannot hold ${String(value)}.`)
  return { kind: 'number', value: typeof value === 'bigint' ? shortest(value) : value, span: NO_SPAN }
}

/** The form in which a parsed integer is kept. */
const shortest = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value

function literalOf(value: FilterValue): Literal {
  const span = NO_SPAN
  if (value === null) return { kind: 'null', span }
  if (typeof value === 'string') return { kind: 'string', value, span }
  if (typeof value === 'boolean') return { kind: 'boolean', value, span }
  if (typeof value === 'number' || typeof value === 'bigint') return numberOf(value)
  if (value instanceof Date) return { kind: 'date', value: numberOf(value.getTime()).value, span }
  return listOf(value)
}

const regexOf = (pattern: string, flags: string): Regex => ({
  kind: 'regexLiteral',
  pattern: pattern.replace(/\\(.)/gs, (escape, character) => (character === '/' ? '/' : escape)),
  flags: ['i', 'm', 's'].filter((flag) => flags.includes(flag)).join(''),
  span: NO_SPAN
})

const placeOf = (place: readonly [number, number] | { readonly zip: string }): Place =>
  'zip' in place
    ? { kind: 'zip', code: place.zip, span: NO_SPAN }
    : { kind: 'point', lat: place[0], lon: place[1], span: NO_SPAN }

/**
 * Wraps a node, and checks it by parsing its text: what comes back is what the language can say.
 */
function built(node: FilterNode): BuiltFilter {
  const text = formatNode(node)
  const { tree, diagnostics } = parseFilter(text)
  const [first] = diagnostics
  if (first !== undefined) throw new TypeError(`The filter language cannot say ${text}: ${first.message}.`)
  // A name such as `a == 1 || b` would otherwise become another filter.
  if (!isSameFilter(tree, { root: node, hasErrors: false })) {
    throw new TypeError(`The filter language cannot say ${text}: a name in it means something else.`)
  }
  const root = tree.root ?? node
  return {
    tree,
    AND: (...others) => joined('and', root, others),
    OR: (...others) => joined('or', root, others),
    toString: () => text
  }
}

/** A built filter is never the empty one. */
function rootOf({ tree }: BuiltFilter): FilterNode {
  if (tree.root === undefined) throw new TypeError('An empty filter has no rules to join or negate.')
  return tree.root
}

/** Terms of the same kind are joined without a further group: `a.AND(b).AND(c)` is `a && b && c`. */
function joined(kind: 'and' | 'or', first: FilterNode, others: readonly BuiltFilter[]): BuiltFilter {
  const roots = [first, ...others.map(rootOf)]
  const terms = roots.flatMap((root) => (root.kind === kind ? root.terms : [root]))
  return terms.length === 1 ? built(first) : built({ kind, terms, span: NO_SPAN })
}

const ageRules = (member: Member | undefined): Comparisons<number | bigint> =>
  comparisons<number | bigint>((operator, value): AgeNode => ({
    kind: 'age',
    member,
    operator,
    ageMs: numberOf(value),
    span: NO_SPAN
  }))

/** The words themselves, for scripts that build filters in many places. */
export const filterWords: FilterWords = {
  mem: memberWord([]),
  member: (name) => memberWord(name.split('.')),
  EXISTS: (word) => built({ kind: 'exists', member: memberOf(pathOf(word)), span: NO_SPAN }),
  HAS: (typeName) => built({ kind: 'has', typeName, span: NO_SPAN }),
  MATCHES: (pattern, flags = '') => built({ kind: 'matches', regex: regexOf(pattern, flags), span: NO_SPAN }),
  NOT: (filter) => built({ kind: 'not', term: rootOf(filter), span: NO_SPAN }),
  AGE: Object.assign((member: string) => ageRules(memberOf(member.split('.'))), ageRules(undefined))
}
