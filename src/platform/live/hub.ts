import type { Caller } from '../auth.ts'
import { lookUpFlow } from '../engine/flow-lookup.ts'
import type { Parts } from '../engine/parts.ts'
import { encodeRow, type Encoding } from '../store/encoding.ts'
import { dropRow } from '../store/rows.ts'
import type { StoredDrop } from '../store/store.ts'

/** Someone whom drops are pushed to: a WebSocket session. */
export interface Subscriber {
  readonly caller: Caller
  readonly encoding: Encoding
  /** Takes one push frame; the same bytes go to every subscriber of the same encoding. */
  readonly push: (flowId: string, frame: Buffer) => void
}

/** Who listens to which flow, and the delivery of what entered. */
export interface Hub {
  readonly subscribe: (flowId: string, subscriber: Subscriber) => void
  readonly unsubscribe: (flowId: string, subscriber: Subscriber) => void
  /**
   * Pushes a durable drop to the subscribers of its flow, after the replies that are on their way. Keeps the
   * order of calls.
   */
  readonly announce: (drop: StoredDrop) => void
}

type HubParts = Pick<Parts, 'store' | 'authority' | 'clock'>

export function createHub(parts: () => HubParts): Hub {
  const subscribers = new Map<string, Set<Subscriber>>()
  let waiting: StoredDrop[] = []

  const deliver = (drop: StoredDrop): void => {
    const listeners = subscribers.get(drop.flowId)
    if (listeners === undefined) return
    const { authority } = parts()
    const path = lookUpFlow(parts() as Parts, drop.flowId)?.flow.path
    if (path === undefined) {
      // The flow was deleted: its subscriptions end silently (platform protocol, "Subscription rules").
      subscribers.delete(drop.flowId)
      return
    }
    const frames = new Map<Encoding, Buffer>()
    for (const subscriber of listeners) {
      const { caller, encoding } = subscriber
      if (!authority.isValid(caller) || !authority.rightsOn(caller, path).dropRead) continue
      const frame = frames.get(encoding) ?? pushFrame(drop, encoding)
      frames.set(encoding, frame)
      subscriber.push(drop.flowId, frame)
    }
  }

  return {
    subscribe: (flowId, subscriber) => {
      const listeners = subscribers.get(flowId) ?? new Set()
      subscribers.set(flowId, listeners.add(subscriber))
    },
    unsubscribe: (flowId, subscriber) => {
      const listeners = subscribers.get(flowId)
      listeners?.delete(subscriber)
      if (listeners?.size === 0) subscribers.delete(flowId)
    },
    announce: (drop) => {
      if (!subscribers.has(drop.flowId)) return
      waiting.push(drop)
      if (waiting.length > 1) return
      // A turn later: the reply to a create goes out before the push of its drop.
      setImmediate(() => {
        const drops = waiting
        waiting = []
        for (const announced of drops) deliver(announced)
      })
    }
  }
}

const pushFrame = (drop: StoredDrop, encoding: Encoding): Buffer =>
  Buffer.from(`{"type":"message","resource":"${drop.flowId}","value":${encodeRow(dropRow(drop), encoding)}}`)
