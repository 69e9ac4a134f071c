import type { DevToolsSession } from './devtools-pipe.ts'

/** Two calls in flight keep the page busy while the next one travels; more only make the order of work less even. */
const MAX_CALLS_IN_FLIGHT = 2

/** One call blocks the page's thread while it is compiled and parsed: 256 KiB take 10 to 20 ms. */
const MAX_CALL_CHARACTERS = 256 * 1024

/**
 * Messages from main to the isolated world of one page, in order. A call over the pipe costs far more than a message, so
 * messages that are posted in one turn, or while calls are in flight, travel together. What is posted while a page loads
 * waits for its world; what was meant for a page that is gone is dropped with it.
 */
export class PageChannel {
  readonly #session: DevToolsSession
  readonly #functionDeclaration: string
  #contextId: number | undefined
  #waiting: string[] = []
  #callsInFlight = 0
  #isScheduled = false

  constructor(session: DevToolsSession, secret: string) {
    this.#session = session
    this.#functionDeclaration = `function (text) { globalThis[${JSON.stringify(secret)}](text) }`
  }

  get contextId(): number | undefined {
    return this.#contextId
  }

  /** A page's isolated world is ready to receive. */
  open(contextId: number): void {
    this.#contextId = contextId
    this.#send()
  }

  /** The page is gone. */
  reset(): void {
    this.#contextId = undefined
    this.#waiting = []
  }

  /** `text` is the JSON of one message. */
  post(text: string): void {
    this.#waiting.push(text)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#send()
    })
  }

  #send(): void {
    while (
      this.#contextId !== undefined &&
      this.#waiting.length > 0 &&
      this.#callsInFlight < MAX_CALLS_IN_FLIGHT
    ) {
      const batch = this.#takeBatch()
      this.#callsInFlight++
      this.#session
        .send('Runtime.callFunctionOn', {
          executionContextId: this.#contextId,
          functionDeclaration: this.#functionDeclaration,
          arguments: [{ value: `[${batch.join(',')}]` }],
          silent: true
        })
        .catch(() => {
          // The page went away with what was meant for it.
        })
        .finally(() => {
          this.#callsInFlight--
          this.#send()
        })
    }
  }

  #takeBatch(): string[] {
    let count = 0
    let characters = 0
    for (const text of this.#waiting) {
      if (count > 0 && characters + text.length > MAX_CALL_CHARACTERS) break
      characters += text.length
      count++
    }
    return this.#waiting.splice(0, count)
  }
}
