import type { Span } from './ast.ts'

/** What is wrong with a filter. Code branches on `code` and `span`; people read `message`, `hint` and the fix's title. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  /** Where, in UTF-16 units of the text; empty (`start === end`) where something is missing. */
  readonly span: Span
  /** "Expected X but found Y": one sentence without its full stop. */
  readonly message: string
  /** What to do; left out when the message says it all. */
  readonly hint?: string
  /** A repair that is likely what was meant. */
  readonly fix?: Fix
}

export interface Fix {
  /** A verb and its object, ready for a button: `Replace "=" with "=="`. */
  readonly title: string
  /** Not overlapping, in the order of the text. */
  readonly edits: readonly TextEdit[]
}

export interface TextEdit {
  readonly span: Span
  readonly newText: string
}

/** One code a mistake; LANGUAGE.md explains each with an example. */
export const DIAGNOSTIC_CODES = [
  'unexpected-character',
  'unterminated-string',
  'bad-escape',
  'quote-not-escaped',
  'bad-number',
  'bad-member',
  'unterminated-regex',
  'unknown-flag',
  'bad-regex',
  'unsupported-regex',
  'single-equals',
  'wrong-operator',
  'wrong-conjunction',
  'wrong-negation',
  'keyword-case',
  'keyword-as-member',
  'term-expected',
  'member-expected',
  'member-first',
  'operator-expected',
  'operand-expected',
  'conjunction-expected',
  'number-expected',
  'string-expected',
  'regex-expected',
  'list-expected',
  'value-expected',
  'comma-expected',
  'unit-expected',
  'of-expected',
  'place-expected',
  'type-expected',
  'unknown-type',
  'unknown-constant',
  'remainder-operator',
  'unclosed-parenthesis',
  'unopened-parenthesis',
  'unclosed-list',
  'too-deep',
  'zip-without-table',
  'zip-unknown'
] as const

export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number]

/**
 * A filter with more mistakes than this shows the first ones: nobody reads on, and a pasted page of prose must not
 * flood the editor.
 */
export const MAX_DIAGNOSTICS = 50

/** The first mistake's place as a 1-based column, as the platform's error texts count. */
export const columnOf = (diagnostic: Diagnostic): number => diagnostic.span.start + 1

/**
 * One line for a log, an error text or a status bar:
 * `Column 6: expected "==" but found "=". Write "==" to compare.`
 *
 * In a text of several lines the line is named too, and the column counts within it.
 */
export function describeDiagnostic(text: string, diagnostic: Diagnostic): string {
  const before = text.slice(0, diagnostic.span.start)
  const lineNumber = before.split('\n').length
  const column = diagnostic.span.start - (before.lastIndexOf('\n') + 1) + 1
  const place =
    lineNumber === 1 ? `Column ${String(column)}` : `Line ${String(lineNumber)}, column ${String(column)}`
  const message = diagnostic.message.charAt(0).toLowerCase() + diagnostic.message.slice(1)
  return `${place}: ${message}.${diagnostic.hint === undefined ? '' : ` ${diagnostic.hint}`}`
}

/** The text after a fix. */
export function applyFix(text: string, fix: Fix): string {
  let result = ''
  let position = 0
  for (const edit of fix.edits) {
    result += text.slice(position, edit.span.start) + edit.newText
    position = edit.span.end
  }
  return result + text.slice(position)
}
