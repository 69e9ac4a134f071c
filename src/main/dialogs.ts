import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { dialog } from 'electron'
import type { BrowserWindow, MessageBoxOptions } from 'electron'
import { failure } from '../shared/failure.ts'
import { failed, success } from '../shared/result.ts'
import type { Result } from '../shared/result.ts'

/** Dialogs of the system, above the window while there is one. */

/** Files that a person chooses to be read are small; one that is not was chosen by mistake. */
const MAX_READ_BYTES = 1_048_576

/** Asks for a file and answers its text; undefined when the person chose none. */
export async function openTextFile(
  title: string,
  window: BrowserWindow | undefined
): Promise<Result<string> | undefined> {
  const options = { title, properties: ['openFile' as const] }
  const { canceled, filePaths } = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  const [filePath] = filePaths
  return canceled || filePath === undefined ? undefined : readText(filePath)
}

async function readText(filePath: string): Promise<Result<string>> {
  const refused = (why: string): Result<never> =>
    failed(
      failure('input/invalid', {
        message: `${basename(filePath)} could not be read: ${why}.`,
        hint: 'Choose another file.'
      })
    )
  try {
    await using file = await open(filePath, 'r')
    const stat = await file.stat()
    if (!stat.isFile()) return refused('it is not a file')
    if (stat.size > MAX_READ_BYTES) return refused('it is larger than 1 MiB')
    return success(await file.readFile('utf8'))
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Asks whether a secret shall be shown, and shows it in a dialog of the system: it never comes to the window. Answers whether
 * it was shown.
 */
export async function revealSecret(
  { title, question, secret }: { readonly title: string; readonly question: string; readonly secret: string },
  window: BrowserWindow | undefined
): Promise<boolean> {
  const { response } = await showMessage(
    {
      type: 'question',
      title,
      message: question,
      detail: 'Whoever sees your screen can use it from then on.',
      buttons: ['Show', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
      noLink: true
    },
    window
  )
  if (response !== 0) return false
  await showMessage(
    { type: 'info', title, message: title, detail: secret, buttons: ['Close'], noLink: true },
    window
  )
  return true
}

const showMessage = (options: MessageBoxOptions, window: BrowserWindow | undefined) =>
  window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options)
