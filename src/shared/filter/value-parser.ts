import type {
  ComparisonOperator,
  ListLiteral,
  Literal,
  Member,
  NumberLiteral,
  Operand,
  Regex
} from './ast.ts'
import { NO_SPAN } from './ast.ts'
import type { DiagnosticCode, Fix } from './diagnostics.ts'
import type { Token } from './lexer.ts'
import { COMPARISON_OPERATORS, isComparisonOperator, PREFIX_KEYWORDS, TYPED_CONSTANTS } from './operators.ts'
import { compileRegex, MAX_PATTERNS_WRITTEN_OUT, PATTERNS_TOO_LARGE, writtenOut } from './regex.ts'
import { insertFix, MAX_NESTING, replaceFix, spanOf, TokenCursor } from './token-cursor.ts'

/**
 * Parses the pieces of a rule: members, operators, values, lists, numbers, regular expressions. `undefined` means that a
 * piece is not there and has its diagnostic.
 */
export class ValueParser extends TokenCursor {
  /** The size of the patterns up to here. */
  #patternsWrittenOut = 0

  /** A member, or `undefined` with a diagnostic. */
  protected member(): Member | undefined {
    const token = this.token
    if (token.kind === 'name') {
      this.advance()
      const path = token.value.includes('.') ? token.value.split('.') : [token.value]
      return { kind: 'member', path: token.isBroken ? path.filter(Boolean) : path, span: spanOf(token) }
    }
    if (token.kind === 'keyword' && this.startsMemberRule()) return this.keywordMember(token)
    if (this.isSign('(') && this.peek().kind === 'name') return this.memberInParentheses()
    this.report('member-expected', token, 'Expected a member', {
      hint: 'A member is a name such as elems.temp.'
    })
    if (['string', 'number', 'regex'].includes(token.kind)) this.advance()
    return undefined
  }

  protected startsMemberRule(): boolean {
    return !PREFIX_KEYWORDS.has(this.token.value)
  }

  protected keywordMember(token: Token): undefined {
    this.report('keyword-as-member', token, 'Expected a member', {
      hint: `${token.value} is a word of the language; an element of this name is elems.${token.value}.`,
      fix: replaceFix(token, token.value, `elems.${token.value}`)
    })
    this.advance()
    return undefined
  }

  protected memberInParentheses(): Member | undefined {
    const open = this.token
    // `EXISTS(a)`: without its parentheses the two words would become one.
    const isGlued = open.start === this.lastEnd
    this.advance()
    const name = this.token
    this.advance()
    const close = this.isSign(')') ? this.token : undefined
    this.report('member-expected', open, 'Expected a member', {
      hint: 'A member stands without parentheses here.',
      ...(close === undefined
        ? {}
        : {
            fix: {
              title: 'Remove the parentheses',
              edits: [
                { span: spanOf(open), newText: isGlued ? ' ' : '' },
                { span: spanOf(close), newText: '' }
              ]
            }
          })
    })
    if (close !== undefined) this.advance()
    return { kind: 'member', path: name.value.split('.').filter(Boolean), span: spanOf(name) }
  }

  /** A comparison operator, or `undefined` with a diagnostic; slips are reported and understood. */
  protected comparisonOperator(expected: string): ComparisonOperator | undefined {
    const token = this.token
    if (token.kind === 'sign') {
      if (isComparisonOperator(token.value)) {
        this.advance()
        return token.value
      }
      const meant = OPERATOR_SLIPS[token.value]
      if (meant !== undefined) {
        this.report(token.value === '=' ? 'single-equals' : 'wrong-operator', token, `Expected "${meant}"`, {
          fix: replaceFix(token, token.value, meant)
        })
        this.advance()
        return meant
      }
    }
    this.report('operator-expected', token, expected, {
      ...(expected === ANY_OPERATOR
        ? { hint: `Operators are ${COMPARISON_OPERATORS.join(' ')} =~ % IN CONTAINS WITHIN.` }
        : {})
    })
    if (!this.isBoundary(token) && !(token.kind === 'name' || token.kind === 'keyword'))
      this.skipToConjunction()
    return undefined
  }

  /** The right side of a comparison. */
  protected operand(): Operand | undefined {
    const token = this.token
    if (token.kind === 'name' && !(this.peek().kind === 'sign' && this.peek().value === '(')) {
      const next = this.peek()
      if (!(this.isSlipWord(token) && this.startsAfterConjunction(next))) return this.member()
    }
    return this.literal('operand-expected', 'Expected a value or a member')
  }

