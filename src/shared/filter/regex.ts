import { RE2JS } from 're2js'
import type { NativeRegex } from './native-regex.ts'
import { nativeRegex } from './native-regex.ts'
import { isMetered, spendWork } from './work.ts'

/** Whether the pattern is found anywhere in a string. Tells the meter of `work.ts` beforehand how long it may take. */
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
  if (pattern.length > MAX_PATTERN_LENGTH || writtenOut(pattern) > MAX_WRITTEN_OUT)
    return { ok: false, problem: TOO_LARGE }
  const problem = unsupported(pattern)
  if (problem !== undefined) return { ok: false, problem }
  const native = nativeRegex(pattern, flags)
  if (native !== undefined) return { ok: true, test: nativeTest(native, pattern, flags) }
  try {
    const engine = RE2JS.compile(pattern, re2Flags(flags))
    if (engine.programSize() > MAX_PROGRAM_SIZE) return { ok: false, problem: TOO_LARGE }
    return { ok: true, test: re2Test(engine) }
  } catch (error) {
    return { ok: false, problem: { code: 'bad-regex', message: sentence(error) } }
  }
}

/** The native engine for the strings of everyday, RE2 for those on which backtracking could take long. */
function nativeTest({ test, maxLength, steps }: NativeRegex, pattern: string, flags: string): RegexTest {
  let withRe2: RegexTest | undefined
  return (text) => {
    const { length } = text
    if (length <= maxLength) {
      if (length > SHORT_TEXT && isMetered()) spendWork(steps(length))
      return test(text)
    }
    withRe2 ??= re2Test(RE2JS.compile(pattern, re2Flags(flags)))
    return withRe2(text)
  }
}

/**
 * Measured: RE2 takes a few nanoseconds a character, and up to 12 for each instruction where pattern and string are made
 * for each other, so that no state of its automaton comes twice.
 */
const RE2_STEP_NANOSECONDS = 12

function re2Test(engine: RE2JS): RegexTest {
  const perCharacter = engine.programSize() * RE2_STEP_NANOSECONDS
  return (text) => {
    spendWork(text.length * perCharacter)
    return engine.test(text)
  }
}

/** Below it the native engine is done before a meter has counted. */
const SHORT_TEXT = 32

/** A plain text of this length takes a tenth of a second at worst to look for in a string of 1 MiB. */
const MAX_PATTERN_LENGTH = 1000

/**
 * Instructions of a compiled pattern: `.{0,1000}` has some 2,000. The time of a search is at worst length times
 * instructions; the meter of whoever runs the filter knows both before the search.
 */
const MAX_PROGRAM_SIZE = 2200

/** A pattern that is larger than this when its counted repeats are written out is not even compiled. */
const MAX_WRITTEN_OUT = 4 * MAX_PROGRAM_SIZE

/**
 * All patterns of one filter together, written out: they are compiled at each key in an editor and when a filter is set,
 * which takes some 50 ms at worst.
 */
export const MAX_PATTERNS_WRITTEN_OUT = 12_000

/** About how many characters a pattern has with its counted repeats written out. */
export function writtenOut(pattern: string): number {
  /** Sizes of the groups that are open, and of what stands last in each. */
  const open = [{ size: 0, last: 0 }]
  for (let index = 0; index < pattern.length; index += 1) {
    const group = open.at(-1) ?? { size: 0, last: 0 }
    const character = pattern.charAt(index)
    COUNT.lastIndex = index
    const count = character === '{' ? COUNT.exec(pattern) : null
    if (count !== null) {
      const [text, least = '', most = least] = count
      const times = Number(most === '' ? least : most)
      group.size += group.last * (times - 1)
      group.last *= times
      index += text.length - 1
      continue
    }
    let size = 1
    if (character === '(') {
      open.push({ size: 0, last: 0 })
      if (pattern.startsWith('?:', index + 1)) index += 2
      continue
    }
    if (character === ')' && open.length > 1) {
      open.pop()
      size = group.size
    } else if (character === '\\') {
      // A class of Unicode has hundreds of ranges.
      if (/[pP]/.test(pattern.charAt(index + 1))) size = UNICODE_CLASS_SIZE
      index += 1
    } else if (character === '[') index = classEnd(pattern, index)
    const outer = open.at(-1) ?? group
    outer.size += size
    outer.last = size
  }
  return open.reduce((sum, { size }) => sum + size, 0)
}

/** What such a class costs when it is compiled, in plain characters. */
const UNICODE_CLASS_SIZE = 4

const COUNT = /\{(\d{1,4})(?:,(\d{0,4}))?\}/y

function classEnd(pattern: string, start: number): number {
  let index = start + 1
  if (pattern.charAt(index) === '^') index += 1
  // A bracket that stands first is a character of the class.
  if (pattern.charAt(index) === ']') index += 1
  while (index < pattern.length && pattern.charAt(index) !== ']') {
    if (pattern.charAt(index) === '\\') index += 1
    index += 1
  }
  return index
}

const TOO_LARGE: RegexProblem = {
  code: 'bad-regex',
  message: 'Expected a smaller regular expression',
  hint: 'Counted repeats such as {900} are written out in full: use * or + where the number does not matter.'
}

/** What is wrong with a pattern that has no room beside the others of its filter. */
export const PATTERNS_TOO_LARGE: RegexProblem = {
  code: 'bad-regex',
  message: 'Expected smaller regular expressions: this one and those before it are too large together'
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
