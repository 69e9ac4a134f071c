import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'
import type { Painted } from './ipc/app-handlers.ts'

/** First start makes a world of sample data before anything can be shown. */
export const PAINT_LIMIT_MS = 30_000

export interface PaintWatch {
  /** Something is on the screen for the first time. */
  report(what: Painted): void
  /** Resolves when all of them are; answers what is still missing when the time is over. */
  wait(what: readonly Painted[], limitMs: number): Promise<readonly Painted[]>
}

export function createPaintWatch(): PaintWatch {
  const painted = new Set<Painted>()
  const checks = new Set<() => void>()
  return {
    report: (what) => {
      painted.add(what)
      for (const check of checks) check()
    },
    wait: (what, limitMs) =>
      new Promise((resolve) => {
        const missing = (): readonly Painted[] => what.filter((item) => !painted.has(item))
        const end = (): void => {
          clearTimeout(timer)
          checks.delete(check)
          resolve(missing())
        }
        const check = (): void => {
          if (missing().length === 0) end()
        }
        const timer = setTimeout(end, limitMs)
        checks.add(check)
        check()
      })
  }
}

/** The part of a web page that a picture needs. */
export interface Picturable {
  executeJavaScript(code: string): Promise<unknown>
  capturePage(): Promise<{ toPNG(): Uint8Array }>
}

/** Two frames: what was reported as painted is in the first, what it moved is settled in the second. */
const TWO_FRAMES =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))'

/**
 * Waits until drops and a live drop are on the screen, then writes a picture of the page to `file`. Answers what went wrong
 * as a sentence, or undefined.
 */
export async function takeScreenshot(
  page: Picturable,
  painted: PaintWatch,
  file: string
): Promise<string | undefined> {
  const missing = await painted.wait(['drops', 'live-drop'], PAINT_LIMIT_MS)
  if (missing.length > 0) {
    return `No picture was taken: after ${String(PAINT_LIMIT_MS / 1000)} s the window had not shown ${missing.map(describe).join(' and ')}. The log of the profile says more.`
  }
  try {
    await page.executeJavaScript(TWO_FRAMES)
    const image = await page.capturePage()
    makeFolder(dirname(file))
    await writeFile(file, image.toPNG())
    return undefined
  } catch (error) {
    return `The picture could not be written to ${file}: ${error instanceof Error ? error.message : String(error)}.`
  }
}

function describe(what: Painted): string {
  switch (what) {
    case 'window':
      return 'anything'
    case 'drops':
      return "a flow's drops"
    case 'live-drop':
      return 'a live drop'
  }
}
