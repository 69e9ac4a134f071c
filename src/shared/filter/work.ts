/**
 * How long a filter may take on one subject or on many.
 *
 * Most rules take less than a microsecond. Those whose time grows with the subject (a search in a long string, a list
 * against a list) say beforehand how long they may take at worst, and whoever runs the filter gives them a meter that
 * can refuse. Without one they simply run.
 */
export interface WorkMeter {
  /**
   * Hears of work before it is done: nanoseconds at worst on a usual machine.
   *
   * @throws TooMuchWork when there is no time for it.
   */
  readonly spend: (nanoseconds: number) => void
}

/** The filter did not come to an end: neither true nor false. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork'

  constructor() {
    super(
      'the filter takes too long: its regular expression and the text, or its lists, are too large together'
    )
  }
}

/** About what one value of a list, or one comparison of two, costs. */
export const ENTRY_NANOSECONDS = 20

// A filter runs from its start to its end without a pause, so one place is enough.
let current: WorkMeter | undefined

/** Runs what evaluates filters, with their work on this meter. Meters may be nested: the inner one counts. */
export function runMetered<Value>(meter: WorkMeter, task: () => Value): Value {
  const before = current
  current = meter
  try {
    return task()
  } finally {
    current = before
  }
}

/** Whether somebody counts: an estimate that takes time itself is made for nobody else. */
export const isMetered = (): boolean => current !== undefined

/** Tells the meter, if there is one, of work that comes next. */
export function spendWork(nanoseconds: number): void {
  current?.spend(nanoseconds)
}

/** Allows so much estimated work in all. What it refuses has cost no time. */
export function workLimit(maxNanoseconds: number): WorkMeter {
  let left = maxNanoseconds
  return {
    spend: (nanoseconds) => {
      left -= nanoseconds
      if (left < 0) throw new TooMuchWork()
    }
  }
}

export interface TimeLimit {
  /** On the clock of `nowMs`. */
  readonly endsAtMs: number
  readonly nowMs: () => number
  /** One piece of work that may take longer than this is refused: nothing stops it once it runs. */
  readonly maxPieceMs: number
}

/** Work between two looks at the clock. */
const NANOSECONDS_A_LOOK = 1_000_000
const NANOSECONDS_A_MS = 1_000_000

/** Allows work until a time: estimates are for the worst case, and most filters take a small part of it. */
export function timeLimit({ endsAtMs, nowMs, maxPieceMs }: TimeLimit): WorkMeter {
  let unseen = 0
  return {
    spend: (nanoseconds) => {
      if (nanoseconds > maxPieceMs * NANOSECONDS_A_MS) throw new TooMuchWork()
      unseen += nanoseconds
      if (unseen < NANOSECONDS_A_LOOK) return
      unseen = 0
      if (nowMs() > endsAtMs) throw new TooMuchWork()
    }
  }
}
