import type { FilterNode, FilterTree } from './ast.ts'
import type { Diagnostic } from './diagnostics.ts'
import { MAX_DIAGNOSTICS } from './diagnostics.ts'
import type { Token } from './lexer.ts'
import { tokenize } from './lexer.ts'
import { INFIX_KEYWORDS, isComparisonOperator, PREFIX_KEYWORDS } from './operators.ts'
import { RuleParser } from './rule-parser.ts'
import { CONJUNCTION_SLIPS, insertFix, MAX_NESTING, replaceFix, spanOf } from './token-cursor.ts'

export interface ParsedFilter {
  readonly tree: FilterTree
  /** In the order of the text; at most `MAX_DIAGNOSTICS`. Empty exactly when `tree.hasErrors` is false. */
  readonly diagnostics: readonly Diagnostic[]
}

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

/** Joins rules: groups, NOT, && and ||, with what is likely meant where they are missing. */
class Parser extends RuleParser {
  filter(): FilterNode | undefined {
    if (this.token.kind === 'end') return undefined
    return this.or()
  }

  protected or(): FilterNode {
    const first = this.and()
    if (!this.isConjunction('||')) return first
    const terms = [first]
    while (this.isConjunction('||')) {
      this.conjunction()
      terms.push(this.and())
    }
    return { kind: 'or', terms, span: { start: first.span.start, end: this.lastEnd } }
  }

  protected and(): FilterNode {
    const first = this.unary()
    let terms: FilterNode[] | undefined
    for (;;) {
      if (this.isConjunction('&&')) {
        this.conjunction()
        terms ??= [first]
        terms.push(this.unary())
        continue
      }
      const token = this.token
      if (token.kind === 'end' || this.isConjunction('||')) break
      if (this.isSign(')')) {
        if (this.openParentheses > 0) break
        this.report('unopened-parenthesis', token, 'Expected "&&", "||" or the end of the filter', {
          fix: { title: 'Remove ")"', edits: [{ span: spanOf(token), newText: '' }] }
        })
        this.advance()
        continue
      }
      const isTerm = this.startsTerm()
      this.reportNoConjunction(token, isTerm)
      if (!isTerm) {
        this.skipToConjunction()
        continue
      }
      terms ??= [first]
      terms.push(this.unary())
    }
    if (terms === undefined) return first
    return { kind: 'and', terms, span: { start: first.span.start, end: this.lastEnd } }
  }

