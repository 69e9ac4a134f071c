import { compileRegex } from '../../shared/filter/regex.ts'
import type { FlowSummary } from './tree-node.ts'

export type FlowMatch = (flow: FlowSummary) => boolean

export type FlowSearch =
  | { readonly kind: 'everything' }
  | { readonly kind: 'matches'; readonly matches: FlowMatch }
  | { readonly kind: 'unreadable'; readonly message: string }

type Term = (text: string, lowerText: string) => boolean

/** A word, or a regular expression between slashes with its flags; a minus before either excludes. */
const PIECE = /(-?)(?:\/((?:[^/\\\s]|\\.|(?<=[^/])\s)+)\/([ims]*)(?=\s|$)|(\S+))/gu

/**
 * A search for flows, written as people write it: words that the path or the description holds, whatever the case, all of
 * them; `*` and `?` in a word stand for any text and any character of whole segments (`seat*`, `*celsius`, `/local/*` and so
 * on); `/^a.*z$/i` is a regular expression in linear time; `-word` excludes.
 */
export function readFlowSearch(text: string): FlowSearch {
  const wanted: Term[] = []
  const excluded: Term[] = []
  for (const [, minus, pattern, flags, word] of text.trim().matchAll(PIECE)) {
    if (word === '-') continue
    const term = pattern === undefined ? wordTerm(word ?? '') : regexTerm(pattern, flags ?? '')
    if (typeof term === 'string') return { kind: 'unreadable', message: term }
    if (minus === '-') excluded.push(term)
    else wanted.push(term)
  }
  if (wanted.length === 0 && excluded.length === 0) return { kind: 'everything' }
  return { kind: 'matches', matches: matcher(wanted, excluded) }
}

function matcher(wanted: readonly Term[], excluded: readonly Term[]): FlowMatch {
  return ({ path, description }) => {
    const lowerPath = path.toLowerCase()
    const lowerDescription = description?.toLowerCase()
    const holds = (term: Term): boolean =>
      term(path, lowerPath) ||
      (description !== undefined && lowerDescription !== undefined && term(description, lowerDescription))
    return wanted.every(holds) && !excluded.some(holds)
  }
}

function wordTerm(word: string): Term | string {
  if (/[*?]/.test(word)) return wildcardTerm(word)
  const lower = word.toLowerCase()
  return (_text, lowerText) => lowerText.includes(lower)
}

/** Between slashes, spaces or ends; `*` stays within a segment unless the word names several. */
function wildcardTerm(word: string): Term | string {
  const any = word.includes('/') ? '.*' : '[^/]*'
  const pattern = [...word]
    .map((character) =>
      character === '*' ? any : character === '?' ? '[^/]' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&')
    )
    .join('')
  return regexTerm(word.startsWith('/') ? `^${pattern}(?:/|$)` : `(?:^|[/ ])${pattern}(?:[/ ]|$)`, 'is')
}

function regexTerm(pattern: string, flags: string): Term | string {
  const compiled = compileRegex(pattern, flags)
  return compiled.ok ? compiled.test : compiled.problem.message
}
