import type { ChromiumProcess } from './chromium.ts'
import type { DevToolsSession } from './devtools-pipe.ts'

/** A window-to-be: what Chromium calls a page target. */
export interface PageTarget {
  readonly targetId: string
  readonly session: DevToolsSession
}

export interface BrowserListeners {
  /** A page that the host did not open: a popup. It is closed in any case. */
  onPopup(url: string, openerId: string | undefined): void
  /** A page was closed, by whomever. */
  onClosed(targetId: string): void
  onTitle(targetId: string, title: string): void
}

/** The running Chromium as the host uses it: page targets, and commands to the browser itself. */
export class Browser {
  readonly chromium: ChromiumProcess
  readonly root: DevToolsSession
  /** Chromium's version, like `156.0.8078.79`. Rejects when Chromium could not start. */
  readonly version: Promise<string>
  readonly #firstTarget: Promise<string>
  readonly #ownTargets = new Set<string>()
  #isFirstTaken = false
  #isOpening = 0

  constructor(chromium: ChromiumProcess, listeners: BrowserListeners) {
    this.chromium = chromium
    this.root = chromium.devTools.root
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#firstTarget = promise
    // Whoever waits for the first window sees the rejection; nobody may be waiting yet.
    promise.catch(() => {})
    chromium.devTools.closed
      .then(() => {
        reject(new Error(`Chromium could not start or ended.\n${chromium.lastWords()}`))
      })
      .catch(() => {})

    this.root.on('Target.targetCreated', ({ targetInfo }) => {
      if (targetInfo.type !== 'page' || this.#ownTargets.has(targetInfo.targetId)) return
      if (targetInfo.url.includes(chromium.placeholder)) {
        this.#ownTargets.add(targetInfo.targetId)
        resolve(targetInfo.targetId)
      } else if (this.#isOpening === 0 || targetInfo.openerId) {
        void this.#closePopup(targetInfo.targetId)
        listeners.onPopup(targetInfo.url, targetInfo.openerId)
      }
    })
    this.root.on('Target.targetDestroyed', ({ targetId }) => {
      if (this.#ownTargets.delete(targetId)) listeners.onClosed(targetId)
    })
    this.root.on('Target.targetInfoChanged', ({ targetInfo }) => {
      if (this.#ownTargets.has(targetInfo.targetId)) listeners.onTitle(targetInfo.targetId, targetInfo.title)
    })
    this.root.post('Target.setDiscoverTargets', { discover: true })
    this.root.post('Browser.setDownloadBehavior', { behavior: 'deny' })
    this.version = this.root.send('Browser.getVersion').then(({ product }) => product.replace(/^.*\//, ''))
    this.version.catch(() => {})
  }

  /** The window that Chromium started with. */
  get firstTarget(): Promise<string> {
    return this.#firstTarget
  }

  /** The first call takes the window that Chromium started with; later ones open another. */
  async openPage(width: number, height: number): Promise<PageTarget> {
    const targetId = this.#isFirstTaken ? await this.#createTarget(width, height) : await this.#takeFirst()
    const { sessionId } = await this.root.send('Target.attachToTarget', { targetId, flatten: true })
    return { targetId, session: this.chromium.devTools.session(sessionId) }
  }

  /**
   * A test tool may hold new pages back until it has looked at them, and with the popup the page that opened it, for both
   * share a process. A popup that is closed in that moment would hold it for ever: so it is let go first.
   */
  async #closePopup(targetId: string): Promise<void> {
    try {
      const { sessionId } = await this.root.send('Target.attachToTarget', { targetId, flatten: true })
      await this.chromium.devTools.session(sessionId).send('Runtime.runIfWaitingForDebugger')
    } catch {
      // It is gone already.
    }
    this.root.post('Target.closeTarget', { targetId })
  }

  #takeFirst(): Promise<string> {
    this.#isFirstTaken = true
    return this.#firstTarget
  }

  async #createTarget(width: number, height: number): Promise<string> {
    this.#isOpening++
    try {
      const options = { url: 'about:blank', newWindow: true, width, height }
      const { targetId } = await this.root.send('Target.createTarget', options)
      this.#ownTargets.add(targetId)
      return targetId
    } finally {
      this.#isOpening--
    }
  }
}
