import { formatCount } from '../ui/quantity.ts'
import type { SummaryPart } from './summary.ts'

/*
 * A row of the console is a line of characters of one width: what fits is counted and not measured, so that the browser
 * need not clip a cell, which costs it more than the text (see `drops/column-widths.ts`).
 */

/** The code font has all letters up to here, and dashes, quotes and the ellipsis. */
const LAST_NARROW = 0x2ff
const FIRST_MARK = 0x2010
const LAST_MARK = 0x203a
const ELLIPSIS = '…'

const isNarrow = (unit: number): boolean => unit <= LAST_NARROW || (unit >= FIRST_MARK && unit <= LAST_MARK)

/** How many characters' width a text takes at most: letters that the code font lacks may be twice as wide. */
export function widthOf(text: string): number {
  let width = text.length
  for (let index = 0; index < text.length; index += 1) if (!isNarrow(text.charCodeAt(index))) width += 1
  return width
}

/** A text, or its beginning with an ellipsis, no wider than `width`. */
export function cutToWidth(text: string, width: number): string {
  if (text.length * 2 <= width || widthOf(text) <= width) return text
  let kept = ''
  let left = width - 1
  for (const character of text) {
    left -= widthOf(character)
    if (left < 0) break
    kept += character
  }
  return kept + ELLIPSIS
}

/** A text with spaces to `width`, or cut to it. */
export function padToWidth(text: string, width: number, side: 'left' | 'right' | 'both'): string {
  const cut = cutToWidth(text, width)
  const spaces = Math.max(0, width - widthOf(cut))
  const before = side === 'right' ? spaces : side === 'both' ? Math.floor(spaces / 2) : 0
  return ' '.repeat(before) + cut + ' '.repeat(spaces - before)
}

/** The end of a path, with an ellipsis: its last names tell more than its first. */
export function cutPath(path: string, width: number): string {
  if (widthOf(path) <= width) return path
  const end = path.slice(-(width - 1))
  return ELLIPSIS + (widthOf(end) < width ? end : end.slice(Math.ceil(end.length / 2)))
}

/** Between two elements of a summary: what the style sheet leaves there, in characters. */
const PART_GAP = 1.25
/** A value of which less can be shown is left out. */
const LEAST_VALUE = 3

export interface FittedSummary {
  readonly parts: readonly SummaryPart[]
  /** Elements that are left out. */
  readonly leftOut: number
}

/** The elements of a summary that fit a width beside the count of the others, the last of them cut where it must be. */
export function fitSummary(parts: readonly SummaryPart[], leftOut: number, width: number): FittedSummary {
  const total = parts.length + leftOut
  const moreWidth = (shown: number): number =>
    shown === total ? 0 : PART_GAP + moreText(total - shown).length
  /** Where the first `index` parts end. */
  const ends = [0]
  for (const { name, text } of parts) {
    const end = (ends.at(-1) ?? 0) + widthOf(name) + 1 + widthOf(text) + PART_GAP
    ends.push(end)
    if (end - PART_GAP > width) break
  }
  const endOf = (shown: number): number => (ends[shown] ?? Infinity) - (shown === 0 ? 0 : PART_GAP)
  if (endOf(parts.length) + moreWidth(parts.length) <= width) return { parts, leftOut }
  for (let shown = ends.length - 2; shown > 0; shown -= 1) {
    const next = parts[shown]
    const room = width - (ends[shown] ?? 0) - widthOf(next?.name ?? '') - 1 - moreWidth(shown + 1)
    if (next !== undefined && room >= LEAST_VALUE) {
      const cut = { ...next, text: cutToWidth(next.text, Math.floor(room)) }
      return { parts: [...parts.slice(0, shown), cut], leftOut: total - shown - 1 }
    }
    if (endOf(shown) + moreWidth(shown) <= width)
      return { parts: parts.slice(0, shown), leftOut: total - shown }
  }
  return cutFirst(parts, width, total)
}

/** Where not even one element fits beside the count of the others: its beginning, and a sign that there are more. */
function cutFirst(parts: readonly SummaryPart[], width: number, total: number): FittedSummary {
  const [first] = parts
  if (first === undefined) return { parts: [], leftOut: total }
  const name = cutToWidth(first.name, Math.max(1, Math.floor(width / 2)))
  const whole = total > 1 ? `${first.text} ${ELLIPSIS}` : first.text
  const text = cutToWidth(whole, Math.max(1, Math.floor(width) - widthOf(name) - 1))
  return { parts: [{ ...first, name, text }], leftOut: 0 }
}

/** `+4`: short, for it takes the room of what it counts. */
export const moreText = (leftOut: number): string => `+${formatCount(leftOut)}`
