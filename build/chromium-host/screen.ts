import type { Browser } from './browser.ts'
import { HEADLESS_SCREEN } from './chromium.ts'
import { loud } from './not-implemented.ts'

interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Display {
  readonly id: number
  readonly bounds: Rectangle
  readonly workArea: Rectangle
  readonly size: { readonly width: number; readonly height: number }
  readonly workAreaSize: { readonly width: number; readonly height: number }
  readonly scaleFactor: number
}

let display = displayOf({ x: 0, y: 0, ...HEADLESS_SCREEN }, { x: 0, y: 0, ...HEADLESS_SCREEN }, 1)

/** The screens (Electron, screen): the one that the app's first window is on. */
export const screen = loud('screen', {
  getPrimaryDisplay: (): Display => display,
  getAllDisplays: (): Display[] => [display],
  getDisplayMatching: (): Display => display,
  getDisplayNearestPoint: (): Display => display
})

/** Asks Chromium, before the app is ready, how large the real screen is. */
export async function readScreen(browser: Browser): Promise<void> {
  const targetId = await browser.firstTarget
  const { sessionId } = await browser.root.send('Target.attachToTarget', { targetId, flatten: true })
  const page = browser.chromium.devTools.session(sessionId)
  const { result } = await page.send('Runtime.evaluate', {
    expression: `[screen.width, screen.height, screen.availLeft, screen.availTop, screen.availWidth, screen.availHeight, devicePixelRatio]`,
    returnByValue: true
  })
  browser.root.post('Target.detachFromTarget', { sessionId })
  const [width = 0, height = 0, x = 0, y = 0, availableWidth = 0, availableHeight = 0, scale = 1] =
    result.value as number[]
  display = displayOf(
    { x: 0, y: 0, width, height },
    { x, y, width: availableWidth, height: availableHeight },
    scale
  )
}

function displayOf(bounds: Rectangle, workArea: Rectangle, scaleFactor: number): Display {
  const sizeOf = ({ width, height }: Rectangle) => ({ width, height })
  return { id: 1, bounds, workArea, size: sizeOf(bounds), workAreaSize: sizeOf(workArea), scaleFactor }
}
