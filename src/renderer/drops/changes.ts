import { canonicalElements } from '../../shared/model/element-encoding.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import { checkDrop } from './element-check.ts'

/** What differs between a stored drop and its edited text. */
export interface Change {
  /** `elems.place`, `location`, `fhash`. */
  readonly member: string
  /** JSON texts; undefined where the member is missing. */
  readonly before: string | undefined
  readonly after: string | undefined
}

export type Edit =
  | { readonly kind: 'unreadable'; readonly message: string }
  | {
      readonly kind: 'readable'
      readonly changes: readonly Change[]
      readonly update: Update
      /** What the platform would take but perhaps was not meant. */
      readonly notes: readonly string[]
    }

/** The smallest request that makes the changes. */
export type Update =
  /** One element alone: the others stay whatever they are meanwhile. `text`: its JSON value. */
  | { readonly kind: 'element'; readonly name: string; readonly text: string }
  /** `members` of the drop; among them `elems` is replaced as a whole. `text`: their JSON object. */
  | { readonly kind: 'members'; readonly members: readonly string[]; readonly text: string }

type Members = Readonly<Record<string, unknown>>

const UNCHANGED: Edit = {
  kind: 'readable',
  changes: [],
  update: { kind: 'members', members: [], text: '{}' },
  notes: []
}

/** The members that a person may change (platform protocol, "Drops"). */
const EDITABLE = ['elems', 'location', 'fhash'] as const

/**
 * The part of a drop's text that can be edited, laid out for reading: plain values where plain JSON keeps the type, the
 * typed wrapper where it would not (a date), so that saving what was not touched changes nothing.
 */
export function editableText(dropText: string): string {
  const drop = parseJson(dropText) as Readonly<Record<string, unknown>>
  const outcome = canonicalElements(drop['elems'])
  const shown = outcome.kind === 'canonical' ? { ...drop, elems: outcome.elems } : drop
  const members = EDITABLE.filter((name) => Object.hasOwn(drop, name)).map((name) => [name, shown[name]])
  return writeJson(Object.fromEntries(members), 2)
}

/**
 * Compares an edited text with the text that `editableText` gave. The update holds only what changed; a removed member is
 * null there, which removes it on the platform (platform protocol, "Update semantics").
 */
export function compareEdit(baseText: string, editedText: string): Edit {
  // What was just opened: a drop of a megabyte shall not be parsed and judged to be found equal to itself.
  if (editedText === baseText) return UNCHANGED
  const edited = readObject(editedText)
  if (typeof edited === 'string') return { kind: 'unreadable', message: edited }
  const unknown = Object.keys(edited).find((name) => !(EDITABLE as readonly string[]).includes(name))
  if (unknown !== undefined) {
    return {
      kind: 'unreadable',
      message: `"${unknown}" is no member that can be changed: use elems, location, fhash.`
    }
  }
  if (!isObject(edited['elems'])) {
    return { kind: 'unreadable', message: '"elems" must be an object; {} is an empty one.' }
  }
  const { problem, notes } = checkDrop(edited)
  if (problem !== undefined) return { kind: 'unreadable', message: problem }
  const base = parseJson(baseText) as Members
  const changed = changedMembers(base, edited)
  const changes = changesOf(base, edited)
  return { kind: 'readable', changes, update: updateFor(changes, changed, edited), notes }
}

/** How two drops differ, both as texts of `editableText`. */
export const differences = (leftText: string, rightText: string): readonly Change[] =>
  changesOf(parseJson(leftText) as Members, parseJson(rightText) as Members)

const changedMembers = (before: Members, after: Members) =>
  EDITABLE.filter((name) => textOf(before[name]) !== textOf(after[name]))

const changesOf = (before: Members, after: Members): readonly Change[] =>
  changedMembers(before, after).flatMap((name) =>
    name === 'elems'
      ? elementChanges(before['elems'], after['elems'])
      : [{ member: name, before: textOf(before[name]), after: textOf(after[name]) }]
  )

/**
 * One element that was changed or added goes alone. A name with a dot in it would be read as a way into a map, and a removed
 * element has no value to send: both need all of `elems` (platform protocol, "Update semantics").
 */
function updateFor(
  changes: readonly Change[],
  members: readonly string[],
  edited: Readonly<Record<string, unknown>>
): Update {
  const [first] = changes
  const name = first?.member.startsWith('elems.') === true ? first.member.slice('elems.'.length) : undefined
  if (changes.length === 1 && name !== undefined && name !== '' && !name.includes('.')) {
    if (first?.after !== undefined && first.after !== 'null')
      return { kind: 'element', name, text: first.after }
  }
  const body = Object.fromEntries(members.map((member) => [member, edited[member] ?? null]))
  return { kind: 'members', members, text: writeJson(body) }
}

function elementChanges(before: unknown, after: unknown): Change[] {
  const left = isObject(before) ? before : {}
  const right = isObject(after) ? after : {}
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  const changes = names
    .map((name) => ({ member: `elems.${name}`, before: textOf(left[name]), after: textOf(right[name]) }))
    .filter((change) => change.before !== change.after)
  // The same elements in another order are a change too: the platform keeps their order.
  return changes.length > 0 ? changes : [{ member: 'elems', before: textOf(before), after: textOf(after) }]
}

function readObject(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const value = parseJson(text)
    return isObject(value) ? value : 'A drop is an object: { "elems": { … } }.'
  } catch (error) {
    // The engine repeats the text around the place; the editor marks it.
    const reason = error instanceof Error ? error.message.replace(/, "[\s\S]*$/, '') : String(error)
    return `This is not JSON yet, the place is marked: ${reason}.`
  }
}

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : writeJson(value))

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
