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

/**
 * Reads the frames of one socket. Parsing every drop would cost more than all else that is done with it: a push is scanned
 * for its flow, id and date and its text is cut out. That the platform writes its frames so that this can be done is checked by
 * parsing the first pushes and some of the later ones; one that is otherwise makes all be parsed from there on.
 */
export function createFrameReader(): (text: string) => ServerFrame {
  let pushes = 0
  let isScanned = true
  return (text) => {
    const scanned = isScanned ? scanPush(text) : undefined
    if (scanned === undefined) return readServerFrame(text)
    pushes += 1
    const isChecked = pushes <= CHECKED_FIRST || pushes % CHECKED_EVERY === 0
    if (!isChecked) return { kind: 'push', push: scanned }
    const read = readServerFrame(text)
    isScanned = read.kind === 'push' && isSame(read.push, scanned)
    return read
  }
}

/** A platform writes all its pushes alike: a few tell, and one in a hundred costs nothing. */
const CHECKED_FIRST = 20
const CHECKED_EVERY = 100

/** Reads one frame; the drop of a push is parsed. */
export function readServerFrame(text: string): ServerFrame {
  return readPushQuickly(text) ?? readAnyFrame(text)
}

const isSame = (a: Push, b: Push): boolean =>
  a.flowId === b.flowId && a.dropId === b.dropId && a.creationDate === b.creationDate && a.text === b.text

/** How platforms begin a drop, and the member that is looked for among those that follow. */
const DROP_START = '{"id":"'
const DATE_NAME = 'creationDate'
/** More plain members than these before the date make it another kind of drop. */
const MAX_SCANNED_MEMBERS = 12

/** What a push holds, as far as it is written as platforms write it; undefined when it is not. */
function scanPush(text: string): Push | undefined {
  if (!text.startsWith(PUSH_START) || !text.endsWith('}}')) return undefined
  const flowEnd = text.indexOf('"', PUSH_START.length)
  const start = flowEnd + VALUE_START.length
  if (!text.startsWith(VALUE_START, flowEnd) || !text.startsWith(DROP_START, start)) return undefined
  const idStart = start + DROP_START.length
  const idEnd = text.indexOf('"', idStart)
  const creationDate = scanDate(text, idEnd + 1)
  if (creationDate === undefined) return undefined
  const flowId = text.slice(PUSH_START.length, flowEnd)
  const dropId = text.slice(idStart, idEnd)
  return flowId.includes('\\') || dropId.includes('\\')
    ? undefined
    : { flowId, dropId, creationDate, text: text.slice(start, -1) }
}

/** The number of the member `creationDate`, when only texts and numbers stand before it. `from`: after a member. */
function scanDate(text: string, from: number): number | undefined {
  let at = from
  for (let member = 0; member < MAX_SCANNED_MEMBERS && text.startsWith(',"', at); member += 1) {
    const nameEnd = text.indexOf('":', at + 2)
    if (nameEnd === -1) return undefined
    const valueStart = nameEnd + 2
    const first = text.charCodeAt(valueStart)
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return undefined
    const valueEnd = first === QUOTE ? text.indexOf('"', valueStart + 1) + 1 : text.indexOf(',', valueStart)
    // A quote inside a text is written with a backslash: who finds one leaves it to the parser.
    if (valueEnd <= 0 || text.charCodeAt(valueEnd - 2) === BACKSLASH) return undefined
    if (text.startsWith(DATE_NAME, at + 2) && nameEnd === at + 2 + DATE_NAME.length) {
      const value = text.slice(valueStart, valueEnd)
      return WHOLE_NUMBER.test(value) ? Number(value) : undefined
    }
    at = valueEnd
  }
  return undefined
}

const QUOTE = 34
const OPEN_BRACKET = 91
const BACKSLASH = 92
const OPEN_BRACE = 123
const WHOLE_NUMBER = /^\d{1,15}$/

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
