import { writeJson } from '../wire/json.ts'
import type { Elements, ElementType, ElementValue, TypedValue } from './elements.ts'
import { isTypedValue } from './elements.ts'

/**
 * How deep maps and collections may nest inside `elems`; deeper input is refused (platform protocol, "Element
 * types").
 */
export const MAX_NESTING_LEVELS = 32

export const MIN_INTEGER = -(2 ** 31)
export const MAX_INTEGER = 2 ** 31 - 1
const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n
/** 2^63 as a number: integral numbers from here on are no long; they stay floats. */
const LONG_LIMIT = 2 ** 63
/** The range of a JavaScript date, in milliseconds from the epoch to either side. */
const MAX_DATE_MS = 8.64e15

const ID = /^[a-z]?[0-9a-f]{24}$/
const EMAIL = /^[^\s@]+@[^\s@]+$/

export type CanonicalOutcome =
  | {
      readonly kind: 'canonical'
      readonly elems: Elements
      /** True when no typed wrapper is left anywhere, so that the canonical form is the plain form too. */
      readonly isPlain: boolean
    }
  | { readonly kind: 'invalid'; readonly problem: string }

/**
 * Brings the `elems` of a request, plain, typed or mixed, to the canonical form (see `elements.ts`).
 *
 * - An object of exactly two members, `type` (one of the known types) and `value`, is typed; any other object
 *   is a map.
 * - `null` is dropped, in maps and in collections.
 * - Sets lose repeated entries, sorted sets and sorted maps are put in ascending order.
 * - A map that would read as a typed wrapper once it stands alone keeps its own wrapper.
 *
 * Answers `invalid` with a sentence that names the element for a value that does not fit its type, more than
 * 32 levels, an integer beyond 64 bits, or an `elems` that is no object. (Platform protocol, "Element
 * types".)
 */
export function canonicalElements(input: unknown): CanonicalOutcome {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { kind: 'invalid', problem: 'elems must be an object of element names and values' }
  }
  const work = new Canonicaliser()
  const elems = work.members(input as Record<string, unknown>, 'elems', 0)
  if (elems === undefined) return { kind: 'invalid', problem: work.problem ?? 'elems cannot be read' }
  return { kind: 'canonical', elems, isPlain: !work.hasWrapper }
}

/** The plain form: wrappers are removed at every depth; a date becomes its milliseconds, a set an array. */
export function toPlain(value: ElementValue): ElementValue {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map(toPlain)
  if (!isTypedValue(value)) return mapMembers(value, toPlain)
  const inner = value.value
  if (value.type === 'dropRef' || typeof inner !== 'object' || inner === null) return inner
  // The value of a wrapper is never itself a wrapper: a map may well hold the members `type` and `value`.
  return isList(inner) ? inner.map(toPlain) : mapMembers(inner, toPlain)
}

/** The plain form of all elements. */
export const toPlainElements = (elems: Elements): Elements => mapMembers(elems, toPlain)

/** The typed form: every value at every depth is an object of `type` and `value`. */
export function toTyped(value: ElementValue): TypedValue {
  if (value === null || typeof value !== 'object' || isList(value) || !isTypedValue(value)) {
    return { type: plainElementType(value), value: typedContent(value) }
  }
  return {
    type: value.type,
    value: value.type === 'dropRef' ? value.value : typedContent(value.value, value.type)
  }
}

/** The typed form of all elements. */
export const toTypedElements = (elems: Elements): Elements =>
  mapMembers(elems, (value) => ({ ...toTyped(value) }))

/** The type that a value of the canonical form has: the wrapper's, or the one that plain JSON maps to. */
export function elementType(value: ElementValue): ElementType {
  return isTypedValue(value) ? value.type : plainElementType(value)
}

function plainElementType(value: ElementValue): ElementType {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'bigint':
      return 'long'
    case 'number':
      if (!Number.isInteger(value) || Math.abs(value) >= LONG_LIMIT) return 'float'
      return value >= MIN_INTEGER && value <= MAX_INTEGER ? 'integer' : 'long'
    default:
      return Array.isArray(value) ? 'list' : 'map'
  }
}

function typedContent(value: ElementValue, type?: ElementType): ElementValue {
  if (typeof value !== 'object' || value === null) return value
  const wrap = (child: ElementValue): ElementValue => ({ ...toTyped(child) })
  if (isList(value)) return value.map(wrap)
  if (type !== 'location') return mapMembers(value, wrap)
  // Latitude and longitude are bare numbers in both encodings; only the free map beside them is encoded.
  return mapMembers(value, (child, name) =>
    name === 'specifiers' && typeof child === 'object' && child !== null && !isList(child)
      ? mapMembers(child, wrap)
      : child
  )
}

class Canonicaliser {
  problem: string | undefined
  hasWrapper = false

