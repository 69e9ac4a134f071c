/** Rows fetched beyond the visible ones, each side: a wheel's turn shows rows that are there already. */
const MARGIN_ROWS = 40

/**
 * The rows of a long list that are on the screen, fetched from the worker by place. While rows are on their way the ones
 * before stay; of several wishes only the last is fetched.
 */
export class RowWindow<Row> {
  readonly #fetch: (from: number, to: number) => Promise<readonly Row[] | undefined>
  #wanted = { from: 0, to: 0 }
  #isFetching = false
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
    const end = this.#loaded.from + this.#loaded.rows.length
    if (from < this.#loaded.from || to > end) this.#isStale = true
    if (this.#isStale) void this.#load()
  }

  /** What the rows show has changed: fetches them again. */
  refresh(): void {
    this.#isStale = true
    void this.#load()
  }

  async #load(): Promise<void> {
    if (this.#isFetching || this.#wanted.to <= this.#wanted.from) return
    this.#isFetching = true
    while (this.#isStale) {
      this.#isStale = false
      const from = Math.max(0, this.#wanted.from - MARGIN_ROWS)
      const rows = await this.#fetch(from, this.#wanted.to + MARGIN_ROWS)
      if (rows !== undefined) this.#loaded = { from, rows }
    }
    this.#isFetching = false
    this.#onRows?.()
  }
}
