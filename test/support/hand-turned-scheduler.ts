import type { Scheduler } from '../../src/main/client/scheduler.ts'

/** Time that passes when a test says so. */
export interface HandTurnedScheduler extends Scheduler {
  /** Lets time pass, calling back everything that falls due, in order. */
  advance(ms: number): void
  /** Callbacks that wait. */
  waiting(): number
}

export function createHandTurnedScheduler(): HandTurnedScheduler {
  let now = 0
  let added = 0
  const due = new Map<number, { atMs: number; callback: () => void }>()
  return {
    nowMs: () => now,
    after: (delayMs, callback) => {
      const key = added++
      due.set(key, { atMs: now + delayMs, callback })
      return () => {
        due.delete(key)
      }
    },
    advance: (ms) => {
      const endMs = now + ms
      for (;;) {
        const next = [...due]
          .filter(([, { atMs }]) => atMs <= endMs)
          .sort(([, a], [, b]) => a.atMs - b.atMs)[0]
        if (next === undefined) break
        due.delete(next[0])
        now = next[1].atMs
        next[1].callback()
      }
      now = endMs
    },
    waiting: () => due.size
  }
}
