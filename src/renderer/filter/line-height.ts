/** Height of a line of the filter in CSS pixels: Monaco and the field before it must agree, or the text jumps. */
export const SHARED_LINE_HEIGHT = 20
