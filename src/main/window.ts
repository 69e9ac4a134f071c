import { BrowserWindow, screen } from 'electron'
import type { Rectangle } from 'electron'
import type { Log } from './log.ts'
import { safeWebPreferences } from './security.ts'
import type { Store, WindowState } from './settings.ts'

/** Three panes and a console fit without a scroll bar of the window itself. */
const MIN_WIDTH = 960
const MIN_HEIGHT = 600
const DEFAULT_WIDTH = 1440
const DEFAULT_HEIGHT = 900
/** A window that is dragged reports every pixel; the place where it rests is worth a write. */
const SAVE_DELAY_MS = 500

export interface WindowOptions {
  /** The file of the preload script. */
  readonly preload: string
  /** The address of our page. */
  readonly page: string
  readonly state: Store<WindowState>
  /** Overrides the remembered size for this run; then nothing is remembered. */
  readonly size: { readonly width: number; readonly height: number } | undefined
  /** What is painted before the page is. */
  readonly backgroundColor: string
  readonly log: Log
}

/** Opens the one window where it stood last time, loads our page, and shows it when it has something to show. */
export function openWindow({
  preload,
  page,
  state,
  size,
  backgroundColor,
  log
}: WindowOptions): BrowserWindow {
  const remembered = size === undefined ? state.read() : undefined
  const place = remembered !== undefined && isOnScreen(remembered) ? remembered : undefined
  const window = new BrowserWindow({
    title: 'Flowscope',
    ...(place === undefined
      ? { width: size?.width ?? DEFAULT_WIDTH, height: size?.height ?? DEFAULT_HEIGHT }
      : { x: place.x, y: place.y, width: place.width, height: place.height }),
    minWidth: Math.min(MIN_WIDTH, size?.width ?? MIN_WIDTH),
    minHeight: Math.min(MIN_HEIGHT, size?.height ?? MIN_HEIGHT),
    show: false,
    backgroundColor,
    webPreferences: safeWebPreferences(preload)
  })
  if (place?.isMaximized === true) window.maximize()
  window.once('ready-to-show', () => {
    window.show()
  })
  if (size === undefined) rememberPlace(window, state)
  reloadWhenGone(window, log)
  window.loadURL(page).catch((error: unknown) => {
    log.error('window', 'page not loaded', { page, error })
  })
  return window
}

/** A screen may be gone since: at least a corner that can be grabbed must lie on one. */
function isOnScreen(place: WindowState): boolean {
  const GRABBABLE = 100
  const { workArea } = screen.getDisplayMatching(place)
  const overlap = (start: number, length: number, areaStart: number, areaLength: number): number =>
    Math.min(start + length, areaStart + areaLength) - Math.max(start, areaStart)
  return (
    overlap(place.x, place.width, workArea.x, workArea.width) >= GRABBABLE &&
    overlap(place.y, place.height, workArea.y, workArea.height) >= GRABBABLE
  )
}

function rememberPlace(window: BrowserWindow, state: Store<WindowState>): void {
  let timer: NodeJS.Timeout | undefined
  const save = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (window.isDestroyed() || window.isMinimized()) return
    const { x, y, width, height }: Rectangle = window.getNormalBounds()
    const next: WindowState = {
      x: Math.round(x),
      y: Math.round(y),
      width: Math.round(width),
      height: Math.round(height),
      isMaximized: window.isMaximized()
    }
    if (JSON.stringify(next) !== JSON.stringify(state.read())) state.write(next)
  }
  const saveSoon = (): void => {
    timer ??= setTimeout(save, SAVE_DELAY_MS)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', save)
}

/** More often than this within a minute the page itself is at fault, and loading it again would only spin. */
const MAX_RELOADS_PER_MINUTE = 3

function reloadWhenGone(window: BrowserWindow, log: Log): void {
  let reloadsAtMs: readonly number[] = []
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.error('window', 'render process gone', { reason, exitCode })
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = Date.now()
    reloadsAtMs = [...reloadsAtMs.filter((atMs) => now - atMs < 60_000), now]
    if (reloadsAtMs.length > MAX_RELOADS_PER_MINUTE) {
      log.error('window', 'gone too often, not loaded again', { reloads: MAX_RELOADS_PER_MINUTE })
      return
    }
    window.webContents.reload()
  })
}
