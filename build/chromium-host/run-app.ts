import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { Browser } from './browser.ts'
import { removeLeftProfiles, type ChromiumProcess } from './chromium.ts'
import { setHost } from './host.ts'
import type { LaunchOptions } from './launch-options.ts'
import { PortPumps } from './port-pump.ts'
import { registerElectronModule, setVersion } from './register.ts'
import { interceptRequests } from './request-interception.ts'
import { readScreen } from './screen.ts'
import { onPermissionsChanged, permissions } from './session.ts'
import { WebContents } from './web-contents.ts'
import { windowList } from './window-list.ts'

/** An app that shows no window of its own must not keep a test tool waiting for ever. */
const ANNOUNCE_AT_LATEST_MS = 3000

/** Runs the app's main module in this process; the app is ready when Chromium runs and the module has been evaluated. */
export async function runApp(options: LaunchOptions, chromium: ChromiumProcess): Promise<void> {
  process.argv = [process.execPath, ...options.argv]
  const browser = connect(chromium)
  const portPumps = new PortPumps(`pump_${randomBytes(12).toString('hex')}`)
  setHost({ options, browser, secret: `host_${randomBytes(12).toString('hex')}`, portPumps })
  registerElectronModule()
  endWith(chromium)
  const whenBrowserIsReady = prepare(browser, portPumps, options.isHeadless)
  whenBrowserIsReady.catch(() => {})
  announceDevTools(chromium)
  await import(pathToFileURL(options.entryFile).href)
  try {
    await whenBrowserIsReady
  } catch {
    // An app that ends before it is ready takes Chromium with it: that is no fault.
    if (app.isExiting) return
    process.stderr.write(`Chromium could not start.\n${chromium.lastWords()}\n`)
    app.exit(1)
    return
  }
  app.becomeReady()
  void removeLeftProfiles()
}

function connect(chromium: ChromiumProcess): Browser {
  const browser = new Browser(chromium, {
    onPopup: (url, openerId) => {
      const opener = WebContents.fromDevToolsTargetId(openerId ?? '')
      // With an opener, the page's own event has told of it already.
      if (!opener && url !== '' && url !== 'about:blank')
        WebContents.getAllWebContents()[0]?.popupRequested(url)
    },
    onClosed: (targetId) => {
      const contents = WebContents.fromDevToolsTargetId(targetId)
      BrowserWindow.fromWebContents(contents)?.closedFromOutside()
    },
    onTitle: (targetId, title) => {
      WebContents.fromDevToolsTargetId(targetId)?.titleChanged(title)
    }
  })
  browser.root.on('Target.targetCrashed', ({ targetId }) => {
    WebContents.fromDevToolsTargetId(targetId)?.crashed()
  })
  onPermissionsChanged(() => {
    const contents = WebContents.getAllWebContents()[0]
    if (contents) void permissions.apply(browser, contents)
  })
  return browser
}

async function prepare(browser: Browser, portPumps: PortPumps, isHeadless: boolean): Promise<void> {
  const guard = {
    mayNavigate: (frameId: string, wireUrl: string): boolean => {
      for (const contents of WebContents.getAllWebContents()) {
        const answer = contents.mayNavigate(frameId, wireUrl)
        if (answer !== undefined) return answer
      }
      return false
    }
  }
  await Promise.all([
    interceptRequests(browser, guard, portPumps),
    browser.firstTarget,
    browser.version.then((version) => {
      setVersion('chrome', version)
    }),
    isHeadless ? undefined : readScreen(browser)
  ])
}

/**
 * A test tool attaches when it reads this line, and takes the page it finds for the app's first window: so the line is
 * written when the window shows a page of the app.
 */
function announceDevTools(chromium: ChromiumProcess): void {
  let isAnnounced = false
  const announce = async (): Promise<void> => {
    if (isAnnounced) return
    isAnnounced = true
    process.stderr.write(`DevTools listening on ${await chromium.devToolsUrl}\n`)
  }
  app.once('web-contents-created', (_event, contents: WebContents) => {
    contents.once('did-navigate', () => void announce())
  })
  setTimeout(() => void announce(), ANNOUNCE_AT_LATEST_MS).unref()
}

/** The app ends when it is told to, or when Chromium does. */
function endWith(chromium: ChromiumProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      app.quit()
    })
  }
  chromium.onUnexpectedEnd(({ code, signal }) => {
    // The last window of a Chromium on a screen takes Chromium with it.
    if (windowList.all().length === 0 || code === 0) {
      for (const window of BrowserWindow.getAllWindows()) window.closedFromOutside()
      return
    }
    process.stderr.write(
      `Chromium ended unexpectedly (${signal ?? `exit code ${String(code)}`}).\n${chromium.lastWords()}\n`
    )
    app.exit(1)
  })
  chromium.child.once('error', (error) => {
    process.stderr.write(`Chromium could not start: ${error.message}\n`)
    app.exit(1)
  })
}
