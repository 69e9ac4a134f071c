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
    const end = this.#loaded.from + this.#loaded.rows.length
    if (from < this.#loaded.from || to > end) this.#isStale = true
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
      const from = Math.max(0, this.#wanted.from - MARGIN_ROWS)
      const rows = await this.#fetch(from, this.#wanted.to + MARGIN_ROWS)
      if (rows !== undefined) this.#loaded = { from, rows }
    }
    this.#onRows?.()
  }
}
