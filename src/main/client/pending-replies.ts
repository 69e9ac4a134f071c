import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { ReplyFrame } from '../../shared/wire/frames.ts'
import { codeOfStatus, sentence } from './http-failure.ts'
import type { Scheduler } from './scheduler.ts'

/** The platform's answer to a frame that a person wrote, whatever its status. */
export interface FrameReply {
  /** Word for word; empty when the protocol has no reply to it (a heartbeat). */
  readonly text: string
  readonly reply: ReplyFrame | undefined
  readonly durationMs: number
}

/** The slowest command is a find over a full flow. */
const REPLY_TIMEOUT_MS = 15_000
/** No msgId that a person writes begins like this: the replies of both come over one socket. */
const OWN_PREFIX = 'flowscope-'

interface Waiting {
  settle(reply: ReplyFrame, text: string): void
  fail(code: 'network/timeout' | 'network/closed', reason?: string): void
}

/** What was sent over one live socket and waits for its reply. */
export class PendingReplies {
  readonly #scheduler: Scheduler
  /** By `keyOf`; those with one key are answered in the order in which they were sent. */
  readonly #waiting = new Map<string, Waiting[]>()
  #sentCommands = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** Waits for the reply to a command of ours: answers its body. `send` is given its msgId. */
  command(type: string, send: (msgId: string) => void): Promise<Result<unknown>> {
    const msgId = `${OWN_PREFIX}${String(this.#sentCommands++)}`
    const reply = this.#wait(msgId, type, ({ head, body }) => {
      if (head.ok) return success(body)
      const { status, errors } = head
      const code = codeOfStatus(status)
      const first = errors[0]
      const details = { status, errors, command: type }
      return failed(
        failure(code, first === undefined ? { details } : { message: sentence(code, first), details })
      )
    })
    send(msgId)
    return reply
  }

  /** Waits for the reply to a frame with this msgId, as a person wrote it: the whole reply, whatever its status. */
  frame(msgId: unknown): Promise<Result<FrameReply>> {
    const sentMs = this.#scheduler.nowMs()
    return this.#wait(msgId, 'frame', (reply, text) =>
      success({ text, reply, durationMs: this.#scheduler.nowMs() - sentMs })
    )
  }

  /** Hands a reply to who waits for it; answers false when nobody does. */
  settle(reply: ReplyFrame, text: string): boolean {
    const first = this.#waiting.get(keyOf(reply.head.msgId))?.[0]
    first?.settle(reply, text)
    return first !== undefined
  }

  /** The socket is gone: nothing will be answered. */
  failAll(reason: string): void {
    for (const waiting of [...this.#waiting.values()].flat()) waiting.fail('network/closed', reason)
  }

  #wait<T>(
    msgId: unknown,
    command: string,
    read: (reply: ReplyFrame, text: string) => Result<T>
  ): Promise<Result<T>> {
    const key = keyOf(msgId)
    return new Promise((resolve) => {
      const end = (result: Result<T>): void => {
        cancelTimeout()
        const others = (this.#waiting.get(key) ?? []).filter((other) => other !== waiting)
        if (others.length === 0) this.#waiting.delete(key)
        else this.#waiting.set(key, others)
        resolve(result)
      }
      const waiting: Waiting = {
        settle: (reply, text) => {
          end(read(reply, text))
        },
        fail: (code, reason) => {
          end(failed(failure(code, { details: { command, ...(reason === undefined ? {} : { reason }) } })))
        }
      }
      const cancelTimeout = this.#scheduler.after(REPLY_TIMEOUT_MS, () => {
        waiting.fail('network/timeout')
      })
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), waiting])
    })
  }
}

/** A msgId comes back with its JSON type: 1 and "1" are two (platform protocol, "Commands"). One that is missing is null. */
const keyOf = (msgId: unknown): string => JSON.stringify(msgId ?? null)
