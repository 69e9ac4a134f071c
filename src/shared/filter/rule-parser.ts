import type { AgeNode, FilterNode, Member, Place } from './ast.ts'
import type { Fix } from './diagnostics.ts'
import type { Token } from './lexer.ts'
import { INFIX_KEYWORDS, TYPE_NAMES, unitOf } from './operators.ts'
import { insertFix, replaceFix, spanOf } from './token-cursor.ts'
import { ANY_OPERATOR, ValueParser } from './value-parser.ts'

/** Parses one rule, from its first token on; a rule that cannot be read becomes an error node with its diagnostic. */
export class RuleParser extends ValueParser {
  protected exists(): FilterNode {
    const start = this.token.start
    this.advance()
    const member = this.member()
    return member === undefined
      ? this.errorFrom(start)
      : { kind: 'exists', member, span: { start, end: this.lastEnd } }
  }

  protected has(): FilterNode {
    const start = this.token.start
    this.advance()
    const token = this.token
    if (token.kind !== 'name') {
      const isQuoted = token.kind === 'string' && TYPE_NAMES.includes(token.value)
      this.report('type-expected', token, 'Expected the name of a type', {
        hint: `Types are ${TYPE_NAMES.join(', ')}.`,
        ...(isQuoted ? { fix: replaceFix(token, this.textOf(token), token.value) } : {})
      })
      if (token.kind === 'string') this.advance()
      return this.errorFrom(start)
    }
    this.advance()
    if (!TYPE_NAMES.includes(token.value)) {
      const likely = this.suggest(token.value, TYPE_NAMES)
      this.report('unknown-type', token, 'Expected the name of a type', {
        hint: `Types are ${TYPE_NAMES.join(', ')}.`,
        ...(likely === undefined ? {} : { fix: replaceFix(token, token.value, likely) })
      })
    }
    return { kind: 'has', typeName: token.value, span: { start, end: this.lastEnd } }
  }

  protected matches(): FilterNode {
    const start = this.token.start
    this.advance()
    const regex = this.regex()
    return regex === undefined
      ? this.errorFrom(start)
      : { kind: 'matches', regex, span: { start, end: this.lastEnd } }
  }

  protected age(): FilterNode {
    const start = this.token.start
    this.advance()
    let member: Member | undefined
    if (this.isSign('(')) {
      const open = this.token
      this.advance()
      member = this.ageMember()
      if (member === undefined) return this.errorFrom(start)
      if (this.isSign(')')) this.advance()
      else {
        this.reportAtEnd('unclosed-parenthesis', 'Expected ")"', {
          hint: `It closes the "(" at column ${String(open.start + 1)}.`,
          fix: insertFix('Insert ")"', this.lastEnd, ')')
        })
        return this.errorFrom(start)
      }
    }
    const operator = this.comparisonOperator('Expected "==", "!=", "<", "<=", ">" or ">="')
    if (operator === undefined) return this.errorFrom(start)
    const ageMs = this.number('Expected a number of milliseconds')
    if (ageMs === undefined) return this.errorFrom(start)
    const node: AgeNode = { kind: 'age', member, operator, ageMs, span: { start, end: this.lastEnd } }
    return node
  }

  protected ageMember(): Member | undefined {
    const token = this.token
    if (token.kind !== 'string') return this.member()
    const path = token.value.split('.')
    if (path.includes('')) {
      this.report('member-expected', token, 'Expected the name of a date member')
      return undefined
    }
    this.advance()
    return { kind: 'member', path, span: spanOf(token) }
  }

  protected memberRule(): FilterNode {
    const start = this.token.start
    const member = this.member()
    if (member === undefined) return this.errorFrom(start)
    const token = this.token
    const word = token.kind === 'keyword' ? token.value : this.infixSlip(token)
    if (word === 'IN' || word === 'CONTAINS') {
      this.advance()
      const list = this.list(
        word === 'IN' ? 'Expected a list of values' : 'Expected a list of what it contains'
      )
      if (list === undefined) return this.errorFrom(start)
      return { kind: word === 'IN' ? 'in' : 'contains', member, list, span: { start, end: this.lastEnd } }
    }
    if (word === 'WITHIN') return this.within(start, member)
    if (word === 'NOT') return this.notInfix(start)
    if (this.isSign('=~')) {
      this.advance()
      const regex = this.regex()
      if (regex === undefined) return this.errorFrom(start)
      return { kind: 'regex', member, regex, span: { start, end: this.lastEnd } }
    }
    if (this.isSign('%')) return this.remainder(start, member)
    const operator = this.comparisonOperator(ANY_OPERATOR)
    if (operator === undefined) return this.errorFrom(start)
    const operand = this.operand()
    if (operand === undefined) return this.errorFrom(start)
    return { kind: 'comparison', member, operator, operand, span: { start, end: this.lastEnd } }
  }

  /** `in`, `contains`, `within` in another case, reported here. */
  protected infixSlip(token: Token): string | undefined {
    if (token.kind !== 'name') return undefined
    const upper = token.value.toUpperCase()
    if (!INFIX_KEYWORDS.has(upper)) return undefined
    this.reportCase(token, upper)
    return upper
  }