  protected reportNoConjunction(token: Token, isTerm: boolean): void {
    const previous = this.previousToken()
    const isQuoteSlip =
      token.kind === 'name' &&
      previous?.kind === 'string' &&
      previous.end === token.start &&
      this.text.charAt(previous.end - 1) === "'"
    if (isQuoteSlip) {
      const close = this.text.indexOf("'", token.start)
      this.dropLexical(token.end)
      const quote = previous.end - 1
      this.report('quote-not-escaped', token, 'Expected "&&", "||" or the end of the filter', {
        hint: `The quote before it ends the string: write \\' for a quote inside.`,
        fix: { title: 'Escape the quote', edits: [{ span: { start: quote, end: quote }, newText: '\\' }] },
        end: close < 0 ? token.end : close + 1
      })
      this.skipToEnd()
      return
    }
    this.report('conjunction-expected', token, 'Expected "&&", "||" or the end of the filter', {
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

  protected unary(): FilterNode {
    const start = this.token.start
    if (this.nesting >= MAX_NESTING) return this.tooDeep()
    this.nesting += 1
    const node = this.isNegation() ? this.not(start) : this.primary()
    this.nesting -= 1
    return node
  }

  protected not(start: number): FilterNode {
    this.advance()
    const term = this.unary()
    return { kind: 'not', term, span: { start, end: this.lastEnd } }
  }

  /** `NOT`, or a slip for it, reported here. */
  protected isNegation(): boolean {
    const token = this.token
    if (token.kind === 'keyword') return token.value === 'NOT'
    if (token.kind === 'sign' && token.value === '!') {
      const needsSpace = /^[A-Za-z_$]/.test(this.text.slice(token.end, token.end + 1))
      this.report('wrong-negation', token, 'Expected NOT', {
        fix: replaceFix(token, '!', needsSpace ? 'NOT ' : 'NOT')
      })
      return true
    }
    if (token.kind !== 'name' || token.value.length !== 3 || token.value.toUpperCase() !== 'NOT') return false
    const after = this.peek()
    const isSlip =
      after.kind === 'name' || after.kind === 'keyword' || (after.kind === 'sign' && after.value === '(')
    if (!isSlip || INFIX_KEYWORDS.has(after.value.toUpperCase())) return false
    this.reportCase(token, 'NOT')
    return true
  }

  protected primary(): FilterNode {
    const token = this.token
    if (token.kind === 'sign' && token.value === '(') return this.group()
    if (token.kind === 'keyword') return this.keywordRule(token.value)
    if (token.kind === 'name') {
      const keyword = this.prefixSlip(token)
      return keyword === undefined ? this.memberRule() : this.keywordRule(keyword)
    }
    return this.noTerm()
  }

  /** `exists a`, `has date`, `matches /x/`: two names in a row are never a rule, so the first was meant as a keyword. */
  protected prefixSlip(token: Token): string | undefined {
    if (token.value.length > LONGEST_PREFIX) return undefined
    const upper = token.value.toUpperCase()
    if (!PREFIX_KEYWORDS.has(upper) || upper === 'NOT') return undefined
    const after = this.peek()
    const isSlip =
      upper === 'MATCHES'
        ? after.kind === 'regex'
        : upper === 'AGE'
          ? after.kind === 'sign' && after.value === '('
          : after.kind === 'name' && !this.isInfixWord(after)
    if (!isSlip) return undefined
    this.reportCase(token, upper)
    return upper
  }

  protected isInfixWord(token: Token): boolean {
    return INFIX_KEYWORDS.has(token.value.toUpperCase()) || CONJUNCTION_SLIPS.has(token.value.toLowerCase())
  }

  protected keywordRule(keyword: string): FilterNode {
    switch (keyword) {
      case 'EXISTS':
        return this.exists()
      case 'HAS':
        return this.has()
      case 'MATCHES':
        return this.matches()
      case 'AGE':
        return this.age()
      default:
        return this.keywordAsMember()
    }
  }

  protected group(): FilterNode {
    const open = this.token
    this.advance()
    this.openParentheses += 1
    const inner = this.or()
    this.openParentheses -= 1
    if (this.isSign(')')) this.advance()
    else {
      this.reportAtEnd('unclosed-parenthesis', 'Expected ")"', {
        hint: `It closes the "(" at column ${String(open.start + 1)}.`,
        fix: insertFix('Insert ")"', this.lastEnd, ')')
      })
    }
    return inner
  }

  protected noTerm(): FilterNode {
    const token = this.token
    const start = token.start
    if (
      token.kind === 'number' ||
      token.kind === 'string' ||
      (token.kind === 'sign' && token.value === '[')
    ) {
      return this.valueFirst(token)
    }
    if (
      token.kind === 'sign' &&
      (isComparisonOperator(token.value) || ['=', '=~', '%', '===', '!==', '<>'].includes(token.value))
    ) {
      this.report('member-expected', token, 'Expected a member before the operator', {
        hint: 'A rule starts with a member such as elems.temp.'
      })
      this.skipToConjunction()
      return this.errorFrom(start)
    }
    const previous = this.previousToken()
    const isDangling = previous?.kind === 'sign' && (previous.value === '&&' || previous.value === '||')
    this.report('term-expected', token, 'Expected a rule', {
      ...(isDangling && token.kind === 'end'
        ? {
            hint: `A rule such as elems.temp > 20 follows "${previous.value}".`,
            fix: { title: `Remove "${previous.value}"`, edits: [{ span: spanOf(previous), newText: '' }] }
          }
        : { hint: 'A rule is a member, an operator and a value, such as elems.temp > 20.' })
    })
    if (!this.isBoundary(token)) this.skipToConjunction()
    return { kind: 'error', span: { start: Math.min(start, this.lastEnd), end: this.lastEnd } }
  }

  /** `5 < temp`: the member comes first. */
  protected valueFirst(token: Token): FilterNode {
    const start = token.start
    const operator = this.peek()
    const member = this.peek(2)
    const flipped = operator.kind === 'sign' ? FLIPPED[operator.value] : undefined
    const canSwap = flipped !== undefined && member.kind === 'name' && token.kind !== 'sign'
    this.report('member-first', token, 'Expected a member', {
      hint: 'The member stands on the left, the value on the right.',
      ...(canSwap
        ? {
            fix: {
              title: 'Swap the two sides',
              edits: [
                { span: spanOf(token), newText: member.value },
                { span: spanOf(operator), newText: flipped },
                { span: spanOf(member), newText: this.textOf(token) }
              ]
            }
          }
        : {})
    })
    this.skipToConjunction()
    return this.errorFrom(start)
  }

  protected keywordAsMember(): FilterNode {
    const token = this.token
    const start = token.start
    this.keywordMember(token)
    this.skipToConjunction()
    return this.errorFrom(start)
  }

  protected conjunction(): void {
    const token = this.token
    if (token.value !== '&&' && token.value !== '||') {
      const meant = CONJUNCTION_SLIPS.get(token.value.toLowerCase()) ?? '&&'
      this.report('wrong-conjunction', token, `Expected "${meant}"`, {
        fix: replaceFix(token, token.value, meant)
      })
    }
    this.advance()
  }

  protected startsTerm(): boolean {
    const token = this.token
    if (token.kind === 'name') return true
    if (token.kind === 'keyword') return PREFIX_KEYWORDS.has(token.value)
    return this.isSign('(') || this.isSign('!')
  }
}

/** `MATCHES`: a longer word is no slip for a keyword. */
const LONGEST_PREFIX = 7

const FLIPPED: Readonly<Record<string, string>> = {
  '==': '==',
  '=': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<='
}
