import type { LiveCredit } from '../../shared/ipc/live-port.ts'
import { createDropBatcher } from './drop-batcher.ts'
import type { DropBatcher, DropBatcherOptions } from './drop-batcher.ts'
import type { PortEnd } from './port-end.ts'

/** Main's end of the port of live drops. */
export interface DropPort {
  readonly sink: DropBatcher
  /** Closes the port. Twice is harmless. */
  close(): void
}

/** Joins a batcher to a port; nothing is sent before the worker at the other end grants credit. */
export function openDropPort(
  port: PortEnd,
  options: Omit<DropBatcherOptions, 'send'>,
  onClosed: () => void = () => {}
): DropPort {
  let isClosed = false
  const sink = createDropBatcher({
    ...options,
    send: (message) => {
      port.postMessage(message)
    }
  })
  const end = (): void => {
    if (isClosed) return
    isClosed = true
    sink.close()
    onClosed()
  }
  port.onMessage((message) => {
    if (isCredit(message)) sink.grant(message)
  })
  port.onClose(end)
  port.start()
  return {
    sink,
    close: () => {
      if (!isClosed) port.close()
      end()
    }
  }
}

function isCredit(message: unknown): message is LiveCredit {
  const { kind, totalDrops, totalCharacters } = (message ?? {}) as Partial<Record<keyof LiveCredit, unknown>>
  return kind === 'credit' && Number.isSafeInteger(totalDrops) && Number.isSafeInteger(totalCharacters)
}
