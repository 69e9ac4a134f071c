import { existsSync } from 'node:fs'

/**
 * What starts as a worker or a process of its own or is loaded when it is needed, and where its source lies. Each is a named input of
 * `electron.vite.config.ts`.
 */
const SOURCES = {
  'reader-worker': './store/reader-worker.ts',
  'filter-worker': './engine/filter-worker.ts',
  'transform-worker': './engine/transform/transform-worker.ts',
  'flow-reader-module': './store/flow-reader-module.ts',
  'platform-process': './platform-process.ts',
  'zip-code-regions': '../shared/filter/zip-code-regions.ts'
} as const

export type EntryName = keyof typeof SOURCES

/**
 * The file of an entry: the TypeScript source when this module runs from source, the bundled file of the same
 * name when it was bundled. `moduleUrl` is where this module runs from; the bundler may have put it into the
 * folder of the entries or into one below.
 */
export function entryFile(name: EntryName, moduleUrl: string = import.meta.url): URL {
  if (moduleUrl.endsWith('.ts')) return new URL(SOURCES[name], moduleUrl)
  const beside = new URL(`./${name}.js`, moduleUrl)
  return existsSync(beside) ? beside : new URL(`../${name}.js`, moduleUrl)
}
