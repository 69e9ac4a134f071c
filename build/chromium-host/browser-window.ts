import { BROWSER_IS_GONE } from './devtools-pipe.ts'
import { app } from './app.ts'
import type { CapturedImage } from './frame-capture.ts'
import { theHost } from './host.ts'
import { createEvent } from './host-event.ts'
import { pressAccelerator } from './menu.ts'
import { loudEmitter } from './not-implemented.ts'
import { WebContents, type WebPreferences } from './web-contents.ts'
import { windowList } from './window-list.ts'
import type { KeyPress } from './wire-messages.ts'

interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface BrowserWindowOptions extends Partial<Rectangle> {
  readonly show?: boolean
  readonly title?: string
  readonly webPreferences?: WebPreferences & {
    readonly nodeIntegration?: boolean
    readonly contextIsolation?: boolean
    readonly sandbox?: boolean
  }
}

type WindowState = 'normal' | 'maximized' | 'minimized' | 'fullscreen'

/** The events of entering and leaving a state (Electron, BrowserWindow, "Instance Events"). */
const STATE_EVENTS: Record<Exclude<WindowState, 'normal'>, readonly [string, string]> = {
  maximized: ['maximize', 'unmaximize'],
  minimized: ['minimize', 'restore'],
  fullscreen: ['enter-full-screen', 'leave-full-screen']
}

/** Electron's own default size. */
const DEFAULT_BOUNDS: Rectangle = { x: 0, y: 0, width: 800, height: 600 }

const all = new Map<number, BrowserWindow>()
let lastId = 0
let lastFocusedId: number | undefined

/**
 * A window (Electron, BrowserWindow). Its bounds and its state are what Chromium last told: after a change they follow a
 * little later, with the event.
 */
export class BrowserWindow extends loudEmitter('BrowserWindow') {
  readonly id = ++lastId
  readonly webContents: WebContents
  #bounds: Rectangle
  #normalBounds: Rectangle
  #state: WindowState = 'normal'
  #isVisible: boolean
  #isFocused = false
  #isDestroyed = false
  #title: string
  readonly #created: Promise<void>

  static getAllWindows(): BrowserWindow[] {
    return [...all.values()]
  }

  static fromId(id: number): BrowserWindow | null {
    return all.get(id) ?? null
  }

