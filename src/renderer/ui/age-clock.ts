import { createSubscriber } from 'svelte/reactivity'

/** Ages are shown in whole seconds, minutes and hours: this is precise enough, and next to nothing for a processor. */
const TICK_MS = 5000

/** The time, for texts such as "4 min": it moves only while one of them is on the screen. */
class AgeClock {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, TICK_MS)
    return () => {
      clearInterval(timer)
    }
  })

  get nowMs(): number {
    this.#subscribe()
    return Date.now()
  }
}

export const ageClock = new AgeClock()
