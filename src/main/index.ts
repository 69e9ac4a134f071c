import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  nativeTheme,
  protocol,
  session,
  shell,
  utilityProcess
} from 'electron'
import { APP_PAGE, APP_SCHEME, createAppSchemeHandler, isOwnPage as isOwnPageOf } from './app-scheme.ts'
import { parseCommandLine } from './command-line.ts'
import type { CommandLine } from './command-line.ts'
import { createLocalPlatform } from './connections/local-platform.ts'
import type { PlatformProcess } from './connections/local-platform.ts'
import type { KeychainQuestion } from './tokens/keychain-messages.ts'
import { createKeychain } from './tokens/keychain.ts'
import type { KeychainChild } from './tokens/keychain.ts'
import type { LocalPlatformCommand } from '../shared/ipc/local-platform-messages.ts'
import type { Answers } from './answers.ts'
import { systemScheduler } from './client/scheduler.ts'
import { openTextFile, revealSecret } from './dialogs.ts'
import { handleRequests } from './ipc/handle.ts'
import { createWindowDoor } from './ipc/window-door.ts'
import { openLog } from './log.ts'
import type { Log } from './log.ts'
import { saveFile } from './save-file.ts'
import { setApplicationMenu } from './menu.ts'
import { createNotices } from './notices.ts'
import { openProfile } from './profile.ts'
import type { Profile } from './profile.ts'
import { createPaintWatch, takeScreenshot } from './screenshot.ts'
import { denyPermissions, guardContents } from './security.ts'
import { openWindow } from './window.ts'

/**
 * The composition root: builds the parts of the main process and joins them. What the first picture does not need is loaded
 * while the platform's process and the window already start.
 */

/** A bad flag, as the shell's own commands answer it. */
const EXIT_USAGE = 2
const EXIT_FAILURE = 1
/** A stack fits; a drop that found its way into an error does not fill the log. */
const MAX_LINE_CHARACTERS = 4000

// Where electron-vite puts the parts, seen from this file's bundle.
const PRELOAD = join(import.meta.dirname, '../preload/index.cjs')
const RENDERER_FOLDER = join(import.meta.dirname, '../renderer')
const PLATFORM_ENTRY = join(import.meta.dirname, 'platform-process.js')
const KEYCHAIN_ENTRY = join(import.meta.dirname, 'keychain-process.js')
/** Set by `electron-vite dev`: the page comes from its server and is loaded again when a source changes. */
const DEVELOPMENT_URL = process.env['ELECTRON_RENDERER_URL']

const isOwnPage = (url: string): boolean => isOwnPageOf(url, DEVELOPMENT_URL)

begin()

function begin(): void {
  const commandLine = parseCommandLine(process.argv.slice(1), process.cwd())
  if (!commandLine.ok) {
    endAtOnce(commandLine.message, EXIT_USAGE)
    return
  }
  const { profileDirectory } = commandLine.value
  const profile =
    profileDirectory === undefined
      ? openProfile(app.getPath('userData'), true)
      : openProfile(profileDirectory)
  if (!profile.ok) {
    // On Linux this early, Electron would only write the same sentence to the terminal a second time.
    if (process.platform !== 'linux') dialog.showErrorBox('Flowscope cannot start', profile.message)
    endAtOnce(profile.message, EXIT_FAILURE)
    return
  }
  app.setPath('userData', profile.value.directory)
  app.setPath('sessionData', profile.value.sessionDirectory)
  if (!app.requestSingleInstanceLock()) {
    endAtOnce('Flowscope already runs with this profile; its window was brought to the front.', 0)
    return
  }
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
    }
  ])
  run(profile.value, commandLine.value)
}

