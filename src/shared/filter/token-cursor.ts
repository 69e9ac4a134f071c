import type { FilterNode, Span } from './ast.ts'
import type { Diagnostic, DiagnosticCode, Fix } from './diagnostics.ts'
import { MAX_DIAGNOSTICS } from './diagnostics.ts'
import type { Token } from './lexer.ts'
import { nearest } from './spelling.ts'

/** Words for the conjunctions of other languages. */
export const CONJUNCTION_SLIPS: ReadonlyMap<string, '&&' | '||'> = new Map([
  ['&', '&&'],
  ['|', '||'],
  [',', '&&'],
  ['and', '&&'],
  ['or', '||']
])

const LONGEST_SLIP = 3

/**
 * Groups, NOTs and lists may be nested this deep. People do not reach it; a text of ten thousand parentheses must not
 * overflow the stack of whatever walks the tree.
 */
export const MAX_NESTING = 200

/**
 * The ground of the parser: the place in the tokens, what is said about mistakes, and how far to skip after one.
 *
 * White space is not seen here. Each mistake is said once: not about a token of which the lexer has spoken, not twice about
 * one gap, and nothing about a rest of text that one mistake explains.
 */
export class TokenCursor {
  readonly diagnostics: Diagnostic[]
  protected readonly text: string
  protected token!: Token
  /** Where the last significant token ended: what is missing is missing here. */
  protected lastEnd = 0
  protected nesting = 0
  protected openParentheses = 0
  readonly #tokens: readonly Token[]
  #index = 0
  #hasGivenUp = false
  #reported = 0

  constructor(text: string, tokens: readonly Token[], diagnostics: readonly Diagnostic[]) {
    this.text = text
    this.#tokens = tokens.filter(({ kind }) => kind !== 'space')
    this.diagnostics = [...diagnostics]
    this.token = this.#tokens[0] as Token
  }

  /** Says "expected … but found …", unless the lexer has spoken about the very token. */
  protected report(
    code: DiagnosticCode,
    token: Token,
    expected: string,
    more: { hint?: string; fix?: Fix | undefined; end?: number } = {}
  ): void {
    if (token.kind === 'unknown') return
    if (token.kind === 'end') {
      this.reportAtEnd(code, expected, more)
      return
    }
    this.add(
      code,
      { start: token.start, end: more.end ?? token.end },
      `${expected} but found ${this.describe(token)}`,
      more
    )
  }

  /** Something is missing after the last token that was read. */
  protected reportAtEnd(
    code: DiagnosticCode,
    expected: string,
    more: { hint?: string; fix?: Fix | undefined } = {}
  ): void {
    const token = this.token
    const isEnd = token.kind === 'end'
    // A string without its end swallows the text: what is missing behind it is a consequence.
    if (isEnd && this.previousToken()?.isBroken === true) return
    const span = isEnd ? { start: this.lastEnd, end: this.lastEnd } : spanOf(token)
    this.add(code, span, `${expected} but found ${this.describe(token)}`, more)
  }

