import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { PortEnd } from '../../src/main/live/port-end.ts'

/** A real message channel of Node: main's end as main sees it, and the other as a worker does. */
export function openNodeChannel(): { readonly end: PortEnd; readonly other: MessagePort } {
  const { port1, port2 } = new MessageChannel()
  return {
    other: port2,
    end: {
      postMessage: (message) => {
        port1.postMessage(message)
      },
      onMessage: (callback) => {
        port1.on('message', callback)
      },
      onClose: (callback) => {
        port1.on('close', callback)
      },
      start: () => {
        port1.start()
      },
      close: () => {
        port1.close()
      }
    }
  }
}
