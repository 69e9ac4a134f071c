/** What the source of drops is asked for: one JSON line. */
export interface PushOrder {
  /** Drops go to these in turn. */
  readonly flowIds: readonly string[]
  readonly ratePerSecond: number
  readonly seconds: number
}

/** What it did: one JSON line. */
export interface PushReport {
  readonly sentDrops: number
  /** Milliseconds since the Unix epoch. */
  readonly endedAtMs: number
  /** Longer than asked for when the source itself could not keep up. */
  readonly tookMs: number
}
