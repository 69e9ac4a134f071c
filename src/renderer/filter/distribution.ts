/** Block elements of Unicode: eighths of a character's height and of its width. */
const HEIGHTS = '▁▂▃▄▅▆▇█'
const WIDTHS = '▏▎▍▌▋▊▉█'
/** As many bars as stand beside the completion list. */
const BUCKETS = 28
/** Characters of the longest bar. */
const BAR_CHARACTERS = 12

/** How numbers are spread from `min` to `max`, as a row of bars; a place without any number is blank. */
export function sparkline(numbers: readonly number[], min: number, max: number): string {
  const buckets = Array.from({ length: BUCKETS }, () => 0)
  for (const number of numbers) {
    const place = Math.floor(((number - min) / (max - min)) * BUCKETS)
    const bucket = Math.min(BUCKETS - 1, Math.max(0, place))
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  const most = Math.max(...buckets, 1)
  return buckets
    .map((count) => (count === 0 ? ' ' : HEIGHTS.charAt(Math.ceil((count / most) * HEIGHTS.length) - 1)))
    .join('')
}

/** A bar as long as `count` is beside `most`; the shortest is a hair. */
export function barOf(count: number, most: number): string {
  const eighths = Math.max(1, Math.round((count / most) * BAR_CHARACTERS * WIDTHS.length))
  const rest = eighths % WIDTHS.length
  return '█'.repeat(Math.floor(eighths / WIDTHS.length)) + (rest === 0 ? '' : WIDTHS.charAt(rest - 1))
}
