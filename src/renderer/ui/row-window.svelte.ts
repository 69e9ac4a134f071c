/** Rows fetched beyond the visible ones, each side: a wheel's turn shows rows that are there already. */
const MARGIN_ROWS = 40

/**
 * The rows of a long list that are on the screen, fetched from the worker by place. While rows are on their way the ones
 * before stay; of several wishes only the last is fetched.
 */
export class RowWindow<Row> {
  readonly #fetch: (from: number, to: number) => Promise<readonly Row[] | undefined>
  #wanted = { from: 0, to: 0 }
  #loading: Promise<void> | undefined
  #isStale = true
  #loaded = $state.raw<{ readonly from: number; readonly rows: readonly Row[] }>({ from: 0, rows: [] })
  #onRows: (() => void) | undefined

  constructor(fetch: (from: number, to: number) => Promise<readonly Row[] | undefined>, onRows?: () => void) {
    this.#fetch = fetch
    this.#onRows = onRows
  }

  /** The row at a place, or undefined while it is not here. */
  at(place: number): Row | undefined {
    return this.#loaded.rows[place - this.#loaded.from]
  }

  /** The rows from `from` to `to` (excluded) are on the screen. */
  show(from: number, to: number): void {
    this.#wanted = { from, to }
    if (!this.#isLoaded()) this.#isStale = true
    if (this.#isStale) void this.#load()
  }

  /** What the rows show has changed: fetches them again. Ends when rows are there that are not older than this call. */
  refresh(): Promise<void> {
    this.#isStale = true
    return this.#load()
  }

  /** The row at a place, fetched when it is not here: a key may be pressed before the screen has caught up. */
  async fetchAt(place: number): Promise<Row | undefined> {
    return this.at(place) ?? (await this.#fetch(place, place + 1))?.[0]
  }

  #isLoaded(): boolean {
    const { from, rows } = this.#loaded
    return this.#wanted.from >= from && this.#wanted.to <= from + rows.length
  }

  #load(): Promise<void> {
    if (this.#wanted.to <= this.#wanted.from) return Promise.resolve()
    this.#loading ??= this.#loadUntilFresh().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  async #loadUntilFresh(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false
      const wanted = this.#wanted
      const from = Math.max(0, wanted.from - MARGIN_ROWS)
      const rows = await this.#fetch(from, wanted.to + MARGIN_ROWS)
      if (rows !== undefined) this.#loaded = { from, rows }
      // Rows that were here when they were asked for may have left for these.
      if (wanted !== this.#wanted && !this.#isLoaded()) this.#isStale = true
    }
    this.#onRows?.()
  }
}
