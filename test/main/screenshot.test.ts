import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPaintWatch, takeScreenshot } from '../../src/main/screenshot.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-picture-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

const page = {
  executeJavaScript: () => Promise.resolve(true),
  capturePage: () => Promise.resolve({ toPNG: () => Buffer.from('PNG') })
}

test('the picture is taken when drops and a live drop are on the screen, and its folder is made', async () => {
  const painted = createPaintWatch()
  const file = join(directory, 'a', 'b.png')
  const taking = takeScreenshot(page, painted, file)
  painted.report('window')
  painted.report('live-drop')
  painted.report('drops')
  expect(await taking).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe('PNG')
})

test('what does not appear in time is told by name', async () => {
  const painted = createPaintWatch()
  painted.report('drops')
  expect(await painted.wait(['drops', 'live-drop'], 10)).toEqual(['live-drop'])
})

test('a picture that cannot be written is a sentence with the file', async () => {
  const painted = createPaintWatch()
  painted.report('drops')
  painted.report('live-drop')
  writeFileSync(join(directory, 'file'), '')
  const file = join(directory, 'file', 'x.png')
  expect(await takeScreenshot(page, painted, file)).toContain(`could not be written to ${file}`)
})
