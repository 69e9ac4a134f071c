/**
 * The part of the regular expressions that JavaScript's own engine runs with the same outcome as RE2, and fast.
 *
 * Accepted are literals, `.`, `^`, `$`, plain classes, groups, `|`, `\d`, `\s`, `\w`, bounded repeats of one character,
 * and one unbounded repeat of one character in the whole pattern. The pattern is parsed and written again in
 * JavaScript's syntax, because the same text can mean other things there: `.` leaves out other line ends, `\s` and `\w`
 * hold other characters. What is not in this list is left to RE2; a property test runs both on random input.
 *
 * JavaScript's engine backtracks. The steps that a search can take are estimated from the pattern, and a string for
 * which they could be too many goes to RE2 as well: so the time stays bounded whatever the pattern and the string.
 */
export interface NativeRegex {
  readonly test: (text: string) => boolean
  /** Up to this many UTF-16 units `test` stays within the budget; longer strings are for RE2. */
  readonly maxLength: number
  /** The steps, of about a nanosecond, that a string of a length can take at worst. */
  readonly steps: (length: number) => number
}

/** Steps of the backtracking engine in about a millisecond: not to be felt, for one string in one drop. */
const STEP_BUDGET = 1_000_000
/** RE2's own limit; beyond it RE2 explains what is wrong. */
const MAX_REPEAT = 1000

/** `undefined` when the pattern is not in the subset, be it that it is no regular expression at all. */
export function nativeRegex(pattern: string, flags: string): NativeRegex | undefined {
  const reader = new SubsetReader(pattern, flags)
  const read = reader.read()
  if (read === undefined) return undefined
  if (read.literal !== undefined) {
    const perCharacter = 1 + read.literal.text.length * LITERAL_STEP
    return {
      test: literalTest(read.literal),
      maxLength: Number.POSITIVE_INFINITY,
      steps: (length) => length * perCharacter
    }
  }
  const engine = new RegExp(read.source, flags.includes('i') ? 'iu' : 'u')
  const { perStart, power } = growthOf(read)
  return {
    test: (text) => engine.test(text),
    maxLength: power === 0 ? Number.POSITIVE_INFINITY : Math.floor((STEP_BUDGET / perStart) ** (1 / power)),
    steps: (length) => perStart * length ** power
  }
}

/** For each character of a plain text that is looked for: at worst it is compared at every tenth place. */
const LITERAL_STEP = 0.1

interface ReadPattern {
  /** The pattern in JavaScript's syntax with the flag `u`. */
  readonly source: string
  /** In how many ways the pattern can be walked, its unbounded repeat apart. */
  readonly ways: number
  readonly steps: number
  readonly isUnbounded: boolean
  /** Whether every alternative starts with `^`, so that there is one place to start from. */
  readonly isAnchored: boolean
  /** The pattern as a text without any meaning, perhaps with anchors, when it is no more than that. */
  readonly literal: Literal | undefined
}

interface Literal {
  readonly text: string
  readonly atStart: boolean
  readonly atEnd: boolean
}

function literalTest({ text, atStart, atEnd }: Literal): (subject: string) => boolean {
  if (atStart && atEnd) return (subject) => subject === text
  if (atStart) return (subject) => subject.startsWith(text)
  if (atEnd) return (subject) => subject.endsWith(text)
  return (subject) => subject.includes(text)
}

/** How the steps grow with the length of the string: `perStart` times the length to this power. */
function growthOf({ ways, steps, isUnbounded, isAnchored }: ReadPattern): {
  perStart: number
  power: number
} {
  return { perStart: ways * Math.max(1, steps), power: (isUnbounded ? 1 : 0) + (isAnchored ? 0 : 1) }
}

/** A piece of the pattern that was read. */
interface Piece {
  readonly source: string
  readonly ways: number
  readonly steps: number
  readonly isAnchored: boolean
  /** Whether it is exactly one character of the subject, so that it may be repeated. */
  readonly isCharacter: boolean
  /** The text it stands for, when it stands for just that; `^` before and `$` behind it are told apart. */
  readonly text: string | undefined
  readonly endsWithAnchor: boolean
}

const ANCHOR: Piece = {
  source: '',
  ways: 1,
  steps: 1,
  isAnchored: false,
  isCharacter: false,
  text: '',
  endsWithAnchor: false
}
const EMPTY: Piece = { ...ANCHOR, steps: 0 }

