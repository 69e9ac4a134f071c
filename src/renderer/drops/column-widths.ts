import type { ArrangedColumn } from './grid-layout.ts'

/** Advance of one character of the code font at 12 px, and of the word font, rounded up. */
const CODE_CHARACTER_PX = 7.3
const WORD_CHARACTER_PX = 6.6
/** Left and right of a cell, and room for the sort arrow. */
const PADDING_PX = 20
const ARROW_PX = 16
const LEAST_PX = 56
/** A long text does not push the other columns out of sight; its whole is in the drop panel. */
const MOST_PX = 320

/**
 * Widths in CSS pixels, from what the first rows hold. A width that a person chose stays; room that is left goes
 * to text columns, in equal parts; a table wider than the room scrolls.
 */
export function columnWidths(columns: readonly ArrangedColumn[], roomPx: number): number[] {
  const widths = columns.map(({ kind, label, widestCharacters, widthPx }) => {
    if (widthPx !== undefined) return widthPx
    const isWords = kind === 'text' || kind === 'boolean'
    const content = widestCharacters * (isWords ? WORD_CHARACTER_PX : CODE_CHARACTER_PX)
    const header = label.length * CODE_CHARACTER_PX + ARROW_PX
    return Math.ceil(Math.min(MOST_PX, Math.max(LEAST_PX, content + PADDING_PX, header + PADDING_PX)))
  })
  const room = roomPx - widths.reduce((sum, width) => sum + width, 0)
  if (room <= 0 || widths.length === 0) return widths
  const free = columns.flatMap(({ widthPx }, index) => (widthPx === undefined ? [index] : []))
  const growing = free.filter((index) => columns[index]?.kind === 'text')
  const takers = growing.length > 0 ? growing : free.slice(-1)
  if (takers.length === 0) return widths
  const each = Math.floor(room / takers.length)
  return widths.map((width, index) => (takers.includes(index) ? width + each : width))
}

/** No character of ASCII is wider, in the font of words at 12 px. */
const WIDEST_WORD_CHARACTER_PX = 12
const ASCII = /^[\x20-\x7e]*$/

/**
 * Whether a text is sure to fit into a cell of this width. A cell that has to be clipped costs the browser a layer's worth of
 * work in each frame that scrolls, and most need not be; "no" for a text of which it is not known.
 */
export function surelyFits(text: string, isCode: boolean, widthPx: number): boolean {
  const characterPx = isCode ? CODE_CHARACTER_PX : WIDEST_WORD_CHARACTER_PX
  return text.length * characterPx + PADDING_PX <= widthPx && ASCII.test(text)
}