  /** The members of a map; undefined after a problem. */
  members(
    input: Record<string, unknown>,
    at: string,
    level: number
  ): Record<string, ElementValue> | undefined {
    if (level > MAX_NESTING_LEVELS)
      return this.fail(`${at} is nested deeper than ${String(MAX_NESTING_LEVELS)} levels`)
    const entries: [string, ElementValue][] = []
    for (const name of Object.keys(input)) {
      const child = input[name]
      if (child === null || child === undefined) continue
      if (name === '') return this.fail(`${at} has an element with an empty name`)
      const value = this.value(child, `${at}.${name}`, level)
      if (value === undefined) return undefined
      entries.push([name, value])
    }
    // Unlike assignment, this keeps an element named __proto__ an ordinary member.
    return Object.fromEntries(entries)
  }

  private value(input: unknown, at: string, level: number): ElementValue | undefined {
    switch (typeof input) {
      case 'string':
      case 'boolean':
        return input
      case 'number':
        // A token such as 1e400 is valid JSON and reads as Infinity, which JSON cannot write.
        return Number.isFinite(input) ? input : this.fail(`${at} is a number beyond the range of a float`)
      case 'bigint':
        if (input >= MIN_LONG && input <= MAX_LONG) return input
        return isWrittenFloat(input) ? Number(input) : this.fail(`${at} is an integer beyond 64 bits`)
      case 'object':
        break
      default:
        return this.fail(`${at} is not a JSON value`)
    }
    if (Array.isArray(input)) return this.entries(input as unknown[], at, level + 1)
    if (isTypedValue(input)) return this.typed(input.type, input.value, at, level)
    return this.map(input as Record<string, unknown>, at, level)
  }

  private map(input: Record<string, unknown>, at: string, level: number): ElementValue | undefined {
    const map = this.members(input, at, level + 1)
    return map !== undefined && isTypedValue(map) ? this.wrap('map', map) : map
  }

  private entries(input: readonly unknown[], at: string, level: number): ElementValue[] | undefined {
    if (level > MAX_NESTING_LEVELS)
      return this.fail(`${at} is nested deeper than ${String(MAX_NESTING_LEVELS)} levels`)
    const list: ElementValue[] = []
    for (const [index, child] of input.entries()) {
      if (child === null || child === undefined) continue
      const value = this.value(child, `${at}.${String(index)}`, level)
      if (value === undefined) return undefined
      list.push(value)
    }
    return list
  }

  private typed(type: ElementType, input: unknown, at: string, level: number): ElementValue | undefined {
    switch (type) {
      case 'string':
        return typeof input === 'string' ? input : this.unfit(at, type, 'a string')
      case 'boolean':
        return typeof input === 'boolean' ? input : this.unfit(at, type, 'true or false')
      case 'integer':
        return isInteger32(input) ? input : this.unfit(at, type, 'an integer of at most 32 bits')
      case 'long':
        return this.long(input, at)
      case 'float':
        return this.float(input, at)
      case 'date':
        return typeof input === 'number' && Number.isInteger(input) && Math.abs(input) <= MAX_DATE_MS
          ? this.wrap(type, input)
          : this.unfit(at, type, 'an integer, the milliseconds since 1970')
      case 'list':
        return Array.isArray(input)
          ? this.entries(input as unknown[], at, level + 1)
          : this.unfit(at, type, 'an array')
      case 'set':
      case 'sortedSet':
        return Array.isArray(input)
          ? this.set(type, input as unknown[], at, level)
          : this.unfit(at, type, 'an array')
      case 'map':
        return isRecord(input) ? this.map(input, at, level) : this.unfit(at, type, 'an object')
      case 'sortedMap':
        return isRecord(input) ? this.sortedMap(input, at, level) : this.unfit(at, type, 'an object')
      case 'location':
        return this.location(input, at, level)
      case 'id':
        return typeof input === 'string' && ID.test(input)
          ? this.wrap(type, input)
          : this.unfit(at, type, '24 hexadecimal digits, with or without the letter of their kind')
      case 'dropRef':
        return this.dropRef(input, at)
      case 'email':
        return typeof input === 'string' && EMAIL.test(input)
          ? this.wrap(type, input)
          : this.unfit(at, type, 'an address such as name@host')
      case 'uri':
      case 'text':
      case 'html':
      case 'url':
      case 'phone':
        return typeof input === 'string' ? this.wrap(type, input) : this.unfit(at, type, 'a string')
    }
  }

  private long(input: unknown, at: string): ElementValue | undefined {
    if (isInteger32(input)) return this.wrap('long', input)
    if (typeof input === 'bigint' && input >= MIN_LONG && input <= MAX_LONG) return input
    if (typeof input === 'number' && Number.isInteger(input) && Math.abs(input) < LONG_LIMIT) return input
    return this.unfit(at, 'long', 'an integer of at most 64 bits')
  }

  private float(input: unknown, at: string): ElementValue | undefined {
    const number = typeof input === 'bigint' ? Number(input) : input
    if (typeof number !== 'number' || !Number.isFinite(number)) return this.unfit(at, 'float', 'a number')
    return plainElementType(number) === 'float' ? number : this.wrap('float', number)
  }

  private set(
    type: 'set' | 'sortedSet',
    input: readonly unknown[],
    at: string,
    level: number
  ): ElementValue | undefined {
    const list = this.entries(input, at, level + 1)
    if (list === undefined) return undefined
    const distinct = [...new Map(list.map((entry) => [writeJson(entry), entry])).values()]
    return this.wrap(type, type === 'set' ? distinct : distinct.sort(compareElementValues))
  }

