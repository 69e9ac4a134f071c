import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
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
}: AppHandlerParts): HandlersOf<'readAppState' | 'copyText' | 'openExternalLink' | 'reportPainted'> => ({
  readAppState: () => success(readAppState()),
  copyText: ({ text }) => {
    desktop.writeClipboard(text)
    return success(null)
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