  static fromWebContents(contents: WebContents | undefined): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null
  }

  static getFocusedWindow(): BrowserWindow | null {
    return (
      BrowserWindow.getAllWindows().find((window) => window.#isFocused) ?? all.get(lastFocusedId ?? 0) ?? null
    )
  }

  constructor(options: BrowserWindowOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    const preferences = options.webPreferences ?? {}
    if (
      preferences.nodeIntegration ||
      preferences.contextIsolation === false ||
      preferences.sandbox === false
    ) {
      throw new Error('The Chromium host opens sandboxed, isolated pages without Node only.')
    }
    const {
      x = DEFAULT_BOUNDS.x,
      y = DEFAULT_BOUNDS.y,
      width = DEFAULT_BOUNDS.width,
      height = DEFAULT_BOUNDS.height
    } = options
    this.#bounds = this.#normalBounds = { x, y, width, height }
    this.#isVisible = options.show !== false
    this.#title = options.title ?? app.getName()
    this.webContents = new WebContents(this)
    this.webContents.once('did-stop-loading', () => this.emit('ready-to-show', createEvent()))
    this.webContents.on('page-title-updated', (_event, title: string) => {
      this.#title = title
      this.emit('page-title-updated', createEvent(), title, true)
    })
    all.set(this.id, this)
    windowList.add(this)
    this.#created = this.#create(preferences, options.x !== undefined)
    this.#created.catch((error: unknown) => {
      this.webContents.attachFailed(error as Error)
      if (!this.#isDestroyed) process.stderr.write(`The window could not be opened: ${String(error)}\n`)
    })
    app.emit('browser-window-created', createEvent(), this)
    app.emit('web-contents-created', createEvent(), this.webContents)
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }

  reload(): void {
    this.webContents.reload()
  }

  capturePage(): Promise<CapturedImage> {
    return this.webContents.capturePage()
  }

  /** A window is on the screen from the start, where there is one: `show: false` only delays the event. */
  show(): void {
    if (this.#isVisible) return
    this.#isVisible = true
    this.emit('show')
  }

  showInactive(): void {
    this.show()
  }

  hide(): void {
    this.#isVisible = false
    this.emit('hide')
  }

  isVisible(): boolean {
    return this.#isVisible
  }

  focus(): void {
    void this.#withTarget((targetId) => theHost().browser.root.send('Target.activateTarget', { targetId }))
  }

  isFocused(): boolean {
    return this.#isFocused
  }

  setBounds(bounds: Partial<Rectangle>): void {
    const { x, y, width, height } = bounds
    const moved = {
      ...(x === undefined ? {} : { left: x }),
      ...(y === undefined ? {} : { top: y }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height })
    }
    void this.#changeBounds(moved)
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height })
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y })
  }

  /** The frame that Chromium draws belongs to the page's area here. */
  getBounds(): Rectangle {
    return this.#bounds
  }

  getContentBounds(): Rectangle {
    return this.#bounds
  }

  getNormalBounds(): Rectangle {
    return this.#normalBounds
  }

  getSize(): [number, number] {
    return [this.#bounds.width, this.#bounds.height]
  }

  getPosition(): [number, number] {
    return [this.#bounds.x, this.#bounds.y]
  }

  /** Chromium keeps windows above a minimum of its own. */
  setMinimumSize(): void {}

  maximize(): void {
    void this.#changeState('maximized')
  }

  unmaximize(): void {
    void this.#changeState('normal')
  }

  isMaximized(): boolean {
    return this.#state === 'maximized'
  }

  minimize(): void {
    void this.#changeState('minimized')
  }

  restore(): void {
    void this.#changeState('normal')
  }

  isMinimized(): boolean {
    return this.#state === 'minimized'
  }

  setFullScreen(isFullScreen: boolean): void {
    void this.#changeState(isFullScreen ? 'fullscreen' : 'normal')
  }

  isFullScreen(): boolean {
    return this.#state === 'fullscreen'
  }

  getTitle(): string {
    return this.#title
  }

  /** Shown by the page's own title. */
  setTitle(title: string): void {
    this.#title = title
  }

  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}
  setBackgroundColor(): void {}
  setIcon(): void {}
  flashFrame(): void {}

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  close(): void {
    if (this.#isDestroyed) return
    const event = createEvent()
    this.emit('close', event)
    if (event.defaultPrevented) app.quitPrevented()
    else this.destroy()
  }

  destroy(): void {
    void this.#withTarget((targetId) => theHost().browser.root.send('Target.closeTarget', { targetId }))
    this.#gone()
  }

  /** The page was closed from outside, by the window's own button: too late to prevent it. */
  closedFromOutside(): void {
    if (this.#isDestroyed) return
    this.emit('close', createEvent())
    this.#gone()
  }

  keyPressed(key: KeyPress): void {
    pressAccelerator(key, this)
  }

  windowChanged(hasFocus: boolean): void {
    if (hasFocus !== this.#isFocused) {
      this.#isFocused = hasFocus
      if (hasFocus) lastFocusedId = this.id
      this.emit(hasFocus ? 'focus' : 'blur', createEvent())
      app.emit(hasFocus ? 'browser-window-focus' : 'browser-window-blur', createEvent(), this)
    }
    void this.#withTarget(() => this.#readBounds())
  }

  async #create(preferences: WebPreferences, isPlaced: boolean): Promise<void> {
    const { browser } = theHost()
    const { x, y, width, height } = this.#bounds
    const page = await browser.openPage(width, height)
    await Promise.all([
      this.webContents.attach(browser, page, preferences),
      this.#sendBounds(page.targetId, { width, height, ...(isPlaced ? { left: x, top: y } : {}) })
    ])
    lastFocusedId ??= this.id
    this.#isFocused = lastFocusedId === this.id
  }

  async #changeBounds(bounds: {
    left?: number
    top?: number
    width?: number
    height?: number
  }): Promise<void> {
    await this.#withTarget(async (targetId) => {
      await this.#sendBounds(targetId, bounds)
      await this.#readBounds()
    })
  }

  async #changeState(state: WindowState): Promise<void> {
    await this.#withTarget(async (targetId) => {
      // Chromium changes between two special states only by way of the normal one.
      if (this.#state !== 'normal') await this.#sendBounds(targetId, { windowState: 'normal' })
      if (state !== 'normal') await this.#sendBounds(targetId, { windowState: state })
      await this.#readBounds()
    })
  }

  async #sendBounds(targetId: string, bounds: object): Promise<void> {
    const { root } = theHost().browser
    const { windowId } = await root.send('Browser.getWindowForTarget', { targetId })
    await root.send('Browser.setWindowBounds', { windowId, bounds })
  }

  async #readBounds(): Promise<void> {
    const targetId = this.webContents.targetId ?? ''
    const { bounds } = await theHost().browser.root.send('Browser.getWindowForTarget', { targetId })
    const { left = 0, top = 0, width = 0, height = 0, windowState = 'normal' } = bounds
    if (this.#isDestroyed) return
    const before = this.#bounds
    const stateBefore = this.#state
    this.#bounds = { x: left, y: top, width, height }
    this.#state = windowState
    if (windowState === 'normal') this.#normalBounds = this.#bounds
    if (before.width !== width || before.height !== height) this.#emitBoth('resize', 'resized')
    if (before.x !== left || before.y !== top) this.#emitBoth('move', 'moved')
    if (stateBefore === windowState) return
    if (stateBefore !== 'normal') this.emit(STATE_EVENTS[stateBefore][1], createEvent())
    if (windowState !== 'normal') this.emit(STATE_EVENTS[windowState][0], createEvent())
  }

  #emitBoth(during: string, after: string): void {
    this.emit(during, createEvent())
    this.emit(after, createEvent())
  }

  /** Runs when the window is there; a window or a browser that is gone meanwhile is no failure: the app ends. */
  async #withTarget(run: (targetId: string) => Promise<unknown>): Promise<void> {
    try {
      await this.#created
      await run(this.webContents.targetId ?? '')
    } catch (error) {
      if (this.#isDestroyed || String(error).includes(BROWSER_IS_GONE)) return
      process.stderr.write(`The window did not follow: ${String(error)}\n`)
    }
  }

  #gone(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    all.delete(this.id)
    if (lastFocusedId === this.id) lastFocusedId = undefined
    this.webContents.destroyed()
    this.emit('closed')
    windowList.remove(this)
  }
}