  private sortedMap(input: Record<string, unknown>, at: string, level: number): ElementValue | undefined {
    const map = this.members(input, at, level + 1)
    if (map === undefined) return undefined
    const sorted = Object.entries(map).sort(([a], [b]) => compareCodePoints(a, b))
    return this.wrap('sortedMap', Object.fromEntries(sorted))
  }

  private location(input: unknown, at: string, level: number): ElementValue | undefined {
    const place = checkPlace(input)
    if (place === undefined)
      return this.unfit(at, 'location', '{lat, lon} within -90..90 and -180..180 degrees')
    if (place.specifiers === undefined) return this.wrap('location', { lat: place.lat, lon: place.lon })
    const specifiers = this.members(place.specifiers, `${at}.specifiers`, level + 1)
    return specifiers && this.wrap('location', { lat: place.lat, lon: place.lon, specifiers })
  }

  private dropRef(input: unknown, at: string): ElementValue | undefined {
    const flowId = isRecord(input) ? bareId(input['flowId']) : undefined
    const dropId = isRecord(input) ? bareId(input['dropId']) : undefined
    return flowId === undefined || dropId === undefined
      ? this.unfit(at, 'dropRef', '{flowId, dropId}, both ids')
      : this.wrap('dropRef', { flowId, dropId })
  }

  private wrap(type: ElementType, value: ElementValue): ElementValue {
    this.hasWrapper = true
    return { type, value }
  }

  private unfit(at: string, type: ElementType, expected: string): undefined {
    return this.fail(`${at} is not a valid ${type}: expected ${expected}`)
  }

  private fail(problem: string): undefined {
    this.problem ??= problem
    return undefined
  }
}

export type LocationOutcome =
  | {
      readonly kind: 'location'
      readonly location: { lat: number; lon: number; specifiers?: Readonly<Record<string, ElementValue>> }
      /** True when its free map holds no typed wrapper. */
      readonly isPlain: boolean
    }
  | { readonly kind: 'invalid'; readonly problem: string }

/** Checks a drop's `location` member: latitude, longitude and an optional free map. Other members are ignored. */
export function canonicalLocation(input: unknown): LocationOutcome {
  const place = checkPlace(input)
  if (place === undefined) {
    return {
      kind: 'invalid',
      problem:
        'location needs lat within -90..90 and lon within -180..180 degrees, and specifiers, if any, as an object'
    }
  }
  const { lat, lon } = place
  if (place.specifiers === undefined) return { kind: 'location', location: { lat, lon }, isPlain: true }
  const outcome = canonicalElements(place.specifiers)
  return outcome.kind === 'invalid'
    ? { kind: 'invalid', problem: `location.specifiers: ${outcome.problem}` }
    : { kind: 'location', location: { lat, lon, specifiers: outcome.elems }, isPlain: outcome.isPlain }
}

/**
 * The ascending order of sorted sets: booleans, numbers, strings (by code point), then everything else by its JSON.
 * Typed values are ordered by what they wrap.
 */
export function compareElementValues(a: ElementValue, b: ElementValue): number {
  const left = bareValue(a)
  const right = bareValue(b)
  const byRank = rank(left) - rank(right)
  if (byRank !== 0) return byRank
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === 'string' && typeof right === 'string') return compareCodePoints(left, right)
  return compareCodePoints(writeJson(left), writeJson(right))
}

/** Orders strings by code point, unlike `<`, which orders by UTF-16 unit. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right)
      return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1
  }
  return a.length - b.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

const bareValue = (value: ElementValue): ElementValue => (isTypedValue(value) ? value.value : value)

const isNumeric = (value: ElementValue): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

const rank = (value: ElementValue): number =>
  typeof value === 'boolean' ? 0 : isNumeric(value) ? 1 : typeof value === 'string' ? 2 : 3

const isList = (value: ElementValue): value is readonly ElementValue[] => Array.isArray(value)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whether the digits are those of a float: JavaScript writes 1e20 as 100000000000000000000. Other integers beyond 64 bits
 * would lose digits without a word.
 */
const isWrittenFloat = (value: bigint): boolean => String(Number(value)) === String(value)

const isInteger32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= MIN_INTEGER && value <= MAX_INTEGER

function bareId(input: unknown): string | undefined {
  const id = isTypedValue(input) && input.type === 'id' ? input.value : input
  return typeof id === 'string' && ID.test(id) ? id : undefined
}

interface Place {
  readonly lat: number
  readonly lon: number
  readonly specifiers?: Record<string, unknown>
}

function checkPlace(input: unknown): Place | undefined {
  if (!isRecord(input)) return undefined
  const { lat, lon, specifiers } = input
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined
  if (specifiers === undefined || specifiers === null) return { lat, lon }
  return isRecord(specifiers) ? { lat, lon, specifiers } : undefined
}

function mapMembers(
  map: Readonly<Record<string, ElementValue>>,
  change: (value: ElementValue, name: string) => ElementValue
): Record<string, ElementValue> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]))
}
