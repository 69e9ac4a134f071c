import { parseFilter } from '../../shared/filter/index.ts'
import type { FilterNode, FilterTree } from '../../shared/filter/index.ts'
import {
  formatFilter,
  formatLiteral,
  formatMember,
  formatNode,
  formatString
} from '../../shared/filter/format.ts'

/** A filter as the fields of a form: groups of rules, each of which may be turned round. */
export type FormTerm = FormGroup | FormRule

export interface FormGroup {
  kind: 'group'
  isNegated: boolean
  join: 'and' | 'or'
  terms: FormTerm[]
}

/** Every operator of the language; `==` and the like compare a member, `AGE` and `%` compare what `compare` says. */
export const RULE_OPERATORS = [
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '=~',
  '%',
  'IN',
  'CONTAINS',
  'WITHIN',
  'EXISTS',
  'HAS',
  'MATCHES',
  'AGE'
] as const
export type RuleOperator = (typeof RULE_OPERATORS)[number]

export const VALUE_KINDS = ['text', 'number', 'true or false', 'date', 'member', 'other'] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

/** The fields of all operators: what one does not use waits for the next choice. */
export interface FormRule {
  kind: 'rule'
  isNegated: boolean
  operator: RuleOperator
  /** `elems.mag`; for AGE a date member, or empty for the drop itself. */
  member: string
  valueKind: ValueKind
  /** The value; a list without its brackets, a type for HAS, milliseconds for AGE, a remainder for %. */
  value: string
  pattern: string
  flags: string
  /** The comparison of AGE and of %. */
  compare: string
  divisor: string
  distance: string
  unit: string
  /** `40.7, -73.98`, or `ZIP=10001`. */
  place: string
}

export const emptyRule = (): FormRule => ({
  kind: 'rule',
  isNegated: false,
  operator: '==',
  member: '',
  valueKind: 'text',
  value: '',
  pattern: '',
  flags: '',
  compare: '==',
  divisor: '',
  distance: '',
  unit: 'KM',
  place: ''
})

export const emptyGroup = (): FormGroup => ({
  kind: 'group',
  isNegated: false,
  join: 'and',
  terms: [emptyRule()]
})

/** The form of a filter without mistakes; its outermost term is always a group. */
export function formOf(tree: FilterTree): FormGroup {
  if (tree.root === undefined) return emptyGroup()
  const term = termOf(tree.root)
  return term.kind === 'group' ? term : { ...emptyGroup(), terms: [term] }
}

/** The text of a form, or why it has none yet. */
export type FormText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

/** A group without rules is no filter; each rule must be one rule of the language, whatever is typed into its fields. */
export function textOf(form: FormGroup): FormText {
  try {
    const text = termText(form)
    const { tree, diagnostics } = parseFilter(text)
    const [first] = diagnostics
    return first === undefined
      ? { ok: true, text: formatFilter(tree) }
      : { ok: false, reason: `${first.message}.` }
  } catch (error) {
    if (error instanceof UnfinishedRule) return { ok: false, reason: error.message }
    throw error
  }
}

class UnfinishedRule extends Error {}

function termText(term: FormTerm): string {
  if (term.kind === 'rule') {
    const text = ruleText(term)
    const { tree, diagnostics } = parseFilter(text)
    const [first] = diagnostics
    if (first !== undefined) throw new UnfinishedRule(`${nameOf(term)}: ${lowerFirst(first.message)}.`)
    const kind = tree.root?.kind
    if (kind === 'and' || kind === 'or' || kind === 'not' || kind === undefined)
      throw new UnfinishedRule(`${nameOf(term)}: a field holds more than its part of the rule.`)
    return term.isNegated ? `NOT ${text}` : text
  }
  if (term.terms.length === 0) throw new UnfinishedRule('A group needs at least one rule.')
  const inner = term.terms.map(termText).join(term.join === 'and' ? ' && ' : ' || ')
  return `${term.isNegated ? 'NOT ' : ''}(${inner})`
}

const nameOf = ({ member, operator }: FormRule): string => `${member === '' ? 'A rule' : member} ${operator}`
const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1)

