import type { LiveFeed } from './live-feed.ts'
import type { LiveSnapshot, LiveView } from './live-snapshot.ts'

/** How often a falling rate is told while no drop comes. */
const FALLING_RATE_MS = 500
/**
 * At such rates no row can be read before it has left: the screen is drawn some times a second, and the frames between are
 * free for the person's hands and for what arrives.
 */
const FAST_STEPS = [
  { perSecond: 5000, intervalMs: 250 },
  { perSecond: 200, intervalMs: 80 }
] as const

/** What the publisher needs of the world. */
export interface PublisherWorld {
  now(): number
  /** Runs once after `delayMs`; answers how to cancel. */
  later(delayMs: number, run: () => void): () => void
  send(snapshot: LiveSnapshot): void
}

/**
 * Sends snapshots of the stream: one when something changed, and the next only after the window drew the last. With
 * nothing arriving and every rate at zero nothing is sent and no timer runs.
 */
export class LivePublisher {
  readonly #feed: LiveFeed
  readonly #world: PublisherWorld
  #view: LiveView = { from: 0, to: 0, heldAt: null, isNewestLast: false }
  #isChanged = false
  #isAwaitingWindow = false
  #sentAtMs = -Infinity
  #cancelTimer: (() => void) | undefined

  constructor(feed: LiveFeed, world: PublisherWorld) {
    this.#feed = feed
    this.#world = world
  }

  get view(): LiveView {
    return this.#view
  }

  /** What a person asked for is answered at once, however fast the stream is. */
  set view(view: LiveView) {
    this.#view = view
    this.#sentAtMs = -Infinity
    this.changed()
  }

  /** What a person waits for is there. */
  answered(): void {
    this.#sentAtMs = -Infinity
    this.changed()
  }

  /** Something in the feed or the view changed. */
  changed(): void {
    this.#isChanged = true
    this.#publish()
  }

  /** The window drew the last snapshot. */
  shown(): void {
    this.#isAwaitingWindow = false
    this.#publish()
  }

  #publish(): void {
    if (!this.#isChanged || this.#isAwaitingWindow) return
    const nowMs = this.#world.now()
    const perSecond = this.#feed.perSecond(nowMs)
    const intervalMs = FAST_STEPS.find((step) => perSecond > step.perSecond)?.intervalMs ?? 0
    // A clock that is set back must not stop the stream.
    const waitMs = Math.min(intervalMs, this.#sentAtMs + intervalMs - nowMs)
    if (waitMs > 0) {
      this.#cancelTimer?.()
      this.#cancelTimer = this.#world.later(waitMs, () => {
        this.#cancelTimer = undefined
        this.changed()
      })
      return
    }
    this.#isChanged = false
    this.#sentAtMs = nowMs
    // First of all: a window that waits for what was never made would wait for ever.
    const snapshot = this.#feed.snapshot(this.#view, nowMs)
    this.#isAwaitingWindow = true
    this.#world.send(snapshot)
    this.#cancelTimer?.()
    this.#cancelTimer = this.#feed.isMoving(nowMs)
      ? this.#world.later(FALLING_RATE_MS, () => {
          this.#cancelTimer = undefined
          this.changed()
        })
      : undefined
  }
}