  /** `a == and b == 1`: the word is a conjunction whose left side is unfinished. */
  protected isSlipWord(token: Token): boolean {
    return token.value.toLowerCase() === 'and' || token.value.toLowerCase() === 'or'
  }

  protected startsAfterConjunction(token: Token): boolean {
    return token.kind === 'name' && !this.isSlipWord(token)
  }

  protected literal(code: DiagnosticCode, expected: string): Literal | undefined {
    const token = this.token
    const span = spanOf(token)
    switch (token.kind) {
      case 'number':
        this.advance()
        return { kind: 'number', value: numberOf(token.value), span }
      case 'string':
        this.advance()
        return { kind: 'string', value: token.value, span }
      case 'keyword':
        if (token.value === 'true' || token.value === 'false') {
          this.advance()
          return { kind: 'boolean', value: token.value === 'true', span }
        }
        if (token.value === 'null') {
          this.advance()
          return { kind: 'null', span }
        }
        if (!PREFIX_KEYWORDS.has(token.value) && code === 'operand-expected') return this.keywordMember(token)
        break
      case 'name':
        if (this.peek().kind === 'sign' && this.peek().value === '(') return this.typedConstant(token)
        break
      case 'sign':
        if (token.value === '[') return this.list(expected)
        break
      case 'regex':
        this.report(code, token, expected, {
          hint: 'A regular expression stands after =~.',
          ...this.regexOperatorFix()
        })
        this.advance()
        return undefined
      default:
    }
    this.report(code, token, expected, {
      ...(token.kind === 'name' && code === 'value-expected'
        ? { hint: 'Text stands in quotes.', fix: replaceFix(token, token.value, JSON.stringify(token.value)) }
        : {})
    })
    if (token.kind === 'name' && code === 'value-expected') this.advance()
    return undefined
  }

  /** `a == /x/` was meant as `a =~ /x/`. */
  protected regexOperatorFix(): { fix?: Fix } {
    const operator = this.previousToken()
    return operator?.kind === 'sign' && operator.value === '=='
      ? { fix: replaceFix(operator, '==', '=~') }
      : {}
  }

  protected typedConstant(name: Token): Literal | undefined {
    this.advance()
    const open = this.token
    this.advance()
    const start = name.start
    if (!(TYPED_CONSTANTS as readonly string[]).includes(name.value)) {
      const likely = this.suggest(name.value, TYPED_CONSTANTS)
      this.report('unknown-constant', name, "Expected Date(ms), ObjectId('hex') or Email('a@b')", {
        ...(likely === undefined ? {} : { fix: replaceFix(name, name.value, likely) })
      })
      this.skipPastParenthesis()
      return undefined
    }
    const argument = this.token
    const literal = this.constantArgument(name.value, argument)
    if (literal === undefined) {
      this.skipPastParenthesis()
      return undefined
    }
    this.advance()
    if (!this.isSign(')')) {
      this.reportAtEnd('unclosed-parenthesis', 'Expected ")"', {
        hint: `It closes the "(" at column ${String(open.start + 1)}.`,
        fix: insertFix('Insert ")"', this.lastEnd, ')')
      })
      return undefined
    }
    this.advance()
    return { ...literal, span: { start, end: this.lastEnd } }
  }

  protected constantArgument(name: string, argument: Token): Literal | undefined {
    if (name === 'Date') {
      if (argument.kind === 'number') return { kind: 'date', value: numberOf(argument.value), span: NO_SPAN }
      const ms = argument.kind === 'string' ? Date.parse(argument.value) : Number.NaN
      this.report('number-expected', argument, 'Expected a number of milliseconds', {
        hint: 'A date is the milliseconds since 1 January 1970, UTC.',
        ...(Number.isNaN(ms) ? {} : { fix: replaceFix(argument, this.textOf(argument), String(ms)) })
      })
      return undefined
    }
    const isText = argument.kind === 'string'
    if (name === 'ObjectId' && (isText || argument.kind === 'word' || argument.kind === 'keyword')) {
      return { kind: 'id', value: argument.value, span: NO_SPAN }
    }
    if (name === 'Email' && isText) return { kind: 'email', value: argument.value, span: NO_SPAN }
    this.report(
      'string-expected',
      argument,
      name === 'Email' ? 'Expected an address in quotes' : 'Expected an id'
    )
    return undefined
  }

