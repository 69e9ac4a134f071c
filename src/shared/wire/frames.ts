import type { EnvelopeHead } from './envelope.ts'

/** Frames of a WebSocket session (platform protocol, "WebSocket"). One JSON object a text frame. */

/** A command from the client. Anything else in it is ignored by the platform. */
export interface CommandFrame {
  /** Any JSON scalar; the reply carries it with the same type. */
  readonly msgId?: string | number | boolean | null
  readonly object?: string
  readonly type: CommandType
  readonly flowId?: string
  readonly path?: string
  /** For drops also `[flowId, dropId]`. */
  readonly id?: string | readonly [flowId: string, dropId: string]
  readonly value?: unknown
  readonly options?: Readonly<Record<string, unknown>>
}

export type CommandType =
  'create' | 'find' | 'findmany' | 'update' | 'delete' | 'subscribe' | 'unsubscribe' | 'heartbeat'

/** A drop that entered a flow the session subscribed to. `resource` is always the flow's id. */
export interface PushFrame {
  readonly type: 'message'
  readonly resource: string
  readonly value: unknown
}

/** The reply to a command, or a notice of the platform (then `msgId` is null). A push never has a `head`. */
export interface ReplyFrame {
  readonly head: EnvelopeHead
  readonly body: unknown
}

/** The body of the notice that tells a slow reader how many pushes it lost, per flow. */
export interface SkippedBody {
  readonly skipped: Readonly<Record<string, number>>
}

export const isReplyFrame = (frame: unknown): frame is ReplyFrame =>
  typeof frame === 'object' && frame !== null && 'head' in frame

export const isPushFrame = (frame: unknown): frame is PushFrame =>
  typeof frame === 'object' &&
  frame !== null &&
  !('head' in frame) &&
  (frame as { type?: unknown }).type === 'message' &&
  typeof (frame as { resource?: unknown }).resource === 'string'
