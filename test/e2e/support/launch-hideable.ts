import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, expect, type Page } from '@playwright/test'
import { chooseRuntime } from '../../../build/runtime.mjs'

/** The app in a window that a test can take from the screen. */
export interface HideableApp {
  readonly page: Page
  /** Minimizes the window, until its page says that it is hidden. */
  hide(): Promise<void>
  /** Brings it back, until its page says that it is visible. */
  show(): Promise<void>
  /** Ends the app by closing its window. */
  close(): Promise<void>
}

const appDirectory = resolve(import.meta.dirname, '../../..')

/**
 * Starts the app and attaches to it without Playwright's defaults: one of them, the emulated focus, makes a page visible
 * whatever happens to its window. Needs the DevTools protocol of a whole Chromium: Electron's moves no windows.
 */
export async function launchHideable(profile: string): Promise<HideableApp> {
  const runtime = await chooseRuntime({ quiet: true })
  const child = spawn(
    runtime.executablePath,
    [...runtime.args, '--remote-debugging-port=0', appDirectory, '--profile', profile],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...runtime.env } }
  )
  const browser = await chromium.connectOverCDP(await devToolsUrl(child), { noDefaults: true })
  const [context] = browser.contexts()
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
  if (context === undefined || page === undefined) throw new Error('The app opened no window.')
  const session = await context.newCDPSession(page)
  const { windowId } = await session.send('Browser.getWindowForTarget')

  const change = async (windowState: 'minimized' | 'normal', visibility: DocumentVisibilityState) => {
    await session.send('Browser.setWindowBounds', { windowId, bounds: { windowState } })
    await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe(visibility)
  }
  return {
    page,
    hide: () => change('minimized', 'hidden'),
    show: () => change('normal', 'visible'),
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await page.close()
      await ended
      await browser.close()
    }
  }
}

async function devToolsUrl({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('What the app writes is not read.')
  const lines = createInterface({ input: stderr })
  return new Promise((resolve, reject) => {
    // Read to the end: a full pipe would hold up the app.
    lines.on('line', (line) => {
      const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
      if (url !== undefined) resolve(url)
    })
    lines.once('close', () => {
      reject(new Error('The app ended before one could attach to it.'))
    })
  })
}
