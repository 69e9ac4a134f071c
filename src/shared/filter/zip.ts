import type { FilterTree } from './ast.ts'
import { walkFilter } from './ast.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { GeoPoint } from './distance.ts'

/** Where a ZIP code lies; `undefined` when the table does not know it. */
export type ZipTable = (code: string) => GeoPoint | undefined

const ZIP_CODE = /^\d{5}$/

/** The table of `zip-code-regions.ts`, given how to load it: nothing is read until a code is looked up. */
export function zipTableOf(readRegions: () => Readonly<Record<string, string>>): ZipTable {
  return (code) => {
    const region = ZIP_CODE.test(code) ? readRegions()[`z${code.slice(0, 3)}`] : undefined
    const entry = region?.split(';').find((each) => each.startsWith(`${code.slice(3)},`))
    if (entry === undefined) return undefined
    const [, lat, lon] = entry.split(',').map(Number)
    return lat === undefined || lon === undefined ? undefined : { lat, lon }
  }
}

/** Whether a filter names a ZIP code, so that it needs the table. */
export function needsZipTable(tree: FilterTree): boolean {
  for (const node of walkFilter(tree.root))
    if (node.kind === 'within' && node.place.kind === 'zip') return true
  return false
}

const ZIP_DIGITS = 5
const SHORT_ZIP = /^\d{1,4}$/

/** The point of a code. A code that lost its leading zeros by being written as a number is found too. */
export const lookUpZip = (zip: ZipTable, code: string): GeoPoint | undefined =>
  zip(code) ?? (SHORT_ZIP.test(code) ? zip(code.padStart(ZIP_DIGITS, '0')) : undefined)

/**
 * What keeps a well-written filter from being run here: ZIP codes without a table, or not in it. Empty when nothing does.
 *
 * A server calls it after `parseFilter` found nothing, with the table that it compiles with, and answers 400 with the
 * first reason (platform protocol, "Operator semantics").
 */
export function checkFilter(
  tree: FilterTree,
  options: { readonly zip?: ZipTable | undefined }
): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const node of walkFilter(tree.root)) {
    if (node.kind !== 'within' || node.place.kind !== 'zip') continue
    const { code, span } = node.place
    if (options.zip === undefined) {
      diagnostics.push({
        code: 'zip-without-table',
        span,
        message:
          'Expected [latitude, longitude] but found a ZIP code, and there is no table of ZIP codes here',
        hint: 'Write the place as [latitude, longitude].'
      })
    } else if (lookUpZip(options.zip, code) === undefined) {
      diagnostics.push({
        code: 'zip-unknown',
        span,
        message: `Expected a known ZIP code but found "${code}"`,
        hint: 'Codes of the United States have five digits; a place can also be written as [latitude, longitude].'
      })
    }
  }
  return diagnostics
}
