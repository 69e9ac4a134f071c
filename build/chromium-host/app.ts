import { mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readAppMetrics, type ProcessMetric } from './app-metrics.ts'
import { theHost } from './host.ts'
import { createEvent } from './host-event.ts'
import { loud, loudEmitter, notImplemented } from './not-implemented.ts'
import { takeInstanceLock, type InstanceLock } from './single-instance.ts'
import { windowList } from './window-list.ts'

/** The life of the app (Electron, app). */
class App extends loudEmitter('app') {
  readonly isPackaged = false
  /** macOS alone has one. */
  readonly dock = undefined
  readonly commandLine = loud('app.commandLine', {
    hasSwitch: (name: string) => process.argv.some((argument) => isSwitch(argument, name)),
    getSwitchValue: (name: string) =>
      process.argv.find((argument) => isSwitch(argument, name))?.slice(`--${name}=`.length) ?? '',
    appendSwitch: (name: string) => {
      // Chromium is started before the app's own code, so that the two load side by side.
      throw notImplemented(`app.commandLine.appendSwitch('${name}')`)
    }
  })
  readonly #paths = new Map<string, string>()
  readonly #whenReady = Promise.withResolvers<undefined>()
  #name: string | undefined
  #isReady = false
  #isQuitting = false
  #isExiting = false
  #lock: InstanceLock | undefined

  constructor() {
    super()
    windowList.whenEmpty(() => {
      if (this.#isExiting) return
      if (this.#isQuitting) this.#finishQuit()
      else if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
      else this.quit()
    })
  }

  get name(): string {
    return this.#name ?? theHost().options.name
  }

  set name(name: string) {
    this.#name = name
  }

  getName(): string {
    return this.name
  }

  setName(name: string): void {
    this.name = name
  }

  getVersion(): string {
    return theHost().options.version
  }

  getAppPath(): string {
    return theHost().options.appDir
  }

  getLocale(): string {
    return Intl.DateTimeFormat().resolvedOptions().locale
  }

  whenReady(): Promise<undefined> {
    return this.#whenReady.promise
  }

  isReady(): boolean {
    return this.#isReady
  }

  /** Called by the host once Chromium runs and the app's main module has been evaluated, as in Electron. */
  becomeReady(): void {
    if (this.#isQuitting || this.#isExiting) return
    this.#isReady = true
    this.emit('will-finish-launching')
    this.emit('ready', createEvent(), {})
    this.#whenReady.resolve(undefined)
  }

  getPath(name: string): string {
    const chosen = this.#paths.get(name)
    if (chosen !== undefined) return chosen
    const home = homedir()
    switch (name) {
      case 'home':
        return home
      case 'temp':
        return tmpdir()
      case 'exe':
      case 'module':
        return process.execPath
      case 'appData':
        return process.env['XDG_CONFIG_HOME'] ?? join(home, '.config')
      case 'userData': {
        const given = this.commandLine.getSwitchValue('user-data-dir')
        const userData = given ? resolve(given) : join(this.getPath('appData'), this.name)
        mkdirSync(userData, { recursive: true })
        return userData
      }
      case 'sessionData':
        return this.getPath('userData')
      case 'logs':
        return join(this.getPath('userData'), 'logs')
      case 'desktop':
      case 'documents':
      case 'downloads':
        return join(home, `${name.charAt(0).toUpperCase()}${name.slice(1)}`)
      default:
        throw new Error(`Failed to get '${name}' path`)
    }
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  /** False when another copy holds the lock of this userData folder; that copy has been told of this one. */
  requestSingleInstanceLock(additionalData: unknown = {}): boolean {
    this.#lock ??= takeInstanceLock(
      this.getPath('userData'),
      { argv: process.argv, workingDir: process.cwd(), additionalData },
      (second) =>
        this.emit('second-instance', createEvent(), second.argv, second.workingDir, second.additionalData)
    )
    return this.#lock !== undefined
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock !== undefined
  }

  releaseSingleInstanceLock(): void {
    this.#lock?.release()
    this.#lock = undefined
  }

  quit(): void {
    if (this.#isQuitting || this.#isExiting) return
    const event = createEvent()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#isQuitting = true
    const windows = windowList.all()
    if (windows.length === 0) this.#finishQuit()
    for (const window of windows) window.close()
  }

  /** A window refused to close. */
  quitPrevented(): void {
    this.#isQuitting = false
  }

  /** Whether the end has begun. The host's own, not Electron's. */
  get isExiting(): boolean {
    return this.#isExiting
  }

  /** Ends at once, without asking windows. */
  exit(code = 0): void {
    if (this.#isExiting) return
    this.#isExiting = true
    this.emit('quit', createEvent(), code)
    void theHost()
      .browser.chromium.end()
      .finally(() => process.exit(code))
  }

  getAppMetrics(): ProcessMetric[] {
    return readAppMetrics(theHost().browser.chromium.child.pid)
  }

  focus(): void {}
  setAppUserModelId(): void {}
  /** Every page is sandboxed here. */
  enableSandbox(): void {}

  #finishQuit(): void {
    const event = createEvent()
    this.emit('will-quit', event)
    if (event.defaultPrevented) this.#isQuitting = false
    else this.exit(0)
  }
}

export const app = new App()

function isSwitch(argument: string, name: string): boolean {
  return argument === `--${name}` || argument.startsWith(`--${name}=`)
}
