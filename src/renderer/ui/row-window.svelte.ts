/** Rows fetched beyond the visible ones, each side: a wheel's turn shows rows that are there already. */
const MARGIN_ROWS = 40
/** With fewer than so many beyond the visible ones the next are fetched, before they are needed. */
const LEAST_MARGIN_ROWS = 20

interface Loaded<Row> {
  readonly from: number
  readonly rows: readonly Row[]
  /** Whether the list has no rows after these. */
  readonly isEnd: boolean
}

const NOTHING = { from: 0, rows: [], isEnd: false }

/**
 * The rows of a long list that are on the screen, fetched from the worker by place. While rows are on their way the ones
 * before stay; of several wishes only the last is fetched. A row that is here stays the same object until a refresh, so that
 * scrolling draws only the rows that came in.
 */
export class RowWindow<Row> {
  readonly #fetch: (from: number, to: number) => Promise<readonly Row[] | undefined>
  #wanted = { from: 0, to: 0 }
  #loading: Promise<void> | undefined
  #isStale = true
  #loaded = $state.raw<Loaded<Row>>(NOTHING)
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
    if (this.#isStale || !this.#isLoaded(LEAST_MARGIN_ROWS)) void this.#load()
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

  #isLoaded(marginRows = 0): boolean {
    const { from, rows, isEnd } = this.#loaded
    const isAbove = Math.max(0, this.#wanted.from - marginRows) >= from
    const isBelow = this.#wanted.to <= from + rows.length
    const hasMargin = isEnd || this.#wanted.to + marginRows <= from + rows.length
    return isAbove && isBelow && hasMargin
  }

  #load(): Promise<void> {
    if (this.#wanted.to <= this.#wanted.from) return Promise.resolve()
    this.#loading ??= this.#loadUntilFresh().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  async #loadUntilFresh(): Promise<void> {
    let wanted
    do {
      wanted = this.#wanted
      const isStale = this.#isStale
      this.#isStale = false
      const loaded = await this.#fetchAround(wanted, isStale ? NOTHING : this.#loaded)
      if (loaded !== undefined) this.#loaded = loaded
      // Rows that were here when they were asked for may have left for these.
    } while (this.#isStale || (wanted !== this.#wanted && !this.#isLoaded()))
    this.#onRows?.()
  }

  /** The wanted rows with their margins; those of `kept` are not fetched again. */
  async #fetchAround(
    wanted: { from: number; to: number },
    kept: Loaded<Row>
  ): Promise<Loaded<Row> | undefined> {
    const from = Math.max(0, wanted.from - MARGIN_ROWS)
    const to = wanted.to + MARGIN_ROWS
    const keptEnd = kept.from + kept.rows.length
    const above = Math.max(from, kept.from)
    const below = Math.min(to, keptEnd)
    const overlap = kept.rows.slice(above - kept.from, Math.max(above, below) - kept.from)
    const isWholeBelow = below === to || (kept.isEnd && below === keptEnd)
    if (overlap.length > 0 && above === from) {
      const added = isWholeBelow ? [] : await this.#fetch(below, to)
      const isEnd = isWholeBelow ? kept.isEnd && below === keptEnd : (added?.length ?? 0) < to - below
      return added && { from, rows: [...overlap, ...added], isEnd }
    }
    if (overlap.length > 0 && isWholeBelow) {
      const added = await this.#fetch(from, above)
      // Fewer than there were: the list is another one by now, and is fetched as a whole.
      if (added?.length === above - from) {
        return { from, rows: [...added, ...overlap], isEnd: kept.isEnd && below === keptEnd }
      }
    }
    const rows = await this.#fetch(from, to)
    return rows && { from, rows, isEnd: rows.length < to - from }
  }
}
