import type { AggregationForm, DatePart, GroupLine } from './aggregation-form.ts'
import { DATE_PARTS, groupText } from './aggregation-form.ts'

/** A value of a row, as the platform answered it. */
export type RowValue = unknown
export type Row = Readonly<Record<string, RowValue>>

/** The filter that selects the drops of a group, or why there is none. */
export type GroupFilter =
  { readonly ok: true; readonly filter: string } | { readonly ok: false; readonly reason: string }

/** Longer filters are no help: nobody reads them, and each range costs every drop. */
const MAX_RANGES = 120
/** The last moment that a date can be, and with a minus the first. */
const LAST_MOMENT_MS = 8_640_000_000_000_000

/**
 * The filter for the drops behind a row: the request's own filter, and a rule for each group. Parts of a date become ranges
 * of it; a part without the coarser ones before it (the hour of any day) is a range for each year, month or day within
 * `dates`, the first and last date of the group in milliseconds, by the date's name.
 */
export function groupFilter(
  form: AggregationForm,
  row: Row,
  dates: ReadonlyMap<string, { readonly firstMs: number; readonly lastMs: number }>
): GroupFilter {
  const rules: string[] = []
  if (form.filter.trim() !== '') rules.push(`(${form.filter.trim()})`)
  const parts = new Map<string, Partial<Record<DatePart, number | null>>>()
  for (const line of form.groups) {
    const value = row[groupText(line)] ?? null
    if (line.kind === 'distance') {
      return no('A distance is rounded on its way: no filter finds exactly these drops again.')
    }
    if (line.kind !== 'field') {
      if (value !== null && typeof value !== 'number')
        return no('The row has a part of a date that is no number.')
      const name = dateNameOf(line)
      parts.set(name, { ...parts.get(name), [line.kind]: value })
      continue
    }
    const rule = form.rules.find(({ name }) => name.trim() === line.field.trim())
    if (rule !== undefined) {
      rules.push(value === 1 ? `(${rule.filter.trim()})` : `NOT (${rule.filter.trim()})`)
      continue
    }
    const written = fieldRule(line.field.trim(), value)
    if (written === undefined)
      return no(`The filter language cannot compare ${line.field.trim()} with this value.`)
    rules.push(written)
  }
  for (const [name, values] of parts) {
    const written = dateRule(name, values, dates.get(name))
    if (!written.ok) return written
    rules.push(written.filter)
  }
  return { ok: true, filter: rules.join(' && ') }
}

const no = (reason: string): GroupFilter => ({ ok: false, reason })

/** The date that a part is of. */
export const dateNameOf = ({ field }: GroupLine): string =>
  field.trim() === '' ? 'creationDate' : field.trim()

/** Names whose first and last date must be known: a part of theirs stands without the coarser ones. */
export function looseDates(form: AggregationForm): readonly string[] {
  const names = [...new Set(form.groups.filter(isDatePart).map(dateNameOf))]
  return names.filter((name) => {
    const kinds = form.groups
      .filter((line) => isDatePart(line) && dateNameOf(line) === name)
      .map(({ kind }) => kind)
    return !DATE_PARTS.slice(0, kinds.length).every((part) => kinds.includes(part))
  })
}

/** The first and last moments of dates in a row that was asked for the least and the most of each. */
export function datesIn(
  row: Row,
  names: readonly string[]
): ReadonlyMap<string, { readonly firstMs: number; readonly lastMs: number }> {
  return new Map(
    names.flatMap((name) => {
      const [first, last] = [row[`$min:${name}`], row[`$max:${name}`]].map(Number)
      const isMoment =
        Number.isFinite(first) && Number.isFinite(last) && typeof row[`$min:${name}`] !== 'string'
      return isMoment
        ? [[name, { firstMs: inCalendar(first ?? 0), lastMs: inCalendar(last ?? 0) }] as const]
        : []
    })
  )
}

const inCalendar = (atMs: number): number => Math.max(-LAST_MOMENT_MS, Math.min(LAST_MOMENT_MS, atMs))

export const isDatePart = ({ kind }: GroupLine): boolean => kind !== 'field' && kind !== 'distance'

/** Undefined for a value that no rule compares: a list or a map. */
function fieldRule(name: string, value: RowValue): string | undefined {
  if (value === null) return `NOT (EXISTS ${name})`
  switch (typeof value) {
    case 'string':
      return `${name} == ${JSON.stringify(value)}`
    case 'number':
      return `${name} == ${numberText(value)}`
    case 'boolean':
    case 'bigint':
      return `${name} == ${String(value)}`
    default:
      return undefined
  }
}

