import type { LiveFeed, LiveSnapshot, LiveView } from './live-feed.ts'

/** How often a falling rate is told while no drop comes. */
const FALLING_RATE_MS = 500

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
  #view: LiveView = { from: 0, to: 0, heldAt: null }
  #isChanged = false
  #isAwaitingWindow = false
  #cancelTimer: (() => void) | undefined

  constructor(feed: LiveFeed, world: PublisherWorld) {
    this.#feed = feed
    this.#world = world
  }

  set view(view: LiveView) {
    this.#view = view
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
    this.#isChanged = false
    this.#isAwaitingWindow = true
    const nowMs = this.#world.now()
    this.#world.send(this.#feed.snapshot(this.#view, nowMs))
    this.#cancelTimer?.()
    this.#cancelTimer = this.#feed.isMoving(nowMs)
      ? this.#world.later(FALLING_RATE_MS, () => {
          this.#cancelTimer = undefined
          this.changed()
        })
      : undefined
  }
}
