import type { PortHandover } from '../shared/ipc/channels.ts'
import { failure } from '../shared/failure.ts'
import { REQUEST_NAMES } from '../shared/ipc/channels.ts'
import type { Explorer } from '../shared/ipc/contract.ts'
import { failed } from '../shared/result.ts'
import type { Result } from '../shared/result.ts'

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

type Verb = (input?: unknown) => Promise<Result<unknown>>

/**
 * The verbs of the preload script, each of which answers whatever happens: a main process that could not take the request
 * is a failure like any other, and no part of the window waits for ever.
 */
export function connectExplorer(explorer: Explorer = window.explorer): Explorer {
  const verbs = REQUEST_NAMES.map((name) => {
    const ask = explorer[name] as Verb
    return [name, (input?: unknown) => ask(input).catch((error: unknown) => failed(notTaken(name, error)))]
  })
  return {
    ...(Object.fromEntries(verbs) as Explorer),
    on: (name, callback) => explorer.on(name, callback)
  }
}

const notTaken = (name: string, error: unknown) =>
  failure('input/invalid', {
    message: `Flowscope's main process did not take the request "${name}": ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Start Flowscope again; if it stays, its log holds the details.',
    details: { name }
  })

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
