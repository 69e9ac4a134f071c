import type { Browser } from './browser.ts'
import { makeCodec } from './codec.ts'
import { readConsole } from './console-messages.ts'
import type { DevToolsSession } from './devtools-pipe.ts'
import { captureFrame, type CapturedImage } from './frame-capture.ts'
import { theHost } from './host.ts'
import { createEvent } from './host-event.ts'
import { IpcMain, ipcMain } from './ipc-main.ts'
import { nativeTheme } from './native-theme.ts'
import { loud, loudEmitter } from './not-implemented.ts'
import { PageChannel } from './page-channel.ts'
import { bindingName, preparePageWorlds } from './page-world.ts'
import type { PortPump } from './port-pump.ts'
import { PagePorts, type MessagePortMain } from './ports.ts'
import { customSchemes } from './protocol.ts'
import { fromWireUrl, originOf, toWireUrl } from './scheme-mapping.ts'
import { permissions, session } from './session.ts'
import type { KeyPress, ToMain } from './wire-messages.ts'

/** What a window wants of its page. */
export interface WebPreferences {
  readonly preload?: string
  readonly additionalArguments?: readonly string[]
}

/** What the page needs of its window. */
export interface PageOwner {
  close(): void
  focus(): void
  keyPressed(key: KeyPress): void
  windowChanged(hasFocus: boolean): void
}

type WindowOpenHandler = (details: {
  url: string
  frameName: string
  features: string
  disposition: string
}) => {
  action: 'allow' | 'deny'
}

const codec = makeCodec()
const all = new Map<number, WebContents>()
let lastId = 0

