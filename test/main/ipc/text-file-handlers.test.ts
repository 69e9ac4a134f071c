import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { textFileHandlers } from '../../../src/main/ipc/text-file-handlers.ts'
import { temporaryFolder } from '../../support/platform.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let filePath: string

beforeEach(async () => {
  folder = await temporaryFolder()
  filePath = join(folder.path, 'live.ndjson')
})
afterEach(() => folder.remove())

const handlersFor = (chosen: string | undefined) =>
  textFileHandlers({ chooseSaveFile: () => Promise.resolve(chosen) })

describe('files that are written piece by piece', () => {
  test('get their name when they are whole, and only their owner may read them', async () => {
    const { beginTextFile, appendTextFile, endTextFile } = handlersFor(filePath)
    expect(await beginTextFile({ fileId: 'a', name: 'live.ndjson' })).toEqual({
      ok: true,
      value: { filePath }
    })
    await appendTextFile({ fileId: 'a', text: 'one\n' })
    await appendTextFile({ fileId: 'a', text: 'zwei ä\n' })
    expect(existsSync(filePath)).toBe(false)
    await endTextFile({ fileId: 'a', isWhole: true })
    expect([readFileSync(filePath, 'utf8'), statSync(filePath).mode & 0o777]).toEqual([
      'one\nzwei ä\n',
      0o600
    ])
  })

  test('leave what was there before when they are given up', async () => {
    writeFileSync(filePath, 'before')
    const { beginTextFile, appendTextFile, endTextFile } = handlersFor(filePath)
    await beginTextFile({ fileId: 'a', name: 'x' })
    await appendTextFile({ fileId: 'a', text: 'after' })
    await endTextFile({ fileId: 'a', isWhole: false })
    expect([readFileSync(filePath, 'utf8'), existsSync(`${filePath}.part`)]).toEqual(['before', false])
  })

  test('nobody who chose no place gets one, and pieces go into files that were begun', async () => {
    const { beginTextFile, appendTextFile, endTextFile } = handlersFor(undefined)
    expect(await beginTextFile({ fileId: 'a', name: 'x' })).toEqual({ ok: true, value: null })
    for (const answer of [
      await appendTextFile({ fileId: 'a', text: 'x' }),
      await endTextFile({ fileId: 'a', isWhole: true })
    ]) {
      expect(answer).toMatchObject({ failure: { code: 'input/invalid' } })
    }
  })

  test('a place that cannot be written to is a failure that says why', async () => {
    const { beginTextFile } = handlersFor(join(folder.path, 'no', 'such', 'folder.txt'))
    expect(await beginTextFile({ fileId: 'a', name: 'x' })).toMatchObject({
      failure: { code: 'input/invalid', message: expect.stringContaining('folder.txt') as string }
    })
  })
})
