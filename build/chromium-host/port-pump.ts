import { portPumpSource } from './port-pump-worker.ts'

/** How a request of a pump is settled. */
export type PumpAnswer = (response: {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}) => void

/** One answer is parsed at once by the pump, on a thread of its own; messages beyond wait for the next question. */
const MAX_ANSWER_CHARACTERS = 1_048_576

/** Windows are few, and each asks once before it is known. */
const MAX_EARLY_QUESTIONS = 8

/** The pump may ask main and do nothing else. */
const PUMP_POLICY = "default-src 'none'; connect-src 'self'"

/**
 * Main's side of the port pump of one page: messages wait here until the pump asks for them, in order.
 */
export class PortPump {
  #waiting: string[] = []
  #question: PumpAnswer | undefined
  #isScheduled = false

  /** `text` is the JSON of one message. */
  post(text: string): void {
    this.#waiting.push(text)
    this.#answerSoon()
  }

  /** The pump asks; there is one question at a time, so an older one was left behind. */
  asked(answer: PumpAnswer): void {
    this.#question = answer
    this.#answerSoon()
  }

  #answerSoon(): void {
    if (this.#isScheduled || this.#question === undefined || this.#waiting.length === 0) return
    this.#isScheduled = true
    // What is posted in one turn travels together.
    setImmediate(() => {
      this.#isScheduled = false
      const question = this.#question
      this.#question = undefined
      question?.({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `[${this.#takeBatch().join(',')}]`
      })
    })
  }

  #takeBatch(): string[] {
    let count = 0
    let characters = 0
    for (const { length } of this.#waiting) {
      if (count > 0 && characters + length > MAX_ANSWER_CHARACTERS) break
      characters += length
      count++
    }
    return this.#waiting.splice(0, count)
  }
}

/** The pumps of all pages: their script and their questions are requests to a random path of the page's own origin. */
export class PortPumps {
  readonly scriptPath: string
  readonly #pollPath: string
  readonly #pumps = new Map<string, PortPump>()
  /** Questions of pumps that are not known: they may come before the page's word of its pump, by another way. */
  readonly #early = new Map<string, PumpAnswer>()

  /** `secret` is random for this run, and another one than that of the bridge: a page can see the path. */
  constructor(secret: string) {
    this.scriptPath = `/${secret}/port-pump.js`
    this.#pollPath = `/${secret}/port-messages`
  }

  /** A page tells, through its isolated world, the id by which its pump will ask. */
  open(pumpId: string): PortPump {
    const pump = new PortPump()
    this.#pumps.set(pumpId, pump)
    const early = this.#early.get(pumpId)
    this.#early.delete(pumpId)
    if (early) pump.asked(early)
    return pump
  }

  close(pumpId: string): void {
    this.#pumps.delete(pumpId)
  }

  #keepEarly(pumpId: string, answer: PumpAnswer): void {
    this.#early.set(pumpId, answer)
    if (this.#early.size <= MAX_EARLY_QUESTIONS) return
    const [oldest] = this.#early
    if (oldest === undefined) return
    this.#early.delete(oldest[0])
    oldest[1]({ status: 404, headers: {}, body: '' })
  }

  /** Answers a request to one of the paths, at once or later; false for any other path. */
  answer(url: string, headers: Readonly<Record<string, string>>, answer: PumpAnswer): boolean {
    const { pathname } = new URL(url)
    if (pathname === this.scriptPath) {
      answer({
        status: 200,
        headers: { 'content-type': 'text/javascript', 'content-security-policy': PUMP_POLICY },
        body: portPumpSource(this.#pollPath)
      })
      return true
    }
    if (pathname !== this.#pollPath) return false
    const pumpId = headers['pump-id'] ?? ''
    const pump = this.#pumps.get(pumpId)
    if (pump) pump.asked(answer)
    else this.#keepEarly(pumpId, answer)
    return true
  }
}
