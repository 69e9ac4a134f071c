import type { Browser } from './browser.ts'

type RequestHandler = (
  webContents: unknown,
  permission: string,
  callback: (isGranted: boolean) => void,
  details: { requestingUrl: string; isMainFrame: boolean }
) => void
type CheckHandler = (
  webContents: unknown,
  permission: string,
  requestingOrigin: string,
  details: object
) => boolean

/** The name of a permission in the Permissions API, and Electron's name for it. */
const PERMISSIONS: readonly (readonly [string, string])[] = [
  ['camera', 'media'],
  ['microphone', 'media'],
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-write', 'clipboard-sanitized-write'],
  ['idle-detection', 'idle-detection'],
  ['local-fonts', 'local-fonts'],
  ['storage-access', 'storage-access'],
  ['window-management', 'window-management'],
  ['screen-wake-lock', 'screen-wake-lock'],
  ['persistent-storage', 'persistent-storage'],
  ['background-sync', 'background-sync'],
  ['accelerometer', 'sensors']
]

/**
 * The app's decisions about permissions. Chromium is told beforehand, once for each permission, what the app's handlers
 * say: it does not ask the host at the moment of need. As in Electron, what no handler refuses is granted.
 */
export class Permissions {
  onRequest: RequestHandler | undefined
  onCheck: CheckHandler | undefined

  /** Resolves when the browser holds to the handlers' present answers. */
  async apply(browser: Browser, webContents: unknown): Promise<void> {
    await Promise.all(
      PERMISSIONS.map(async ([name, electronName]) => {
        const isGranted = await this.#isGranted(webContents, electronName)
        const setting = isGranted ? 'granted' : 'denied'
        // A permission that this version of Chromium does not know is not there to be granted.
        await browser.root.send('Browser.setPermission', { permission: { name }, setting }).catch(() => {})
      })
    )
  }

  async #isGranted(webContents: unknown, permission: string): Promise<boolean> {
    const details = { requestingUrl: '', isMainFrame: true }
    if (this.onCheck && !this.onCheck(webContents, permission, '', details)) return false
    const { onRequest } = this
    if (!onRequest) return true
    return new Promise((resolve) => {
      onRequest(webContents, permission, resolve, details)
    })
  }
}
