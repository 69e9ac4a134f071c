import { CHUNK_CHARACTERS } from '../../shared/ipc/read-port.ts'
import type { ReadControl, ReadMessage } from '../../shared/ipc/read-port.ts'
import type { Result } from '../../shared/result.ts'
import type { HttpStream } from '../client/http.ts'
import type { PortEnd } from './port-end.ts'

/**
 * Serves one large read over its port (`shared/ipc/read-port.ts`): a chunk is taken from the socket only when the worker
 * granted one, so a slow window slows the platform down instead of filling memory. Cancelling, and closing the port, reach
 * the socket.
 */
export function serveRead(
  port: PortEnd,
  open: (signal: AbortSignal) => Promise<Result<HttpStream>>,
  nowMs: () => number = () => performance.now()
): void {
  const controller = new AbortController()
  const credit = createCredit()
  const cancel = (): void => {
    controller.abort()
    credit.end()
  }
  port.onMessage((message) => {
    const control = (message ?? {}) as Partial<Extract<ReadControl, { kind: 'credit' }>> | { kind: 'cancel' }
    if (control.kind === 'cancel') cancel()
    else if (control.kind === 'credit' && Number.isSafeInteger(control.totalChunks)) {
      credit.grant(control.totalChunks ?? 0)
    }
  })
  port.onClose(cancel)
  port.start()

  const send = (message: ReadMessage): void => {
    port.postMessage(message)
  }
  void pump(open, send, credit, controller.signal, nowMs).finally(() => {
    port.close()
  })
}

async function pump(
  open: (signal: AbortSignal) => Promise<Result<HttpStream>>,
  send: (message: ReadMessage) => void,
  credit: Credit,
  signal: AbortSignal,
  nowMs: () => number
): Promise<void> {
  const startedMs = nowMs()
  const opened = await open(signal)
  if (!opened.ok) {
    if (!signal.aborted) send({ kind: 'failure', failure: opened.failure })
    return
  }
  const stream = opened.value
  let rest = ''
  let isAtEnd = false
  for (let sent = 0; !(isAtEnd && rest === ''); sent += 1) {
    if (!(await credit.atLeast(sent + 1))) break
    while (!isAtEnd && rest.length < CHUNK_CHARACTERS) {
      const piece = await stream.next()
      if (signal.aborted) break
      if (!piece.ok) {
        send({ kind: 'failure', failure: piece.failure })
        return
      }
      if (piece.value === undefined) isAtEnd = true
      else rest += piece.value
    }
    if (signal.aborted) break
    const text = firstCharacters(rest, CHUNK_CHARACTERS)
    rest = rest.slice(text.length)
    if (text !== '') send({ kind: 'chunk', text })
  }
  if (signal.aborted) {
    stream.cancel()
    return
  }
  send({ kind: 'end', sizeBytes: stream.sizeBytes(), durationMs: nowMs() - startedMs })
}

/** At most `count` UTF-16 units, never half of a surrogate pair: a half alone does not survive every way across. */
function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text
  const last = text.charCodeAt(count - 1)
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isHighSurrogate ? count - 1 : count)
}

interface Credit {
  grant(totalChunks: number): void
  /** Resolves when that many chunks were granted in all; false when the read ended first. */
  atLeast(chunks: number): Promise<boolean>
  end(): void
}

function createCredit(): Credit {
  let granted = 0
  let isEnded = false
  let wake: () => void = () => {}
  return {
    grant: (totalChunks) => {
      granted = Math.max(granted, totalChunks)
      wake()
    },
    atLeast: async (chunks) => {
      while (!isEnded && granted < chunks) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return !isEnded
    },
    end: () => {
      isEnded = true
      wake()
    }
  }
}
