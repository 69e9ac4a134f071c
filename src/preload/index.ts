import { contextBridge, ipcRenderer } from 'electron'
import {
  EVENT_NAMES,
  PORT_CHANNEL,
  REQUEST_NAMES,
  eventChannel,
  requestChannel
} from '../shared/ipc/channels.ts'
import type { EventName } from '../shared/ipc/channels.ts'
import type { EventPayloads, Explorer } from '../shared/ipc/contract.ts'

/**
 * The one narrow door of the window: `window.explorer` has a verb for each request of the contract, and `on`. Nothing in
 * the window can name a channel.
 */
const verbs = Object.fromEntries(
  REQUEST_NAMES.map((name) => [name, (input?: unknown) => ipcRenderer.invoke(requestChannel(name), input)])
)

const explorer = {
  ...verbs,
  on: <Name extends EventName>(
    name: Name,
    callback: (payload: EventPayloads[Name]) => void
  ): (() => void) => {
    if (!EVENT_NAMES.includes(name)) throw new TypeError(`There is no event ${String(name)}.`)
    const listener = (_event: unknown, payload: EventPayloads[Name]): void => {
      callback(payload)
    }
    ipcRenderer.on(eventChannel(name), listener)
    return () => {
      ipcRenderer.off(eventChannel(name), listener)
    }
  }
} as Explorer

contextBridge.exposeInMainWorld('explorer', explorer)

// A port cannot cross the context bridge: it is posted to the window that this script belongs to, and to no other origin.
ipcRenderer.on(PORT_CHANNEL, (event, handover: unknown) => {
  window.postMessage(handover, window.location.origin, event.ports)
})
