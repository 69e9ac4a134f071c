import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { entryFile } from '../../src/platform/entry-file.ts'
import { temporaryFolder } from '../support/platform.ts'

test('from source an entry is its TypeScript file, and it is there', () => {
  const source = pathToFileURL(join(import.meta.dirname, '../../src/platform/entry-file.ts')).href
  for (const name of [
    'reader-worker',
    'filter-worker',
    'transform-worker',
    'flow-reader-module',
    'platform-process',
    'zip-code-regions'
  ] as const) {
    const file = fileURLToPath(entryFile(name, source))
    expect(file).toMatch(new RegExp(`src/(platform|shared)/.*${name}\\.ts$`))
    expect(existsSync(file)).toBe(true)
  }
})

test('from the bundle an entry is beside the module, or one folder up when the module is a chunk', async () => {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  await mkdir(join(path, 'chunks'))
  await writeFile(join(path, 'reader-worker.js'), '')
  const expected = join(path, 'reader-worker.js')
  for (const module of ['platform-process.js', 'chunks/index-a1b2.js']) {
    expect(fileURLToPath(entryFile('reader-worker', pathToFileURL(join(path, module)).href))).toBe(expected)
  }
})