function endAtOnce(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`)
  app.exit(exitCode)
}

function run(profile: Profile, commandLine: CommandLine): void {
  const log = openLog({ file: profile.logFile })
  log.info('app', 'started', { version: app.getVersion(), profile: profile.directory })
  reportFaults(log)
  // Heavy to load, and Chromium takes its time to start: the two go side by side.
  const settingsModule = import('./settings.ts')
  const answersModule = import('./answers.ts')
  const notices = createNotices()
  const painted = createPaintWatch()
  let window: BrowserWindow | undefined
  let answers: Answers | undefined
  let flushStores = (): void => {}

  const localPlatform = createLocalPlatform({
    fork: () => forkPlatform(log),
    dataDirectory: profile.platformDirectory,
    log,
    notices
  })
  const door = createWindowDoor(() => (window?.isDestroyed() === false ? window : undefined), isOwnPage)
  guardContents(app, isOwnPage, log)

  const start = async (): Promise<void> => {
    localPlatform.start()
    protocol.handle(APP_SCHEME, createAppSchemeHandler(RENDERER_FOLDER))
    denyPermissions(session.defaultSession, log)

    const stores = (await settingsModule).openStores({ directory: profile.directory, log, notices })
    flushStores = () => {
      stores.flush()
    }
    const isFirstRun = stores.workspace.read() === undefined
    nativeTheme.themeSource = stores.settings.read().theme

    const whenAnswering = answersModule.then(({ createAnswers }) => {
      answers = createAnswers({
        localPlatform,
        keychain: createKeychain({
          fork: () => forkKeychain(log),
          serviceName: profile.keychainService,
          scheduler: systemScheduler
        }),
        notices,
        stores,
        log,
        openPort: door.openPort,
        sendEvent: door.sendEvent,
        onSettingsChanged: (settings) => {
          nativeTheme.themeSource = settings.theme
          door.sendEvent('settingsChanged', settings)
        },
        onPainted: (what) => {
          log.info('window', 'painted', { what, sinceStartMs: Math.round(performance.now()) })
          painted.report(what)
        },
        readAppState: () => ({
          version: app.getVersion(),
          runtime: process.versions.electron.includes('chromium-host') ? 'chromium-host' : 'electron',
          operatingSystem: process.platform,
          profileDirectory: profile.directory,
          logFile: profile.logFile,
          isFirstRun,
          notices: notices.all()
        }),
        chooseSaveFile: (suggestedName) => chooseSaveFile(suggestedName, window),
        desktop: {
          writeClipboard: (text) => {
            clipboard.writeText(text)
          },
          confirmOpen: (url) => confirmOpen(url, window),
          openTextFile: (title) => openTextFile(title, window),
          revealSecret: (shown) => revealSecret(shown, window),
          openInBrowser: (url) => shell.openExternal(url),
          saveFile: (suggestedName, content) => saveFile(suggestedName, content, window)
        }
      })
      return answers.answer
    })
    whenAnswering.catch((error: unknown) => {
      log.error('app', 'handlers not loaded', { error })
    })
    handleRequests(whenAnswering, door.isOurs)

    window = openWindow({
      preload: PRELOAD,
      page: DEVELOPMENT_URL ?? APP_PAGE,
      state: stores.window,
      size: commandLine.windowSize,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#101418' : '#ffffff',
      log
    })
    window.webContents.on('did-navigate', () => answers?.forgetWindow())
    window.on('closed', () => {
      window = undefined
      answers?.forgetWindow()
    })
    setApplicationMenu((commandId) => {
      door.sendEvent('commandChosen', { commandId })
    })
    notices.onRaised((notice) => {
      door.sendEvent('noticeRaised', notice)
    })
    localPlatform.onReplay((replay) => {
      door.sendEvent('replayChanged', replay)
    })
    if (commandLine.screenshotFile !== undefined) {
      const problem = await takeScreenshot(window.webContents, painted, commandLine.screenshotFile)
      if (problem !== undefined) process.stderr.write(`${problem}\n`)
      await close()
      app.exit(problem === undefined ? 0 : EXIT_FAILURE)
    }
  }

  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      flushStores()
      await answers?.close()
      await localPlatform.stop()
      log.info('app', 'ended')
      log.close()
    })())

  app.on('second-instance', () => {
    if (window === undefined) return
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  })
  app.on('window-all-closed', () => {
    // The picture is being written; it ends the app itself.
    if (commandLine.screenshotFile === undefined) app.quit()
  })
  app.on('will-quit', (event) => {
    event.preventDefault()
    void close().finally(() => {
      app.exit(0)
    })
  })
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      log.error('app', 'not started', { error })
      dialog.showErrorBox(
        'Flowscope cannot start',
        `${error instanceof Error ? error.message : String(error)}\nThe log says more: ${profile.logFile}`
      )
      app.exit(EXIT_FAILURE)
    })
}

const forkPlatform = (log: Log): PlatformProcess =>
  forkChild<LocalPlatformCommand>(PLATFORM_ENTRY, 'Flowscope local platform', (line) => {
    log.info('local-platform', 'said', { line })
  })

const forkKeychain = (log: Log): KeychainChild =>
  forkChild<KeychainQuestion>(KEYCHAIN_ENTRY, 'Flowscope keychain', (line) => {
    log.debug('tokens', 'said', { line })
  })

/** A process of the app without a window; it is spoken to by messages, and what it prints comes line by line. */
function forkChild<Message>(entry: string, serviceName: string, onLine: (line: string) => void) {
  const child = utilityProcess.fork(entry, [], { serviceName, stdio: 'pipe' })
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue
    createInterface({ input: output as Readable }).on('line', (line) => {
      onLine(line.slice(0, MAX_LINE_CHARACTERS))
    })
  }
  return {
    postMessage: (message: Message) => {
      child.postMessage(message)
    },
    onMessage: (callback: (message: unknown) => void) => {
      child.on('message', callback)
    },
    onExit: (callback: (code: number | null) => void) => {
      child.on('exit', callback)
    },
    kill: () => {
      child.kill()
    }
  }
}

async function confirmOpen(url: string, window: BrowserWindow | undefined): Promise<boolean> {
  const question = {
    type: 'question' as const,
    title: 'Open a link',
    message: 'Open this address in your browser?',
    detail: url,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true
  }
  const { response } = await (window === undefined
    ? dialog.showMessageBox(question)
    : dialog.showMessageBox(window, question))
  return response === 0
}

async function chooseSaveFile(
  suggestedName: string,
  window: BrowserWindow | undefined
): Promise<string | undefined> {
  const options = { title: 'Export drops', defaultPath: join(app.getPath('downloads'), suggestedName) }
  const { canceled, filePath } = await (window === undefined
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options))
  return canceled || filePath === '' ? undefined : filePath
}

/** A fault that nobody caught is written down before it ends the app, so that it can be told. */
function reportFaults(log: Log): void {
  process.on('unhandledRejection', (error) => {
    log.error('app', 'unhandled rejection', { error })
  })
  process.on('uncaughtException', (error) => {
    log.error('app', 'uncaught exception', { error })
    app.exit(EXIT_FAILURE)
  })
}
