import { DATE_PARTS, groupText, isNumericOutput, outputText } from './aggregation-form.ts'
import type { AggregationForm } from './aggregation-form.ts'
import { dateNameOf, isDatePart } from './group-filter.ts'
import type { Row } from './group-filter.ts'

/** How a result can be looked at. */
export type ResultShape = 'table' | 'bars' | 'line' | 'heat-map'

/** More bars than this are a wall; the table has all. */
export const MAX_BARS = 500

/**
 * The shapes that fit a result, the best one first: bars for one group, a line when the groups are the parts of a date from
 * the year down, a heat map for two groups; the table always.
 */
export function fittingShapes(form: AggregationForm, rows: readonly Row[]): readonly ResultShape[] {
  const hasNumbers = form.outputs.some(isNumericOutput)
  if (!hasNumbers || rows.length < 2) return ['table']
  const shapes: ResultShape[] = []
  if (isTimeline(form)) shapes.push('line')
  if (form.groups.length === 2) shapes.push('heat-map')
  if (form.groups.length > 0 && rows.length <= MAX_BARS) shapes.push('bars')
  return [...shapes, 'table']
}

/** Whether the groups are all parts of one date, from the year down without a gap. */
export function isTimeline(form: AggregationForm): boolean {
  const { groups } = form
  if (groups.length === 0 || !groups.every(isDatePart)) return false
  const kinds = groups.map(({ kind }) => kind)
  return (
    new Set(groups.map(dateNameOf)).size === 1 &&
    DATE_PARTS.slice(0, kinds.length).every((part) => kinds.includes(part))
  )
}

/** The moment at which a row's period begins, milliseconds since the Unix epoch; undefined when it has no date. */
export function momentOf(form: AggregationForm, row: Row): number | undefined {
  const parts = DATE_PARTS.slice(0, form.groups.length).map((part) => {
    const line = form.groups.find(({ kind }) => kind === part)
    return line === undefined ? undefined : row[groupText(line)]
  })
  if (parts.some((part) => typeof part !== 'number')) return undefined
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts as number[]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return date.getTime()
}

/** The outputs that a chart can draw. */
export const drawnOutputs = (form: AggregationForm): readonly string[] =>
  form.outputs.filter(isNumericOutput).map(outputText)

/** A value of a row as a number; null when it is none. */
export function numberIn(row: Row, entry: string): number | null {
  const value = row[entry]
  if (typeof value === 'number') return value
  return typeof value === 'bigint' ? Number(value) : null
}

/** A row's groups in words: `attic · 9`. */
export const describeGroup = (form: AggregationForm, row: Row): string =>
  form.groups.length === 0
    ? 'all drops'
    : form.groups.map((line) => describeValue(row[groupText(line)])).join(' · ')

/** A value as a cell shows it; what has none reads as none. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'string') return value
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)))
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member))
}

/** Rows of a heat map are the first group, columns the second, in the order of the result. */
export function heatMapOf(
  form: AggregationForm,
  rows: readonly Row[],
  entry: string
): {
  readonly rowLabels: readonly string[]
  readonly columnLabels: readonly string[]
  readonly values: readonly (number | null)[]
  /** The place among the result's rows of each cell, -1 where there is none. */
  readonly places: readonly number[]
} {
  const [first, second] = form.groups
  const keyOf = (line: typeof first, row: Row): string =>
    line === undefined ? '' : describeValue(row[groupText(line)])
  const rowLabels = inOrder(rows.map((row) => row[first === undefined ? '' : groupText(first)]))
  const columnLabels = inOrder(rows.map((row) => row[second === undefined ? '' : groupText(second)]))
  const values: (number | null)[] = Array.from({ length: rowLabels.length * columnLabels.length }, () => null)
  const places: number[] = values.map(() => -1)
  rows.forEach((row, place) => {
    const cell =
      rowLabels.indexOf(keyOf(first, row)) * columnLabels.length + columnLabels.indexOf(keyOf(second, row))
    values[cell] = numberIn(row, entry)
    places[cell] = place
  })
  return { rowLabels, columnLabels, values, places }
}

/** Distinct values as labels: numbers by their size, anything else as it came. */
function inOrder(values: readonly unknown[]): readonly string[] {
  const isNumbers = values.every(
    (value) => typeof value === 'number' || value === null || value === undefined
  )
  const sorted = isNumbers
    ? values.toSorted(
        (a, b) => (typeof a === 'number' ? a : Infinity) - (typeof b === 'number' ? b : Infinity)
      )
    : values
  return [...new Set(sorted.map(describeValue))]
}
