import type { App, Event, Session, WebContents, WebPreferences } from 'electron'
import type { Log } from './log.ts'

/**
 * What keeps the window in its place, whatever runs in it (Electron, "Security"): it has no Node, it is shown only our own
 * pages, it opens nothing, and it is granted nothing.
 */
export const safeWebPreferences = (preload: string): WebPreferences => ({
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
  safeDialogs: true
})

/** Denies every permission, asked for or looked up. */
export function denyPermissions(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log.warn('security', 'permission refused', { permission })
    answer(false)
  })
  session.setPermissionCheckHandler(() => false)
}

/**
 * Refuses, for every content that the app ever makes: navigation to anything but a reload of our own page, new windows,
 * and embedded web views.
 *
 * `isOwnPage` says whether an address is one of our own pages.
 */
export function guardContents(app: App, isOwnPage: (url: string) => boolean, log: Log): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuseForeign = (kind: string) => (event: Event & { url?: string }, url?: string) => {
      const target = event.url ?? url ?? ''
      const isReload = isOwnPage(target) && withoutFragment(target) === withoutFragment(contents.getURL())
      if (kind === 'will-navigate' && isReload) return
      event.preventDefault()
      log.warn('security', 'navigation refused', { kind, url: target })
    }
    const on = contents.on.bind(contents) as (
      name: string,
      listener: (event: Event & { url?: string }, url?: string) => void
    ) => WebContents
    on('will-navigate', refuseForeign('will-navigate'))
    on('will-redirect', refuseForeign('will-redirect'))
    on('will-frame-navigate', (event, url) => {
      const details = event as Event & { url?: string; isMainFrame?: boolean }
      // The main frame is judged by `will-navigate`; no other frame has a page of its own.
      if (details.isMainFrame === true) return
      refuseForeign('will-frame-navigate')(event, url)
    })
    on('will-attach-webview', refuseForeign('will-attach-webview'))
    bringBack(contents, isOwnPage, log)
    contents.setWindowOpenHandler(({ url }) => {
      log.warn('security', 'new window refused', { url })
      return { action: 'deny' }
    })
  })
}

/** A navigation that asks nobody (to `about:blank`, which loads nothing) ends where it began. */
function bringBack(contents: WebContents, isOwnPage: (url: string) => boolean, log: Log): void {
  let home: string | undefined
  contents.on('did-navigate', (_event, url) => {
    if (isOwnPage(url)) {
      home = url
    } else if (home !== undefined && url.startsWith('about:')) {
      log.warn('security', 'brought back', { from: url })
      contents.loadURL(home).catch((error: unknown) => {
        log.error('security', 'not brought back', { error })
      })
    }
  })
}

const withoutFragment = (url: string): string => url.split('#', 1)[0] ?? url