/**
 * A number in its exact digits: beyond 2^53 the shortest text of a float names another integer, and the language compares
 * integers exactly. Beyond 64 bits there are only floats, which an exponent marks.
 */
function numberText(value: number): string {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return String(value)
  return Math.abs(value) < 2 ** 63 ? String(BigInt(value)) : value.toExponential()
}

/** One range where the parts begin with the year and leave none out, else one for each period that fits. */
function dateRule(
  name: string,
  values: Partial<Record<DatePart, number | null>>,
  within: { readonly firstMs: number; readonly lastMs: number } | undefined
): GroupFilter {
  // No date at all: nothing there, or something that is no moment.
  if (Object.values(values).includes(null)) {
    const moment = String(LAST_MOMENT_MS)
    return { ok: true, filter: `NOT (${name} >= -${moment} && ${name} <= ${moment})` }
  }
  const wanted = DATE_PARTS.map((part) => values[part] ?? undefined)
  const finest = wanted.findLastIndex((value) => value !== undefined)
  const ranges: (readonly [number, number])[] = []
  const walk = (depth: number, chosen: readonly number[]): boolean => {
    const value = wanted[depth]
    const choices = value === undefined ? choicesOf(depth, chosen, within) : [value]
    if (choices === undefined) return false
    for (const choice of choices) {
      const next = [...chosen, choice]
      const [fromMs, toMs] = spanOf(next)
      // The 31st of February is no day.
      if (partOf(fromMs, depth) !== choice) continue
      if (within !== undefined && (toMs <= within.firstMs || fromMs > within.lastMs)) continue
      if (depth < finest) {
        if (!walk(depth + 1, next)) return false
      } else {
        ranges.push([fromMs, toMs])
        if (ranges.length > MAX_RANGES) return false
      }
    }
    return true
  }
  if (!walk(0, [])) {
    return no(
      `These drops lie in more than ${String(MAX_RANGES)} separate times: group by ${DATE_PARTS.slice(
        0,
        finest
      )
        .map((part) => `$${part}`)
        .join(', ')} as well, or narrow the filter to a shorter time.`
    )
  }
  const rules = ranges.map(([fromMs, toMs]) => `${name} ${since(fromMs)} && ${name} ${before(toMs)}`)
  if (rules.length === 0) return no('No date has these parts.')
  return {
    ok: true,
    filter: rules.length === 1 ? (rules[0] ?? '') : `(${rules.map((rule) => `(${rule})`).join(' || ')})`
  }
}

// A date of a fraction of a millisecond counts for the whole one towards 1970: before it that is the one after.
const since = (atMs: number): string => (atMs > 0 ? `>= ${String(atMs)}` : `> ${String(atMs - 1)}`)
const before = (atMs: number): string => (atMs > 0 ? `< ${String(atMs)}` : `<= ${String(atMs - 1)}`)

/** What a part that is not given may be: the years within the dates, else all of its values. */
function choicesOf(
  depth: number,
  chosen: readonly number[],
  within: { readonly firstMs: number; readonly lastMs: number } | undefined
): readonly number[] | undefined {
  if (depth > 0) return upTo(...(PART_RANGES[depth] ?? [0, 0]))
  if (within === undefined || chosen.length > 0) return undefined
  return upTo(new Date(within.firstMs).getUTCFullYear(), new Date(within.lastMs).getUTCFullYear())
}

/** The values that a part has, first and last, in the order of `DATE_PARTS`. */
const PART_RANGES: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 12],
  [1, 31],
  [0, 23],
  [0, 59],
  [0, 59]
]

const upTo = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** The beginning and the end of the time with these parts: year, month from 1, day, hour and so on. */
function spanOf(parts: readonly number[]): readonly [number, number] {
  return [momentOf(parts), momentOf([...parts.slice(0, -1), (parts.at(-1) ?? 0) + 1])]
}

function momentOf([
  year = 1970,
  month = 1,
  day = 1,
  hour = 0,
  minute = 0,
  second = 0
]: readonly number[]): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return date.getTime()
}

function partOf(atMs: number, depth: number): number {
  const date = new Date(atMs)
  const parts = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds()
  ]
  return parts[depth] ?? 0
}
