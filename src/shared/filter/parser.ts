import type {
  AgeNode,
  ComparisonOperator,
  FilterNode,
  FilterTree,
  ListLiteral,
  Literal,
  Member,
  NumberLiteral,
  Operand,
  Place,
  Regex,
  Span
} from './ast.ts'
import { NO_SPAN } from './ast.ts'
import type { Diagnostic, DiagnosticCode, Fix } from './diagnostics.ts'
import { MAX_DIAGNOSTICS } from './diagnostics.ts'
import type { Token } from './lexer.ts'
import { tokenize } from './lexer.ts'
import {
  COMPARISON_OPERATORS,
  isComparisonOperator,
  TYPE_NAMES,
  TYPED_CONSTANTS,
  unitOf
} from './operators.ts'
import { compileRegex } from './regex.ts'
import { nearest } from './spelling.ts'

export interface ParsedFilter {
  readonly tree: FilterTree
  /** In the order of the text; at most `MAX_DIAGNOSTICS`. Empty exactly when `tree.hasErrors` is false. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Groups, NOTs and lists may be nested this deep. People do not reach it; a text of ten thousand parentheses must not
 * overflow the stack of whatever walks the tree.
 */
export const MAX_NESTING = 200

/**
 * Parses a filter (platform protocol, "Flow Filter Language").
 *
 * Always ends in a tree: where a rule cannot be read it holds an error node, and where a mistake is likely a slip (`=`
 * for `==`, `and` for `&&`) the tree holds what was meant. Empty and blank text is the filter that matches everything.
 */
export function parseFilter(text: string): ParsedFilter {
  const lexed = tokenize(text)
  const parser = new Parser(text, lexed.tokens, lexed.diagnostics)
  const root = parser.filter()
  const diagnostics = parser.diagnostics
  if (diagnostics.length > 1) diagnostics.sort((left, right) => left.span.start - right.span.start)
  return {
    tree: { root, hasErrors: diagnostics.length > 0 },
    diagnostics: diagnostics.slice(0, MAX_DIAGNOSTICS)
  }
}

/** Words for the conjunctions of other languages. */
const CONJUNCTION_SLIPS: Readonly<Record<string, '&&' | '||'>> = {
  '&': '&&',
  '|': '||',
  and: '&&',
  or: '||',
  ',': '&&'
}
/** Signs that other languages compare with. */
const OPERATOR_SLIPS: Readonly<Record<string, ComparisonOperator>> = {
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '=': '=='
}
const PREFIX_KEYWORDS: ReadonlySet<string> = new Set(['NOT', 'EXISTS', 'HAS', 'MATCHES', 'AGE'])
const INFIX_KEYWORDS: ReadonlySet<string> = new Set(['IN', 'CONTAINS', 'WITHIN'])

class Parser {
  readonly diagnostics: Diagnostic[]
  readonly #text: string
  readonly #tokens: readonly Token[]
  #index = -1
  #token!: Token
  /** Where the last significant token ended: what is missing is missing here. */
  #lastEnd = 0
  #nesting = 0
  #openParentheses = 0
  #hasGivenUp = false

  constructor(text: string, tokens: readonly Token[], diagnostics: readonly Diagnostic[]) {
    this.#text = text
    this.#tokens = tokens
    this.diagnostics = [...diagnostics]
    this.#advance()
    this.#lastEnd = 0
  }

