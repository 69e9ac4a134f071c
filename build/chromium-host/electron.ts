/** The module `electron` as the app's main process sees it on the host. */
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { clipboard } from './clipboard.ts'
import { dialog } from './dialog.ts'
import { ipcMain } from './ipc-main.ts'
import { Menu, MenuItem } from './menu.ts'
import { nativeTheme } from './native-theme.ts'
import { net } from './net.ts'
import { missing } from './not-implemented.ts'
import { MessageChannelMain, MessagePortMain } from './ports.ts'
import { protocol } from './protocol.ts'
import { screen } from './screen.ts'
import { session } from './session.ts'
import { shell } from './shell.ts'
import { utilityProcess } from './utility-process.ts'
import { WebContents as webContents } from './web-contents.ts'

// Named, so that importing one of them is no error yet, and using it says what is missing.
const autoUpdater = missing('autoUpdater')
const BaseWindow = missing('BaseWindow')
const contentTracing = missing('contentTracing')
const crashReporter = missing('crashReporter')
const desktopCapturer = missing('desktopCapturer')
const globalShortcut = missing('globalShortcut')
const nativeImage = missing('nativeImage')
const netLog = missing('netLog')
const Notification = missing('Notification')
const powerMonitor = missing('powerMonitor')
const powerSaveBlocker = missing('powerSaveBlocker')
const safeStorage = missing('safeStorage')
const systemPreferences = missing('systemPreferences')
const Tray = missing('Tray')
const View = missing('View')
const WebContentsView = missing('WebContentsView')
const webFrameMain = missing('webFrameMain')

const electron = {
  app,
  autoUpdater,
  BaseWindow,
  BrowserWindow,
  clipboard,
  contentTracing,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  MessagePortMain,
  nativeImage,
  nativeTheme,
  net,
  netLog,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  utilityProcess,
  View,
  webContents,
  WebContentsView,
  webFrameMain
}

export {
  app,
  autoUpdater,
  BaseWindow,
  BrowserWindow,
  clipboard,
  contentTracing,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  MessagePortMain,
  nativeImage,
  nativeTheme,
  net,
  netLog,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  utilityProcess,
  View,
  webContents,
  WebContentsView,
  webFrameMain,
  // What `require('electron')` gives: test tools ask for it that way.
  electron as 'module.exports'
}
export default electron
