import type { ElementType } from '../model/elements.ts'
import { unwrap, wrapperType } from './values.ts'
import { ENTRY_NANOSECONDS, spendWork } from './work.ts'

/** 32 bits signed: a number without fraction outside is a long (platform protocol, "Element types"). */
const MAX_INTEGER = 2147483647
const MIN_INTEGER = -2147483648
/** 64 bits signed: nothing beyond is an integer of the platform. */
const LONG_LIMIT = 2 ** 63

/**
 * The protocol's type of a value: that of its wrapper, or the one that plain JSON maps to. `undefined` for null, which
 * has none.
 */
export function typeOf(value: unknown): ElementType | undefined {
  const wrapped = wrapperType(value)
  if (wrapped !== undefined) return wrapped as ElementType
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'bigint':
      return value >= MIN_INTEGER && value <= MAX_INTEGER ? 'integer' : 'long'
    case 'number':
      return typeOfNumber(value)
    case 'object':
      return value === null ? undefined : Array.isArray(value) ? 'list' : 'map'
    default:
      return undefined
  }
}

function typeOfNumber(value: number): ElementType {
  if (!Number.isInteger(value)) return 'float'
  if (value >= MIN_INTEGER && value <= MAX_INTEGER) return 'integer'
  return Math.abs(value) < LONG_LIMIT ? 'long' : 'float'
}

/** Types whose members are parts of one value and not elements of their own. */
const CLOSED_TYPES: ReadonlySet<string> = new Set(['location', 'dropRef'])

/** Whether an element of the map, at any depth, has the type (HAS). */
export function hasType(elements: unknown, typeName: string): boolean {
  return someChild(elements, (value) => {
    const type = typeOf(value)
    if (type === typeName) return true
    return type !== undefined && !CLOSED_TYPES.has(type) && hasType(unwrap(value), typeName)
  })
}

/** Whether a string anywhere in the map, at any depth, passes the test (MATCHES). Names are not looked at. */
export function someString(elements: unknown, test: (text: string) => boolean): boolean {
  return someChild(elements, (value) => {
    const inner = unwrap(value)
    return typeof inner === 'string' ? test(inner) : someString(inner, test)
  })
}

function someChild(holder: unknown, test: (value: unknown) => boolean): boolean {
  if (typeof holder !== 'object' || holder === null) return false
  if (Array.isArray(holder)) {
    spendWork(holder.length * ENTRY_NANOSECONDS)
    return holder.some(test)
  }
  for (const name in holder) {
    spendWork(ENTRY_NANOSECONDS)
    if (test((holder as Record<string, unknown>)[name])) return true
  }
  return false
}
