import { RE2JS } from 're2js'
import type { NativeRegex } from './native-regex.ts'
import { nativeRegex } from './native-regex.ts'

/** Whether the pattern is found anywhere in a string. */
export type RegexTest = (text: string) => boolean

export type CompiledRegex =
  { readonly ok: true; readonly test: RegexTest } | { readonly ok: false; readonly problem: RegexProblem }

export interface RegexProblem {
  readonly code: 'bad-regex' | 'unsupported-regex'
  readonly message: string
  readonly hint?: string
}

/**
 * Compiled patterns are shared: an editor compiles the same text at each key, a flow at each reconnect. A few hundred
 * cover all filters of an open window; a pattern costs some kilobytes.
 */
const MAX_CACHED_PATTERNS = 300

const cache = new Map<string, CompiledRegex>()

/**
 * Compiles a pattern of the filter language.
 *
 * The dialect is RE2's, and a search takes time proportional to the length of the string, whatever the pattern. Flags:
 * `i` ignores case, `m` lets ^ and $ match at lines, `s` lets the dot match a line feed.
 */
export function compileRegex(pattern: string, flags: string): CompiledRegex {
  const key = `${flags}/${pattern}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const compiled = compile(pattern, flags)
  if (cache.size >= MAX_CACHED_PATTERNS) cache.delete(cache.keys().next().value ?? '')
  cache.set(key, compiled)
  return compiled
}

function compile(pattern: string, flags: string): CompiledRegex {
  if (pattern.length > MAX_PATTERN_LENGTH) return { ok: false, problem: TOO_LARGE }
  const problem = unsupported(pattern)
  if (problem !== undefined) return { ok: false, problem }
  const native = nativeRegex(pattern, flags)
  if (native !== undefined) return { ok: true, test: nativeTest(native, pattern, flags) }
  try {
    const engine = RE2JS.compile(pattern, re2Flags(flags))
    if (engine.programSize() > MAX_PROGRAM_SIZE) return { ok: false, problem: TOO_LARGE }
    return { ok: true, test: (text) => engine.test(text) }
  } catch (error) {
    return { ok: false, problem: { code: 'bad-regex', message: sentence(error) } }
  }
}

/** The native engine for the strings of everyday, RE2 for those on which backtracking could take long. */
function nativeTest({ test, maxLength }: NativeRegex, pattern: string, flags: string): RegexTest {
  if (maxLength === Number.POSITIVE_INFINITY) return test
  let engine: RE2JS | undefined
  return (text) => {
    if (text.length <= maxLength) return test(text)
    engine ??= RE2JS.compile(pattern, re2Flags(flags))
    return engine.test(text)
  }
}

/** A plain text of this length takes a tenth of a second at worst to look for in a string of 1 MiB. */
const MAX_PATTERN_LENGTH = 1000

/**
 * Instructions of a compiled pattern. The time of a search is at worst length times instructions: a pattern and a string
 * of 1 MiB, the longest that the platform stores, that are made for it were measured at 2 to 3.5 seconds with 300
 * instructions and at 6 with 600; patterns as people write them stay below 100 and take milliseconds.
 */
const MAX_PROGRAM_SIZE = 300

const TOO_LARGE: RegexProblem = {
  code: 'bad-regex',
  message: 'Expected a smaller regular expression',
  hint: 'Counted repeats such as {500} are written out in full: use * or + where the number does not matter.'
}

const re2Flags = (flags: string): number =>
  (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
  (flags.includes('m') ? RE2JS.MULTILINE : 0) |
  (flags.includes('s') ? RE2JS.DOTALL : 0)

/** What Java's dialect has and a linear search cannot have. */
const UNSUPPORTED: readonly (readonly [RegExp, string, string])[] = [
  [/^\(\?(=|!)/, 'look-ahead', 'Write the two conditions as two rules joined by && or NOT.'],
  [/^\(\?<(=|!)/, 'look-behind', 'Write the two conditions as two rules joined by && or NOT.'],
  [/^\(\?>/, 'an atomic group', 'Write (?: … ): a search never takes long here.'],
  [/^\\[1-9]/, 'a back-reference', 'A search that takes linear time cannot repeat what a group found.'],
  [/^\\k</, 'a back-reference', 'A search that takes linear time cannot repeat what a group found.']
]

function unsupported(pattern: string): RegexProblem | undefined {
  let isInClass = false
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index)
    if (!isInClass && (character === '(' || character === '\\')) {
      const rest = pattern.slice(index, index + 4)
      const found = UNSUPPORTED.find(([form]) => form.test(rest))
      if (found !== undefined) {
        const [, what, hint] = found
        return { code: 'unsupported-regex', message: `Expected a regular expression without ${what}`, hint }
      }
    }
    if (character === '\\') index += 1
    else if (character === '[') isInClass = true
    else if (character === ']') isInClass = false
  }
  return undefined
}

/** `error parsing regexp: missing closing ]: \`[a\`` becomes a sentence of ours. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return `Expected a regular expression but this is none: ${text.replace(/^error parsing regexp: /, '')}`
}
