import { groupText, outputText } from './aggregation-form.ts'
import type { AggregationForm } from './aggregation-form.ts'
import type { Row } from './group-filter.ts'
import { csvLine } from '../ui/csv-line.ts'

/** The rows as CSV: groups, then outputs, each under its own word; lists as JSON. */
export function rowsAsCsv(form: AggregationForm, rows: readonly Row[]): string {
  const entries = [...new Set([...form.groups.map(groupText), ...form.outputs.map(outputText)])]
  return [entries, ...rows.map((row) => entries.map((entry) => cell(row[entry])))].map(csvLine).join('')
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') {
    return JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'bigint' ? String(member) : member
    )
  }
  return String(value as string | number | bigint | boolean)
}