function ruleText(rule: FormRule): string {
  const { operator, compare, flags } = rule
  const member = rule.member.trim()
  const value = rule.value.trim()
  const pattern = `/${rule.pattern.replaceAll(/\\.|\//gs, (piece) => (piece === '/' ? '\\/' : piece))}/${flags}`
  switch (operator) {
    case '=~':
      return `${member} =~ ${pattern}`
    case 'MATCHES':
      return `MATCHES ${pattern}`
    case '%':
      return `${member} % ${rule.divisor} ${compare} ${value}`
    case 'IN':
    case 'CONTAINS':
      return `${member} ${operator} [${value}]`
    case 'WITHIN':
      return `${member} WITHIN ${rule.distance} ${rule.unit} OF [${rule.place.replaceAll(/[[\]]/g, '')}]`
    case 'EXISTS':
      return `EXISTS ${member}`
    case 'HAS':
      return `HAS ${value}`
    case 'AGE':
      return `AGE${member === '' ? '' : `(${formatString(member)})`} ${compare} ${value}`
    default:
      return `${member} ${operator} ${valueText(rule)}`
  }
}

function valueText({ valueKind, value }: FormRule): string {
  if (valueKind === 'text') return formatString(value)
  if (valueKind !== 'date') return value.trim()
  const dateMs = /^-?\d+$/.test(value.trim()) ? value.trim() : String(Date.parse(value))
  if (dateMs === 'NaN') throw new UnfinishedRule(`"${value}" is no date: write it as 2026-03-01T12:00:00Z.`)
  return `Date(${dateMs})`
}

function termOf(node: FilterNode): FormTerm {
  if (node.kind === 'and' || node.kind === 'or')
    return { kind: 'group', isNegated: false, join: node.kind, terms: node.terms.map(termOf) }
  if (node.kind === 'not') {
    const term = termOf(node.term)
    return term.isNegated ? { ...emptyGroup(), isNegated: true, terms: [term] } : { ...term, isNegated: true }
  }
  return { ...emptyRule(), ...fieldsOf(node) }
}

type RuleNode = Exclude<FilterNode, { readonly kind: 'and' | 'or' | 'not' }>

function fieldsOf(node: RuleNode): Partial<FormRule> & Pick<FormRule, 'operator'> {
  const member = 'member' in node && node.member !== undefined ? formatMember(node.member.path) : ''
  switch (node.kind) {
    case 'comparison':
      return { operator: node.operator, member, ...operandFields(node.operand) }
    case 'remainder':
      return {
        operator: '%',
        member,
        divisor: formatLiteral(node.divisor),
        compare: node.operator,
        value: formatLiteral(node.remainder)
      }
    case 'regex':
      return { operator: '=~', member, pattern: node.regex.pattern, flags: node.regex.flags }
    case 'matches':
      return { operator: 'MATCHES', pattern: node.regex.pattern, flags: node.regex.flags }
    case 'in':
    case 'contains':
      return {
        operator: node.kind === 'in' ? 'IN' : 'CONTAINS',
        member,
        value: node.list.entries.map(formatLiteral).join(', ')
      }
    case 'within': {
      const text = formatNode(node)
      return {
        operator: 'WITHIN',
        member,
        distance: formatLiteral(node.distance),
        unit: node.unit,
        place: text.slice(text.lastIndexOf('[') + 1, -1)
      }
    }
    case 'exists':
      return { operator: 'EXISTS', member }
    case 'has':
      return { operator: 'HAS', value: node.typeName }
    case 'age':
      return { operator: 'AGE', member, compare: node.operator, value: formatLiteral(node.ageMs) }
    case 'error':
      throw new Error('A filter with mistakes has no form: look at its diagnostics first.')
  }
}

/** What a Date can hold (ECMAScript, "Time Values and Time Range"). */
const MAX_DATE_MS = 8.64e15

function operandFields(
  operand: Extract<FilterNode, { readonly kind: 'comparison' }>['operand']
): Pick<FormRule, 'valueKind' | 'value'> {
  switch (operand.kind) {
    case 'member':
      return { valueKind: 'member', value: formatMember(operand.path) }
    case 'string':
      return { valueKind: 'text', value: operand.value }
    case 'number':
      return { valueKind: 'number', value: formatLiteral(operand) }
    case 'boolean':
      return { valueKind: 'true or false', value: String(operand.value) }
    case 'date': {
      const isShown = Number.isInteger(operand.value) && Math.abs(Number(operand.value)) <= MAX_DATE_MS
      const value = isShown ? new Date(Number(operand.value)).toISOString() : String(operand.value)
      return { valueKind: isShown ? 'date' : 'other', value: isShown ? value : formatLiteral(operand) }
    }
    default:
      return { valueKind: 'other', value: formatLiteral(operand) }
  }
}
