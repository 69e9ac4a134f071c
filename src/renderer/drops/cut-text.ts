/** A cell and a summary show this much; the drop panel shows the whole. */
export const CELL_CHARACTERS = 200

/**
 * `text`, or its beginning with an ellipsis. Never cuts between the halves of a surrogate pair. Control characters,
 * line breaks and marks that turn the writing direction become visible spaces or vanish: they would let a value paint
 * outside its own cell.
 */
export function cutText(text: string, maxCharacters = CELL_CHARACTERS): string {
  if (text.length <= maxCharacters) return flatten(text)
  const end = isHighSurrogate(text.charCodeAt(maxCharacters - 1)) ? maxCharacters - 1 : maxCharacters
  return flatten(text.slice(0, end)) + '…'
}

/** The beginning and the end of an id: `d5a79c1e…03f2`. Texts of 16 characters and less stay whole. */
export function shortenMiddle(text: string): string {
  return text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-4)}`
}

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

const flatten = (text: string): string => text.replace(UNPRINTABLE, ' ')

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
