import type { Clock } from '../../shared/clock.ts'
import type { Result } from '../../shared/result.ts'
import { createApi } from '../client/api.ts'
import type { Api, ApiOptions } from '../client/api.ts'
import type { LiveSink } from '../client/gap-repair.ts'
import { createHistoryReader } from '../client/history.ts'
import { createLiveSocket } from '../client/live-socket.ts'
import type { LiveSocket, LiveSocketStatus } from '../client/live-socket.ts'
import { createSubscriptions } from '../client/subscriptions.ts'
import type { Log } from '../log.ts'
import type { OpenConnection } from './connections.ts'
import { refuseWrite, refuseWriteCommand } from './read-only.ts'

export interface PlatformParts {
  readonly connectionId: string
  readonly client: ApiOptions
  readonly sink: LiveSink
  readonly clock: Clock
  readonly log: Log
  /** Asked before everything that is sent. */
  readonly isReadOnly: () => boolean
  onStatus(status: LiveSocketStatus): void
  /** Whole milliseconds, 1 at least: a change of microseconds is no event. */
  onLatency(latencyMs: number): void
  /** What came of each attempt to open a session. */
  onSession?(session: Result<string>): void
}

/** A client of a platform with its live socket, which begins to connect when it is started. */
export interface OpenPlatform extends OpenConnection {
  readonly socket: LiveSocket
  /** Ends everything; what was followed is told as let go. Twice is harmless. */
  close(): Promise<void>
}

/** Joins client, live socket and subscriptions, the local platform's as any other's. */
export function openPlatform(parts: PlatformParts): OpenPlatform {
  const { connectionId, clock, sink, log, isReadOnly } = parts
  const api: Api = createApi({
    ...parts.client,
    permit: (request) => (isReadOnly() ? refuseWrite(request) : undefined)
  })
  const subscriptions = createSubscriptions({
    api,
    socket: () => socket,
    readHistory: createHistoryReader(api),
    sink,
    connectionId,
    clock
  })
  const { verifyCertificate } = parts.client
  const socket = createLiveSocket({
    openSession: async (signal) => {
      const session = await api.openSession({ signal })
      // A session that was given up says nothing about the platform.
      if (!signal.aborted) parts.onSession?.(session)
      return session
    },
    permit: ({ type }) => (isReadOnly() ? refuseWriteCommand(type) : undefined),
    ...(verifyCertificate === undefined ? {} : { verifyCertificate }),
    onPush: subscriptions.onPush,
    onNotice: (reply) => {
      log.warn('client', 'notice of the platform', { messages: reply.head.messages, body: reply.body })
      subscriptions.onNotice(reply)
    },
    onUnsubscribed: subscriptions.onUnsubscribed,
    onStatus: (status) => {
      if (status.kind === 'waiting') {
        log.warn('client', 'live connection lost', {
          connectionId,
          reason: status.reason,
          attempt: status.attempt
        })
      } else if (status.kind === 'open') {
        log.info('client', 'live connection open', { connectionId, flows: subscriptions.flowIds.length })
      }
      subscriptions.onStatus(status)
      parts.onStatus(status)
    },
    onLatency: (measuredMs) => {
      parts.onLatency(Math.max(1, Math.round(measuredMs)))
    },
    onStrange: (reason) => {
      log.warn('client', 'strange frame', { connectionId, reason })
    }
  })
  return {
    api,
    subscriptions,
    socket,
    sendFrame: (frame) => socket.sendFrame(frame),
    close: async () => {
      subscriptions.unsubscribeAll()
      socket.close()
      await api.close()
    }
  }
}
