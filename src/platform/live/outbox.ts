import { writeJson } from '../../shared/wire/json.ts'
import { envelopeText } from '../answer.ts'
import type { JsonText } from '../json-text.ts'
import type { Peer } from './peer.ts'

/**
 * Bytes handed to the peer and not yet gone, from where frames wait in the outbox instead: a few round
 * trips of a fast reader.
 */
const MAX_BUFFERED_BYTES = 1024 * 1024
/**
 * What may wait for a slow reader: some seconds of a busy flow. Beyond it the oldest pushes are lost, and
 * counted.
 */
export const MAX_WAITING_PUSHES = 10_000
export const MAX_WAITING_BYTES = 16 * 1024 * 1024

interface WaitingFrame {
  readonly frame: JsonText
  /** The flow of a push; undefined for replies, which are never lost. */
  readonly flowId: string | undefined
}

/**
 * What goes to one peer, in order. A reader that is too slow loses its oldest pushes; a frame in their
 * place tells how many, by flow (platform protocol, "Subscription rules").
 */
export class Outbox {
  private readonly peer: Peer
  private readonly whenDrained: () => void
  private waiting: (WaitingFrame | undefined)[] = []
  /** The place of the first frame that still waits. */
  private first = 0
  private waitingPushes = 0
  private waitingBytes = 0
  private skipped = new Map<string, number>()

  /** `whenDrained` is called whenever waiting frames went out. */
  constructor(peer: Peer, whenDrained: () => void) {
    this.peer = peer
    this.whenDrained = whenDrained
  }

  /** Whether so much waits that no more commands should be read. */
  get isFull(): boolean {
    return this.waitingBytes > MAX_WAITING_BYTES
  }

  reply(text: JsonText): void {
    this.add({ frame: text, flowId: undefined })
  }

  push(flowId: string, frame: Buffer): void {
    this.add({ frame, flowId })
    this.loseOldest()
  }

  private add(entry: WaitingFrame): void {
    if (this.first === this.waiting.length && this.peer.bufferedBytes() < MAX_BUFFERED_BYTES) {
      this.hand(entry.frame)
      return
    }
    this.waiting.push(entry)
    this.waitingBytes += entry.frame.length
    if (entry.flowId !== undefined) this.waitingPushes += 1
  }

  private hand(frame: JsonText): void {
    this.peer.send(frame, () => {
      if (this.first < this.waiting.length) this.drain()
    })
  }

  /** Hands over what waits, as far as the peer takes it. */
  drain(): void {
    while (this.first < this.waiting.length && this.peer.bufferedBytes() < MAX_BUFFERED_BYTES) {
      if (this.skipped.size > 0) {
        this.hand(skipNotice(this.skipped))
        this.skipped = new Map()
        continue
      }
      const entry = this.waiting[this.first]
      this.waiting[this.first] = undefined
      this.first += 1
      if (entry === undefined) continue
      this.waitingBytes -= entry.frame.length
      if (entry.flowId !== undefined) this.waitingPushes -= 1
      this.hand(entry.frame)
    }
    this.compact()
    this.whenDrained()
  }

  private loseOldest(): void {
    let place = this.first
    while (
      (this.waitingPushes > MAX_WAITING_PUSHES || this.waitingBytes > MAX_WAITING_BYTES) &&
      this.waitingPushes > 0 &&
      place < this.waiting.length
    ) {
      const entry = this.waiting[place]
      if (entry?.flowId !== undefined) {
        this.waiting[place] = undefined
        this.waitingPushes -= 1
        this.waitingBytes -= entry.frame.length
        this.skipped.set(entry.flowId, (this.skipped.get(entry.flowId) ?? 0) + 1)
      }
      place += 1
    }
    while (this.first < this.waiting.length && this.waiting[this.first] === undefined) this.first += 1
    this.compact()
  }

  private compact(): void {
    if (this.first < 1024 || this.first * 2 < this.waiting.length) return
    this.waiting = this.waiting.slice(this.first)
    this.first = 0
  }
}

function skipNotice(skipped: ReadonlyMap<string, number>): JsonText {
  const total = [...skipped.values()].reduce((sum, count) => sum + count, 0)
  return envelopeText(
    {
      status: 200,
      messages: [`${String(total)} drops were skipped because this session reads too slowly`],
      bodyText: writeJson({ skipped: Object.fromEntries(skipped) })
    },
    { value: null }
  )
}
