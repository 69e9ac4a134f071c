import type { DevToolsSession } from './devtools-pipe.ts'

/** The picture of a page (Electron, NativeImage). */
export interface CapturedImage {
  toPNG(): Buffer
  toDataURL(): string
  isEmpty(): boolean
  getSize(): { width: number; height: number }
}

/**
 * Two frames: the first runs what the page has scheduled, the second is painted after it. A page that nobody shows draws
 * none, so it waits half a second at most.
 */
const AFTER_A_FRAME = `new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(resolve))
  setTimeout(resolve, 500)
})`

/** Waits until the page has painted its present state, then takes its picture. */
export async function captureFrame(session: DevToolsSession): Promise<CapturedImage> {
  await session.send('Runtime.evaluate', {
    expression: AFTER_A_FRAME,
    awaitPromise: true,
    returnByValue: true
  })
  const { data } = await session.send('Page.captureScreenshot', { format: 'png' })
  const png = Buffer.from(data, 'base64')
  return {
    toPNG: () => png,
    toDataURL: () => `data:image/png;base64,${data}`,
    isEmpty: () => png.length === 0,
    // PNG, "IHDR Image header": width and height follow the signature and the chunk's length and type.
    getSize: () => ({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) })
  }
}
