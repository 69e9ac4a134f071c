import { placeAtOrAfter } from './points.ts'
import type { ChartPoints, PointValue, TimeRange } from './points.ts'

/** How many blocks of one level make a block of the next. */
const FACTOR = 8

/** Lowest and highest of each block of `FACTOR ** level` points; NaN where a block holds nothing. */
interface Level {
  readonly size: number
  readonly lowest: Float64Array
  readonly highest: Float64Array
}

/** What uPlot takes: times, then a column for each series. */
export type ThinColumns = [times: number[], ...columns: PointValue[][]]

/**
 * The points of a chart, thin enough to draw: of what falls on one pixel column only the lowest and the highest value of
 * each series, so that no peak is lost. The sums of blocks are made once, so a zoom costs what the screen is wide and not
 * what the points are many.
 */
export class ThinnedPoints {
  readonly #points: ChartPoints
  readonly #levels: readonly (readonly Level[])[]

  constructor(points: ChartPoints) {
    this.#points = points
    this.#levels = points.columns.map((column) => makeLevels(column))
  }

  /** What to draw of a range on `pixels` columns: the points themselves when they are few, with one more at each side. */
  between({ fromMs, toMs }: TimeRange, pixels: number): ThinColumns {
    const { atMs } = this.#points
    const from = Math.max(0, placeAtOrAfter(atMs, fromMs) - 1)
    const to = Math.min(atMs.length, placeAtOrAfter(atMs, toMs) + 1)
    // Two values a pixel are drawn anyway.
    return to - from <= 2 * Math.max(1, pixels) ? this.#whole(from, to) : this.#thin(from, to, pixels)
  }

  #whole(from: number, to: number): ThinColumns {
    const { atMs, columns } = this.#points
    return [
      Array.prototype.slice.call(atMs, from, to) as number[],
      ...columns.map((column) => (Array.prototype.slice.call(column, from, to) as PointValue[]).map(orNull))
    ]
  }

  #thin(from: number, to: number, pixels: number): ThinColumns {
    const { atMs, columns } = this.#points
    const wanted = Math.max(1, Math.floor((to - from) / Math.max(1, pixels)))
    const level = Math.floor(Math.log(wanted) / Math.log(FACTOR))
    const block = FACTOR ** level
    const step = Math.max(block, Math.round(wanted / block) * block)
    const times: number[] = []
    const thin: PointValue[][] = columns.map(() => [])
    // Buckets stand on multiples of their size: a chart that moves does not flicker.
    for (let start = Math.floor(from / step) * step; start < to; start += step) {
      const end = Math.min(start + step, atMs.length)
      times.push(atMs[start] ?? 0, atMs[Math.min(start + (step >> 1), end - 1)] ?? 0)
      for (let index = 0; index < columns.length; index++) {
        const [lowest, highest] = this.#extremes(index, level, start, end)
        thin[index]?.push(lowest, highest)
      }
    }
    return [times, ...thin]
  }

  #extremes(column: number, level: number, start: number, end: number): [PointValue, PointValue] {
    const sums = level === 0 ? undefined : this.#levels[column]?.[level - 1]
    let lowest = Infinity
    let highest = -Infinity
    if (sums === undefined) {
      const values = this.#points.columns[column] ?? []
      for (let place = start; place < end; place++) {
        const value = values[place] ?? NaN
        if (value < lowest) lowest = value
        if (value > highest) highest = value
      }
    } else {
      const last = Math.ceil(end / sums.size)
      for (let block = start / sums.size; block < last; block++) {
        const low = sums.lowest[block] ?? NaN
        const high = sums.highest[block] ?? NaN
        if (low < lowest) lowest = low
        if (high > highest) highest = high
      }
    }
    return highest === -Infinity ? [null, null] : [lowest, highest]
  }
}

const orNull = (value: PointValue): PointValue => (value === null || Number.isNaN(value) ? null : value)

function makeLevels(column: ArrayLike<PointValue>): Level[] {
  const levels: Level[] = []
  let lowest: ArrayLike<PointValue> = column
  let highest: ArrayLike<PointValue> = column
  for (let size = FACTOR; size < column.length; size *= FACTOR) {
    const level = sumOf(lowest, highest, size)
    levels.push(level)
    lowest = level.lowest
    highest = level.highest
  }
  return levels
}

function sumOf(lowest: ArrayLike<PointValue>, highest: ArrayLike<PointValue>, size: number): Level {
  const count = Math.ceil(lowest.length / FACTOR)
  const level: Level = { size, lowest: new Float64Array(count), highest: new Float64Array(count) }
  for (let block = 0; block < count; block++) {
    let low = Infinity
    let high = -Infinity
    const end = Math.min((block + 1) * FACTOR, lowest.length)
    for (let place = block * FACTOR; place < end; place++) {
      const below = lowest[place] ?? NaN
      const above = highest[place] ?? NaN
      if (below < low) low = below
      if (above > high) high = above
    }
    level.lowest[block] = low === Infinity ? NaN : low
    level.highest[block] = high === -Infinity ? NaN : high
  }
  return level
}
