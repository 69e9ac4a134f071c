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

/** The value of an element that has a column of its own; of one that the drop has not, the text is empty. */
export type ElementCell = Pick<SummaryPart, 'kind' | 'text'>

export interface DropSummary {
  readonly dropId: string
  /** Milliseconds since the Unix epoch; undefined when the drop does not say. */
  readonly createdAtMs: number | undefined
  /** One for each of the elements that were asked for, in their order. */
  readonly cells: readonly ElementCell[]
  readonly parts: readonly SummaryPart[]
  /** Elements that the line leaves out. */
  readonly leftOut: number
}

/** More does not fit a line of the console. */
const MAX_PARTS = 14
const PART_CHARACTERS = 60
const NAME_CHARACTERS = 40

/**
 * A line for a drop's text, and some of its elements by their names. A text that is no drop gives one part that holds its
 * beginning.
 */
export function summarizeDrop(text: string, elementNames: readonly string[] = []): DropSummary {
  const drop = parseDrop(text)
  if (drop === undefined) {
    return {
      dropId: '',
      createdAtMs: undefined,
      cells: elementNames.map(() => NO_VALUE),
      parts: [{ place: 0, name: 'unreadable', kind: 'text', text: cutText(text, 160) }],
      leftOut: 0
    }
  }
  const names = Object.keys(drop.elems)
  const parts = names.slice(0, MAX_PARTS).map((name, place): SummaryPart => ({
    place,
    name: cutText(name, NAME_CHARACTERS),
    ...cellOf(drop.elems[name])
  }))
  const cells = elementNames.map((name) =>
    Object.hasOwn(drop.elems, name) ? cellOf(drop.elems[name]) : NO_VALUE
  )
  return {
    dropId: drop.id,
    createdAtMs: drop.createdAtMs,
    cells,
    parts,
    leftOut: names.length - parts.length
  }
}

const NO_VALUE: ElementCell = { kind: 'none', text: '' }

function cellOf(value: unknown): ElementCell {
  const kind = cellKind(value)
  const plain = isTypedValue(value) ? value.value : value
  const shown = kind === 'text' && typeof plain === 'string' ? cutText(plain, PART_CHARACTERS) : ''
  return {
    kind,
    text: shown === '' ? cutText(cellText(value, { timeZone: 'UTC', nowMs: 0 }), PART_CHARACTERS) : shown
  }
}

interface ParsedDrop {
  readonly id: string
  readonly createdAtMs: number | undefined
  readonly elems: Record<string, unknown>
}

function parseDrop(text: string): ParsedDrop | undefined {
  try {
    const value = parseJson(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { id, creationDate, elems } = value as { id?: unknown; creationDate?: unknown; elems?: unknown }
    if (typeof elems !== 'object' || elems === null) return undefined
    return {
      id: typeof id === 'string' ? id : '',
      createdAtMs: typeof creationDate === 'number' ? creationDate : undefined,
      elems: elems as Record<string, unknown>
    }
  } catch {
    return undefined
  }
}
