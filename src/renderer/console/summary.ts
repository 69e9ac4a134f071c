import { isTypedValue } from '../../shared/model/elements.ts'
import { parseJson } from '../../shared/wire/json.ts'
import { cutText } from '../drops/cut-text.ts'
import { cellKind, cellText } from '../drops/cells.ts'
import type { CellKind } from '../drops/cells.ts'

/** One element of a drop in a line of the console. */
export interface SummaryPart {
  /** Its place among the elements: two long names may look the same once they are cut. */
  readonly place: number
  readonly name: string
  readonly kind: CellKind
  readonly text: string
}

export interface DropSummary {
  readonly dropId: string
  readonly parts: readonly SummaryPart[]
  /** Elements that the line leaves out. */
  readonly leftOut: number
}

/** More does not fit a line of the console. */
const MAX_PARTS = 14
const PART_CHARACTERS = 60
const NAME_CHARACTERS = 40

/** A line for a drop's text. A text that is no drop gives one part that holds its beginning. */
export function summarizeDrop(text: string): DropSummary {
  const drop = parseDrop(text)
  if (drop === undefined) {
    return {
      dropId: '',
      parts: [{ place: 0, name: 'unreadable', kind: 'text', text: cutText(text, 160) }],
      leftOut: 0
    }
  }
  const names = Object.keys(drop.elems)
  const parts = names.slice(0, MAX_PARTS).map((name, place): SummaryPart => {
    const value = drop.elems[name]
    const kind = cellKind(value)
    const plain = isTypedValue(value) ? value.value : value
    const shown = kind === 'text' && typeof plain === 'string' ? cutText(plain, PART_CHARACTERS) : ''
    return {
      place,
      name: cutText(name, NAME_CHARACTERS),
      kind,
      text: shown === '' ? cutText(cellText(value, { timeZone: 'UTC', nowMs: 0 }), PART_CHARACTERS) : shown
    }
  })
  return { dropId: drop.id, parts, leftOut: names.length - parts.length }
}

function parseDrop(text: string): { id: string; elems: Record<string, unknown> } | undefined {
  try {
    const value = parseJson(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { id, elems } = value as { id?: unknown; elems?: unknown }
    if (typeof elems !== 'object' || elems === null) return undefined
    return { id: typeof id === 'string' ? id : '', elems: elems as Record<string, unknown> }
  } catch {
    return undefined
  }
}
