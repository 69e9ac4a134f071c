/**
 * The only door through which drops become JSON and back.
 *
 * JavaScript numbers hold integers up to 2^53 exactly; the platform's `long` has 64 bits. A text that holds a number
 * token of 16 or more digits is parsed with a reviver that sees the source text and makes a bigint where a number would
 * lose digits; any other text takes the plain, faster way.
 */
const LONG_DIGITS = 16
const INTEGER = /^-?\d+$/

interface RawJson {
  rawJSON(text: string): unknown
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown
  ): unknown
}

// The library of TypeScript does not know JSON.rawJSON and the reviver's third argument (ECMAScript 2026).
const sourceTextJson = JSON as unknown as RawJson

/**
 * Parses JSON; integers beyond 2^53 become bigint.
 *
 * @throws SyntaxError when `text` is not JSON.
 */
export function parseJson(text: string): unknown {
  return mayHoldLongNumber(text)
    ? sourceTextJson.parse(text, reviveLongInteger)
    : (JSON.parse(text) as unknown)
}

/**
 * Whether 16 digits in a row stand where a number may, which a string can hold too. Looks at every sixteenth character, for such
 * a row has one of them: a third of the time of a regular expression.
 */
function mayHoldLongNumber(text: string): boolean {
  const { length } = text
  for (let at = LONG_DIGITS - 1; at < length; at += LONG_DIGITS) {
    const code = text.charCodeAt(at)
    if (code < ZERO || code > NINE) continue
    // So long a row goes on for eight at one side at least.
    if (!isDigit(text, at - LONG_DIGITS / 2) && !isDigit(text, at + LONG_DIGITS / 2)) continue
    let start = at
    while (isDigit(text, start - 1)) start -= 1
    let end = at + 1
    while (isDigit(text, end)) end += 1
    if (end - start >= LONG_DIGITS && isPlaceOfNumber(text, start)) return true
    at = end
  }
  return false
}

const ZERO = 48
const NINE = 57

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= ZERO && code <= NINE
}

/** Whether a value may begin at `at`, or with the sign before it. */
function isPlaceOfNumber(text: string, at: number): boolean {
  let before = text[at - 1] === '-' ? at - 2 : at - 1
  while (/\s/.test(text[before] ?? '')) before -= 1
  const code = text[before]
  return code === undefined || code === ':' || code === ',' || code === '['
}

function reviveLongInteger(_key: string, value: unknown, context: { source?: string }): unknown {
  const isUnsafe = typeof value === 'number' && !Number.isSafeInteger(value)
  return isUnsafe && context.source !== undefined && INTEGER.test(context.source)
    ? BigInt(context.source)
    : value
}

/**
 * Writes JSON; a bigint keeps all its digits. Members whose value is `undefined` are left out, as in `JSON.stringify`.
 *
 * @throws TypeError when `value` has a cycle.
 */
export function writeJson(value: unknown, indent?: number): string {
  try {
    // A replacer makes writing three times slower, and few values hold a bigint, which does not go without one.
    return JSON.stringify(value, undefined, indent)
  } catch {
    return JSON.stringify(value, writeLongInteger, indent)
  }
}

function writeLongInteger(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? sourceTextJson.rawJSON(value.toString()) : value
}