  filter(): FilterNode | undefined {
    if (this.#token.kind === 'end') return undefined
    return this.#or()
  }

  // ── rules ──

  #or(): FilterNode {
    const first = this.#and()
    if (!this.#isConjunction('||')) return first
    const terms = [first]
    while (this.#isConjunction('||')) {
      this.#conjunction()
      terms.push(this.#and())
    }
    return { kind: 'or', terms, span: { start: first.span.start, end: this.#lastEnd } }
  }

  #and(): FilterNode {
    const first = this.#unary()
    let terms: FilterNode[] | undefined
    for (;;) {
      if (this.#isConjunction('&&')) {
        this.#conjunction()
        terms ??= [first]
        terms.push(this.#unary())
        continue
      }
      const token = this.#token
      if (token.kind === 'end' || this.#isConjunction('||')) break
      if (this.#isSign(')')) {
        if (this.#openParentheses > 0) break
        this.#report('unopened-parenthesis', token, 'Expected "&&", "||" or the end of the filter', {
          fix: { title: 'Remove ")"', edits: [{ span: spanOf(token), newText: '' }] }
        })
        this.#advance()
        continue
      }
      const isTerm = this.#startsTerm()
      this.#reportNoConjunction(token, isTerm)
      if (!isTerm) {
        this.#skipToConjunction()
        continue
      }
      terms ??= [first]
      terms.push(this.#unary())
    }
    if (terms === undefined) return first
    return { kind: 'and', terms, span: { start: first.span.start, end: this.#lastEnd } }
  }

  #reportNoConjunction(token: Token, isTerm: boolean): void {
    const previous = this.#previousToken()
    const isQuoteSlip =
      token.kind === 'name' &&
      previous?.kind === 'string' &&
      previous.end === token.start &&
      this.#text.charAt(previous.end - 1) === "'"
    if (isQuoteSlip) {
      const close = this.#text.indexOf("'", token.start)
      this.#dropLexical(token.end)
      const quote = previous.end - 1
      this.#report('quote-not-escaped', token, 'Expected "&&", "||" or the end of the filter', {
        hint: `The quote before it ends the string: write \\' for a quote inside.`,
        fix: { title: 'Escape the quote', edits: [{ span: { start: quote, end: quote }, newText: '\\' }] },
        end: close < 0 ? token.end : close + 1
      })
      this.#skipToEnd()
      return
    }
    this.#report('conjunction-expected', token, 'Expected "&&", "||" or the end of the filter', {
      ...(isTerm
        ? {
            fix: {
              title: 'Insert "&&"',
              edits: [{ span: { start: token.start, end: token.start }, newText: '&& ' }]
            }
          }
        : {})
    })
  }

  #unary(): FilterNode {
    const start = this.#token.start
    if (this.#nesting >= MAX_NESTING) return this.#tooDeep()
    this.#nesting += 1
    const node = this.#isNegation() ? this.#not(start) : this.#primary()
    this.#nesting -= 1
    return node
  }

  #not(start: number): FilterNode {
    this.#advance()
    const term = this.#unary()
    return { kind: 'not', term, span: { start, end: this.#lastEnd } }
  }

  /** `NOT`, or a slip for it, reported here. */
  #isNegation(): boolean {
    const token = this.#token
    if (token.kind === 'keyword') return token.value === 'NOT'
    if (token.kind === 'sign' && token.value === '!') {
      const needsSpace = /^[A-Za-z_$]/.test(this.#text.slice(token.end, token.end + 1))
      this.#report('wrong-negation', token, 'Expected NOT', {
        fix: replaceFix(token, '!', needsSpace ? 'NOT ' : 'NOT')
      })
      return true
    }
    if (token.kind !== 'name' || token.value.toUpperCase() !== 'NOT') return false
    const after = this.#peek()
    const isSlip =
      after.kind === 'name' || after.kind === 'keyword' || (after.kind === 'sign' && after.value === '(')
    if (!isSlip || INFIX_KEYWORDS.has(after.value.toUpperCase())) return false
    this.#reportCase(token, 'NOT')
    return true
  }

  #primary(): FilterNode {
    const token = this.#token
    if (token.kind === 'sign' && token.value === '(') return this.#group()
    if (token.kind === 'keyword') return this.#keywordRule(token.value)
    if (token.kind === 'name') {
      const keyword = this.#prefixSlip(token)
      return keyword === undefined ? this.#memberRule() : this.#keywordRule(keyword)
    }
    return this.#noTerm()
  }

  /** `exists a`, `has date`, `matches /x/`: two names in a row are never a rule, so the first was meant as a keyword. */
  #prefixSlip(token: Token): string | undefined {
    const upper = token.value.toUpperCase()
    if (!PREFIX_KEYWORDS.has(upper) || upper === 'NOT') return undefined
    const after = this.#peek()
    const isSlip =
      upper === 'MATCHES'
        ? after.kind === 'regex'
        : upper === 'AGE'
          ? after.kind === 'sign' && after.value === '('
          : after.kind === 'name' && !this.#isInfixWord(after)
    if (!isSlip) return undefined
    this.#reportCase(token, upper)
    return upper
  }

