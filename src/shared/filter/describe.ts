import { assertNever } from '../failure.ts'
import type {
  AgeNode,
  ComparisonOperator,
  FilterNode,
  FilterTree,
  Literal,
  Place,
  WithinNode
} from './ast.ts'
import { formatLiteral, formatMember, formatRegex } from './format.ts'
import { UNITS } from './operators.ts'

/**
 * A filter as one plain English sentence: `Matches drops where elems.temp is at least 21.5 and unit is "C".`
 *
 * @throws Error when the tree holds an error node.
 */
export const describeFilter = (tree: FilterTree): string =>
  tree.root === undefined ? 'Matches every drop.' : `Matches drops where ${describeNode(tree.root)}.`

function describeNode(node: FilterNode): string {
  switch (node.kind) {
    case 'or':
      return node.terms
        .map((term) => (term.kind === 'and' || term.kind === 'or' ? grouped(term) : describeNode(term)))
        .join(' or ')
    case 'and':
      return node.terms
        .map((term) => (term.kind === 'and' || term.kind === 'or' ? grouped(term) : describeNode(term)))
        .join(' and ')
    case 'not':
      return describeNegation(node.term)
    case 'comparison': {
      const { operand } = node
      const right = operand.kind === 'member' ? formatMember(operand.path) : describeLiteral(operand)
      return `${formatMember(node.member.path)} ${COMPARISONS[node.operator]} ${right}`
    }
    case 'remainder': {
      const verb = node.operator === '==' ? 'is' : 'is not'
      const division = `${formatMember(node.member.path)} divided by ${formatLiteral(node.divisor)}`
      return `the remainder of ${division} ${verb} ${formatLiteral(node.remainder)}`
    }
    case 'regex':
      return `${formatMember(node.member.path)} matches ${formatRegex(node.regex)}`
    case 'in':
      return `${formatMember(node.member.path)} is ${enumerate(node.list.entries, 'or', 'one of nothing')}`
    case 'contains':
      return `${formatMember(node.member.path)} contains ${enumerate(node.list.entries, 'and', 'anything')}`
    case 'within':
      return describeWithin(node)
    case 'exists':
      return `${formatMember(node.member.path)} is there`
    case 'has':
      return `some element is of type ${node.typeName}`
    case 'matches':
      return `some text matches ${formatRegex(node.regex)}`
    case 'age':
      return describeAge(node)
    case 'error':
      throw new Error('A filter with mistakes cannot be described: look at its diagnostics first.')
    default:
      return assertNever(node)
  }
}

const grouped = (node: FilterNode): string => `(${describeNode(node)})`

function describeNegation(term: FilterNode): string {
  if (term.kind === 'exists') return `${formatMember(term.member.path)} is missing`
  if (term.kind === 'has') return `no element is of type ${term.typeName}`
  if (term.kind === 'matches') return `no text matches ${formatRegex(term.regex)}`
  return `it is not true that ${term.kind === 'and' || term.kind === 'or' ? grouped(term) : describeNode(term)}`
}

const COMPARISONS: Readonly<Record<ComparisonOperator, string>> = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least'
}

/** What a Date can hold (ECMAScript, "Time Values and Time Range"). */
const MAX_DATE_MS = 8.64e15

function describeLiteral(literal: Literal): string {
  if (literal.kind === 'date' && Math.abs(Number(literal.value)) <= MAX_DATE_MS) {
    return new Date(Number(literal.value)).toISOString()
  }
  if (literal.kind === 'email' || literal.kind === 'id') return literal.value
  if (literal.kind === 'list') return `the list ${formatLiteral(literal)}`
  return formatLiteral(literal)
}

function enumerate(entries: readonly Literal[], word: 'and' | 'or', none: string): string {
  const texts = entries.map(describeLiteral)
  const last = texts.pop()
  if (last === undefined) return none
  return texts.length === 0 ? last : `${texts.join(', ')} ${word} ${last}`
}

function describeWithin({ member, distance, unit, place }: WithinNode): string {
  const word = UNITS.find((entry) => entry.unit === unit)?.word ?? unit
  return `${formatMember(member.path)} is within ${formatLiteral(distance)} ${word} of ${describePlace(place)}`
}

const describePlace = (place: Place): string =>
  place.kind === 'zip'
    ? `ZIP code ${place.code}`
    : `latitude ${String(place.lat)}, longitude ${String(place.lon)}`

const AGES: Readonly<Record<ComparisonOperator, string>> = {
  '==': 'exactly',
  '!=': 'not exactly',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least'
}

function describeAge({ member, operator, ageMs }: AgeNode): string {
  const age = `${AGES[operator]} ${describeDuration(Number(ageMs.value))}`
  return member === undefined ? `the drop is ${age} old` : `${formatMember(member.path)} is ${age} ago`
}

const DURATIONS: readonly (readonly [string, number])[] = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000]
]

/** In the largest unit that leaves no fraction. */
function describeDuration(ms: number): string {
  const unit = DURATIONS.find(([, length]) => ms !== 0 && ms % length === 0)
  const [word, length] = unit ?? ['millisecond', 1]
  const count = ms / length
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`
}
