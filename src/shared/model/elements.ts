/**
 * The elements of a drop. Two encodings exist (platform protocol, "Element types"): plain JSON, and typed, where a value
 * is an object of exactly two members, `{"type": "date", "value": 1342404840000}`. Both may be mixed at any depth.
 *
 * Inside Flowscope a drop's elements are kept *canonical*: plain JSON wherever plain JSON maps to the same type, and the
 * typed wrapper where it would not (a date, a set, a long that fits 32 bits). The canonical form is valid input for
 * every consumer: a two-member object with a known `type` is always the typed form, never a map.
 */
export type ElementValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly ElementValue[]
  | { readonly [name: string]: ElementValue }

export type Elements = Readonly<Record<string, ElementValue>>

/** Every element type of the protocol. */
export const ELEMENT_TYPES = [
  'string',
  'boolean',
  'integer',
  'long',
  'float',
  'date',
  'list',
  'set',
  'sortedSet',
  'map',
  'sortedMap',
  'location',
  'id',
  'dropRef',
  'email',
  'uri',
  'text',
  'html',
  'url',
  'phone'
] as const

export type ElementType = (typeof ELEMENT_TYPES)[number]

const KNOWN_TYPES: ReadonlySet<string> = new Set(ELEMENT_TYPES)

export const isElementType = (name: string): name is ElementType => KNOWN_TYPES.has(name)

/** A value in its typed wrapper. */
export interface TypedValue {
  readonly type: ElementType
  readonly value: ElementValue
}

/** Whether `value` is a typed wrapper: exactly the members `type` and `value`, `type` a known one. */
export function isTypedValue(value: unknown): value is TypedValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { type } = value as { type?: unknown }
  if (typeof type !== 'string' || !KNOWN_TYPES.has(type)) return false
  const names = Object.keys(value)
  return names.length === 2 && names.includes('value')
}