  #isInfixWord(token: Token): boolean {
    return (
      INFIX_KEYWORDS.has(token.value.toUpperCase()) ||
      Object.hasOwn(CONJUNCTION_SLIPS, token.value.toLowerCase())
    )
  }

  #keywordRule(keyword: string): FilterNode {
    switch (keyword) {
      case 'EXISTS':
        return this.#exists()
      case 'HAS':
        return this.#has()
      case 'MATCHES':
        return this.#matches()
      case 'AGE':
        return this.#age()
      default:
        return this.#keywordAsMember()
    }
  }

  #group(): FilterNode {
    const open = this.#token
    this.#advance()
    this.#openParentheses += 1
    const inner = this.#or()
    this.#openParentheses -= 1
    if (this.#isSign(')')) this.#advance()
    else {
      this.#reportAtEnd('unclosed-parenthesis', 'Expected ")"', {
        hint: `It closes the "(" at column ${String(open.start + 1)}.`,
        fix: insertFix('Insert ")"', this.#lastEnd, ')')
      })
    }
    return inner
  }

  #exists(): FilterNode {
    const start = this.#token.start
    this.#advance()
    const member = this.#member()
    return member === undefined
      ? this.#errorFrom(start)
      : { kind: 'exists', member, span: { start, end: this.#lastEnd } }
  }

  #has(): FilterNode {
    const start = this.#token.start
    this.#advance()
    const token = this.#token
    if (token.kind !== 'name') {
      const isQuoted = token.kind === 'string' && TYPE_NAMES.includes(token.value)
      this.#report('type-expected', token, 'Expected the name of a type', {
        hint: `Types are ${TYPE_NAMES.join(', ')}.`,
        ...(isQuoted ? { fix: replaceFix(token, this.#textOf(token), token.value) } : {})
      })
      if (token.kind === 'string') this.#advance()
      return this.#errorFrom(start)
    }
    this.#advance()
    if (!TYPE_NAMES.includes(token.value)) {
      const likely = nearest(token.value, TYPE_NAMES)
      this.#report('unknown-type', token, 'Expected the name of a type', {
        hint: `Types are ${TYPE_NAMES.join(', ')}.`,
        ...(likely === undefined ? {} : { fix: replaceFix(token, token.value, likely) })
      })
    }
    return { kind: 'has', typeName: token.value, span: { start, end: this.#lastEnd } }
  }

  #matches(): FilterNode {
    const start = this.#token.start
    this.#advance()
    const regex = this.#regex()
    return regex === undefined
      ? this.#errorFrom(start)
      : { kind: 'matches', regex, span: { start, end: this.#lastEnd } }
  }

  #age(): FilterNode {
    const start = this.#token.start
    this.#advance()
    let member: Member | undefined
    if (this.#isSign('(')) {
      const open = this.#token
      this.#advance()
      member = this.#ageMember()
      if (member === undefined) return this.#errorFrom(start)
      if (this.#isSign(')')) this.#advance()
      else {
        this.#reportAtEnd('unclosed-parenthesis', 'Expected ")"', {
          hint: `It closes the "(" at column ${String(open.start + 1)}.`,
          fix: insertFix('Insert ")"', this.#lastEnd, ')')
        })
        return this.#errorFrom(start)
      }
    }
    const operator = this.#comparisonOperator('Expected "==", "!=", "<", "<=", ">" or ">="')
    if (operator === undefined) return this.#errorFrom(start)
    const ageMs = this.#number('Expected a number of milliseconds')
    if (ageMs === undefined) return this.#errorFrom(start)
    const node: AgeNode = { kind: 'age', member, operator, ageMs, span: { start, end: this.#lastEnd } }
    return node
  }

  #ageMember(): Member | undefined {
    const token = this.#token
    if (token.kind !== 'string') return this.#member()
    const path = token.value.split('.')
    if (path.includes('')) {
      this.#report('member-expected', token, 'Expected the name of a date member')
      return undefined
    }
    this.#advance()
    return { kind: 'member', path, span: spanOf(token) }
  }

  #memberRule(): FilterNode {
    const start = this.#token.start
    const member = this.#member()
    if (member === undefined) return this.#errorFrom(start)
    const token = this.#token
    const word = token.kind === 'keyword' ? token.value : this.#infixSlip(token)
    if (word === 'IN' || word === 'CONTAINS') {
      this.#advance()
      const list = this.#list(
        word === 'IN' ? 'Expected a list of values' : 'Expected a list of what it contains'
      )
      if (list === undefined) return this.#errorFrom(start)
      return { kind: word === 'IN' ? 'in' : 'contains', member, list, span: { start, end: this.#lastEnd } }
    }
    if (word === 'WITHIN') return this.#within(start, member)
    if (word === 'NOT') return this.#notInfix(start)
    if (this.#isSign('=~')) {
      this.#advance()
      const regex = this.#regex()
      if (regex === undefined) return this.#errorFrom(start)
      return { kind: 'regex', member, regex, span: { start, end: this.#lastEnd } }
    }
    if (this.#isSign('%')) return this.#remainder(start, member)
    const operator = this.#comparisonOperator(ANY_OPERATOR)
    if (operator === undefined) return this.#errorFrom(start)
    const operand = this.#operand()
    if (operand === undefined) return this.#errorFrom(start)
    return { kind: 'comparison', member, operator, operand, span: { start, end: this.#lastEnd } }
  }

  /** `in`, `contains`, `within` in another case, reported here. */
  #infixSlip(token: Token): string | undefined {
    if (token.kind !== 'name') return undefined
    const upper = token.value.toUpperCase()
    if (!INFIX_KEYWORDS.has(upper)) return undefined
    this.#reportCase(token, upper)
    return upper
  }

  /** `a NOT IN [1]`: NOT stands before the rule. */
  #notInfix(start: number): FilterNode {
    const token = this.#token
    this.#report('operator-expected', token, 'Expected an operator', {
      hint: 'NOT stands before the whole rule.',
      fix: {
        title: 'Move NOT before the rule',
        edits: [
          { span: { start, end: start }, newText: 'NOT ' },
          { span: { start: token.start, end: this.#peek().start }, newText: '' }
        ]
      }
    })
    this.#skipToConjunction()
    return this.#errorFrom(start)
  }

  #remainder(start: number, member: Member): FilterNode {
    this.#advance()
    const divisor = this.#number('Expected a number to divide by')
    if (divisor === undefined) return this.#errorFrom(start)
    const token = this.#token
    const operator = this.#comparisonOperator('Expected "==" or "!="')
    if (operator === undefined) return this.#errorFrom(start)
    const isAllowed = operator === '==' || operator === '!='
    if (!isAllowed) {
      this.#report('remainder-operator', token, 'Expected "==" or "!="', {
        hint: 'A remainder can be equal or not equal, nothing else.'
      })
    }
    const remainder = this.#number('Expected the remainder, a number')
    if (remainder === undefined || !isAllowed) return this.#errorFrom(start)
    return { kind: 'remainder', member, divisor, operator, remainder, span: { start, end: this.#lastEnd } }
  }

  #within(start: number, member: Member): FilterNode {
    this.#advance()
    const distance = this.#number('Expected a distance')
    if (distance === undefined) return this.#errorFrom(start)
    const unitToken = this.#token
    const isWord = unitToken.kind === 'name' || unitToken.kind === 'keyword'
    const unit = isWord ? unitOf(unitToken.value) : undefined
    if (unit === undefined) {
      const isMissing = !isWord || unitToken.value.toUpperCase() === 'OF'
      const likely = isMissing ? undefined : nearest(unitToken.value.toUpperCase(), UNIT_WORDS)
      this.#report('unit-expected', unitToken, 'Expected a unit: MILES, KM, METERS or FEET', {
        fix: isMissing
          ? insertFix('Insert MILES', this.#lastEnd, ' MILES')
          : likely === undefined
            ? undefined
            : replaceFix(unitToken, unitToken.value, likely)
      })
      if (isMissing && !isWord) return this.#errorFrom(start)
    }
    if (isWord && (unit !== undefined || unitToken.value.toUpperCase() !== 'OF')) this.#advance()
    if (
      this.#token.value.toUpperCase() !== 'OF' ||
      (this.#token.kind !== 'name' && this.#token.kind !== 'keyword')
    ) {
      this.#report('of-expected', this.#token, 'Expected OF', {
        ...(this.#isSign('[') ? { fix: insertFix('Insert OF', this.#token.start, 'OF ') } : {})
      })
      if (!this.#isSign('[')) return this.#errorFrom(start)
    } else this.#advance()
    const place = this.#place()
    if (place === undefined || unit === undefined) return this.#errorFrom(start)
    return { kind: 'within', member, distance, unit: unit.unit, place, span: { start, end: this.#lastEnd } }
  }

  #place(): Place | undefined {
    const open = this.#token
    if (!this.#isSign('[')) {
      this.#report('place-expected', open, 'Expected a place: [latitude, longitude] or [ZIP=code]')
      return undefined
    }
    this.#advance()
    const token = this.#token
    if ((token.kind === 'name' || token.kind === 'keyword') && token.value.toUpperCase() === 'ZIP') {
      this.#advance()
      if (!this.#isSign('=')) {
        const fix = this.#isSign('==') ? replaceFix(this.#token, '==', '=') : undefined
        return this.#noPlace('Expected "="', fix)
      }
      this.#advance()
      const code = this.#token
      if (!['word', 'name', 'number', 'string'].includes(code.kind))
        return this.#noPlace('Expected a ZIP code')
      this.#advance()
      if (!this.#closePlace()) return undefined
      return { kind: 'zip', code: code.value, span: { start: open.start, end: this.#lastEnd } }
    }
    if (token.kind !== 'number') return this.#noPlace('Expected a latitude or ZIP=')
    const lat = Number(token.value)
    this.#advance()
    if (!this.#isSign(',')) return this.#noPlace('Expected "," and a longitude')
    this.#advance()
    if (this.#token.kind !== 'number') return this.#noPlace('Expected a longitude')
    const lon = Number(this.#token.value)
    this.#advance()
    if (!this.#closePlace()) return undefined
    return { kind: 'point', lat, lon, span: { start: open.start, end: this.#lastEnd } }
  }

  #closePlace(): boolean {
    if (this.#isSign(']')) {
      this.#advance()
      return true
    }
    if (this.#isSign(',') || this.#token.kind === 'number') this.#noPlace('Expected "]"')
    else {
      this.#reportAtEnd('unclosed-list', 'Expected "]"', { fix: insertFix('Insert "]"', this.#lastEnd, ']') })
    }
    return false
  }

  #noPlace(expected: string, fix?: Fix): undefined {
    this.#report('place-expected', this.#token, expected, {
      hint: 'A place is [latitude, longitude] or [ZIP=code].',
      ...(fix === undefined ? {} : { fix })
    })
    while (!['end', 'keyword'].includes(this.#token.kind) && !STOPS_PLACE.has(this.#token.value))
      this.#advance()
    if (this.#isSign(']')) this.#advance()
    return undefined
  }

  // ── pieces ──

  /** A member, or `undefined` with a diagnostic. */
  #member(): Member | undefined {
    const token = this.#token
    if (token.kind === 'name') {
      this.#advance()
      const path = token.value.split('.')
      return { kind: 'member', path: token.isBroken ? path.filter(Boolean) : path, span: spanOf(token) }
    }
    if (token.kind === 'keyword' && this.#startsMemberRule()) return this.#keywordMember(token)
    if (this.#isSign('(') && this.#peek().kind === 'name') return this.#memberInParentheses()
    this.#report('member-expected', token, 'Expected a member', {
      hint: 'A member is a name such as elems.temp.'
    })
    if (['string', 'number', 'regex'].includes(token.kind)) this.#advance()
    return undefined
  }

  #startsMemberRule(): boolean {
    return !PREFIX_KEYWORDS.has(this.#token.value)
  }

  #keywordMember(token: Token): undefined {
    this.#report('keyword-as-member', token, 'Expected a member', {
      hint: `${token.value} is a word of the language; an element of this name is elems.${token.value}.`,
      fix: replaceFix(token, token.value, `elems.${token.value}`)
    })
    this.#advance()
    return undefined
  }

  #memberInParentheses(): Member | undefined {
    const open = this.#token
    this.#advance()
    const name = this.#token
    this.#advance()
    const close = this.#isSign(')') ? this.#token : undefined
    this.#report('member-expected', open, 'Expected a member', {
      hint: 'A member stands without parentheses here.',
      ...(close === undefined
        ? {}
        : {
            fix: {
              title: 'Remove the parentheses',
              edits: [
                { span: spanOf(open), newText: open.start === this.#endBefore(open) ? ' ' : '' },
                { span: spanOf(close), newText: '' }
              ]
            }
          })
    })
    if (close !== undefined) this.#advance()
    return { kind: 'member', path: name.value.split('.').filter(Boolean), span: spanOf(name) }
  }

  #endBefore(token: Token): number {
    const previous = this.#tokens[this.#tokens.indexOf(token) - 1]
    return previous === undefined || previous.kind === 'space' ? -1 : previous.end
  }

  /** A comparison operator, or `undefined` with a diagnostic; slips are reported and understood. */
  #comparisonOperator(expected: string): ComparisonOperator | undefined {
    const token = this.#token
    if (token.kind === 'sign') {
      if (isComparisonOperator(token.value)) {
        this.#advance()
        return token.value
      }
      const meant = OPERATOR_SLIPS[token.value]
      if (meant !== undefined) {
        this.#report(token.value === '=' ? 'single-equals' : 'wrong-operator', token, `Expected "${meant}"`, {
          fix: replaceFix(token, token.value, meant)
        })
        this.#advance()
        return meant
      }
    }
    this.#report('operator-expected', token, expected, {
      ...(expected === ANY_OPERATOR
        ? { hint: `Operators are ${COMPARISON_OPERATORS.join(' ')} =~ % IN CONTAINS WITHIN.` }
        : {})
    })
    if (!this.#isBoundary(token) && !(token.kind === 'name' || token.kind === 'keyword'))
      this.#skipToConjunction()
    return undefined
  }

  /** The right side of a comparison. */
  #operand(): Operand | undefined {
    const token = this.#token
    if (token.kind === 'name' && !(this.#peek().kind === 'sign' && this.#peek().value === '(')) {
      const next = this.#peek()
      if (!(this.#isSlipWord(token) && this.#startsAfterConjunction(next))) return this.#member()
    }
    return this.#literal('operand-expected', 'Expected a value or a member')
  }

  /** `a == and b == 1`: the word is a conjunction whose left side is unfinished. */
  #isSlipWord(token: Token): boolean {
    return token.value.toLowerCase() === 'and' || token.value.toLowerCase() === 'or'
  }

  #startsAfterConjunction(token: Token): boolean {
    return token.kind === 'name' && !this.#isSlipWord(token)
  }

  #literal(code: DiagnosticCode, expected: string): Literal | undefined {
    const token = this.#token
    const span = spanOf(token)
    switch (token.kind) {
      case 'number':
        this.#advance()
        return { kind: 'number', value: numberOf(token.value), span }
      case 'string':
        this.#advance()
        return { kind: 'string', value: token.value, span }
      case 'keyword':
        if (token.value === 'true' || token.value === 'false') {
          this.#advance()
          return { kind: 'boolean', value: token.value === 'true', span }
        }
        if (token.value === 'null') {
          this.#advance()
          return { kind: 'null', span }
        }
        if (!PREFIX_KEYWORDS.has(token.value) && code === 'operand-expected')
          return this.#keywordMember(token)
        break
      case 'name':
        if (this.#peek().kind === 'sign' && this.#peek().value === '(') return this.#typedConstant(token)
        break
      case 'sign':
        if (token.value === '[') return this.#list(expected)
        break
      case 'regex':
        this.#report(code, token, expected, {
          hint: 'A regular expression stands after =~.',
          ...this.#regexOperatorFix()
        })
        this.#advance()
        return undefined
      default:
    }
    this.#report(code, token, expected, {
      ...(token.kind === 'name' && code === 'value-expected'
        ? { hint: 'Text stands in quotes.', fix: replaceFix(token, token.value, JSON.stringify(token.value)) }
        : {})
    })
    if (token.kind === 'name' && code === 'value-expected') this.#advance()
    return undefined
  }

  /** `a == /x/` was meant as `a =~ /x/`. */
  #regexOperatorFix(): { fix?: Fix } {
    const operator = this.#previousToken()
    return operator?.kind === 'sign' && operator.value === '=='
      ? { fix: replaceFix(operator, '==', '=~') }
      : {}
  }

  #typedConstant(name: Token): Literal | undefined {
    this.#advance()
    const open = this.#token
    this.#advance()
    const start = name.start
    if (!(TYPED_CONSTANTS as readonly string[]).includes(name.value)) {
      const likely = nearest(name.value, TYPED_CONSTANTS)
      this.#report('unknown-constant', name, "Expected Date(ms), ObjectId('hex') or Email('a@b')", {
        ...(likely === undefined ? {} : { fix: replaceFix(name, name.value, likely) })
      })
      this.#skipPastParenthesis()
      return undefined
    }
    const argument = this.#token
    const literal = this.#constantArgument(name.value, argument)
    if (literal === undefined) {
      this.#skipPastParenthesis()
      return undefined
    }
    this.#advance()
    if (!this.#isSign(')')) {
      this.#reportAtEnd('unclosed-parenthesis', 'Expected ")"', {
        hint: `It closes the "(" at column ${String(open.start + 1)}.`,
        fix: insertFix('Insert ")"', this.#lastEnd, ')')
      })
      return undefined
    }
    this.#advance()
    return { ...literal, span: { start, end: this.#lastEnd } }
  }

  #constantArgument(name: string, argument: Token): Literal | undefined {
    if (name === 'Date') {
      if (argument.kind === 'number') return { kind: 'date', value: numberOf(argument.value), span: NO_SPAN }
      const ms = argument.kind === 'string' ? Date.parse(argument.value) : Number.NaN
      this.#report('number-expected', argument, 'Expected a number of milliseconds', {
        hint: 'A date is the milliseconds since 1 January 1970, UTC.',
        ...(Number.isNaN(ms) ? {} : { fix: replaceFix(argument, this.#textOf(argument), String(ms)) })
      })
      return undefined
    }
    const isText = argument.kind === 'string'
    if (name === 'ObjectId' && (isText || argument.kind === 'word' || argument.kind === 'keyword')) {
      return { kind: 'id', value: argument.value, span: NO_SPAN }
    }
    if (name === 'Email' && isText) return { kind: 'email', value: argument.value, span: NO_SPAN }
    this.#report(
      'string-expected',
      argument,
      name === 'Email' ? 'Expected an address in quotes' : 'Expected an id'
    )
    return undefined
  }

  #list(expected: string): ListLiteral | undefined {
    const open = this.#token
    if (!this.#isSign('[')) {
      this.#report('list-expected', open, expected, {
        hint: 'A list stands in square brackets, such as [1, 2].',
        ...this.#listFix(open)
      })
      if (['number', 'string'].includes(open.kind)) this.#advance()
      else if (this.#isSign('(')) {
        this.#advance()
        this.#skipPastParenthesis()
      }
      return undefined
    }
    if (this.#nesting >= MAX_NESTING) {
      this.#tooDeep()
      return undefined
    }
    this.#nesting += 1
    const entries = this.#entries()
    this.#nesting -= 1
    return entries === undefined
      ? undefined
      : { kind: 'list', entries, span: { start: open.start, end: this.#lastEnd } }
  }

  /** `x IN 3` and `x IN (1, 2)` were meant as lists. */
  #listFix(open: Token): { fix?: Fix } {
    if (open.kind === 'number' || open.kind === 'string') {
      return {
        fix: {
          title: 'Put it in square brackets',
          edits: [
            { span: { start: open.start, end: open.start }, newText: '[' },
            { span: { start: open.end, end: open.end }, newText: ']' }
          ]
        }
      }
    }
    if (!(open.kind === 'sign' && open.value === '(')) return {}
    const close = this.#tokens.find(
      (token) =>
        token.start > open.start && token.kind === 'sign' && (token.value === ')' || token.value === '(')
    )
    if (close?.value !== ')') return {}
    return {
      fix: {
        title: 'Use square brackets',
        edits: [
          { span: spanOf(open), newText: '[' },
          { span: spanOf(close), newText: ']' }
        ]
      }
    }
  }

  #entries(): Literal[] | undefined {
    const open = this.#token
    this.#advance()
    const entries: Literal[] = []
    let isWhole = true
    if (this.#isSign(']')) {
      this.#advance()
      return entries
    }
    for (;;) {
      const entry = this.#literal('value-expected', 'Expected a value')
      if (entry === undefined) isWhole = false
      else entries.push(entry)
      if (entry === undefined && !this.#isSign(',') && !this.#isSign(']')) this.#skipInList()
      if (this.#isSign(']')) {
        this.#advance()
        return isWhole ? entries : undefined
      }
      if (this.#isSign(',')) {
        this.#advance()
        continue
      }
      if (this.#startsValue()) {
        isWhole = false
        this.#report('comma-expected', this.#token, 'Expected "," or "]"', {
          fix: insertFix('Insert ","', this.#lastEnd, ',')
        })
        continue
      }
      this.#reportAtEnd('unclosed-list', 'Expected "," or "]"', {
        hint: `It closes the "[" at column ${String(open.start + 1)}.`,
        fix: insertFix('Insert "]"', this.#lastEnd, ']')
      })
      return undefined
    }
  }

  #startsValue(): boolean {
    const token = this.#token
    if (token.kind === 'number' || token.kind === 'string' || token.kind === 'name') return true
    if (token.kind === 'keyword')
      return token.value === 'true' || token.value === 'false' || token.value === 'null'
    return this.#isSign('[')
  }

  #number(expected: string): NumberLiteral | undefined {
    const token = this.#token
    if (token.kind === 'number') {
      this.#advance()
      return { kind: 'number', value: numberOf(token.value), span: spanOf(token) }
    }
    const isQuotedNumber = token.kind === 'string' && NUMBER.test(token.value)
    this.#report('number-expected', token, expected, {
      ...(isQuotedNumber ? { fix: replaceFix(token, this.#textOf(token), token.value) } : {})
    })
    if (!this.#isBoundary(token)) this.#advance()
    return undefined
  }

  #regex(): Regex | undefined {
    const token = this.#token
    if (token.kind !== 'regex') {
      const fix =
        token.kind === 'string'
          ? replaceFix(token, this.#textOf(token), `/${token.value.replaceAll('/', '\\/')}/`)
          : undefined
      this.#report('regex-expected', token, 'Expected a regular expression', {
        hint: 'It stands between slashes, such as /err(or)?/i.',
        ...(fix === undefined ? {} : { fix })
      })
      if (token.kind === 'string' || token.kind === 'number' || token.kind === 'name') this.#advance()
      return undefined
    }
    this.#advance()
    const flags = ['i', 'm', 's'].filter((flag) => token.flags.includes(flag)).join('')
    const regex: Regex = { kind: 'regexLiteral', pattern: token.value, flags, span: spanOf(token) }
    if (token.isBroken) return regex
    const compiled = compileRegex(token.value, flags)
    if (!compiled.ok) {
      const { code, message, hint } = compiled.problem
      this.diagnostics.push({ code, span: spanOf(token), message, ...(hint === undefined ? {} : { hint }) })
    }
    return regex
  }

  // ── mistakes ──

  #noTerm(): FilterNode {
    const token = this.#token
    const start = token.start
    if (
      token.kind === 'number' ||
      token.kind === 'string' ||
      (token.kind === 'sign' && token.value === '[')
    ) {
      return this.#valueFirst(token)
    }
    if (
      token.kind === 'sign' &&
      (isComparisonOperator(token.value) || ['=', '=~', '%', '===', '!==', '<>'].includes(token.value))
    ) {
      this.#report('member-expected', token, 'Expected a member before the operator', {
        hint: 'A rule starts with a member such as elems.temp.'
      })
      this.#skipToConjunction()
      return this.#errorFrom(start)
    }
    const previous = this.#previousToken()
    const isDangling = previous?.kind === 'sign' && (previous.value === '&&' || previous.value === '||')
    this.#report('term-expected', token, 'Expected a rule', {
      ...(isDangling && token.kind === 'end'
        ? {
            hint: `A rule such as elems.temp > 20 follows "${previous.value}".`,
            fix: { title: `Remove "${previous.value}"`, edits: [{ span: spanOf(previous), newText: '' }] }
          }
        : { hint: 'A rule is a member, an operator and a value, such as elems.temp > 20.' })
    })
    if (!this.#isBoundary(token)) this.#skipToConjunction()
    return { kind: 'error', span: { start: Math.min(start, this.#lastEnd), end: this.#lastEnd } }
  }

  /** `5 < temp`: the member comes first. */
  #valueFirst(token: Token): FilterNode {
    const start = token.start
    const operator = this.#peek()
    const member = this.#peek(2)
    const flipped = operator.kind === 'sign' ? FLIPPED[operator.value] : undefined
    const canSwap = flipped !== undefined && member.kind === 'name' && token.kind !== 'sign'
    this.#report('member-first', token, 'Expected a member', {
      hint: 'The member stands on the left, the value on the right.',
      ...(canSwap
        ? {
            fix: {
              title: 'Swap the two sides',
              edits: [
                { span: spanOf(token), newText: member.value },
                { span: spanOf(operator), newText: flipped },
                { span: spanOf(member), newText: this.#textOf(token) }
              ]
            }
          }
        : {})
    })
    this.#skipToConjunction()
    return this.#errorFrom(start)
  }

  #keywordAsMember(): FilterNode {
    const token = this.#token
    const start = token.start
    this.#keywordMember(token)
    this.#skipToConjunction()
    return this.#errorFrom(start)
  }

  #tooDeep(): FilterNode {
    const start = this.#token.start
    this.#report('too-deep', this.#token, `Expected at most ${String(MAX_NESTING)} levels of parentheses`, {
      hint: 'Join the rules without so many groups.'
    })
    this.#skipToEnd()
    return this.#errorFrom(start)
  }

  #errorFrom(start: number): FilterNode {
    return { kind: 'error', span: { start, end: Math.max(start, this.#lastEnd) } }
  }

  #reportCase(token: Token, keyword: string): void {
    this.#report('keyword-case', token, `Expected ${keyword} in capitals`, {
      fix: replaceFix(token, token.value, keyword)
    })
  }

  /** Says "expected … but found …", unless the lexer has spoken about the very token. */
  #report(
    code: DiagnosticCode,
    token: Token,
    expected: string,
    more: { hint?: string; fix?: Fix | undefined; end?: number } = {}
  ): void {
    if (token.kind === 'unknown') return
    if (token.kind === 'end') {
      this.#reportAtEnd(code, expected, more)
      return
    }
    this.#add(
      code,
      { start: token.start, end: more.end ?? token.end },
      `${expected} but found ${this.#describe(token)}`,
      more
    )
  }

  /** Something is missing after the last token that was read. */
  #reportAtEnd(
    code: DiagnosticCode,
    expected: string,
    more: { hint?: string; fix?: Fix | undefined } = {}
  ): void {
    const token = this.#token
    const isEnd = token.kind === 'end'
    // A string without its end swallows the text: what is missing behind it is a consequence.
    if (isEnd && this.#previousToken()?.isBroken === true) return
    const span = isEnd ? { start: this.#lastEnd, end: this.#lastEnd } : spanOf(token)
    this.#add(code, span, `${expected} but found ${this.#describe(token)}`, more)
  }

  #add(
    code: DiagnosticCode,
    span: Span,
    message: string,
    more: { hint?: string; fix?: Fix | undefined }
  ): void {
    if (this.#hasGivenUp) return
    const last = this.diagnostics.at(-1)
    // One place, one message: what is missing at the end of a list is missing for the list's owner too.
    if (
      last !== undefined &&
      span.start === span.end &&
      last.span.start === span.start &&
      last.span.end === span.end
    )
      return
    this.diagnostics.push({
      code,
      span,
      message,
      ...(more.hint === undefined ? {} : { hint: more.hint }),
      ...(more.fix === undefined ? {} : { fix: more.fix })
    })
  }

  #describe(token: Token): string {
    switch (token.kind) {
      case 'end':
        return 'the end of the filter'
      case 'string':
        return `the text ${shorten(this.#textOf(token))}`
      case 'number':
        return `the number ${shorten(token.value)}`
      case 'regex':
        return `the regular expression ${shorten(this.#textOf(token))}`
      case 'keyword':
        return token.value
      default:
        return `"${shorten(token.value)}"`
    }
  }

  /** Forgets what the lexer said from `position` on: it was about text that one earlier mistake explains. */
  #dropLexical(position: number): void {
    for (let index = this.diagnostics.length - 1; index >= 0; index -= 1) {
      if ((this.diagnostics[index]?.span.start ?? 0) >= position) this.diagnostics.splice(index, 1)
    }
  }

  // ── moving ──

  #advance(): void {
    if (this.#index >= 0) this.#lastEnd = Math.max(this.#lastEnd, this.#token.end)
    do this.#index += 1
    while (this.#tokens[this.#index]?.kind === 'space')
    this.#token = this.#tokens[this.#index] ?? this.#end()
  }

  #end(): Token {
    this.#index = this.#tokens.length - 1
    return this.#tokens[this.#index] as Token
  }

  #peek(count = 1): Token {
    let index = this.#index
    for (let seen = 0; seen < count; seen += 1) {
      do index += 1
      while (this.#tokens[index]?.kind === 'space')
    }
    return this.#tokens[index] ?? (this.#tokens.at(-1) as Token)
  }

  #previousToken(): Token | undefined {
    let index = this.#index - 1
    while (this.#tokens[index]?.kind === 'space') index -= 1
    return this.#tokens[index]
  }

  #isSign(sign: string): boolean {
    return this.#token.kind === 'sign' && this.#token.value === sign
  }

  #isAnyConjunction(): boolean {
    return this.#isConjunction('&&') || this.#isConjunction('||')
  }

  /** The conjunction itself or a slip for it. */
  #isConjunction(sign: '&&' | '||'): boolean {
    const token = this.#token
    if (token.kind === 'sign') return token.value === sign || CONJUNCTION_SLIPS[token.value] === sign
    return token.kind === 'name' && CONJUNCTION_SLIPS[token.value.toLowerCase()] === sign
  }

  #conjunction(): void {
    const token = this.#token
    if (token.value !== '&&' && token.value !== '||') {
      const meant = CONJUNCTION_SLIPS[token.value.toLowerCase()] ?? '&&'
      this.#report('wrong-conjunction', token, `Expected "${meant}"`, {
        fix: replaceFix(token, token.value, meant)
      })
    }
    this.#advance()
  }

  #startsTerm(): boolean {
    const token = this.#token
    if (token.kind === 'name') return true
    if (token.kind === 'keyword') return PREFIX_KEYWORDS.has(token.value)
    return this.#isSign('(') || this.#isSign('!')
  }

  #isBoundary(token: Token): boolean {
    return token.kind === 'end' || this.#isSign(')') || this.#isAnyConjunction()
  }

  /** Skips what cannot be understood, whole groups at a time, up to where the next rule may start. */
  #skipToConjunction(): void {
    let depth = 0
    while (this.#token.kind !== 'end') {
      if (depth === 0 && (this.#isSign(')') || (this.#isAnyConjunction() && !this.#isSign(',')))) return
      if (this.#isSign('(')) depth += 1
      if (this.#isSign(')')) depth -= 1
      this.#advance()
    }
  }

  #skipPastParenthesis(): void {
    let depth = 1
    while (this.#token.kind !== 'end' && depth > 0) {
      if (this.#isSign('(')) depth += 1
      if (this.#isSign(')')) depth -= 1
      this.#advance()
    }
  }

  #skipInList(): void {
    while (
      this.#token.kind !== 'end' &&
      !this.#isSign(',') &&
      !this.#isSign(']') &&
      !this.#isSign('&&') &&
      !this.#isSign('||')
    ) {
      if (this.#isSign(')') && this.#openParentheses > 0) return
      this.#advance()
    }
  }

  /** Gives the rest of the text up: one mistake explains all that could be said about it. */
  #skipToEnd(): void {
    this.#hasGivenUp = true
    while (this.#token.kind !== 'end') this.#advance()
  }

  #textOf(token: Token): string {
    return this.#text.slice(token.start, token.end)
  }
}

/** Where the rest of a place that cannot be read ends at the latest. */
const STOPS_PLACE: ReadonlySet<string> = new Set([']', ')', '&&', '||'])

const ANY_OPERATOR = 'Expected an operator'

const UNIT_WORDS = ['MILES', 'KM', 'METERS', 'FEET']

const FLIPPED: Readonly<Record<string, string>> = {
  '==': '==',
  '=': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<='
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const INTEGER = /^-?\d+$/

/** Integers keep all their digits; anything else is the nearest number. */
function numberOf(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) || !INTEGER.test(text) ? value : BigInt(text)
}

/** Long enough to recognise what is meant, short enough for one line. */
const MAX_QUOTED_LENGTH = 40

const shorten = (text: string): string =>
  text.length <= MAX_QUOTED_LENGTH ? text : `${text.slice(0, MAX_QUOTED_LENGTH - 1)}…`

const spanOf = (token: Token): Span => ({ start: token.start, end: token.end })

const replaceFix = (token: Token, oldText: string, newText: string): Fix => ({
  title: `Replace ${oldText} with ${newText}`,
  edits: [{ span: spanOf(token), newText }]
})

const insertFix = (title: string, position: number, newText: string): Fix => ({
  title,
  edits: [{ span: { start: position, end: position }, newText }]
})
