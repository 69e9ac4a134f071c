/** Times as the window shows them. All arguments are milliseconds since the Unix epoch. */
export type TimeZone = 'UTC' | 'local'

const two = (value: number): string => String(value).padStart(2, '0')

interface Parts {
  readonly year: number
  readonly monthDay: string
  readonly time: string
}

function partsOf(atMs: number, zone: TimeZone): Parts {
  const date = new Date(atMs)
  return zone === 'UTC'
    ? {
        year: date.getUTCFullYear(),
        monthDay: `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`,
        time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
      }
    : {
        year: date.getFullYear(),
        monthDay: `${two(date.getMonth() + 1)}-${two(date.getDate())}`,
        time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
      }
}

const isDate = (atMs: number): boolean => Number.isFinite(atMs) && Math.abs(atMs) <= 8.64e15

/** `02-06 23:43:51`, with the year in front when it is not the year of `nowMs`. A number that is no date stays one. */
export function formatMoment(atMs: number, zone: TimeZone, nowMs: number): string {
  if (!isDate(atMs)) return String(atMs)
  const parts = partsOf(atMs, zone)
  const year = parts.year === partsOf(nowMs, zone).year ? '' : `${String(parts.year)}-`
  return `${year}${parts.monthDay} ${parts.time}`
}

/** `11:52:07.000`. */
export function formatClock(atMs: number, zone: TimeZone): string {
  if (!isDate(atMs)) return String(atMs)
  return `${partsOf(atMs, zone).time}.${String(((Math.trunc(atMs) % 1000) + 1000) % 1000).padStart(3, '0')}`
}

/** How long ago, in its largest unit: `now`, `31 s`, `4 min`, `2 h`, `3 d`. */
export function formatAge(atMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - atMs) / 1000)
  if (seconds < 1) return 'now'
  if (seconds < 60) return `${String(seconds)} s`
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min`
  if (seconds < 86_400) return `${String(Math.floor(seconds / 3600))} h`
  return `${String(Math.floor(seconds / 86_400))} d`
}
