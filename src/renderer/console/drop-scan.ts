import { parseJson } from '../../shared/wire/json.ts'
import type { StoredText } from './text-store.ts'

/** Members of a drop that somebody wants to know; all others are passed over. */
export interface WantedMembers {
  /** Names of members of the drop itself, `elems` not among them. */
  readonly members: readonly string[]
  /** Names of elements. */
  readonly elements: readonly string[]
}

/** Where a drop's text lies. */
export interface StoredDrop extends StoredText {
  /** Where in the text its elements begin, counted from its start, as `placeOfElements` answers it. */
  elements: number
}

/** A drop with the wanted members alone; what it has not is undefined. */
export type ScannedDrop = Record<string, unknown>

/** Reads the wanted members; undefined when the text is written in a way that only a parser reads. */
export type DropScanner = (drop: StoredDrop) => ScannedDrop | undefined

/**
 * Makes a reader of some members, several times faster than parsing the drop: JSON without white space, as platforms write
 * it, is walked until all that is wanted was found, and only that is made a value. What comes after is not looked at, nor is
 * what is passed over checked; so of a name that comes twice, which no platform writes, the first may count. A text that no platform writes (white space between members, a name with an escape, no JSON)
 * is answered by undefined. There is no such reader of `elems` as a whole, nor of names that every object answers to.
 *
 * The answer is one object, which the next call fills anew: for a filter asks, and forgets.
 */
