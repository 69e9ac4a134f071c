import { assertNever } from '../failure.ts'
import type { AgeNode, FilterNode, FilterTree, Literal, Place, Regex } from './ast.ts'

/**
 * The canonical text of a filter: one space around operators and after commas, strings in double quotes, the longest
 * unit names, parentheses only where the tree needs them. Parsing it gives the same tree; the empty filter is ''.
 *
 * @throws Error when the tree holds an error node: there is nothing to write for it.
 */
export const formatFilter = (tree: FilterTree): string =>
  tree.root === undefined ? '' : formatNode(tree.root)

/** The text of one node. */
export function formatNode(node: FilterNode): string {
  switch (node.kind) {
    case 'or':
      return node.terms
        .map((term) => (term.kind === 'or' ? inParentheses(term) : formatNode(term)))
        .join(' || ')
    case 'and':
      return node.terms
        .map((term) => (term.kind === 'or' || term.kind === 'and' ? inParentheses(term) : formatNode(term)))
        .join(' && ')
    case 'not':
      return `NOT ${node.term.kind === 'or' || node.term.kind === 'and' ? inParentheses(node.term) : formatNode(node.term)}`
    case 'comparison':
      return `${name(node)} ${node.operator} ${
        node.operand.kind === 'member' ? formatMember(node.operand.path) : formatLiteral(node.operand)
      }`
    case 'remainder':
      return `${name(node)} % ${formatLiteral(node.divisor)} ${node.operator} ${formatLiteral(node.remainder)}`
    case 'regex':
      return `${name(node)} =~ ${formatRegex(node.regex)}`
    case 'in':
      return `${name(node)} IN ${formatLiteral(node.list)}`
    case 'contains':
      return `${name(node)} CONTAINS ${formatLiteral(node.list)}`
    case 'within':
      return `${name(node)} WITHIN ${formatLiteral(node.distance)} ${node.unit} OF ${formatPlace(node.place)}`
    case 'exists':
      return `EXISTS ${name(node)}`
    case 'has':
      return `HAS ${node.typeName}`
    case 'matches':
      return `MATCHES ${formatRegex(node.regex)}`
    case 'age':
      return formatAge(node)
    case 'error':
      throw new Error('A filter with mistakes has no canonical text: look at its diagnostics first.')
    default:
      return assertNever(node)
  }
}

const inParentheses = (node: FilterNode): string => `(${formatNode(node)})`

const name = (node: { readonly member: { readonly path: readonly string[] } }): string =>
  formatMember(node.member.path)

export const formatMember = (path: readonly string[]): string => path.join('.')

function formatAge(node: AgeNode): string {
  const age = node.member === undefined ? 'AGE' : `AGE(${formatString(formatMember(node.member.path))})`
  return `${age} ${node.operator} ${formatLiteral(node.ageMs)}`
}

/** The text of a value, as it stands on the right side of a comparison. */
export function formatLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'number':
      return formatNumber(literal.value)
    case 'string':
      return formatString(literal.value)
    case 'boolean':
      return String(literal.value)
    case 'null':
      return 'null'
    case 'date':
      return `Date(${formatNumber(literal.value)})`
    case 'id':
      return `ObjectId(${formatString(literal.value)})`
    case 'email':
      return `Email(${formatString(literal.value)})`
    case 'list':
      return `[${literal.entries.map(formatLiteral).join(', ')}]`
    default:
      return assertNever(literal)
  }
}

/** A string in double quotes with JSON's escapes. */
export const formatString = (text: string): string => JSON.stringify(text)

/** A number too large for any double, which is what it is parsed to again. */
const BEYOND_RANGE = '1e999'

function formatNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString()
  if (Object.is(value, -0)) return '-0'
  if (!Number.isFinite(value)) return value < 0 ? `-${BEYOND_RANGE}` : BEYOND_RANGE
  // With an exponent it stays a floating-point number: plain digits beyond 2^53 mean an exact integer.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** `/pattern/flags`; a slash in the pattern gets its backslash. */
export function formatRegex(regex: Pick<Regex, 'pattern' | 'flags'>): string {
  let body = ''
  for (let index = 0; index < regex.pattern.length; index += 1) {
    const character = regex.pattern.charAt(index)
    if (character === '\\') {
      body += character + regex.pattern.charAt(index + 1)
      index += 1
    } else body += character === '/' ? '\\/' : character
  }
  return `/${body}/${regex.flags}`
}

const BARE_CODE = /^[A-Za-z0-9_$:-]+$/

function formatPlace(place: Place): string {
  if (place.kind === 'point') return `[${formatNumber(place.lat)}, ${formatNumber(place.lon)}]`
  return `[ZIP=${BARE_CODE.test(place.code) ? place.code : formatString(place.code)}]`
}
