/** Numbers as the window shows them. English grouping everywhere, whatever the system: texts, tests and logs agree. */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345`. */
export const formatCount = (count: number): string => grouped.format(count)

/** `1,000/s`; below one a second with one digit, so that a slow flow does not read as silent. */
export const formatRate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 0.95
    ? `${Math.max(0.1, perSecond).toFixed(1)}/s`
    : `${formatCount(perSecond)}/s`

/** `384 B`, `1.2 KB`, `14 MB`: powers of 1024. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${formatCount(bytes)} B`
  const units = ['KB', 'MB', 'GB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : formatCount(value)} ${units[unit] ?? ''}`
}

/** `1 drop`, `2 drops`. */
export const formatNumberOf = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
