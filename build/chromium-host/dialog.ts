import { loud } from './not-implemented.ts'

interface MessageBoxOptions {
  readonly message: string
  readonly buttons?: readonly string[]
  readonly cancelId?: number
}

/**
 * Questions to the user (Electron, dialog). The host has no native dialogs: each is answered as if the user had
 * cancelled it, and a line on stderr says so. Tests put their own functions in place.
 */
export const dialog = loud('dialog', {
  showMessageBox(...parameters: readonly unknown[]): Promise<{ response: number; checkboxChecked: boolean }> {
    const options = parameters.at(-1) as MessageBoxOptions
    const response = cancelIndex(options)
    const answer = options.buttons?.[response] ?? 'OK'
    process.stderr.write(`Dialog "${options.message}": answered "${answer}", the Chromium host shows none.\n`)
    return Promise.resolve({ response, checkboxChecked: false })
  },
  showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    process.stderr.write('Dialog to open a file: cancelled, the Chromium host shows none.\n')
    return Promise.resolve({ canceled: true, filePaths: [] })
  },
  showSaveDialog(): Promise<{ canceled: boolean; filePath: string }> {
    process.stderr.write('Dialog to save a file: cancelled, the Chromium host shows none.\n')
    return Promise.resolve({ canceled: true, filePath: '' })
  },
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`${title}: ${content}\n`)
  }
})

/** Electron's own choice: `cancelId`, else a button called Cancel or No, else the first. */
function cancelIndex(options: MessageBoxOptions): number {
  if (options.cancelId !== undefined) return options.cancelId
  const index = (options.buttons ?? []).findIndex((label) => /^(cancel|no)$/i.test(label))
  return Math.max(index, 0)
}
