import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { HandlersOf } from './answer-request.ts'

export interface TextFileHandlerParts {
  /** Asks the person where to save; undefined when the dialog was cancelled. */
  readonly chooseSaveFile: (suggestedName: string) => Promise<string | undefined>
}

/** Open at one time: a window has one export of the console. */
const MAX_OPEN_FILES = 4

interface OpenFile {
  readonly filePath: string
  readonly partPath: string
  readonly file: FileHandle
}

/** Text files that grow as `FILE.part` and get their name when they are whole. */
export function textFileHandlers({
  chooseSaveFile
}: TextFileHandlerParts): HandlersOf<'beginTextFile' | 'appendTextFile' | 'endTextFile'> {
  const files = new Map<string, OpenFile>()

  const take = (fileId: string): OpenFile | undefined => {
    const known = files.get(fileId)
    files.delete(fileId)
    return known
  }

  const attempt = async (filePath: string, task: () => Promise<void>): Promise<Result<null>> => {
    try {
      await task()
      return success(null)
    } catch (error) {
      return failed(
        failure('input/invalid', {
          message: `${basename(filePath)} could not be written: ${error instanceof Error ? error.message : String(error)}.`,
          hint: 'Choose another place and export again. What was there before is unchanged.'
        })
      )
    }
  }

  return {
    beginTextFile: async ({ fileId, name }) => {
      if (files.size >= MAX_OPEN_FILES || files.has(fileId)) return failed(TOO_MANY)
      const filePath = await chooseSaveFile(name)
      if (filePath === undefined) return success(null)
      const partPath = `${filePath}.part`
      const opened = await attempt(filePath, async () => {
        files.set(fileId, { filePath, partPath, file: await open(partPath, 'w', 0o600) })
      })
      return opened.ok ? success({ filePath }) : opened
    },
    appendTextFile: async ({ fileId, text }) => {
      const known = files.get(fileId)
      if (known === undefined) return failed(NOT_OPEN)
      return attempt(known.filePath, async () => {
        await known.file.writeFile(text)
      })
    },
    endTextFile: async ({ fileId, isWhole }) => {
      const known = take(fileId)
      if (known === undefined) return failed(NOT_OPEN)
      const { filePath, partPath, file } = known
      return attempt(filePath, async () => {
        if (isWhole) await file.sync()
        await file.close()
        if (isWhole) await rename(partPath, filePath)
        else await rm(partPath, { force: true })
      })
    }
  }
}

const NOT_OPEN = failure('input/invalid', { message: 'There is no such file being written.', hint: null })
const TOO_MANY = failure('input/invalid', {
  message: 'Other files are being written.',
  hint: 'Wait until they are whole.'
})