const DIGITS = '0-9'
const WORDS = '0-9A-Za-z_'
/** RE2's white space: no vertical tab, nothing beyond ASCII. */
const SPACES = '\\t\\n\\f\\r '
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' }
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/
const PUNCTUATION = /[!-/:-@[-`{-~]/
const REPEAT = /\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/y

/** Reads a pattern from left to right; any `undefined` on the way means that it is not in the subset. */
class SubsetReader {
  readonly #characters: readonly string[]
  readonly #pattern: string
  readonly #ignoresCase: boolean
  readonly #isMultiline: boolean
  readonly #dotIsAll: boolean
  #index = 0
  #isUnbounded = false
  #isInGroup = 0

  constructor(pattern: string, flags: string) {
    this.#pattern = pattern
    this.#characters = [...pattern]
    this.#ignoresCase = flags.includes('i')
    this.#isMultiline = flags.includes('m')
    this.#dotIsAll = flags.includes('s')
  }

  read(): ReadPattern | undefined {
    // A lone surrogate is a character of its own to one engine and may join its neighbour in the other.
    if (!this.#pattern.isWellFormed()) return undefined
    const piece = this.#alternatives()
    if (piece === undefined || this.#index < this.#characters.length) return undefined
    const literal = this.#ignoresCase ? undefined : literalOf(piece)
    if (literal === undefined && piece.steps > MAX_STEPS) return undefined
    return { ...piece, isUnbounded: this.#isUnbounded, literal }
  }

  #alternatives(): Piece | undefined {
    const pieces: Piece[] = []
    for (;;) {
      const piece = this.#sequence()
      if (piece === undefined) return undefined
      pieces.push(piece)
      if (this.#peek() !== '|') break
      this.#index += 1
    }
    const [first] = pieces
    if (first !== undefined && pieces.length === 1) return first
    return {
      source: pieces.map(({ source }) => source).join('|'),
      ways: pieces.reduce((sum, { ways }) => sum + ways, 0),
      steps: Math.max(...pieces.map(({ steps }) => steps)),
      isAnchored: pieces.every(({ isAnchored }) => isAnchored),
      isCharacter: false,
      text: undefined,
      endsWithAnchor: false
    }
  }

  #sequence(): Piece | undefined {
    let sequence = EMPTY
    let isFirst = true
    while (this.#index < this.#characters.length && this.#peek() !== '|' && this.#peek() !== ')') {
      const atom = this.#atom()
      const item = atom === undefined ? undefined : this.#repeated(atom)
      if (item === undefined) return undefined
      sequence = {
        source: sequence.source + item.source,
        ways: sequence.ways * item.ways,
        steps: sequence.steps + item.steps,
        isAnchored: isFirst ? item.isAnchored : sequence.isAnchored,
        isCharacter: false,
        text: joinText(sequence, item, isFirst),
        endsWithAnchor: item.endsWithAnchor
      }
      isFirst = false
    }
    return sequence
  }

  #atom(): Piece | undefined {
    const character = this.#next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return this.#class()
      case '\\':
        return this.#escape()
      case '.':
        return characterPiece(this.#dotIsAll ? '[^]' : '[^\\n]')
      case '^':
        return this.#isMultiline ? undefined : { ...ANCHOR, source: '^', isAnchored: true }
      case '$':
        return this.#isMultiline ? undefined : { ...ANCHOR, source: '$', endsWithAnchor: true }
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        return undefined
      default:
        return this.#literal(character)
    }
  }

  #literal(character: string): Piece | undefined {
    // Beyond ASCII the engines may know different versions of Unicode's case folding.
    if (this.#ignoresCase && character > '\x7f') return undefined
    return { ...characterPiece(quote(character)), text: character }
  }

  #escape(): Piece | undefined {
    const character = this.#next()
    const set = this.#escapedSet(character)
    if (set !== undefined) return characterPiece(`[${set.isNegated ? '^' : ''}${set.characters}]`)
    const control = CONTROLS[character]
    if (control !== undefined) return { ...characterPiece(quote(control)), text: control }
    return PUNCTUATION.test(character) ? { ...characterPiece(quote(character)), text: character } : undefined
  }

  #escapedSet(character: string): { characters: string; isNegated: boolean } | undefined {
    switch (character) {
      case 'd':
      case 'D':
        return { characters: DIGITS, isNegated: character === 'D' }
      case 's':
      case 'S':
        return { characters: SPACES, isNegated: character === 'S' }
      case 'w':
      case 'W':
        // JavaScript would fold the letters of the class, and find the Kelvin sign in it.
        return this.#ignoresCase ? undefined : { characters: WORDS, isNegated: character === 'W' }
      default:
        return undefined
    }
  }

  #group(): Piece | undefined {
    if (this.#peek() === '?') {
      if (this.#characters[this.#index + 1] !== ':') return undefined
      this.#index += 2
    }
    this.#isInGroup += 1
    // Deep nesting is for the engine that does not recurse.
    const inner = this.#isInGroup > MAX_GROUPS ? undefined : this.#alternatives()
    this.#isInGroup -= 1
    if (inner === undefined || this.#peek() !== ')') return undefined
    this.#index += 1
    return { ...inner, source: `(?:${inner.source})`, isCharacter: false, text: undefined }
  }

  #class(): Piece | undefined {
    let source = '['
    if (this.#peek() === '^') {
      source += '^'
      this.#index += 1
    }
    let count = 0
    while (this.#peek() !== ']') {
      const from = this.#classCharacter()
      if (from === undefined) return undefined
      if (from.set !== undefined) source += from.set
      else if (this.#peek() === '-' && this.#characters[this.#index + 1] !== ']') {
        this.#index += 1
        const to = this.#classCharacter()
        if (to?.character === undefined || to.character < from.character) return undefined
        source += `${quoteInClass(from.character)}-${quoteInClass(to.character)}`
      } else source += quoteInClass(from.character)
      count += 1
    }
    this.#index += 1
    return count === 0 ? undefined : characterPiece(`${source}]`)
  }

  #classCharacter():
    { character: string; set?: undefined } | { character?: undefined; set: string } | undefined {
    const character = this.#next()
    if (character === '\\') {
      const escaped = this.#next()
      const set = this.#escapedSet(escaped)
      if (set !== undefined) return set.isNegated ? undefined : { set: set.characters }
      const control = CONTROLS[escaped]
      if (control !== undefined) return { character: control }
      return PUNCTUATION.test(escaped) ? { character: escaped } : undefined
    }
    // Nested classes, named classes and intersections are other dialects' business.
    if (
      character === '' ||
      character === '[' ||
      character === '&' ||
      character === '~' ||
      character === '-'
    ) {
      return character === '-' && this.#peek() === ']' ? { character } : undefined
    }
    return this.#ignoresCase && character > '\x7f' ? undefined : { character }
  }

  #repeated(atom: Piece): Piece | undefined {
    const character = this.#peek()
    if (character !== '*' && character !== '+' && character !== '?' && character !== '{') return atom
    const isGroup = !atom.isCharacter
    if (isGroup && (character !== '?' || !atom.source.startsWith('(?:'))) return undefined
    const repeat = this.#repeat(character)
    if (repeat === undefined) return undefined
    const { least, most, source } = repeat
    if (most === undefined) {
      if (this.#isUnbounded) return undefined
      this.#isUnbounded = true
    }
    return {
      source: atom.source + source,
      ways: most === undefined ? 1 : isGroup ? atom.ways + 1 : most - least + 1,
      steps: atom.steps * Math.max(1, most ?? least),
      isAnchored: atom.isAnchored && least > 0,
      isCharacter: false,
      text: undefined,
      endsWithAnchor: false
    }
  }

  #repeat(character: string): { least: number; most: number | undefined; source: string } | undefined {
    let source = character
    let least = character === '+' ? 1 : 0
    let most: number | undefined = character === '?' ? 1 : undefined
    if (character === '{') {
      const rest = this.#characters.slice(this.#index, this.#index + MAX_REPEAT_TEXT).join('')
      REPEAT.lastIndex = 0
      const found = REPEAT.exec(rest)
      if (found === null) return undefined
      source = found[0]
      least = Number(found[1])
      most = found[2] === undefined ? least : found[3] === undefined ? undefined : Number(found[3])
      if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT || (most !== undefined && most < least))
        return undefined
    }
    this.#index += source.length
    if (this.#peek() === '?') {
      source += '?'
      this.#index += 1
    }
    return ['*', '+', '?', '{'].includes(this.#peek()) ? undefined : { least, most, source }
  }

  #peek(): string {
    return this.#characters[this.#index] ?? ''
  }

  #next(): string {
    const character = this.#peek()
    this.#index += 1
    return character
  }
}

/** Longer patterns are counted repeats of hundreds, whose size RE2 judges. */
const MAX_STEPS = 300
/** Groups inside groups: JavaScript compiles them by recursion. */
const MAX_GROUPS = 20
/** `{1000,1000}` */
const MAX_REPEAT_TEXT = 11

const characterPiece = (source: string): Piece => ({
  source,
  ways: 1,
  steps: 1,
  isAnchored: false,
  isCharacter: true,
  text: undefined,
  endsWithAnchor: false
})

/** The text of both; none when an anchor stands anywhere but at the outer ends. */
function joinText(left: Piece, right: Piece, isFirst: boolean): string | undefined {
  const isMisplaced = left.endsWithAnchor || (right.isAnchored && !isFirst)
  return isMisplaced || left.text === undefined || right.text === undefined
    ? undefined
    : left.text + right.text
}

const quote = (character: string): string =>
  SYNTAX.test(character) ? `\\${character}` : (CONTROL_NAMES[character] ?? character)

const quoteInClass = (character: string): string =>
  /[\^\\\][-]/.test(character) ? `\\${character}` : (CONTROL_NAMES[character] ?? character)

const CONTROL_NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' }

/** Plain text between optional anchors: JavaScript's string methods search it in linear time. */
function literalOf(piece: Piece): Literal | undefined {
  const { text, isAnchored, endsWithAnchor } = piece
  return text === undefined ? undefined : { text, atStart: isAnchored, atEnd: endsWithAnchor }
}
