import { EventEmitter } from 'node:events'
import type { App, Session } from 'electron'
import { expect, test } from 'vitest'
import { denyPermissions, guardContents, safeWebPreferences } from '../../src/main/security.ts'
import { createKeptLog } from '../support/kept-log.ts'

const PAGE = 'app://flowscope/index.html'

/** A web content as Electron announces it, with a page of ours in it. */
function setUp() {
  const app = new EventEmitter()
  const log = createKeptLog()
  let decideOnWindow: ((details: { url: string }) => unknown) | undefined
  const loaded: string[] = []
  const contents = Object.assign(new EventEmitter(), {
    getURL: () => PAGE,
    loadURL: (url: string) => {
      loaded.push(url)
      return Promise.resolve()
    },
    setWindowOpenHandler: (handler: typeof decideOnWindow) => {
      decideOnWindow = handler
    }
  })
  guardContents(app as unknown as App, (url) => url.startsWith('app://flowscope/'), log)
  app.emit('web-contents-created', {}, contents)
  const isRefused = (name: string, details: { url: string; isMainFrame?: boolean }): boolean => {
    let isPrevented = false
    contents.emit(name, { ...details, preventDefault: () => (isPrevented = true) }, details.url)
    return isPrevented
  }
  return { contents, loaded, isRefused, openWindow: (url: string) => decideOnWindow?.({ url }) }
}

test('the page runs in a sandbox, in a world of its own, without Node and without web views', () => {
  expect(safeWebPreferences('/preload.cjs')).toMatchObject({
    preload: '/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false
  })
})

test('of all navigations only a reload of the own page is let through', () => {
  const { isRefused } = setUp()
  expect({
    reload: isRefused('will-navigate', { url: PAGE }),
    reloadAtAPlace: isRefused('will-navigate', { url: `${PAGE}#place` }),
    otherOwnFile: isRefused('will-navigate', { url: 'app://flowscope/assets/x.html' }),
    elsewhere: isRefused('will-navigate', { url: 'https://example.org/' }),
    redirect: isRefused('will-redirect', { url: PAGE }),
    innerFrame: isRefused('will-frame-navigate', { url: PAGE, isMainFrame: false }),
    webview: isRefused('will-attach-webview', { url: PAGE })
  }).toEqual({
    reload: false,
    reloadAtAPlace: false,
    otherOwnFile: true,
    elsewhere: true,
    redirect: true,
    innerFrame: true,
    webview: true
  })
})

test('every new window is denied', () => {
  expect(setUp().openWindow(PAGE)).toEqual({ action: 'deny' })
})

test('a page that got to an empty document is brought back, and one that was never ours is left alone', () => {
  const { contents, loaded } = setUp()
  contents.emit('did-navigate', {}, 'about:blank')
  expect(loaded).toEqual([])
  contents.emit('did-navigate', {}, PAGE)
  contents.emit('did-navigate', {}, 'about:blank')
  expect(loaded).toEqual([PAGE])
})

test('every permission is denied, asked for or looked up', () => {
  const answers: boolean[] = []
  const session = {
    setPermissionRequestHandler: (
      handler: (contents: null, permission: string, answer: (isGranted: boolean) => void) => void
    ) => {
      handler(null, 'media', (isGranted) => answers.push(isGranted))
    },
    setPermissionCheckHandler: (handler: () => boolean) => {
      answers.push(handler())
    }
  }
  denyPermissions(session as unknown as Session, createKeptLog())
  expect(answers).toEqual([false, false])
})
