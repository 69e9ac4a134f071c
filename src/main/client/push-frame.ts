import { isPushFrame, isReplyFrame } from '../../shared/wire/frames.ts'
import type { ReplyFrame } from '../../shared/wire/frames.ts'
import { memberText } from './member-text.ts'

/** A drop that was pushed: what main needs to know of it, and its text as the platform sent it. */
export interface Push {
  readonly flowId: string
  readonly dropId: string
  /** Milliseconds since the Unix epoch, by the platform's clock. */
  readonly creationDate: number
  readonly text: string
}

/** A frame of the platform (platform protocol, "Frames from the server"). */
export type ServerFrame =
  | { readonly kind: 'push'; readonly push: Push }
  | { readonly kind: 'reply'; readonly reply: ReplyFrame }
  /** Neither; the reason is for the log. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** How platforms write a push; any other order of members takes the slower way. */
const PUSH_START = '{"type":"message","resource":"'
const VALUE_START = '","value":'

/** Reads one frame. The drop of a push is parsed once, for its id, flow and date, and its text is cut out, not written again. */
export function readServerFrame(text: string): ServerFrame {
  return readPushQuickly(text) ?? readAnyFrame(text)
}

function readPushQuickly(text: string): ServerFrame | undefined {
  if (!text.startsWith(PUSH_START) || !text.endsWith('}')) return undefined
  const flowEnd = text.indexOf('"', PUSH_START.length)
  if (!text.startsWith(VALUE_START, flowEnd)) return undefined
  const flowId = text.slice(PUSH_START.length, flowEnd)
  if (flowId.includes('\\')) return undefined
  // If more members follow the value, this is no JSON and the slower way finds out.
  return readPush(flowId, text.slice(flowEnd + VALUE_START.length, -1))
}

function readAnyFrame(text: string): ServerFrame {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return { kind: 'unknown', reason: 'no JSON' }
  }
  if (isReplyFrame(frame)) return { kind: 'reply', reply: frame }
  if (!isPushFrame(frame)) return { kind: 'unknown', reason: 'neither a push nor a reply' }
  const value = memberText(text, 'value')
  const push = value === undefined ? undefined : readPush(frame.resource, value)
  return push ?? { kind: 'unknown', reason: 'a push without a drop' }
}

function readPush(flowId: string, text: string): ServerFrame | undefined {
  let drop: unknown
  try {
    drop = JSON.parse(text)
  } catch {
    return undefined
  }
  const { id, creationDate } = (drop ?? {}) as { id?: unknown; creationDate?: unknown }
  return typeof id === 'string' && typeof creationDate === 'number'
    ? { kind: 'push', push: { flowId, dropId: id, creationDate, text } }
    : undefined
}
