/** Width of a bucket and how many make the window: a rate that is calm to read and still falls to zero in 5 s. */
const BUCKET_MS = 250
const BUCKETS = 20
/** A stream younger than this is measured as if it were this old: the first drop alone is no rate. */
const MIN_SPAN_MS = 1000

/** How many a second, over the last five seconds. Times are milliseconds and may not go backwards. */
export class RateWindow {
  readonly #counts = new Uint32Array(BUCKETS)
  #latestBucket = -1
  #startedAtMs = 0

  add(atMs: number, count: number): void {
    if (this.#latestBucket < 0 || this.#isEmptyAt(atMs)) this.#startedAtMs = atMs
    this.#advance(atMs)
    const slot = this.#latestBucket % BUCKETS
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count
  }

  perSecond(nowMs: number): number {
    if (this.#latestBucket < 0) return 0
    this.#advance(nowMs)
    let total = 0
    for (const count of this.#counts) total += count
    // The bucket of this moment is not full yet.
    const windowMs = BUCKET_MS * (BUCKETS - 1) + (nowMs % BUCKET_MS)
    const spanMs = Math.min(windowMs, Math.max(MIN_SPAN_MS, nowMs - this.#startedAtMs))
    return (total * 1000) / spanMs
  }

  #isEmptyAt(atMs: number): boolean {
    return Math.floor(atMs / BUCKET_MS) - this.#latestBucket >= BUCKETS
  }

  #advance(atMs: number): void {
    const bucket = Math.floor(atMs / BUCKET_MS)
    if (this.#latestBucket < 0 || bucket - this.#latestBucket >= BUCKETS) {
      this.#counts.fill(0)
      this.#latestBucket = bucket
      return
    }
    while (this.#latestBucket < bucket) {
      this.#latestBucket += 1
      this.#counts[this.#latestBucket % BUCKETS] = 0
    }
  }
}

/** The strip shows five minutes: enough to see a burst, few enough to draw at once. */
export const DENSITY_SECONDS = 300

/** Drops in each of the last 300 seconds, oldest first. */
export class Density {
  readonly #counts = new Uint32Array(DENSITY_SECONDS)
  #latestSecond = -1

  add(atMs: number, count: number): void {
    this.#advance(Math.floor(atMs / 1000))
    const slot = this.#latestSecond % DENSITY_SECONDS
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count
  }

  /** `DENSITY_SECONDS` counts; the last one is the current second. */
  read(nowMs: number): number[] {
    if (this.#latestSecond < 0) return new Array<number>(DENSITY_SECONDS).fill(0)
    this.#advance(Math.floor(nowMs / 1000))
    const start = (this.#latestSecond + 1) % DENSITY_SECONDS
    return [...this.#counts.subarray(start), ...this.#counts.subarray(0, start)]
  }

  clear(): void {
    this.#counts.fill(0)
    this.#latestSecond = -1
  }

  #advance(second: number): void {
    if (this.#latestSecond < 0 || second - this.#latestSecond >= DENSITY_SECONDS) {
      this.#counts.fill(0)
      this.#latestSecond = second
      return
    }
    while (this.#latestSecond < second) {
      this.#latestSecond += 1
      this.#counts[this.#latestSecond % DENSITY_SECONDS] = 0
    }
  }
}
