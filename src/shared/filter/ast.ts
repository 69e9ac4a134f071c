/**
 * The tree of a filter. A tree is plain data: it crosses process borders as it is.
 *
 * The text's layout is not in the tree (spans apart): quotes, white space, superfluous parentheses and the spelling of
 * keywords, units and numbers are gone, so that `parseFilter(formatFilter(tree))` gives the same tree again.
 */
export interface FilterTree {
  /** `undefined` for the empty filter, which matches everything. */
  readonly root: FilterNode | undefined
  /** Whether the text had mistakes. Such a tree can be shown, formatted and completed, never compiled. */
  readonly hasErrors: boolean
}

/** A piece of the text in UTF-16 units, `end` not included. `NO_SPAN` for nodes that come from no text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export const NO_SPAN: Span = { start: 0, end: 0 }

export type FilterNode =
  | OrNode
  | AndNode
  | NotNode
  | ComparisonNode
  | RemainderNode
  | RegexNode
  | InNode
  | ContainsNode
  | WithinNode
  | ExistsNode
  | HasNode
  | MatchesNode
  | AgeNode
  | ErrorNode

/** At least two terms, in the order of the text. */
export interface OrNode {
  readonly kind: 'or'
  readonly terms: readonly FilterNode[]
  readonly span: Span
}

/** At least two terms, in the order of the text. */
export interface AndNode {
  readonly kind: 'and'
  readonly terms: readonly FilterNode[]
  readonly span: Span
}

export interface NotNode {
  readonly kind: 'not'
  readonly term: FilterNode
  readonly span: Span
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>='

/** `member op operand`. */
export interface ComparisonNode {
  readonly kind: 'comparison'
  readonly member: Member
  readonly operator: ComparisonOperator
  readonly operand: Operand
  readonly span: Span
}

/** `member % divisor == remainder`. */
export interface RemainderNode {
  readonly kind: 'remainder'
  readonly member: Member
  readonly divisor: NumberLiteral
  readonly operator: '==' | '!='
  readonly remainder: NumberLiteral
  readonly span: Span
}

/** `member =~ /pattern/flags`. */
export interface RegexNode {
  readonly kind: 'regex'
  readonly member: Member
  readonly regex: Regex
  readonly span: Span
}

/** `member IN [ … ]`. */
export interface InNode {
  readonly kind: 'in'
  readonly member: Member
  readonly list: ListLiteral
  readonly span: Span
}

/** `member CONTAINS [ … ]`. */
export interface ContainsNode {
  readonly kind: 'contains'
  readonly member: Member
  readonly list: ListLiteral
  readonly span: Span
}

/** The one spelling of each unit that a tree holds. */
export type DistanceUnit = 'MILES' | 'KM' | 'METERS' | 'FEET'

/** `member WITHIN distance unit OF place`. */
export interface WithinNode {
  readonly kind: 'within'
  readonly member: Member
  readonly distance: NumberLiteral
  readonly unit: DistanceUnit
  readonly place: Place
  readonly span: Span
}

export interface ExistsNode {
  readonly kind: 'exists'
  readonly member: Member
  readonly span: Span
}

export interface HasNode {
  readonly kind: 'has'
  /** A type of the protocol ("Element types"). */
  readonly typeName: string
  readonly span: Span
}

export interface MatchesNode {
  readonly kind: 'matches'
  readonly regex: Regex
  readonly span: Span
}

/** `AGE op ms`, the age of the drop, or `AGE(member) op ms`. */
export interface AgeNode {
  readonly kind: 'age'
  readonly member: Member | undefined
  readonly operator: ComparisonOperator
  readonly ageMs: NumberLiteral
  readonly span: Span
}

/** A place of the text that is not a rule; its diagnostic says why. */
export interface ErrorNode {
  readonly kind: 'error'
  readonly span: Span
}

/** `elems.temp` is `['elems', 'temp']`. Names are resolved when the filter is compiled, not here. */
export interface Member {
  readonly kind: 'member'
  readonly path: readonly string[]
  readonly span: Span
}

export type Operand = Literal | Member

export type Literal =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | NullLiteral
  | DateLiteral
  | IdLiteral
  | EmailLiteral
  | ListLiteral

export interface NumberLiteral {
  readonly kind: 'number'
  /** A bigint where a number would lose digits of an integer. */
  readonly value: number | bigint
  readonly span: Span
}

export interface StringLiteral {
  readonly kind: 'string'
  readonly value: string
  readonly span: Span
}

export interface BooleanLiteral {
  readonly kind: 'boolean'
  readonly value: boolean
  readonly span: Span
}

export interface NullLiteral {
  readonly kind: 'null'
  readonly span: Span
}

/** `Date(ms)`, milliseconds since the Unix epoch. */
export interface DateLiteral {
  readonly kind: 'date'
  readonly value: number | bigint
  readonly span: Span
}

/** `ObjectId('hex')`, with or without the letter of its kind. */
export interface IdLiteral {
  readonly kind: 'id'
  readonly value: string
  readonly span: Span
}

export interface EmailLiteral {
  readonly kind: 'email'
  readonly value: string
  readonly span: Span
}

export interface ListLiteral {
  readonly kind: 'list'
  readonly entries: readonly Literal[]
  readonly span: Span
}

export interface Regex {
  readonly kind: 'regexLiteral'
  /** The pattern itself: a slash stands for itself, without a backslash. */
  readonly pattern: string
  /** Any of `i`, `m`, `s`, in this order; `g` has no effect and is not kept. */
  readonly flags: string
  readonly span: Span
}

export type Place =
  | {
      readonly kind: 'point'
      /** Degrees. */
      readonly lat: number
      readonly lon: number
      readonly span: Span
    }
  | {
      readonly kind: 'zip'
      /** As it is written, leading zeros included. */
      readonly code: string
      readonly span: Span
    }

/** The filter that matches everything. */
export const EMPTY_FILTER: FilterTree = { root: undefined, hasErrors: false }

/** Whether two trees mean the same text: equal in everything but spans. */
export function isSameFilter(left: FilterTree, right: FilterTree): boolean {
  return left.hasErrors === right.hasErrors && isSameNode(left.root, right.root)
}

function isSameNode(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  const leftKeys = Object.keys(left).filter((key) => key !== 'span')
  const rightKeys = Object.keys(right).filter((key) => key !== 'span')
  if (leftKeys.length !== rightKeys.length) return false
  return leftKeys.every((key) =>
    isSameNode((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key])
  )
}

/** Every node of a tree, parents before children, in the order of the text. */
export function* walkFilter(node: FilterNode | undefined): Generator<FilterNode> {
  if (node === undefined) return
  yield node
  if (node.kind === 'or' || node.kind === 'and') for (const term of node.terms) yield* walkFilter(term)
  if (node.kind === 'not') yield* walkFilter(node.term)
}
