/** A walk through the filters that were run, with the arrow keys: up is earlier, down comes back to what was typed. */
export class HistoryWalk {
  readonly #history: () => readonly string[]
  /** Places of the history that are gone through; -1 stands at the typed text. */
  #place = -1
  #typed = ''
  /** The text that the walk put there: any other one was typed, and the walk starts again. */
  #shown: string | undefined

  constructor(history: () => readonly string[]) {
    this.#history = history
  }

  /** The filter before this one; undefined at the end of the history. */
  earlier(text: string): string | undefined {
    if (text !== this.#shown) {
      this.#place = -1
      this.#typed = text
    }
    const history = this.#history()
    let place = this.#place + 1
    // The last filter that was run often still stands there.
    if (history[place] === text) place += 1
    return this.#show(place, history[place])
  }

  /** The filter after this one, at last the typed text; undefined when no walk is under way. */
  later(text: string): string | undefined {
    if (text !== this.#shown || this.#place < 0) return undefined
    const place = this.#place - 1
    return this.#show(place, place < 0 ? this.#typed : this.#history()[place])
  }

  #show(place: number, text: string | undefined): string | undefined {
    if (text === undefined) return undefined
    this.#place = place
    this.#shown = text
    return text
  }
}
