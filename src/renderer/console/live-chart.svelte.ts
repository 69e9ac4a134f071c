import type { ChartPoints, ChartSeries } from '../charts/points.ts'
import { flowPathName } from '../../shared/model/flow-path.ts'
import type { DropWorkerClient } from './drop-worker-client.ts'
import type { LiveSeriesKey } from './live-series.ts'
import type { FlowMove } from './moved-flow.ts'
import { SERIES_COLOURS } from './series-colours.ts'

/** As often as a moving line is drawn anew: it looks live, and costs little. */
const READ_INTERVAL_MS = 250
/** More lines than colours cannot be told apart. */
export const MAX_SERIES = SERIES_COLOURS

/** The numbers of the stream that are charted. */
export class LiveChartState {
  readonly #worker: DropWorkerClient
  readonly #colourOf: (path: string) => number
  #keys = $state.raw<readonly LiveSeriesKey[]>([])
  #points = $state.raw<ChartPoints>({ atMs: [], columns: [] })
  #pausedAtMs: number | null = null
  #isReadDue = false

  constructor(worker: DropWorkerClient, colourOf: (path: string) => number) {
    this.#worker = worker
    this.#colourOf = colourOf
  }

  get keys(): readonly LiveSeriesKey[] {
    return this.#keys
  }

  get points(): ChartPoints {
    return this.#points
  }

  /** The colour of a line is its flow's, unless another line of the flow has it. */
  get series(): readonly ChartSeries[] {
    const taken: number[] = []
    return this.#keys.map(({ path, name }) => {
      let colour = this.#colourOf(path)
      while (taken.includes(colour) && taken.length < SERIES_COLOURS) colour = (colour % SERIES_COLOURS) + 1
      taken.push(colour)
      return { name: `${flowPathName(path)} ${name}`, colour }
    })
  }

  has(key: LiveSeriesKey): boolean {
    return this.#keys.some((other) => isSame(other, key))
  }

  /** Adds a line, or takes it away when it is there; the oldest goes when there are too many. */
  toggle(key: LiveSeriesKey): void {
    const others = this.#keys.filter((other) => !isSame(other, key))
    this.#set(others.length < this.#keys.length ? others : [...others, key].slice(-MAX_SERIES))
  }

  /** Flows were renamed: their lines go on at their paths of now. */
  move(moves: readonly FlowMove[]): void {
    const moved = this.#keys.map((key) => {
      const move = moves.find(
        ({ connectionId, from }) => connectionId === key.connectionId && from === key.path
      )
      return move === undefined ? key : { ...key, path: move.to }
    })
    if (moved.some((key, index) => key !== this.#keys[index])) this.#set(moved)
  }

  clear(): void {
    this.#set([])
  }

  /** Reads all lines anew: what they were read from was cleared. */
  reread(): void {
    if (this.#keys.length > 0) this.#set(this.#keys)
  }

  /** Shows nothing that came after a moment; null goes on. */
  pause(atMs: number | null): void {
    this.#pausedAtMs = atMs
    this.arrived()
  }

  /** Something arrived: the lines are read again soon. */
  arrived(): void {
    if (this.#keys.length === 0 || this.#isReadDue) return
    this.#isReadDue = true
    setTimeout(() => {
      this.#isReadDue = false
      void this.#read()
    }, READ_INTERVAL_MS)
  }

  #set(keys: readonly LiveSeriesKey[]): void {
    this.#keys = keys
    this.#points = { atMs: [], columns: keys.map(() => []) }
    void this.#worker
      .call('setLiveSeries', { series: keys.map((key) => ({ ...key })) })
      .then(() => this.#read())
  }

  async #read(): Promise<void> {
    const keys = this.#keys
    const read = await this.#worker.call('liveChart', { untilMs: this.#pausedAtMs })
    if (read.ok && keys === this.#keys) this.#points = read.value
  }
}

const isSame = (a: LiveSeriesKey, b: LiveSeriesKey): boolean =>
  a.connectionId === b.connectionId && a.path === b.path && a.name === b.name
