import type { PortHandover } from '../shared/ipc/channels.ts'
import type { Explorer } from '../shared/ipc/contract.ts'

/**
 * The one door to the main process: the verbs of the preload script, and the ports that it hands over as messages of
 * the window, because a port cannot cross the context bridge.
 */
declare global {
  interface Window {
    readonly explorer: Explorer
  }
}

export type { Explorer }

export const connectExplorer = (): Explorer => window.explorer

/** Calls back for each port from main. Answers how to stop. */
export function onPort(callback: (handover: PortHandover, port: MessagePort) => void): () => void {
  const listen = (event: MessageEvent<unknown>): void => {
    // Only the window itself may hand over a port: the preload script posts to it with its own origin.
    if (event.source !== window || !isHandover(event.data)) return
    const [port] = event.ports
    if (port !== undefined) callback(event.data, port)
  }
  window.addEventListener('message', listen)
  return () => {
    window.removeEventListener('message', listen)
  }
}

const isHandover = (data: unknown): data is PortHandover =>
  typeof data === 'object' && data !== null && (data as { kind?: unknown }).kind === 'flowscope/port'
