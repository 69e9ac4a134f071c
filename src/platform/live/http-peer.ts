import type { ServerResponse } from 'node:http'
import type { JsonText } from '../json-text.ts'
import type { Peer } from './peer.ts'

/** How long messages wait for a client that polls, and how long a poll waits for messages (platform protocol, "Session"). */
export const GRACE_MS = 30_000
export const IDLE_POLL_MS = 30_000

export interface HttpPeerOptions {
  readonly graceMs?: number
  readonly idlePollMs?: number
  /** Called when messages may go again. */
  readonly whenWritable: () => void
  /** Called once: the stream was closed, or nobody polled for the time of grace. */
  readonly whenGone: () => void
}

type Carrier =
  | { readonly kind: 'away' }
  | { readonly kind: 'poll'; readonly answer: (text: string) => void }
  | { readonly kind: 'stream'; readonly response: ServerResponse }

/**
 * The other end of a session without a socket: a long answer with one message a line, or polls that are answered with an
 * array of messages. While the client is away between polls, messages stay where they wait.
 */
export class HttpPeer implements Peer {
  isReading = true
  private readonly options: HttpPeerOptions
  private carrier: Carrier = { kind: 'away' }
  private batch: string[] = []
  private batchBytes = 0
  private whenBatchSent: (() => void)[] = []
  private timer: NodeJS.Timeout | undefined
  private isOver = false

  constructor(options: HttpPeerOptions) {
    this.options = options
    this.waitForClient()
  }

  get isTaken(): boolean {
    return this.carrier.kind !== 'away'
  }

  /** Answers with an array of messages as soon as there is one; with an empty one after a while. */
  poll(response: ServerResponse, answer: (text: string) => void): void {
    const carrier: Carrier = { kind: 'poll', answer }
    this.take(carrier)
    this.timer = setTimeout(() => {
      this.answerPoll()
    }, this.options.idlePollMs ?? IDLE_POLL_MS)
    response.once('close', () => {
      if (this.carrier === carrier) this.waitForClient()
    })
    this.options.whenWritable()
  }

  /** Writes messages as they come until the client goes. */
  stream(response: ServerResponse): void {
    this.take({ kind: 'stream', response })
    response.once('close', () => {
      this.end()
    })
    this.options.whenWritable()
  }

  bufferedBytes(): number {
    switch (this.carrier.kind) {
      case 'away':
        return Number.POSITIVE_INFINITY
      case 'poll':
        return this.batchBytes
      case 'stream':
        return this.carrier.response.writableLength
    }
  }

  send(frame: JsonText, whenSent: () => void): void {
    const text = frame.toString()
    if (this.carrier.kind === 'stream') {
      this.carrier.response.write(`${text}\n`, whenSent)
      return
    }
    // A turn later: what comes together goes together.
    if (this.batch.length === 0) setImmediate(() => this.answerPoll())
    this.batch.push(text)
    this.batchBytes += frame.length
    this.whenBatchSent.push(whenSent)
  }

  setReading(isReading: boolean): void {
    this.isReading = isReading
  }

  probe(): void {
    // A stream that is gone shows when it is written to, and what waits for it is bounded.
  }

  /** Ends the request that is open. */
  close(): void {
    if (this.carrier.kind === 'stream') this.carrier.response.end()
    this.answerPoll()
    this.end()
  }

  private take(carrier: Carrier): void {
    clearTimeout(this.timer)
    this.carrier = carrier
  }

  private answerPoll(): void {
    if (this.carrier.kind !== 'poll') return
    const { answer } = this.carrier
    const text = `[${this.batch.join(',')}]`
    const sent = this.whenBatchSent
    this.batch = []
    this.batchBytes = 0
    this.whenBatchSent = []
    this.waitForClient()
    answer(text)
    for (const whenSent of sent) whenSent()
  }

  private waitForClient(): void {
    this.take({ kind: 'away' })
    if (this.isOver) return
    this.timer = setTimeout(() => {
      this.end()
    }, this.options.graceMs ?? GRACE_MS)
    this.timer.unref()
  }

  private end(): void {
    clearTimeout(this.timer)
    if (this.isOver) return
    this.isOver = true
    this.options.whenGone()
  }
}
