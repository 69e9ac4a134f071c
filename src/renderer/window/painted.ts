import type { Explorer } from '../bridge.ts'

/** Tells main once for each thing that it stands on the screen: after the frame that painted it, not before. */
export class PaintedReports {
  readonly #explorer: Explorer
  readonly #reported = new Set<string>()

  constructor(explorer: Explorer) {
    this.#explorer = explorer
  }

  /** Call it when the thing was put into the document, or is about to be within this turn. */
  report(what: 'window' | 'drops' | 'live-drop'): void {
    if (this.#reported.has(what)) return
    this.#reported.add(what)
    // The first frame lays out and paints; the second one begins when that is done.
    requestAnimationFrame(() => {
      requestAnimationFrame(() => void this.#explorer.reportPainted({ what }))
    })
  }
}