  protected list(expected: string): ListLiteral | undefined {
    const open = this.token
    if (!this.isSign('[')) {
      this.report('list-expected', open, expected, {
        hint: 'A list stands in square brackets, such as [1, 2].',
        ...this.listFix(open)
      })
      if (['number', 'string'].includes(open.kind)) this.advance()
      else if (this.isSign('(')) {
        this.advance()
        this.skipPastParenthesis()
      }
      return undefined
    }
    if (this.nesting >= MAX_NESTING) {
      this.tooDeep()
      return undefined
    }
    this.nesting += 1
    const entries = this.entries()
    this.nesting -= 1
    return entries === undefined
      ? undefined
      : { kind: 'list', entries, span: { start: open.start, end: this.lastEnd } }
  }

  /** `x IN 3` and `x IN (1, 2)` were meant as lists. */
  protected listFix(open: Token): { fix?: Fix } {
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
    let ahead = 1
    while (this.peek(ahead).kind !== 'end' && !PARENTHESIS.test(this.textOf(this.peek(ahead)))) ahead += 1
    const close = this.peek(ahead)
    if (close.value !== ')') return {}
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

  protected entries(): Literal[] | undefined {
    const open = this.token
    this.advance()
    const entries: Literal[] = []
    let isWhole = true
    if (this.isSign(']')) {
      this.advance()
      return entries
    }
    for (;;) {
      const entry = this.literal('value-expected', 'Expected a value')
      if (entry === undefined) isWhole = false
      else entries.push(entry)
      if (entry === undefined && !this.isSign(',') && !this.isSign(']')) this.skipInList()
      if (this.isSign(']')) {
        this.advance()
        return isWhole ? entries : undefined
      }
      if (this.isSign(',')) {
        this.advance()
        continue
      }
      if (this.startsValue()) {
        isWhole = false
        this.report('comma-expected', this.token, 'Expected "," or "]"', {
          fix: insertFix('Insert ","', this.lastEnd, ',')
        })
        continue
      }
      this.reportAtEnd('unclosed-list', 'Expected "," or "]"', {
        hint: `It closes the "[" at column ${String(open.start + 1)}.`,
        fix: insertFix('Insert "]"', this.lastEnd, ']')
      })
      return undefined
    }
  }

  protected startsValue(): boolean {
    const token = this.token
    if (token.kind === 'number' || token.kind === 'string' || token.kind === 'name') return true
    if (token.kind === 'keyword')
      return token.value === 'true' || token.value === 'false' || token.value === 'null'
    return this.isSign('[')
  }

  protected number(expected: string): NumberLiteral | undefined {
    const token = this.token
    if (token.kind === 'number') {
      this.advance()
      return { kind: 'number', value: numberOf(token.value), span: spanOf(token) }
    }
    const isQuotedNumber = token.kind === 'string' && NUMBER.test(token.value)
    this.report('number-expected', token, expected, {
      ...(isQuotedNumber ? { fix: replaceFix(token, this.textOf(token), token.value) } : {})
    })
    if (!this.isBoundary(token)) this.advance()
    return undefined
  }

  protected regex(): Regex | undefined {
    const token = this.token
    if (token.kind !== 'regex') {
      const fix =
        token.kind === 'string'
          ? replaceFix(token, this.textOf(token), `/${token.value.replaceAll('/', '\\/')}/`)
          : undefined
      this.report('regex-expected', token, 'Expected a regular expression', {
        hint: 'It stands between slashes, such as /err(or)?/i.',
        ...(fix === undefined ? {} : { fix })
      })
      if (token.kind === 'string' || token.kind === 'number' || token.kind === 'name') this.advance()
      return undefined
    }
    this.advance()
    const flags = ['i', 'm', 's'].filter((flag) => token.flags.includes(flag)).join('')
    const regex: Regex = { kind: 'regexLiteral', pattern: token.value, flags, span: spanOf(token) }
    if (token.isBroken) return regex
    this.#patternsWrittenOut += writtenOut(token.value)
    const compiled =
      this.#patternsWrittenOut > MAX_PATTERNS_WRITTEN_OUT
        ? ({ ok: false, problem: PATTERNS_TOO_LARGE } as const)
        : compileRegex(token.value, flags)
    if (!compiled.ok) {
      const { code, message, hint } = compiled.problem
      this.diagnostics.push({ code, span: spanOf(token), message, ...(hint === undefined ? {} : { hint }) })
    }
    return regex
  }
}

/** Signs that other languages compare with. */
const OPERATOR_SLIPS: Readonly<Record<string, ComparisonOperator>> = {
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '=': '=='
}

export const ANY_OPERATOR = 'Expected an operator'

/** A token that is a parenthesis; a string keeps its quotes in its text. */
const PARENTHESIS = /^[()]$/
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const INTEGER = /^-?\d+$/

/** Integers keep all their digits; anything else is the nearest number. */
function numberOf(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) || !INTEGER.test(text) ? value : BigInt(text)
}