  /** `a NOT IN [1]`: NOT stands before the rule. */
  protected notInfix(start: number): FilterNode {
    const token = this.token
    this.report('operator-expected', token, 'Expected an operator', {
      hint: 'NOT stands before the whole rule.',
      fix: {
        title: 'Move NOT before the rule',
        edits: [
          { span: { start, end: start }, newText: 'NOT ' },
          { span: { start: token.start, end: this.peek().start }, newText: '' }
        ]
      }
    })
    this.skipToConjunction()
    return this.errorFrom(start)
  }

  protected remainder(start: number, member: Member): FilterNode {
    this.advance()
    const divisor = this.number('Expected a number to divide by')
    if (divisor === undefined) return this.errorFrom(start)
    const token = this.token
    const operator = this.comparisonOperator('Expected "==" or "!="')
    if (operator === undefined) return this.errorFrom(start)
    const isAllowed = operator === '==' || operator === '!='
    if (!isAllowed) {
      this.report('remainder-operator', token, 'Expected "==" or "!="', {
        hint: 'A remainder can be equal or not equal, nothing else.'
      })
    }
    const remainder = this.number('Expected the remainder, a number')
    if (remainder === undefined || !isAllowed) return this.errorFrom(start)
    return { kind: 'remainder', member, divisor, operator, remainder, span: { start, end: this.lastEnd } }
  }

  protected within(start: number, member: Member): FilterNode {
    this.advance()
    const distance = this.number('Expected a distance')
    if (distance === undefined) return this.errorFrom(start)
    const unitToken = this.token
    const isWord = unitToken.kind === 'name' || unitToken.kind === 'keyword'
    const unit = isWord ? unitOf(unitToken.value) : undefined
    if (unit === undefined) {
      const isMissing = !isWord || unitToken.value.toUpperCase() === 'OF'
      const likely = isMissing ? undefined : this.suggest(unitToken.value.toUpperCase(), UNIT_WORDS)
      this.report('unit-expected', unitToken, 'Expected a unit: MILES, KM, METERS or FEET', {
        fix: isMissing
          ? insertFix('Insert MILES', this.lastEnd, ' MILES')
          : likely === undefined
            ? undefined
            : replaceFix(unitToken, unitToken.value, likely)
      })
      if (isMissing && !isWord) return this.errorFrom(start)
    }
    if (isWord && (unit !== undefined || unitToken.value.toUpperCase() !== 'OF')) this.advance()
    if (
      this.token.value.toUpperCase() !== 'OF' ||
      (this.token.kind !== 'name' && this.token.kind !== 'keyword')
    ) {
      this.report('of-expected', this.token, 'Expected OF', {
        ...(this.isSign('[') ? { fix: insertFix('Insert OF', this.token.start, 'OF ') } : {})
      })
      if (!this.isSign('[')) return this.errorFrom(start)
    } else this.advance()
    const place = this.place()
    if (place === undefined || unit === undefined) return this.errorFrom(start)
    return { kind: 'within', member, distance, unit: unit.unit, place, span: { start, end: this.lastEnd } }
  }

  protected place(): Place | undefined {
    const open = this.token
    if (!this.isSign('[')) {
      this.report('place-expected', open, 'Expected a place: [latitude, longitude] or [ZIP=code]')
      return undefined
    }
    this.advance()
    const token = this.token
    if ((token.kind === 'name' || token.kind === 'keyword') && token.value.toUpperCase() === 'ZIP') {
      this.advance()
      if (!this.isSign('=')) {
        const fix = this.isSign('==') ? replaceFix(this.token, '==', '=') : undefined
        return this.noPlace('Expected "="', fix)
      }
      this.advance()
      const code = this.token
      if (!['word', 'name', 'number', 'string'].includes(code.kind))
        return this.noPlace('Expected a ZIP code')
      this.advance()
      if (!this.closePlace()) return undefined
      return { kind: 'zip', code: code.value, span: { start: open.start, end: this.lastEnd } }
    }
    if (token.kind !== 'number') return this.noPlace('Expected a latitude or ZIP=')
    const lat = Number(token.value)
    this.advance()
    if (!this.isSign(',')) return this.noPlace('Expected "," and a longitude')
    this.advance()
    if (this.token.kind !== 'number') return this.noPlace('Expected a longitude')
    const lon = Number(this.token.value)
    this.advance()
    if (!this.closePlace()) return undefined
    return { kind: 'point', lat, lon, span: { start: open.start, end: this.lastEnd } }
  }

  protected closePlace(): boolean {
    if (this.isSign(']')) {
      this.advance()
      return true
    }
    if (this.isSign(',') || this.token.kind === 'number') this.noPlace('Expected "]"')
    else {
      this.reportAtEnd('unclosed-list', 'Expected "]"', { fix: insertFix('Insert "]"', this.lastEnd, ']') })
    }
    return false
  }

  protected noPlace(expected: string, fix?: Fix): undefined {
    this.report('place-expected', this.token, expected, {
      hint: 'A place is [latitude, longitude] or [ZIP=code].',
      ...(fix === undefined ? {} : { fix })
    })
    while (!['end', 'keyword'].includes(this.token.kind) && !STOPS_PLACE.has(this.token.value)) this.advance()
    if (this.isSign(']')) this.advance()
    return undefined
  }
}

/** Where the rest of a place that cannot be read ends at the latest. */
const STOPS_PLACE: ReadonlySet<string> = new Set([']', ')', '&&', '||'])

const UNIT_WORDS = ['MILES', 'KM', 'METERS', 'FEET']
