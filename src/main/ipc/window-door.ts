import { MessageChannelMain } from 'electron'
import type { BrowserWindow, IpcMainInvokeEvent, MessagePortMain } from 'electron'
import { eventChannel, PORT_CHANNEL } from '../../shared/ipc/channels.ts'
import type { PortHandover } from '../../shared/ipc/channels.ts'
import type { EventPayloads } from '../../shared/ipc/contract.ts'
import type { PortEnd } from '../live/port-end.ts'

/** The way from main to the one window, and the check of what comes from it. */
export interface WindowDoor {
  /** Whether a request came from the main frame of our window while it showed our own page. */
  isOurs(event: IpcMainInvokeEvent): boolean
  /** Tells the window; says nothing when there is none. */
  sendEvent<Name extends keyof EventPayloads>(name: Name, payload: EventPayloads[Name]): void
  /** Makes a channel, hands one end to the window and answers the other; undefined when there is no window. */
  openPort(handover: PortHandover): PortEnd | undefined
}

/**
 * `currentWindow` answers the window while there is one; `isOwnPage` says whether an address is a page of ours.
 */
export function createWindowDoor(
  currentWindow: () => BrowserWindow | undefined,
  isOwnPage: (url: string) => boolean
): WindowDoor {
  return {
    isOurs: ({ sender, senderFrame }) => {
      const contents = currentWindow()?.webContents
      return (
        contents !== undefined &&
        sender === contents &&
        senderFrame !== null &&
        senderFrame === contents.mainFrame &&
        isOwnPage(senderFrame.url)
      )
    },
    sendEvent: (name, payload) => {
      currentWindow()?.webContents.send(eventChannel(name), payload)
    },
    openPort: (handover) => {
      const window = currentWindow()
      if (window === undefined) return undefined
      const { port1, port2 } = new MessageChannelMain()
      window.webContents.postMessage(PORT_CHANNEL, handover, [port2])
      return asPortEnd(port1)
    }
  }
}

const asPortEnd = (port: MessagePortMain): PortEnd => ({
  postMessage: (message) => {
    port.postMessage(message)
  },
  onMessage: (callback) => {
    port.on('message', ({ data }) => {
      callback(data)
    })
  },
  onClose: (callback) => {
    port.on('close', callback)
  },
  start: () => {
    port.start()
  },
  close: () => {
    port.close()
  }
})