  protected add(
    code: DiagnosticCode,
    span: Span,
    message: string,
    more: { hint?: string; fix?: Fix | undefined }
  ): void {
    if (this.#hasGivenUp || this.#reported >= MAX_DIAGNOSTICS) return
    const last = this.diagnostics.at(-1)
    // One place, one message: what is missing at the end of a list is missing for the list's owner too.
    if (
      last !== undefined &&
      span.start === span.end &&
      last.span.start === span.start &&
      last.span.end === span.end
    )
      return
    this.#reported += 1
    this.diagnostics.push({
      code,
      span,
      message,
      ...(more.hint === undefined ? {} : { hint: more.hint }),
      ...(more.fix === undefined ? {} : { fix: more.fix })
    })
  }

  protected describe(token: Token): string {
    switch (token.kind) {
      case 'end':
        return 'the end of the filter'
      case 'string':
        return `the text ${shorten(this.textOf(token))}`
      case 'number':
        return `the number ${shorten(token.value)}`
      case 'regex':
        return `the regular expression ${shorten(this.textOf(token))}`
      case 'keyword':
        return token.value
      default:
        return `"${shorten(token.value)}"`
    }
  }

  /** The word that was likely meant; none once nothing more is reported. */
  protected suggest(word: string, words: readonly string[]): string | undefined {
    return this.#reported >= MAX_DIAGNOSTICS ? undefined : nearest(word, words)
  }

  /** Forgets what the lexer said from `position` on: it was about text that one earlier mistake explains. */
  protected dropLexical(position: number): void {
    for (let index = this.diagnostics.length - 1; index >= 0; index -= 1) {
      if ((this.diagnostics[index]?.span.start ?? 0) >= position) this.diagnostics.splice(index, 1)
    }
  }

  protected reportCase(token: Token, keyword: string): void {
    this.report('keyword-case', token, `Expected ${keyword} in capitals`, {
      fix: replaceFix(token, token.value, keyword)
    })
  }

  protected errorFrom(start: number): FilterNode {
    return { kind: 'error', span: { start, end: Math.max(start, this.lastEnd) } }
  }

  protected tooDeep(): FilterNode {
    const start = this.token.start
    this.report('too-deep', this.token, `Expected at most ${String(MAX_NESTING)} levels of parentheses`, {
      hint: 'Join the rules without so many groups.'
    })
    this.skipToEnd()
    return this.errorFrom(start)
  }

  protected advance(): void {
    if (this.token.kind === 'end') return
    this.lastEnd = this.token.end
    this.#index += 1
    this.token = this.#tokens[this.#index] as Token
  }

  protected peek(count = 1): Token {
    return this.#tokens[this.#index + count] ?? (this.#tokens.at(-1) as Token)
  }

  protected previousToken(): Token | undefined {
    return this.#tokens[this.#index - 1]
  }

  protected isSign(sign: string): boolean {
    return this.token.kind === 'sign' && this.token.value === sign
  }

  protected isAnyConjunction(): boolean {
    return this.isConjunction('&&') || this.isConjunction('||')
  }

  /** The conjunction itself or a slip for it. */
  protected isConjunction(sign: '&&' | '||'): boolean {
    const { kind, value } = this.token
    if (kind === 'sign')
      return value === sign || (value.length === 1 && CONJUNCTION_SLIPS.get(value) === sign)
    return (
      kind === 'name' && value.length <= LONGEST_SLIP && CONJUNCTION_SLIPS.get(value.toLowerCase()) === sign
    )
  }

  protected isBoundary(token: Token): boolean {
    return token.kind === 'end' || this.isSign(')') || this.isAnyConjunction()
  }

  /** Skips what cannot be understood, whole groups at a time, up to where the next rule may start. */
  protected skipToConjunction(): void {
    let depth = 0
    while (this.token.kind !== 'end') {
      if (depth === 0 && (this.isSign(')') || (this.isAnyConjunction() && !this.isSign(',')))) return
      if (this.isSign('(')) depth += 1
      if (this.isSign(')')) depth -= 1
      this.advance()
    }
  }

  protected skipPastParenthesis(): void {
    let depth = 1
    while (this.token.kind !== 'end' && depth > 0) {
      if (this.isSign('(')) depth += 1
      if (this.isSign(')')) depth -= 1
      this.advance()
    }
  }

  protected skipInList(): void {
    while (
      this.token.kind !== 'end' &&
      !this.isSign(',') &&
      !this.isSign(']') &&
      !this.isSign('&&') &&
      !this.isSign('||')
    ) {
      if (this.isSign(')') && this.openParentheses > 0) return
      this.advance()
    }
  }

  /** Gives the rest of the text up: one mistake explains all that could be said about it. */
  protected skipToEnd(): void {
    this.#hasGivenUp = true
    while (this.token.kind !== 'end') this.advance()
  }

  protected textOf(token: Token): string {
    return this.text.slice(token.start, token.end)
  }
}

/** Long enough to recognise what is meant, short enough for one line. */
const MAX_QUOTED_LENGTH = 40

const shorten = (text: string): string =>
  text.length <= MAX_QUOTED_LENGTH ? text : `${text.slice(0, MAX_QUOTED_LENGTH - 1)}…`

export const spanOf = (token: Token): Span => ({ start: token.start, end: token.end })

export const replaceFix = (token: Token, oldText: string, newText: string): Fix => ({
  title: `Replace ${oldText} with ${newText}`,
  edits: [{ span: spanOf(token), newText }]
})

export const insertFix = (title: string, position: number, newText: string): Fix => ({
  title,
  edits: [{ span: { start: position, end: position }, newText }]
})