export function createDropScanner({ members, elements }: WantedMembers): DropScanner | undefined {
  if ([...members, ...elements].some(isInherited) || members.includes(ELEMS)) return undefined
  const drop = emptyDrop([...members, ELEMS])
  const elems = emptyDrop(elements)
  const wantedMembers = members.map(encodeName)
  const wantedElements = elements.map(encodeName)
  return (text) => {
    const isOfElements = members.length === 0 && text.elements > 0
    for (const name of members) drop[name] = undefined
    for (const name of elements) elems[name] = undefined
    drop[ELEMS] = undefined
    try {
      if (!isOfElements) return walkDrop(text, wantedMembers, wantedElements, drop, elems) ? drop : undefined
      drop[ELEMS] = elems
      const { bytes, start, end } = text
      return walkMembers(bytes, start + text.elements, end, wantedElements, elems) === NONE ? undefined : drop
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }
}

/** How platforms write the elements. */
const ELEMENTS_NAME = '"elems":'
/** Where a drop's own members are written in other letters, places in the text are not those of its bytes. */
const ASCII = /^[\x00-\x7f]*$/ // eslint-disable-line no-control-regex

/**
 * Where in a drop's text its elements begin, at their brace: known when the members before them are none with braces, as
 * platforms write drops; 0 when not. With it, what is wanted of the elements alone is found without what stands before them.
 */
export function placeOfElements(text: string): number {
  const name = text.indexOf(`${ELEMENTS_NAME}{`)
  // In JSON an unescaped quote after a comma begins a name, and with one brace open it is one of the drop's own.
  if (name < 2 || text[name - 1] !== ',' || text.lastIndexOf('{', name - 1) !== 0) return 0
  return ASCII.test(text.slice(0, name)) ? name + ELEMENTS_NAME.length : 0
}

const ELEMS = 'elems'
const isInherited = (name: string): boolean => name in Object.prototype

interface WantedName {
  readonly name: string
  readonly bytes: Uint8Array
}

const encoder = new TextEncoder()
/** A mark at its beginning is a letter of a text like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encodeName = (name: string): WantedName => ({ name, bytes: encoder.encode(name) })
const ELEMS_NAME = encodeName(ELEMS)

/** All members from the start and in one order: the engine then knows the shape of what a filter reads. */
function emptyDrop(names: readonly string[]): ScannedDrop {
  const drop: ScannedDrop = {}
  for (const name of names) drop[name] = undefined
  return drop
}

const SPACE = 32
const QUOTE = 34
const COMMA = 44
const MINUS = 45
const DOT = 46
const ZERO = 48
const NINE = 57
const COLON = 58
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** There is no place after this: the text is not written as expected. */
const NONE = -1
/** All that is wanted was found before the end. */
const FOUND = -2

/*
 * What follows gets the text as arguments and answers where it came to: places that are shared by closures would be read
 * from memory again for each byte, which takes several times as long.
 */

/** Fills `drop` and `elems`; false when the text is not written as expected. */
function walkDrop(
  { bytes, start, end }: StoredText,
  members: readonly WantedName[],
  elements: readonly WantedName[],
  drop: ScannedDrop,
  elems: ScannedDrop
): boolean {
  let missing = members.length + 1
  let at = bytes[start] === OPEN_BRACE ? start : NONE
  while (at !== NONE) {
    const name = at + 1
    if (at === start && bytes[name] === CLOSE_BRACE) return true
    const colon = afterName(bytes, name, end)
    if (colon === NONE) return false
    const value = colon + 1
    if (isNameAt(ELEMS_NAME, bytes, name, colon)) {
      if (drop[ELEMS] === undefined) missing -= 1
      at = bytes[value] === OPEN_BRACE ? walkMembers(bytes, value, end, elements, elems) : NONE
      if (at === NONE) return false
      drop[ELEMS] = elems
      if (missing === 0) return true
      if (at === FOUND) at = afterNested(bytes, value, end)
    } else {
      at = afterValue(bytes, value, end)
      if (at !== NONE && takeValue(bytes, name, colon, at, members, drop)) missing -= 1
      if (missing === 0) return true
    }
    if (bytes[at] === CLOSE_BRACE) return true
    if (bytes[at] !== COMMA) return false
  }
  return false
}

/** Fills `elems` from the object at `from`; answers the place after it, `FOUND` or `NONE`. */
function walkMembers(
  bytes: Uint8Array,
  from: number,
  end: number,
  elements: readonly WantedName[],
  elems: ScannedDrop
): number {
  let missing = elements.length
  if (missing === 0) return FOUND
  if (bytes[from + 1] === CLOSE_BRACE) return from + 2
  let at = from
  for (;;) {
    const name = at + 1
    const colon = afterName(bytes, name, end)
    if (colon === NONE) return NONE
    at = afterValue(bytes, colon + 1, end)
    if (at === NONE) return NONE
    if (takeValue(bytes, name, colon, at, elements, elems)) missing -= 1
    if (missing === 0) return FOUND
    if (bytes[at] === CLOSE_BRACE) return at + 1
    if (bytes[at] !== COMMA) return NONE
  }
}

/** Reads the value between `colon` and `end` when its name is wanted; answers whether it was still missing. */
function takeValue(
  bytes: Uint8Array,
  name: number,
  colon: number,
  end: number,
  wanted: readonly WantedName[],
  into: ScannedDrop
): boolean {
  for (const one of wanted) {
    if (!isNameAt(one, bytes, name, colon)) continue
    const isFirst = into[one.name] === undefined
    into[one.name] = readValue(bytes, colon + 1, end)
    return isFirst
  }
  return false
}

/** Whether the name from the quote at `from` to the colon is this one. */
const isNameAt = ({ bytes: name }: WantedName, bytes: Uint8Array, from: number, colon: number): boolean =>
  isWordAt(name, bytes, from + 1, colon - 1)

/** The colon after the name whose quote is at `from`; `NONE` for a name with an escape. */
function afterName(bytes: Uint8Array, from: number, end: number): number {
  if (bytes[from] !== QUOTE) return NONE
  for (let at = from + 1; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) return bytes[at + 1] === COLON ? at + 1 : NONE
    if (byte === BACKSLASH) return NONE
  }
  return NONE
}

function afterValue(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]
  if (first === QUOTE) return afterString(bytes, at, end)
  return first === OPEN_BRACE || first === OPEN_BRACKET
    ? afterNested(bytes, at, end)
    : afterWord(bytes, at, end)
}

/** Beyond so many bytes the engine's own search is faster than a loop. */
const LOOPED_BYTES = 32

