import { isElementType } from '../model/elements.ts'
import { ENTRY_NANOSECONDS, spendWork } from './work.ts'

/**
 * How values compare (platform protocol, "Operator semantics").
 *
 * A value is looked at without its typed wrapper, at any depth. Numbers of every kind and dates compare by value, long
 * integers exactly; strings by code point; booleans and null only for equality; different kinds are never equal and
 * have no order.
 */
export type Comparable = number | bigint | string

interface Wrapper {
  readonly type: string
  readonly value: unknown
}

const isWrapper = (value: object): value is Wrapper => {
  const { type } = value as { type?: unknown }
  if (typeof type !== 'string' || !isElementType(type) || !Object.hasOwn(value, 'value')) return false
  let count = 0
  for (const _ in value) count += 1
  return count === 2
}

/** The value without its typed wrapper: `{type: 'date', value: 5}` is 5. */
export function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return isWrapper(value) ? value.value : value
}

/** The type of a typed wrapper; `undefined` for plain values. */
export function wrapperType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return isWrapper(value) ? value.type : undefined
}

/** Whether two numbers are the same, also when one of them is a long integer beyond 2^53. */
export const isSameNumber = (left: number | bigint, right: number | bigint): boolean =>
  // A bigint and a number are compared by their mathematical value.
  left === right || (typeof left !== typeof right && left <= right && left >= right)

/** Whether two values are equal, whole lists and maps too. */
export function isEqualValue(leftValue: unknown, rightValue: unknown): boolean {
  const left = unwrap(leftValue)
  const right = unwrap(rightValue)
  if (left === right) return true
  if (isNumeric(left)) return isNumeric(right) && isSameNumber(left, right)
  if (typeof left === 'string' && typeof right === 'string') {
    return (wrapperType(leftValue) === 'id' || wrapperType(rightValue) === 'id') && isSameId(left, right)
  }
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false
    spendWork(left.length * ENTRY_NANOSECONDS)
    return left.every((entry, index) => isEqualValue(entry, right[index]))
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(right)) return false
  return isEqualMap(left as Record<string, unknown>, right as Record<string, unknown>)
}

function isEqualMap(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  spendWork(keys.length * ENTRY_NANOSECONDS)
  return keys.every((key) => Object.hasOwn(right, key) && isEqualValue(left[key], right[key]))
}

export const isNumeric = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

/**
 * Less than 0, 0 or more than 0 as `left` comes before, at or after `right`; `undefined` when they have no order.
 */
export function orderOf(leftValue: unknown, rightValue: unknown): number | undefined {
  const left = unwrap(leftValue)
  const right = unwrap(rightValue)
  if (isNumeric(left)) return isNumeric(right) ? (left < right ? -1 : left > right ? 1 : 0) : undefined
  if (typeof left !== 'string' || typeof right !== 'string') return undefined
  const areIds = wrapperType(leftValue) === 'id' || wrapperType(rightValue) === 'id'
  return areIds ? idOrder(left, right) : compareCodePoints(left, right)
}

/** Where UTF-16 units stop to sort as code points do: surrogates stand for more than the units above them. */
const FIRST_SURROGATE = 0xd800
const AFTER_SURROGATES = 0xe000

/** The order of two strings by code point. JavaScript's own order, by UTF-16 unit, differs beyond U+D7FF. */
export function compareCodePoints(left: string, right: string): number {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const leftUnit = left.charCodeAt(index)
    const rightUnit = right.charCodeAt(index)
    if (leftUnit !== rightUnit) return codePointRank(leftUnit) < codePointRank(rightUnit) ? -1 : 1
  }
  return left.length < right.length ? -1 : 1
}

/** Surrogates last, so that units sort as the code points that they are a part of. */
function codePointRank(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit
  return unit >= AFTER_SURROGATES ? unit - 0x800 : unit + 0x2000
}

/** Whether the string holds units whose order is not that of JavaScript. */
export function needsCodePointOrder(text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) >= FIRST_SURROGATE) return true
  return false
}

const OBJECT_ID = /^[a-z]?[0-9a-f]{24}$/
const ID_DIGITS = 24

/** Whether a text has the form of an object id, with or without the letter of its kind. */
export const isObjectId = (text: string): boolean => OBJECT_ID.test(text)

/** Ids are the same with and without the letter of their kind (platform protocol, "Object ids"). */
export function isSameId(left: string, right: string): boolean {
  if (left === right) return true
  if (left.length === right.length) return false
  return idOrder(left, right) === 0
}

/** Two ids of which one has no letter are ordered by their digits, any other strings as strings. */
function idOrder(left: string, right: string): number {
  if (left.length !== right.length && isObjectId(left) && isObjectId(right)) {
    return compareCodePoints(left.slice(-ID_DIGITS), right.slice(-ID_DIGITS))
  }
  return compareCodePoints(left, right)
}
