import { isTypedValue } from '../../shared/model/elements.ts'
import type { ChartPoints } from '../charts/points.ts'
import { readDrop } from './drop-judge.ts'
import type { LiveFeed } from './live-feed.ts'

/** A number of a flow's drops, as a line of the live chart. */
export interface LiveSeriesKey {
  readonly connectionId: string
  readonly path: string
  /** The element, `temp`. */
  readonly name: string
}

/** What a line keeps: some minutes of a busy flow, hours of a quiet one. */
const MAX_POINTS = 50_000
/** Columns of the chart; two points each, the lowest and the highest, so that no peak is lost. */
const BUCKETS = 400

interface Line {
  readonly key: LiveSeriesKey
  readonly atMs: number[]
  readonly values: number[]
}

/** The lines of the live chart: filled from what is kept, then from what arrives. */
export class LiveSeries {
  readonly #feed: LiveFeed
  #lines: Line[] = []
  #nextSequence = 0

  constructor(feed: LiveFeed) {
    this.#feed = feed
  }

  /** Shows these lines and reads them anew from what is kept. */
  set(keys: readonly LiveSeriesKey[]): void {
    this.#lines = keys.map((key) => ({ key, atMs: [], values: [] }))
    this.#nextSequence = this.#feed.ring.firstSequence
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Reads on until `isOver` says so; answers whether something is left. */
  work(isOver: () => boolean): boolean {
    if (this.isEmpty) return false
    const { ring } = this.#feed
    this.#nextSequence = Math.max(this.#nextSequence, ring.firstSequence)
    for (let count = 1; this.#nextSequence < ring.nextSequence; count += 1) {
      this.#read(this.#nextSequence)
      this.#nextSequence += 1
      if (count % 16 === 0 && isOver()) return true
    }
    return false
  }

  /** The lines up to a moment, thin enough to draw; a line has NaN where another one has a point. */
  points(untilMs: number): ChartPoints {
    const lines = this.#lines.map(({ atMs, values }) => {
      const end = atMs.findLastIndex((at) => at <= untilMs) + 1
      return { atMs: atMs.slice(0, end), values: values.slice(0, end) }
    })
    const fromMs = Math.min(...lines.map(({ atMs }) => atMs[0] ?? Infinity))
    const toMs = Math.max(...lines.map(({ atMs }) => atMs.at(-1) ?? -Infinity))
    if (fromMs > toMs) return { atMs: [], columns: lines.map(() => []) }
    const widthMs = Math.max(1, (toMs - fromMs) / BUCKETS)
    const times: number[] = []
    const columns: number[][] = lines.map(() => [])
    const places = lines.map(() => 0)
    for (let startMs = fromMs; startMs <= toMs; startMs += widthMs) {
      times.push(startMs, startMs + widthMs / 2)
      lines.forEach(({ atMs, values }, index) => {
        let lowest = NaN
        let highest = NaN
        let place = places[index] ?? 0
        for (; place < atMs.length && (atMs[place] ?? 0) < startMs + widthMs; place += 1) {
          const value = values[place] ?? NaN
          if (!(value >= lowest)) lowest = value
          if (!(value <= highest)) highest = value
        }
        places[index] = place
        columns[index]?.push(lowest, highest)
      })
    }
    return joinGaps(times, columns)
  }

  #read(sequence: number): void {
    const { connectionId, path } = this.#feed.subscriptionAt(sequence)
    const wanted = this.#lines.filter(({ key }) => key.path === path && key.connectionId === connectionId)
    if (wanted.length === 0) return
    const entry = this.#feed.ring.at(sequence)
    if (entry?.kind !== 'drop') return
    const { elems } = (readDrop(entry.text) ?? {}) as { elems?: Readonly<Record<string, unknown>> | null }
    if (typeof elems !== 'object' || elems === null) return
    for (const { key, atMs, values } of wanted) {
      const value = numberOf(Object.hasOwn(elems, key.name) ? elems[key.name] : undefined)
      if (value === undefined) continue
      // History that is filled in was received later than it is read here: times of a line never go backwards.
      atMs.push(Math.max(entry.receivedAtMs, atMs.at(-1) ?? 0))
      values.push(value)
      if (atMs.length <= MAX_POINTS) continue
      atMs.splice(0, MAX_POINTS / 10)
      values.splice(0, MAX_POINTS / 10)
    }
  }
}

function numberOf(value: unknown): number | undefined {
  const plain = isTypedValue(value) ? value.value : value
  return typeof plain === 'number' || typeof plain === 'bigint' ? Number(plain) : undefined
}

/** Points where no line has a value go; a line holds its last value where only others have one, so that it stays a line. */
function joinGaps(times: readonly number[], columns: readonly (readonly number[])[]): ChartPoints {
  const kept = times
    .map((_, place) => place)
    .filter((place) => columns.some((column) => !Number.isNaN(column[place] ?? NaN)))
  return {
    atMs: kept.map((place) => times[place] ?? 0),
    columns: columns.map((column) => {
      let last = NaN
      return kept.map((place) => {
        const value = column[place] ?? NaN
        if (!Number.isNaN(value)) last = value
        return last
      })
    })
  }
}
