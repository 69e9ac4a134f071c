import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { AppState } from '../../shared/ipc/settings.ts'
import type { HandlersOf } from './answer-request.ts'

/** What can be on the screen for the first time. */
export type Painted = 'window' | 'drops' | 'live-drop'

/** The parts of the desktop that the window may only ask for. */
export interface Desktop {
  writeClipboard(text: string): void
  /** Asks the person whether to leave the app for this address. */
  confirmOpen(url: string): Promise<boolean>
  openInBrowser(url: string): Promise<void>
  /** Asks for a place and writes there; answers the file's path, undefined when the person chose none. */
  saveFile(suggestedName: string, content: string | Uint8Array): Promise<Result<string> | undefined>
}

export interface AppHandlerParts {
  readonly readAppState: () => AppState
  readonly desktop: Desktop
  readonly onPainted: (what: Painted) => void
}

export const appHandlers = ({
  readAppState,
  desktop,
  onPainted
}: AppHandlerParts): HandlersOf<
  'readAppState' | 'copyText' | 'saveFile' | 'openExternalLink' | 'reportPainted'
> => ({
  readAppState: () => success(readAppState()),
  copyText: ({ text }) => {
    desktop.writeClipboard(text)
    return success(null)
  },
  saveFile: async ({ name, content }) => {
    const bytes = content.kind === 'text' ? content.text : Buffer.from(content.base64, 'base64')
    const saved = await desktop.saveFile(name, bytes)
    if (saved === undefined) return success(null)
    return saved.ok ? success({ filePath: saved.value }) : saved
  },
  openExternalLink: async ({ url }) => {
    // Another scheme could start a program with what a drop says as its argument.
    const address = URL.canParse(url) ? new URL(url) : undefined
    if (address?.protocol !== 'https:') {
      return failed(
        failure('input/invalid', {
          message: 'Only https addresses can be opened.',
          hint: 'Copy the address if you trust it.'
        })
      )
    }
    const wasOpened = await desktop.confirmOpen(address.href)
    if (wasOpened) await desktop.openInBrowser(address.href)
    return success({ wasOpened })
  },
  reportPainted: ({ what }) => {
    onPainted(what)
    return success(null)
  }
})
