import type { RawData } from 'ws'
import { parseJson } from '../../shared/wire/json.ts'
import type { Answer } from '../answer.ts'
import { badRequest, done, envelopeText } from '../answer.ts'
import type { Caller } from '../auth.ts'
import { answerForError } from '../errors.ts'
import { isMembers } from '../engine/body.ts'
import type { Parts } from '../engine/parts.ts'
import { forbidden } from '../routes/request.ts'
import type { Encoding } from '../store/encoding.ts'
import type { Services } from './commands.ts'
import { isHeartbeat, runCommand } from './commands.ts'
import type { Hub, Subscriber } from './hub.ts'
import { Outbox } from './outbox.ts'
import type { Peer } from './peer.ts'

/** Commands of one session that may be under way; beyond it no more are read until some are answered. */
const MAX_COMMANDS_UNDER_WAY = 256
/**
 * Flows that one session may subscribe to: more than any account is expected to have on a screen, and a bound
 * for the server.
 */
export const MAX_SUBSCRIPTIONS = 10_000

export interface SessionParts {
  readonly parts: Parts
  readonly services: Services
  readonly hub: Hub
}

/** A session with its peer: commands in, replies and pushes out. Lives as long as what carries it. */
export class LiveSession implements Subscriber {
  readonly caller: Caller
  readonly encoding: Encoding
  readonly peer: Peer
  private readonly shared: SessionParts
  private readonly outbox: Outbox
  private readonly flows = new Set<string>()
  private underWay = 0

  constructor(shared: SessionParts, caller: Caller, encoding: Encoding, peer: Peer) {
    this.shared = shared
    this.caller = caller
    this.encoding = encoding
    this.peer = peer
    this.outbox = new Outbox(peer, () => {
      this.keepPace()
    })
  }

  /** Goes on with what waits, after the peer could take nothing. */
  resume(): void {
    this.outbox.drain()
  }

  /** Ends the subscriptions. */
  end(): void {
    for (const flowId of this.flows) this.shared.hub.unsubscribe(flowId, this)
    this.flows.clear()
  }

  push(flowId: string, frame: Buffer): void {
    this.outbox.push(flowId, frame)
  }

  /** Runs one command; undefined is a frame that was none. */
  async receive(frame: unknown): Promise<void> {
    if (isHeartbeat(frame)) return
    this.underWay += 1
    this.keepPace()
    const msgId = { value: isMembers(frame) ? (frame['msgId'] ?? null) : null }
    const answer =
      frame === undefined
        ? badRequest('a command must be a text frame that holds JSON')
        : await this.run(frame)
    this.underWay -= 1
    this.outbox.reply(envelopeText(answer, msgId))
    this.keepPace()
  }

  private async run(frame: unknown): Promise<Answer> {
    const { parts, services } = this.shared
    const session = {
      call: { caller: this.caller, defaultEncoding: this.encoding },
      subscribe: (flowId: string) => this.subscribe(flowId),
      unsubscribe: (flowId: string) => {
        this.flows.delete(flowId)
        this.shared.hub.unsubscribe(flowId, this)
      }
    }
    // A token may have expired or been revoked since the session was opened.
    if (!parts.authority.isValid(this.caller)) return forbidden
    parts.store.count('apiCallByIdentity', this.caller.identityId, parts.clock.now())
    try {
      return await runCommand(parts, services, session, frame)
    } catch (error) {
      return answerForError(error, parts.log)
    }
  }

  private subscribe(flowId: string): Answer {
    if (this.flows.size >= MAX_SUBSCRIPTIONS && !this.flows.has(flowId)) {
      return badRequest(`a session can subscribe to ${String(MAX_SUBSCRIPTIONS)} flows at most`)
    }
    this.flows.add(flowId)
    this.shared.hub.subscribe(flowId, this)
    return done
  }

  private keepPace(): void {
    const isBusy = this.underWay >= MAX_COMMANDS_UNDER_WAY || this.outbox.isFull
    this.peer.setReading(!isBusy)
  }
}

/** The JSON of a text frame; undefined when it is none. */
export function readFrame(data: RawData): unknown {
  try {
    return parseJson((data as Buffer).toString('utf8'))
  } catch {
    return undefined
  }
}
