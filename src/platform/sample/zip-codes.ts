import type { ZipTable } from '../../shared/filter/index.ts'
import regions from './zip-codes.json' with { type: 'json' }

/** By `z` and the first three digits: `last two,lat,lon` of each code, `;` between them (`build/make-sample.ts`). */
const REGIONS: Readonly<Record<string, string>> = regions

const ZIP_CODE = /^\d{5}$/

/** Where the ZIP codes of the United States lie ([sources](SOURCES.md)). Nothing is read until a code is looked up. */
export const zipTable: ZipTable = (code) => {
  const region = ZIP_CODE.test(code) ? REGIONS[`z${code.slice(0, 3)}`] : undefined
  const entry = region?.split(';').find((each) => each.startsWith(`${code.slice(3)},`))
  if (entry === undefined) return undefined
  const [, lat, lon] = entry.split(',').map(Number)
  return lat === undefined || lon === undefined ? undefined : { lat, lon }
}
