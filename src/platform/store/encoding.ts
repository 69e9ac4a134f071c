import { toPlain, toPlainElements, toTypedElements } from '../../shared/model/element-encoding.ts'
import type { Elements, ElementValue } from '../../shared/model/elements.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { Row } from './query.ts'

/** The two encodings of elements in answers (platform protocol, "Element types"). */
export type Encoding = 'plain' | 'typed'

/**
 * The JSON text of an object in an answer. A text that is plain already and wanted whole is answered as it is
 * stored; anything else costs a parse.
 */
export function encodeRow(row: Row, encoding: Encoding, only?: readonly string[]): string {
  if (only === undefined && (encoding === 'plain' ? row.isPlain : row.value['elems'] === undefined))
    return row.text
  const encoded = encodeValue(row.value, encoding)
  return writeJson(only === undefined ? encoded : project(encoded, only))
}

/** The object with its elements in the asked encoding. */
export function encodeValue(
  value: Readonly<Record<string, unknown>>,
  encoding: Encoding
): Readonly<Record<string, unknown>> {
  const { elems, location } = value
  if (elems === undefined) return value
  const encode = encoding === 'plain' ? toPlainElements : toTypedElements
  return {
    ...value,
    elems: encode(elems as Elements),
    ...(location === undefined ? {} : { location: toPlain(location as ElementValue) })
  }
}

/**
 * The object with only the named members, and always its `id`. A dotted name selects inside maps. For a drop
 * a name that is no member of it means the element of that name. Names that are not there are ignored.
 */
export function project(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[]
): Readonly<Record<string, unknown>> {
  const picked = new Map<string, unknown>([['id', value['id']]])
  for (const name of names) {
    const segments = name.split('.')
    const isElement = !Object.hasOwn(value, segments[0] ?? '') && isMap(value['elems'])
    pick(value, isElement ? ['elems', ...segments] : segments, picked)
  }
  return Object.fromEntries([...picked].map(([name, member]) => [name, unfold(member)]))
}

function pick(source: unknown, segments: readonly string[], into: Map<string, unknown>): void {
  const [name, ...rest] = segments
  if (name === undefined || !isMap(source) || !Object.hasOwn(source, name)) return
  if (rest.length === 0) {
    into.set(name, source[name])
    return
  }
  const already = into.get(name)
  if (already !== undefined && !(already instanceof Map)) return
  const inner = (already as Map<string, unknown> | undefined) ?? new Map<string, unknown>()
  pick(source[name], rest, inner)
  if (inner.size > 0) into.set(name, inner)
}

const unfold = (member: unknown): unknown =>
  member instanceof Map
    ? Object.fromEntries([...(member as Map<string, unknown>)].map(([name, inner]) => [name, unfold(inner)]))
    : member

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
