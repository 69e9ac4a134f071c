import type { ChartPoints, ChartSeries, TimeRange } from '../charts/points.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import { SERIES_COLOURS } from '../console/series-colours.ts'
import type { Column } from './table-columns.ts'

/** More lines than colours cannot be told apart. */
const MAX_LINES = SERIES_COLOURS
const NO_POINTS: ChartPoints = { atMs: [], columns: [] }

export const isCharted = ({ kind, id }: Pick<Column, 'kind' | 'id'>): boolean =>
  (kind === 'number' || kind === 'date') && id !== 'creationDate' && id !== 'age'

/** Elements of the drops in a table as lines over the time at which the drops were made. */
export class DropChart {
  readonly #worker: DropWorkerClient
  readonly #tableId: string
  #lines = $state.raw<readonly Column[]>([])
  /** Those of `points`, so that names and values belong together. */
  #drawnLines = $state.raw<readonly Column[]>([])
  #points = $state.raw<ChartPoints>(NO_POINTS)
  /** What is looked at; null shows all. */
  range = $state.raw<TimeRange | null>(null)

  constructor(worker: DropWorkerClient, tableId: string) {
    this.#worker = worker
    this.#tableId = tableId
  }

  get isOpen(): boolean {
    return this.#lines.length > 0
  }

  get points(): ChartPoints {
    return this.#points
  }

  /** All lines are of one kind: numbers, or dates. */
  get kind(): 'number' | 'date' {
    return this.#drawnLines[0]?.kind === 'date' ? 'date' : 'number'
  }

  get lines(): readonly Column[] {
    return this.#lines
  }

  get series(): readonly ChartSeries[] {
    return this.#drawnLines.map(({ label }, place) => ({ name: label, colour: place + 1 }))
  }

  has(columnId: string): boolean {
    return this.#lines.some(({ id }) => id === columnId)
  }

  /** Adds a line, or takes it away. Dates and numbers have no axis in common: the one kind makes room for the other. */
  async toggle(column: Column): Promise<void> {
    const others = this.#lines.filter(({ id, kind }) => id !== column.id && kind === column.kind)
    this.#lines = this.has(column.id) ? others : [...others, column].slice(-MAX_LINES)
    await this.#read()
  }

  close(): void {
    this.#lines = []
    this.#drawnLines = []
    this.#points = NO_POINTS
    this.range = null
  }

  /** The table holds other drops: the lines are theirs now. */
  tableChanged(): Promise<void> {
    this.range = null
    return this.#read()
  }

  async #read(): Promise<void> {
    const lines = this.#lines
    if (lines.length === 0) {
      this.close()
      return
    }
    const columnIds = lines.map(({ id }) => id)
    const read = await this.#worker.call('tablePoints', { tableId: this.#tableId, columnIds })
    if (!read.ok || lines !== this.#lines) return
    this.#drawnLines = lines
    this.#points = read.value
  }
}