/** After the quote that closes the one at `from`. */
function afterString(bytes: Uint8Array, from: number, end: number): number {
  const looped = Math.min(end, from + LOOPED_BYTES)
  for (let at = from + 1; at < looped; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH) return afterEscapedString(bytes, at, end)
  }
  const quote = bytes.indexOf(QUOTE, looped)
  if (quote === -1 || quote >= end) return NONE
  return bytes[quote - 1] === BACKSLASH ? afterEscapedString(bytes, looped, end) : quote + 1
}

function afterEscapedString(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH) at += 1
  }
  return NONE
}

/** After the bracket that closes the one at `from`. */
function afterNested(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = afterString(bytes, at, end) - 1
      if (at < 0) return NONE
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return NONE
}

/** Letters, digits, points and signs: nothing that begins another value, and no white space. */
const isOfWord = (byte: number): boolean =>
  byte > SPACE && byte !== QUOTE && byte !== OPEN_BRACE && byte !== OPEN_BRACKET && byte !== CLOSE_BRACKET

/** After a number, `true`, `false` or `null`: before the comma or the brace that ends it. */
function afterWord(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === COMMA || byte === CLOSE_BRACE) return at > from ? at : NONE
    if (byte === undefined || !isOfWord(byte)) return NONE
  }
  return NONE
}

const WORDS = [true, false, null].map((value) => ({ value, bytes: encoder.encode(String(value)) }))

/** The value from `from` to `end`; throws SyntaxError when it is none. */
function readValue(bytes: Uint8Array, from: number, end: number): unknown {
  const first = bytes[from] ?? 0
  if (first === QUOTE && !hasEscape(bytes, from, end)) return readPlainString(bytes, from + 1, end - 1)
  if (first === MINUS || (first >= ZERO && first <= NINE)) {
    const number = readExactNumber(bytes, from, end)
    if (number !== undefined) return number
  }
  for (const word of WORDS) {
    if (word.bytes[0] === first && isWordAt(word.bytes, bytes, from, end)) return word.value
  }
  return parseJson(decoder.decode(bytes.subarray(from, end)))
}

function hasEscape(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (bytes[at] === BACKSLASH) return true
  return false
}

/** Whether just these bytes stand from `from` to `end`. */
function isWordAt(word: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  if (word.length !== end - from) return false
  for (let index = 0; index < word.length; index += 1) if (bytes[from + index] !== word[index]) return false
  return true
}

/** Shorter ones are put together faster than a decoder is asked. */
const MAX_JOINED_CHARACTERS = 16
const FIRST_NOT_ASCII = 128

/** A string without escapes. */
function readPlainString(bytes: Uint8Array, from: number, end: number): string {
  if (end - from > MAX_JOINED_CHARACTERS) return decoder.decode(bytes.subarray(from, end))
  let text = ''
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= FIRST_NOT_ASCII) return decoder.decode(bytes.subarray(from, end))
    text += String.fromCharCode(byte)
  }
  return text
}

/** Whole numbers of so many digits, and their quotients by as large a power of ten, are exact in a double. */
const MAX_EXACT_DIGITS = 15
const POWERS_OF_TEN = Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

/** A number whose digits are few enough to be exact; undefined for any other, which is left to the parser. */
function readExactNumber(bytes: Uint8Array, from: number, end: number): number | undefined {
  const isNegative = bytes[from] === MINUS
  const start = isNegative ? from + 1 : from
  if (bytes[start] === ZERO && end - start > 1 && bytes[start + 1] !== DOT) return undefined
  let digits = 0
  let count = 0
  let fractionDigits = NONE
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO)
      count += 1
      if (fractionDigits >= 0) fractionDigits += 1
    } else if (byte === DOT && fractionDigits < 0 && count > 0) fractionDigits = 0
    else return undefined
  }
  if (count === 0 || count > MAX_EXACT_DIGITS || fractionDigits === 0) return undefined
  const value = fractionDigits > 0 ? digits / (POWERS_OF_TEN[fractionDigits] ?? 1) : digits
  return isNegative ? -value : value
}
