/** Series colours that the tokens have. */
export const SERIES_COLOURS = 8

/** A colour for each flow, in the order in which flows are first asked about: the same flow keeps its own everywhere. */
export class SeriesColours {
  readonly #colours = new Map<string, number>()

  /** 1 to `SERIES_COLOURS`; after the last the first comes again. */
  colourOf(path: string): number {
    const known = this.#colours.get(path)
    if (known !== undefined) return known
    const colour = (this.#colours.size % SERIES_COLOURS) + 1
    this.#colours.set(path, colour)
    return colour
  }

  /** Flows keep their colours at their new paths. At its old one the colour stays: another connection may know it there. */
  move(moves: readonly { readonly from: string; readonly to: string }[]): void {
    // Two flows may change places: all colours are looked up before one is given.
    const moved = moves.map(({ from, to }) => [to, this.colourOf(from)] as const)
    for (const [to, colour] of moved) this.#colours.set(to, colour)
  }
}