/** The page of a window (Electron, webContents). */
export class WebContents extends loudEmitter('webContents') {
  readonly id = ++lastId
  readonly session = session.defaultSession
  /** Like `ipcMain`, for this page alone. */
  readonly ipc = new IpcMain()
  readonly mainFrame = this.#createMainFrame()
  readonly #owner: PageOwner
  readonly #ports = new PagePorts((head, valueText, isPumped) => {
    if (isPumped) this.#pump?.port.post(messageText(head, valueText))
    else this.#postValue(head, valueText)
  })
  #pump: { readonly id: string; readonly port: PortPump } | undefined
  readonly #frameIds = new Set<string>()
  /** Posted before the page is attached; in order. */
  #early: string[] = []
  #attached: { session: DevToolsSession; channel: PageChannel; targetId: string } | undefined
  readonly #whenAttached = Promise.withResolvers<DevToolsSession>()
  #mainFrameId = ''
  #url = ''
  #title = ''
  /** The document that main itself asked for: no `will-navigate` for it. */
  #expectedUrl: string | undefined
  #isLoading = false
  #isShowingError = false
  #isCrashed = false
  #isDestroyed = false
  #windowOpenHandler: WindowOpenHandler | undefined

  static getAllWebContents(): WebContents[] {
    return [...all.values()]
  }

  static fromId(id: number): WebContents | undefined {
    return all.get(id)
  }

  /** For test tools; `targetId` is Chromium's name of the page. */
  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return WebContents.getAllWebContents().find((contents) => contents.targetId === targetId)
  }

  constructor(owner: PageOwner) {
    super()
    this.#owner = owner
    this.#whenAttached.promise.catch(() => {})
    all.set(this.id, this)
  }

  get targetId(): string | undefined {
    return this.#attached?.targetId
  }

  /** Joins this object to Chromium's page; resolves when it is ready to navigate. */
  async attach(
    browser: Browser,
    page: { targetId: string; session: DevToolsSession },
    preferences: WebPreferences
  ): Promise<void> {
    const { targetId, session: devTools } = page
    const { secret, portPumps } = theHost()
    const channel = new PageChannel(devTools, secret)
    this.#attached = { session: devTools, channel, targetId }
    for (const text of this.#early.splice(0)) channel.post(text)
    // The main frame of a page has the id of its target (Chromium, DevTools protocol, "Page.FrameId").
    this.#mainFrameId = targetId
    this.#frameIds.add(targetId)
    this.#listen(devTools, channel, bindingName(secret))
    const { preload, additionalArguments = [] } = preferences
    await Promise.all([
      devTools.send('Page.enable'),
      devTools.send('Runtime.enable'),
      devTools.send('Log.enable'),
      preparePageWorlds(devTools, {
        secret,
        pumpPath: portPumps.scriptPath,
        preloadFile: preload,
        additionalArguments
      }),
      nativeTheme.applyTo(devTools),
      permissions.apply(browser, this)
    ])
    this.#whenAttached.resolve(devTools)
  }

  attachFailed(error: Error): void {
    this.#whenAttached.reject(error)
  }

  async loadURL(url: string): Promise<void> {
    const devTools = await this.#whenAttached.promise
    const wireUrl = toWireUrl(url, customSchemes())
    // As Chromium will write it: `http://localhost:5173` becomes `http://localhost:5173/`.
    this.#expectedUrl = withoutFragment(URL.parse(wireUrl)?.href ?? wireUrl)
    this.#startLoading()
    const finished = new Promise<void>((resolve) => this.once('did-stop-loading', resolve))
    const { errorText, loaderId } = await devTools.send('Page.navigate', { url: wireUrl })
    if (errorText) {
      this.#expectedUrl = undefined
      this.emit('did-fail-load', createEvent(), -2, errorText, url, true)
      throw Object.assign(new Error(`${errorText} loading '${url}'`), { code: errorText, url })
    }
    // Without a loader it was a jump inside the same document.
    if (loaderId) await finished
  }

  reload(): void {
    this.#expectedUrl = withoutFragment(toWireUrl(this.#url, customSchemes()))
    this.#startLoading()
    this.#attached?.session.post('Page.reload')
  }

  send(channel: string, ...parameters: unknown[]): void {
    this.#postValue({ kind: 'send', channel, portIds: [] }, codec.encode(parameters))
  }

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const { portIds, move } = this.#ports.take(transfer)
    this.#postValue({ kind: 'send', channel, portIds }, codec.encode([message]))
    move()
  }

  /** The value of the last expression, by value; a promise is awaited. Waits for a page that is loading. */
  async executeJavaScript(code: string): Promise<unknown> {
    const devTools = await this.#whenAttached.promise
    if (this.#isLoading) await new Promise<void>((resolve) => this.once('did-stop-loading', resolve))
    const { result, exceptionDetails } = await devTools.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as unknown
  }

  async capturePage(): Promise<CapturedImage> {
    return captureFrame(await this.#whenAttached.promise)
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#windowOpenHandler = handler
  }

  getURL(): string {
    return this.#url
  }

  getTitle(): string {
    return this.#title
  }

  isLoading(): boolean {
    return this.#isLoading
  }

  isCrashed(): boolean {
    return this.#isCrashed
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  close(): void {
    this.#owner.close()
  }

  focus(): void {
    this.#owner.focus()
  }

  /** Chromium's own tools need a window of their own: attach a browser with `--remote-debugging-port` instead. */
  openDevTools(): void {}
  closeDevTools(): void {}
  toggleDevTools(): void {}
  isDevToolsOpened(): boolean {
    return false
  }

  /** Whether a document may load in this frame; undefined when the frame is not of this page. */
  mayNavigate(frameId: string, wireUrl: string): boolean | undefined {
    if (!this.#frameIds.has(frameId)) return undefined
    const isMainFrame = frameId === this.#mainFrameId
    if (isMainFrame && withoutFragment(wireUrl) === this.#expectedUrl) {
      this.#expectedUrl = undefined
      return true
    }
    const url = fromWireUrl(wireUrl)
    const event = createEvent({
      url,
      isMainFrame,
      isSameDocument: false,
      frame: isMainFrame ? this.mainFrame : null
    })
    if (isMainFrame) this.emit('will-navigate', event, url)
    this.emit('will-frame-navigate', event)
    return !event.defaultPrevented
  }

  /** The page asked for a second window. The host opens none; the app's handler still decides what else to do. */
  popupRequested(wireUrl: string): void {
    const url = fromWireUrl(wireUrl)
    const details = { url, frameName: '', features: '', disposition: 'foreground-tab' }
    const { action } = this.#windowOpenHandler?.(details) ?? { action: 'allow' }
    if (action === 'allow')
      process.stderr.write(`The Chromium host opens no second window for a page: ${url}\n`)
  }

  titleChanged(title: string): void {
    if (title === this.#title || this.#url === '') return
    this.#title = title
    this.emit('page-title-updated', createEvent(), title, true)
  }

  crashed(): void {
    this.#isCrashed = true
    this.#leavePage()
    this.emit('render-process-gone', createEvent(), { reason: 'crashed', exitCode: 1 })
  }

  /** Puts text on the system's clipboard, through the page's process: the preload's world can, whatever the page may. */
  copyText(text: string): void {
    const contextId = this.#attached?.channel.contextId
    if (contextId === undefined) return
    this.#attached?.session.post('Runtime.evaluate', {
      contextId,
      userGesture: true,
      expression: `document.addEventListener('copy', (event) => {
        event.clipboardData.setData('text/plain', ${JSON.stringify(text)})
        event.preventDefault()
        event.stopImmediatePropagation()
      }, { once: true, capture: true })
      document.execCommand('copy')`
    })
  }

  destroyed(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    all.delete(this.id)
    this.#closePump()
    this.#ports.closeAll()
    this.#whenAttached.reject(new Error('The window was closed.'))
    this.emit('destroyed')
  }

  #listen(devTools: DevToolsSession, channel: PageChannel, binding: string): void {
    devTools.on('Page.frameAttached', ({ frameId }) => this.#frameIds.add(frameId))
    devTools.on('Page.frameDetached', ({ frameId }) => this.#frameIds.delete(frameId))
    devTools.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId) return
      this.#navigated(
        frame.unreachableUrl ?? frame.url + (frame.urlFragment ?? ''),
        frame.unreachableUrl !== undefined
      )
    })
    devTools.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (frameId !== this.#mainFrameId) return
      this.#url = fromWireUrl(url)
      this.emit('did-navigate-in-page', createEvent(), this.#url, true)
    })
    devTools.on('Page.domContentEventFired', () => {
      if (this.#url !== '') this.emit('dom-ready', createEvent())
    })
    devTools.on('Page.loadEventFired', () => {
      if (this.#url === '') return
      this.#isLoading = false
      if (!this.#isShowingError) this.emit('did-finish-load', createEvent())
      this.emit('did-stop-loading', createEvent())
    })
    devTools.on('Page.windowOpen', ({ url }) => {
      this.popupRequested(url)
    })
    devTools.on('Runtime.executionContextsCleared', () => {
      this.#leavePage()
    })
    devTools.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === binding && !this.#isDestroyed)
        this.#receive(JSON.parse(payload) as ToMain, channel, executionContextId)
    })
    readConsole(devTools, (message) => {
      this.emit('console-message', createEvent({ ...message, frame: this.mainFrame }))
    })
  }

  #navigated(wireUrl: string, isError: boolean): void {
    // The empty page that the window starts with is not a page of the app.
    if (this.#url === '' && /^(data|about):/.test(wireUrl)) return
    this.#url = fromWireUrl(wireUrl)
    this.#isShowingError = isError
    this.#isCrashed = false
    if (!isError) this.emit('did-navigate', createEvent(), this.#url, 200, 'OK')
  }

  #startLoading(): void {
    this.#isLoading = true
    this.emit('did-start-loading', createEvent())
  }

  #leavePage(): void {
    this.#attached?.channel.reset()
    this.#closePump()
    this.#ports.closeAll()
  }

  #closePump(): void {
    if (this.#pump) theHost().portPumps.close(this.#pump.id)
    this.#pump = undefined
  }

  #receive(message: ToMain, channel: PageChannel, contextId: number): void {
    if (message.kind === 'hello') {
      nativeTheme.systemPrefers(message.prefersDark)
      channel.open(contextId)
      return
    }
    // From a page that was left meanwhile.
    if (contextId !== channel.contextId) return
    switch (message.kind) {
      case 'invoke':
        void this.#answer(message, channel, contextId)
        return
      case 'send': {
        const event = this.#createIpcEvent(message.portIds.map((portId) => this.#ports.open(portId)))
        const parameters = codec.decode(message.value) as unknown[]
        this.emit('ipc-message', event, message.channel, ...parameters)
        this.ipc.emit(message.channel, event, ...parameters)
        ipcMain.emit(message.channel, event, ...parameters)
        return
      }
      case 'port-message':
        this.#ports.received(message.portId, message.value)
        return
      case 'port-closed':
        this.#ports.closed(message.portId)
        return
      case 'pump-ready':
        this.#pump = { id: message.pumpId, port: theHost().portPumps.open(message.pumpId) }
        return
      case 'port-route':
        this.#ports.routed(message.portId, message.isPumped)
        return
      case 'key':
        this.#owner.keyPressed(message.key)
        return
      case 'window':
        this.#owner.windowChanged(message.hasFocus)
        return
      case 'preload-error':
        this.emit('preload-error', createEvent(), '', new Error(message.stack))
    }
  }

  async #answer(
    message: ToMain & { kind: 'invoke' },
    channel: PageChannel,
    contextId: number
  ): Promise<void> {
    const { id, channel: name, value } = message
    let answer: string
    try {
      const handler = this.ipc.handlerOf(name) ?? ipcMain.handlerOf(name)
      if (!handler) throw new Error(`No handler registered for '${name}'`)
      const parameters = codec.decode(value) as unknown[]
      const result = codec.encode(await handler(this.#createIpcEvent([]), ...parameters))
      answer = withValue({ kind: 'answer', id }, result)
    } catch (error) {
      answer = JSON.stringify({ kind: 'answer', id, error: String(error) })
    }
    if (contextId === channel.contextId) channel.post(answer)
  }

  #createIpcEvent(ports: readonly MessagePortMain[]): object {
    return createEvent({
      type: 'frame',
      sender: this,
      senderFrame: this.mainFrame,
      frameId: this.id,
      processId: this.id,
      ports,
      reply: (channel: string, ...parameters: unknown[]) => {
        this.send(channel, ...parameters)
      }
    })
  }

  #postValue(head: object, valueText: string | undefined): void {
    if (this.#isDestroyed) return
    const text = messageText(head, valueText)
    if (this.#attached) this.#attached.channel.post(text)
    else this.#early.push(text)
  }

  #createMainFrame() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- for the getters below
    const contents = this
    const frame = loud('webContents.mainFrame', {
      routingId: this.id,
      processId: this.id,
      frameTreeNodeId: this.id,
      parent: null,
      detached: false,
      frames: [],
      get top(): object {
        return frame
      },
      get url(): string {
        return contents.#url
      },
      get origin(): string {
        return originOf(contents.#url)
      },
      isDestroyed: () => contents.#isDestroyed
    })
    return frame
  }
}

const messageText = (head: object, valueText: string | undefined): string =>
  valueText === undefined ? JSON.stringify(head) : withValue(head, valueText)

function withValue(head: object, valueText: string): string {
  return `${JSON.stringify(head).slice(0, -1)},"value":${valueText}}`
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url
}
