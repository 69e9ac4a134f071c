import type { TimeZone } from '../ui/moment.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000

const two = (value: number): string => String(value).padStart(2, '0')

/**
 * A mark of the time axis, as short as its step allows: `2026`, `Nov 2026`, `23 Nov`, `09:00`, `09:00:07`, `09:00:07.250`. At midnight a
 * finer step says the day instead: that is where a reader looks for it.
 */
export function axisMoment(atMs: number, stepMs: number, zone: TimeZone): string {
  const date = new Date(atMs)
  const isUtc = zone === 'UTC'
  const [year, month, day] = isUtc
    ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
    : [date.getFullYear(), date.getMonth(), date.getDate()]
  const [hour, minute, second] = isUtc
    ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    : [date.getHours(), date.getMinutes(), date.getSeconds()]
  const monthName = MONTHS[month] ?? ''
  if (stepMs >= 360 * DAY_MS) return String(year)
  if (stepMs >= 28 * DAY_MS) return `${monthName} ${String(year)}`
  if (stepMs >= DAY_MS || (hour === 0 && minute === 0 && second === 0 && atMs % 1000 === 0))
    return `${String(day)} ${monthName}`
  if (stepMs >= 60_000) return `${two(hour)}:${two(minute)}`
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`
  return stepMs >= 1000 ? clock : `${clock}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`
}
