import { isTypedValue } from '../../shared/model/elements.ts'
import { cutText } from '../drops/cut-text.ts'
import { cellKind, cellText } from '../drops/cells.ts'
import { readDrop } from './drop-judge.ts'

/** An element of a drop beside that of the drop before. */
export interface MemberDifference {
  /** Its place in the list: two long names may look the same once they are cut. */
  readonly place: number
  readonly name: string
  readonly value: string
  /** The value of the drop before; empty when it had none. */
  readonly before: string
  readonly change: 'same' | 'changed' | 'added' | 'removed'
  readonly isNumber: boolean
  /** What the number would be as a moment; empty when it is none. */
  readonly hint: string
}

export interface DropDifference {
  readonly dropId: string
  readonly hasPrevious: boolean
  readonly members: readonly MemberDifference[]
  readonly changed: number
  /** Elements beyond `MAX_MEMBERS`. */
  readonly leftOut: number
}

/** A list of more is read in the drop itself; this one must be drawn in a frame. */
const MAX_MEMBERS = 200
const MAX_VALUE_CHARACTERS = 200
/** Numbers from 2001 to 2100 in milliseconds are probably moments: pushes come without types. */
const FIRST_MOMENT_MS = 978_307_200_000
const LAST_MOMENT_MS = 4_102_444_800_000

/** What differs between a drop's text and that of the drop before it in its flow. */
export function compareDrops(text: string, previousText: string | undefined): DropDifference {
  const drop = (readDrop(text) ?? {}) as { id?: unknown; elems?: Readonly<Record<string, unknown>> }
  const previous = previousText === undefined ? undefined : elementsOf(previousText)
  const elems = drop.elems ?? {}
  const names = [...new Set([...Object.keys(elems), ...Object.keys(previous ?? {})])]
  const members = names.slice(0, MAX_MEMBERS).map((name, place): MemberDifference => {
    const isThere = Object.hasOwn(elems, name)
    const wasThere = previous !== undefined && Object.hasOwn(previous, name)
    const value = isThere ? shortText(elems[name]) : ''
    const before = wasThere ? shortText(previous[name]) : ''
    const isSame =
      isThere &&
      (previous === undefined || (wasThere && wholeText(elems[name]) === wholeText(previous[name])))
    return {
      place,
      name,
      value,
      before,
      change: isSame ? 'same' : !isThere ? 'removed' : wasThere ? 'changed' : 'added',
      isNumber: isThere && cellKind(elems[name]) === 'number',
      hint: isThere ? momentHint(elems[name]) : ''
    }
  })
  return {
    dropId: typeof drop.id === 'string' ? drop.id : '',
    hasPrevious: previous !== undefined,
    members,
    changed: members.filter(({ change }) => change !== 'same').length,
    leftOut: names.length - members.length
  }
}

const elementsOf = (text: string): Readonly<Record<string, unknown>> =>
  ((readDrop(text) ?? {}) as { elems?: Readonly<Record<string, unknown>> }).elems ?? {}

const wholeText = (value: unknown): string => cellText(value, { timeZone: 'UTC', nowMs: 0 })

const shortText = (value: unknown): string => cutText(wholeText(value), MAX_VALUE_CHARACTERS)

function momentHint(value: unknown): string {
  const plain = isTypedValue(value) ? value.value : value
  return typeof plain === 'number' &&
    Number.isInteger(plain) &&
    plain >= FIRST_MOMENT_MS &&
    plain <= LAST_MOMENT_MS
    ? `${String(plain)}: as a moment ${new Date(plain).toISOString()}`
    : ''
}
