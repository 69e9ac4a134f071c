import type { Diagnostic } from './diagnostics.ts'
import { KEYWORDS } from './operators.ts'

/**
 * Cuts a filter into tokens (platform protocol, "Flow Filter Language", "Lexical grammar").
 *
 * The tokens cover every character of the text, white space and mistakes included, in order and without overlap; the
 * last one is an empty `end`. A mistake is a token too, with a diagnostic beside it.
 */
export interface Lexed {
  readonly tokens: readonly Token[]
  readonly diagnostics: readonly Diagnostic[]
}

export type TokenKind =
  /** Members and other words: `elems.temp`, `KM`, `Date`. */
  | 'name'
  /** A word of `KEYWORDS`. */
  | 'keyword'
  | 'number'
  /** The bare argument of `ObjectId(…)` and `ZIP=…`, which may start with a digit. */
  | 'word'
  | 'string'
  | 'regex'
  /** Signs, the wrong ones (`=`, `&`, `|`, `!`) too: the parser knows what to say about them. */
  | 'sign'
  | 'space'
  /** A character that cannot stand here; already has its diagnostic. */
  | 'unknown'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** What the token means: the text of a string without quotes and escapes, a regular expression's pattern, else the text. */
  readonly value: string
  /** The letters behind a regular expression; empty for every other token. */
  readonly flags: string
  /** Whether the lexer has reported a mistake in it. */
  readonly isBroken: boolean
}

export function tokenize(text: string): Lexed {
  const lexer = new Lexer(text)
  lexer.run()
  return lexer
}

const enumerate = (characters: string): ReadonlySet<number> =>
  new Set([...characters].map((character) => character.charCodeAt(0)))

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** One bit a class for the ASCII characters; everything else is no part of a name or a number. */
const NAME_START = 1
const NAME_PART = 2
const DIGIT = 4
const SPACE = 8
const LETTER = 16
const CLASSES = buildClasses()

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(128)
  const mark = (characters: string, bits: number): void => {
    for (const code of enumerate(characters)) classes[code] = (classes[code] ?? 0) | bits
  }
  mark(LETTERS, NAME_START | NAME_PART | LETTER)
  mark('_$', NAME_START | NAME_PART)
  mark(DIGITS, NAME_PART | DIGIT)
  mark('-:', NAME_PART)
  mark(' \t\n\r\v\f', SPACE)
  return classes
}

const isClass = (code: number, bits: number): boolean => code < 128 && ((CLASSES[code] ?? 0) & bits) !== 0

/** White space beyond ASCII, as people paste it: no-break space, byte order mark and the like. */
const isSpace = (code: number): boolean =>
  code < 128 ? isClass(code, SPACE) : /\s/.test(String.fromCharCode(code))

const DOT = 46
const MINUS = 45
const SLASH = 47
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39

/** The signs of two characters, by their first and second; the longest sign wins. */
const LONGER_SIGNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '=': { '=': '==', '~': '=~' },
  '!': { '=': '!=' },
  '<': { '=': '<=', '>': '<>' },
  '>': { '=': '>=' },
  '&': { '&': '&&' },
  '|': { '|': '||' }
}
const SINGLE_SIGNS: ReadonlySet<string> = new Set([...'<>%()[],=&|!'])

const JSON_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t'
}
const HEX_4 = /^[0-9A-Fa-f]{4}$/

class Lexer implements Lexed {
  readonly tokens: Token[] = []
  readonly diagnostics: Diagnostic[] = []
  readonly #text: string
  #position = 0
  /** The last two tokens that are not white space, to know where a bare word may start with a digit. */
  #last: Token | undefined
  #beforeLast: Token | undefined

  constructor(text: string) {
    this.#text = text
  }

  run(): void {
    const length = this.#text.length
    while (this.#position < length) this.#next()
    this.#push('end', length, '')
  }

  #next(): void {
    const text = this.#text
    const start = this.#position
    const code = text.charCodeAt(start)
    if (isSpace(code)) {
      let end = start + 1
      while (end < text.length && isSpace(text.charCodeAt(end))) end += 1
      this.#push('space', end, text.slice(start, end))
    } else if (this.#isBareWordNext() && isClass(code, NAME_PART)) {
      const end = this.#endOf(start, NAME_PART)
      this.#push('word', end, text.slice(start, end))
    } else if (isClass(code, NAME_START)) this.#name(start)
    else if (isClass(code, DIGIT) || (code === MINUS && isClass(text.charCodeAt(start + 1), DIGIT))) {
      this.#number(start)
    } else if (code === DOUBLE_QUOTE) this.#doubleQuoted(start)
    else if (code === SINGLE_QUOTE) this.#singleQuoted(start)
    else if (code === SLASH) this.#regex(start)
    else this.#sign(start)
  }

