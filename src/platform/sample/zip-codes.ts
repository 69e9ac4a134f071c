import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { ZipTable } from '../../shared/filter/index.ts'
import { zipTableOf } from '../../shared/filter/zip.ts'
import { entryFile } from '../entry-file.ts'

let loadedRegions: Readonly<Record<string, string>> | undefined

/** Loaded at the first look-up, at once: filters are compiled without waiting, and few of them name a ZIP code. */
function readRegions(): Readonly<Record<string, string>> {
  if (loadedRegions === undefined) {
    const require = createRequire(import.meta.url)
    const module = require(fileURLToPath(entryFile('zip-code-regions'))) as {
      default: Readonly<Record<string, string>>
    }
    loadedRegions = module.default
  }
  return loadedRegions
}

/** Where the ZIP codes of the United States lie ([sources](SOURCES.md)). Nothing is read until a code is looked up. */
export const zipTable: ZipTable = zipTableOf(readRegions)
