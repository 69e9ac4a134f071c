/** A value of a series: null or NaN where there is none. */
export type PointValue = number | null

/**
 * The points of a chart: times in milliseconds since the Unix epoch, ascending, and for each series one value a time.
 * Columns, because a million points as objects would not fit a frame.
 */
export interface ChartPoints {
  readonly atMs: ArrayLike<number>
  readonly columns: readonly ArrayLike<PointValue>[]
}

/** How a series is drawn and called. */
export interface ChartSeries {
  readonly name: string
  /** One of the series colours of the tokens, from 1. */
  readonly colour: number
  /** For what is compared with, such as the period before. */
  readonly isDashed?: boolean
}

/** A piece of the time axis, both ends in it; milliseconds since the Unix epoch. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** The first and the last time of the points; undefined when there are none. */
export function rangeOf({ atMs }: ChartPoints): TimeRange | undefined {
  const first = atMs[0]
  const last = atMs[atMs.length - 1]
  return first === undefined || last === undefined ? undefined : { fromMs: first, toMs: last }
}

/** The place of the first time at or after `time`; the length when all are before. */
export function placeAtOrAfter(atMs: ArrayLike<number>, time: number): number {
  let low = 0
  let high = atMs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((atMs[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The place whose time is nearest to `time`; -1 when there are no points. */
export function placeNearest(atMs: ArrayLike<number>, time: number): number {
  if (atMs.length === 0) return -1
  const after = Math.min(placeAtOrAfter(atMs, time), atMs.length - 1)
  const before = Math.max(0, after - 1)
  return Math.abs((atMs[before] ?? 0) - time) <= Math.abs((atMs[after] ?? 0) - time) ? before : after
}

/**
 * A range that shows `factor` times as much around a time, which keeps its place on the screen; never wider than
 * `whole`, never narrower than `leastMs`.
 */
export function zoomAround(
  range: TimeRange,
  aroundMs: number,
  factor: number,
  whole: TimeRange,
  leastMs: number
): TimeRange {
  const wholeMs = whole.toMs - whole.fromMs
  const before = Math.max(range.toMs - range.fromMs, Number.MIN_VALUE)
  const lengthMs = Math.min(wholeMs, Math.max(leastMs, before * factor))
  const share = (aroundMs - range.fromMs) / before
  const fromMs = Math.min(
    Math.max(whole.fromMs, aroundMs - share * lengthMs),
    Math.max(whole.fromMs, whole.toMs - lengthMs)
  )
  return { fromMs, toMs: fromMs + lengthMs }
}
