import { stringify } from 'csv-stringify/sync'
import { writeJson } from '../../shared/wire/json.ts'
import { columnTitles, elementName, rowTexts, withCanonicalElements } from './drop-columns.ts'
import type { ExportedDrop } from './drop-columns.ts'

/** Makes the text of a file out of drops that come one after the other. */
export interface DropWriter {
  /** What the file begins with. */
  start(): string
  /** The text for the next drops. */
  take(drops: readonly ExportedDrop[]): string
  /** What the file ends with. */
  end(): string
  /** Elements that had no column. */
  leftOutElements(): number
}

/** A JSON array, or with `isByLine` one drop a line (NDJSON). `content: 'elems'` writes the elements alone. */
export function jsonWriter(content: 'drops' | 'elems', isByLine: boolean): DropWriter {
  let isFirst = true
  return {
    start: () => (isByLine ? '' : '['),
    take: (drops) =>
      drops
        .map((drop) => {
          const text = writeJson(content === 'drops' ? drop : (drop['elems'] ?? {}))
          if (isByLine) return `${text}\n`
          const separator = isFirst ? '\n' : ',\n'
          isFirst = false
          return separator + text
        })
        .join(''),
    end: () => (isByLine ? '' : '\n]\n'),
    leftOutElements: () => 0
  }
}

/** A table with a line of titles, in the form of RFC 4180 (quotes doubled, lines end in CR LF). */
export function csvWriter(columns: readonly string[], isFormulaSafe: boolean): DropWriter {
  const known = new Set(columns.map(elementName))
  const leftOut = new Set<string>()
  const lines = (rows: readonly (readonly string[])[]): string =>
    stringify(rows as string[][], { record_delimiter: 'windows' })
  return {
    start: () => lines([columnTitles(columns)]),
    take: (drops) =>
      lines(
        drops.map((drop) => {
          for (const name of Object.keys(drop['elems'] ?? {})) if (!known.has(name)) leftOut.add(name)
          return rowTexts(withCanonicalElements(drop), columns, isFormulaSafe)
        })
      ),
    end: () => '',
    leftOutElements: () => leftOut.size
  }
}