  #push(kind: TokenKind, end: number, value: string, flags = '', isBroken = false): void {
    const token: Token = { kind, start: this.#position, end, value, flags, isBroken }
    this.tokens.push(token)
    this.#position = end
    if (kind === 'space') return
    this.#beforeLast = this.#last
    this.#last = token
  }

  #isBareWordNext(): boolean {
    const last = this.#last
    if (last?.kind !== 'sign') return false
    if (last.value === '(') return this.#beforeLast?.kind === 'name' && this.#beforeLast.value === 'ObjectId'
    return last.value === '=' && this.#beforeLast?.value.toUpperCase() === 'ZIP'
  }

  #endOf(start: number, bits: number): number {
    let end = start
    while (end < this.#text.length && isClass(this.#text.charCodeAt(end), bits)) end += 1
    return end
  }

  /** Segments joined by dots; a segment that cannot be one is kept in the token and reported. */
  #name(start: number): void {
    const text = this.#text
    let end = start
    let segmentStart = start
    let isBroken = false
    for (;;) {
      end = this.#endOf(end, NAME_PART)
      if (
        end === segmentStart ||
        text.charCodeAt(segmentStart) === MINUS ||
        text.charAt(segmentStart) === ':'
      ) {
        if (!isBroken) this.#reportSegment(segmentStart, end)
        isBroken = true
      }
      if (text.charCodeAt(end) !== DOT) break
      end += 1
      segmentStart = end
    }
    const value = text.slice(start, end)
    this.#push(KEYWORDS.has(value) ? 'keyword' : 'name', end, value, '', isBroken)
  }

  #reportSegment(start: number, end: number): void {
    const found = start === end ? 'the dot' : `"${this.#text.slice(start, end)}"`
    this.diagnostics.push({
      code: 'bad-member',
      span: start === end ? { start: start - 1, end: start } : { start, end },
      message: `Expected a name ${start === end ? 'after' : 'that starts with a letter, a digit, "_" or "$" but found'} ${found}`,
      ...(start === end
        ? {
            fix: { title: 'Remove the dot', edits: [{ span: { start: start - 1, end: start }, newText: '' }] }
          }
        : {})
    })
  }

  #number(start: number): void {
    const text = this.#text
    let end = this.#endOf(start + 1, DIGIT)
    if (text.charCodeAt(end) === DOT && isClass(text.charCodeAt(end + 1), DIGIT))
      end = this.#endOf(end + 1, DIGIT)
    const exponent = text.charAt(end)
    if (exponent === 'e' || exponent === 'E') {
      const sign = text.charAt(end + 1)
      const digits = sign === '+' || sign === '-' ? end + 2 : end + 1
      if (isClass(text.charCodeAt(digits), DIGIT)) end = this.#endOf(digits, DIGIT)
    }
    this.#push('number', end, text.slice(start, end))
  }

  /** JSON's escapes, as the Node and browser clients write them. */
  #doubleQuoted(start: number): void {
    const text = this.#text
    let value = ''
    let runStart = start + 1
    let isBroken = false
    let index = runStart
    for (; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code === DOUBLE_QUOTE) {
        this.#push('string', index + 1, value + text.slice(runStart, index), '', isBroken)
        return
      }
      if (code !== BACKSLASH) continue
      value += text.slice(runStart, index)
      const letter = text.charAt(index + 1)
      const simple = JSON_ESCAPES[letter]
      const hex = text.slice(index + 2, index + 6)
      if (simple !== undefined) value += simple
      else if (letter === 'u' && HEX_4.test(hex)) {
        value += String.fromCharCode(Number.parseInt(hex, 16))
        index += 4
      } else if (letter !== '') {
        isBroken = true
        value += letter
        this.#reportEscape(index, letter)
      }
      index += 1
      runStart = index + 1
    }
    this.#unterminatedString(start, '"', value + text.slice(Math.min(runStart, text.length)))
  }

  #reportEscape(index: number, letter: string): void {
    const isUnicode = letter === 'u'
    this.diagnostics.push({
      code: 'bad-escape',
      span: { start: index, end: index + 2 },
      message: isUnicode
        ? 'Expected four hexadecimal digits after "\\u"'
        : `Expected one of " \\ / b f n r t u after the backslash but found "${letter}"`,
      hint: 'Write \\\\ for a backslash, or use single quotes, where a backslash stands for itself.',
      fix: { title: 'Double the backslash', edits: [{ span: { start: index, end: index }, newText: '\\' }] }
    })
  }

  /** The only escape is `\'`; every other backslash stands for itself, as the Python client writes them. */
  #singleQuoted(start: number): void {
    const text = this.#text
    let value = ''
    let runStart = start + 1
    for (let index = runStart; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code === SINGLE_QUOTE) {
        this.#push('string', index + 1, value + text.slice(runStart, index))
        return
      }
      if (code === BACKSLASH && text.charCodeAt(index + 1) === SINGLE_QUOTE) {
        value += text.slice(runStart, index)
        runStart = index + 1
        index += 1
      }
    }
    this.#unterminatedString(start, "'", value + text.slice(runStart))
  }

  #unterminatedString(start: number, quote: string, value: string): void {
    const end = this.#text.length
    this.diagnostics.push({
      code: 'unterminated-string',
      span: { start, end },
      message: `Expected ${quote === '"' ? "'\"'" : '"\'"'} at the end of the string but found the end of the filter`,
      ...(quote === "'" && value.endsWith("'")
        ? { hint: 'A string in single quotes cannot end with a backslash: use double quotes.' }
        : {}),
      fix: { title: 'Close the string', edits: [{ span: { start: end, end }, newText: quote }] }
    })
    this.#push('string', end, value, '', true)
  }

  /** A slash ends the pattern unless it is escaped or inside a class; `\/` means a slash. */
  #regex(start: number): void {
    const text = this.#text
    let isInClass = false
    let hasSlash = false
    let index = start + 1
    for (; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code === SLASH && !isInClass) break
      if (code === BACKSLASH && index + 1 < text.length) {
        index += 1
        hasSlash ||= text.charCodeAt(index) === SLASH
      } else if (code === OPEN_BRACKET) isInClass = true
      else if (code === CLOSE_BRACKET) isInClass = false
    }
    const body = text.slice(start + 1, index)
    const pattern = hasSlash ? body.replace(/\\(.)/gs, (escape, next) => (next === '/' ? '/' : escape)) : body
    if (index >= text.length) {
      this.diagnostics.push({
        code: 'unterminated-regex',
        span: { start, end: text.length },
        message: 'Expected "/" at the end of the regular expression but found the end of the filter',
        ...(isInClass ? { hint: 'A "[" in it is not closed; write \\[ for the character itself.' } : {}),
        ...(isInClass
          ? {}
          : {
              fix: {
                title: 'Close the regular expression',
                edits: [{ span: { start: text.length, end: text.length }, newText: '/' }]
              }
            })
      })
      this.#push('regex', text.length, pattern, '', true)
      return
    }
    const end = this.#endOf(index + 1, LETTER)
    const flags = text.slice(index + 1, end)
    const isBroken = this.#reportFlags(flags, index + 1)
    this.#push('regex', end, pattern, flags, isBroken)
  }

  #reportFlags(flags: string, start: number): boolean {
    if (flags === '') return false
    const wrong = [...flags].findIndex((flag) => !'gims'.includes(flag))
    if (wrong < 0) return false
    const span = { start: start + wrong, end: start + wrong + 1 }
    this.diagnostics.push({
      code: 'unknown-flag',
      span,
      message: `Expected a flag i, m, s or g but found "${flags.charAt(wrong)}"`,
      fix: { title: `Remove "${flags.charAt(wrong)}"`, edits: [{ span, newText: '' }] }
    })
    return true
  }

  #sign(start: number): void {
    const text = this.#text
    const single = text.charAt(start)
    if (!SINGLE_SIGNS.has(single)) {
      this.#unknown(start)
      return
    }
    const next = text.charAt(start + 1)
    let sign = LONGER_SIGNS[single]?.[next] ?? single
    if (next === '=' && text.charAt(start + 2) === '=' && (single === '=' || single === '!')) sign += '='
    this.#push('sign', start + sign.length, sign)
  }

  #unknown(start: number): void {
    const text = this.#text
    const character = String.fromCodePoint(text.codePointAt(start) ?? 0)
    const end = start + character.length
    const isPoint = character === '.' && isClass(text.charCodeAt(end), DIGIT)
    const quote = '“”„«»'.includes(character) ? '"' : '‘’‚`'.includes(character) ? "'" : undefined
    this.diagnostics.push({
      code: isPoint ? 'bad-number' : 'unexpected-character',
      span: { start, end },
      message: isPoint
        ? 'Expected a digit before the decimal point'
        : `Expected a member, an operator or a value but found "${character}"`,
      ...(isPoint
        ? {
            fix: {
              title: 'Write a 0 before the point',
              edits: [{ span: { start, end: start }, newText: '0' }]
            }
          }
        : quote === undefined
          ? isNamePartElsewhere(character)
            ? { hint: 'Names hold the letters A to Z, digits and _ $ - : only.' }
            : {}
          : {
              hint: 'Strings stand in straight quotes.',
              fix: { title: 'Use a straight quote', edits: [{ span: { start, end }, newText: quote }] }
            })
    })
    this.#push('unknown', end, character, '', true)
  }
}

const isNamePartElsewhere = (character: string): boolean => /^[\p{L}\p{N}]$/u.test(character)
