/**
 * The only door through which drops become JSON and back.
 *
 * JavaScript numbers hold integers up to 2^53 exactly; the platform's `long` has 64 bits. A text that holds a number
 * token of 16 or more digits is parsed with a reviver that sees the source text and makes a bigint where a number would
 * lose digits; any other text takes the plain, faster way.
 */
const LONG_NUMBER_TOKEN = /[:,[]\s*-?\d{16}/
const LONG_NUMBER_AT_START = /^\s*-?\d{16}/
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
  return LONG_NUMBER_TOKEN.test(text) || LONG_NUMBER_AT_START.test(text)
    ? sourceTextJson.parse(text, reviveLongInteger)
    : (JSON.parse(text) as unknown)
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
