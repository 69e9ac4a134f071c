import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import { failure } from '../shared/failure.ts'
import { failed, success } from '../shared/result.ts'
import type { Result } from '../shared/result.ts'

/** Asks the person for a place and writes a text or bytes there; answers the file's path, undefined when none was chosen. */
export async function saveFile(
  suggestedName: string,
  content: string | Uint8Array,
  window: BrowserWindow | undefined
): Promise<Result<string> | undefined> {
  const options = { defaultPath: suggestedName }
  const { canceled, filePath } = await (window === undefined
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options))
  if (canceled) return undefined
  try {
    await writeFile(filePath, content, { mode: 0o600 })
    return success(filePath)
  } catch (error) {
    return failed(
      failure('input/invalid', {
        message: `${basename(filePath)} could not be written: ${error instanceof Error ? error.message : String(error)}.`,
        hint: 'Choose another place, or free some space.'
      })
    )
  }
}
