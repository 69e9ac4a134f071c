import { DROP_MEMBERS } from './operators.ts'
import { unwrap } from './values.ts'
import { ENTRY_NANOSECONDS, spendWork } from './work.ts'

/**
 * What a filter is applied to: a drop, whose names are its members or else elements, or another object of the platform
 * (a flow, a track), whose names are its members. (Platform protocol, "Name resolution".)
 */
export type SubjectKind = 'drop' | 'object'

/** The value of a member lies behind a list: read it with `someAt`. */
export const BEHIND_LIST: unique symbol = Symbol('behind a list')

/** Reads the one value of a member; `undefined` when it is missing, `BEHIND_LIST` when there may be several. */
export type MemberReader = (subject: unknown) => unknown

/** A member of a filter, resolved for one kind of subject. */
export interface MemberPath {
  readonly names: readonly string[]
  /** The list index that a segment may mean; -1 when it is no number. */
  readonly indexes: readonly number[]
  readonly read: MemberReader
  /** Holders above this depth, the subject and `elems`, are never wrappers, whatever their members are called. */
  readonly firstTypedDepth: number
  /** Whether the member is an id by its place, so that the letter of its kind does not matter. */
  readonly isId: boolean
}

const INDEX = /^\d{1,9}$/

/** The members of a drop, and by their names of other objects, that hold ids. */
const ID_MEMBERS: ReadonlySet<string> = new Set(['id', 'flowId', 'creatorId', 'dropId'])

/** Resolves a member once, so that a read per drop is a few property look-ups. */
export function resolveMember(path: readonly string[], subject: SubjectKind): MemberPath {
  const isElement = subject === 'drop' && !DROP_MEMBERS.has(path[0] ?? '')
  const names = isElement ? ['elems', ...path] : path
  const indexes = names.map((name) => (INDEX.test(name) ? Number(name) : -1))
  const last = names.at(-1) ?? ''
  const isInElements = subject === 'drop' && names[0] === 'elems'
  return {
    names,
    indexes,
    read: readerOf(names),
    firstTypedDepth: isInElements ? 2 : 1,
    isId: !isInElements && ID_MEMBERS.has(last)
  }
}

/**
 * Whether `test` holds for a value of the member: for the one value, or for any of those that a walk through lists by
 * name leads to. `test` gets values as they are, wrappers and whole lists included; it is not called for a missing
 * member.
 */
export function someAt(subject: unknown, path: MemberPath, test: (value: unknown) => boolean): boolean {
  return someFrom(subject, path, 0, test)
}

function someFrom(
  start: unknown,
  path: MemberPath,
  from: number,
  test: (value: unknown) => boolean
): boolean {
  let value = start
  for (let depth = from; depth < path.names.length; depth += 1) {
    const holder = depth < path.firstTypedDepth ? value : unwrap(value)
    if (typeof holder !== 'object' || holder === null) return false
    if (Array.isArray(holder)) {
      const index = path.indexes[depth] ?? -1
      if (index < 0) {
        spendWork(holder.length * ENTRY_NANOSECONDS)
        for (const entry of holder) if (someFrom(entry, path, depth, test)) return true
        return false
      }
      value = holder[index]
    } else value = ownMember(holder as Record<string, unknown>, path.names[depth] ?? '')
    if (value === undefined) return false
  }
  return test(value)
}

/** All values of the member, in the order of the subject; empty when it is missing. */
export function valuesAt(subject: unknown, path: MemberPath): unknown[] {
  const values: unknown[] = []
  someFrom(subject, path, 0, (value) => {
    values.push(value)
    return false
  })
  return values
}

/** Names that every object answers to without having them. */
const isInherited = (name: string): boolean => name in Object.prototype

const ownMember = (holder: Record<string, unknown>, name: string): unknown =>
  isInherited(name) && !Object.hasOwn(holder, name) ? undefined : holder[name]

/** One closure a shape of path: most filters name an element directly. */
function readerOf(names: readonly string[]): MemberReader {
  if (names.some(isInherited)) return () => BEHIND_LIST
  const [first = '', second, third, fourth, fifth] = names
  if (second === undefined) return (subject) => (subject as Record<string, unknown>)[first]
  if (third === undefined && first === 'elems') return elementReader(second)
  if (third !== undefined) {
    const isPlain = first === 'elems' && names.slice(2).every(isNameOfMapsOnly)
    if (isPlain && fourth === undefined) return childReader(second, third)
    if (isPlain && fourth !== undefined && fifth === undefined) return grandchildReader(second, third, fourth)
    return deepReader(names)
  }
  return (subject) => step((subject as Record<string, unknown>)[first], second)
}

interface WithElements {
  readonly elems: Record<string, unknown> | null | undefined
}

/**
 * `elems` itself is never typed: a map of elements that happen to be called "type" and "value" is no wrapper.
 */
const elementReader =
  (name: string): MemberReader =>
  (subject) => {
    const { elems } = subject as WithElements
    return elems?.[name]
  }

/** Names that no list has, and that a wrapper has not: what is found under one is a member of a plain map. */
const isNameOfMapsOnly = (name: string): boolean =>
  !(name in Array.prototype) && !INDEX.test(name) && name !== 'type' && name !== 'value'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/*
 * The next two are `deepReader` written out: each look-up at a place of its own in the code, where the engine can
 * remember what it found, makes nested members several times faster to read.
 */
const childReader =
  (first: string, second: string): MemberReader =>
  (subject) => {
    const { elems } = subject as WithElements
    const holder = elems?.[first]
    if (!isObject(holder)) return undefined
    const value = holder[second]
    return value === undefined ? step(holder, second) : value
  }

const grandchildReader =
  (first: string, second: string, third: string): MemberReader =>
  (subject) => {
    const { elems } = subject as WithElements
    const outer = elems?.[first]
    if (!isObject(outer)) return undefined
    const inner = outer[second]
    if (inner === undefined) return step(outer, second)
    if (!isObject(inner)) return undefined
    const value = inner[third]
    return value === undefined ? step(inner, third) : value
  }

function deepReader(names: readonly string[]): MemberReader {
  const [first = '', ...rest] = names
  const count = rest.length
  return (subject) => {
    let value = (subject as Record<string, unknown>)[first]
    for (let depth = 0; depth < count; depth += 1) {
      value = step(value, rest[depth] as string)
      if (value === undefined || value === BEHIND_LIST) return value
    }
    return value
  }
}

/** One step into a plain map; lists and wrappers are left to `someAt`. */
function step(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined
  if (Array.isArray(holder)) return BEHIND_LIST
  const map = holder as Record<string, unknown>
  const value = map[name]
  // A wrapper has the members "type" and "value" and no other, so whoever has this one is none.
  if (value !== undefined && name !== 'type' && name !== 'value') return value
  return typeof map.type === 'string' ? BEHIND_LIST : value
}
