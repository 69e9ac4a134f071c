/// <reference lib="dom" />
import { makeCodec } from './codec.ts'
import type { PumpedMessage, ToPump } from './wire-messages.ts'

/** The script of a page's port pump. */
export function portPumpSource(pollPath: string): string {
  return `(${pumpPorts.toString()})(${JSON.stringify(pollPath)}, ${makeCodec.toString()})`
}

/**
 * Runs in a worker of the page: it holds the page's ends of ports to main, asks main for what came for them, and hands it
 * on to wherever the other ends are. What a page's worker gets from main thus never crosses the thread that draws.
 */
function pumpPorts(pollPath: string, codecOf: typeof makeCodec): void {
  const codec = codecOf()
  const ports = new Map<string, MessagePort>()

  const take = (portId: string, port: MessagePort): void => {
    ports.set(portId, port)
    port.onmessage = (event: MessageEvent<unknown>) => {
      if (event.ports.length > 0) throw new Error('The Chromium host does not carry ports over ports.')
      postMessage({ kind: 'port-message', portId, valueText: codec.encode(event.data) })
    }
    port.addEventListener('close', () => {
      if (ports.delete(portId)) postMessage({ kind: 'port-closed', portId })
    })
  }

  const deliver = (message: PumpedMessage): void => {
    const port = ports.get(message.portId)
    if (message.kind === 'port-message') port?.postMessage(codec.decode(message.value))
    else {
      ports.delete(message.portId)
      port?.close()
    }
  }

  /** One question after the other keeps the order; main answers it when there is something. */
  const poll = async (pumpId: string): Promise<void> => {
    for (;;) {
      const response = await fetch(pollPath, { headers: { 'pump-id': pumpId }, cache: 'no-store' })
      if (!response.ok) throw new Error(`Main answered ${String(response.status)}.`)
      for (const message of (await response.json()) as PumpedMessage[]) {
        try {
          deliver(message)
        } catch (error) {
          // A broken message must not take the others of its batch with it.
          reportError(error)
        }
      }
    }
  }

  onmessage = ({ data, ports: [port] }: MessageEvent<ToPump>) => {
    if (data.kind === 'start') {
      poll(data.pumpId).catch((error: unknown) => {
        // Nothing will come any more, and whoever waits is told: a page that is left takes its pump with it and never gets here.
        reportError(error)
        for (const [portId, port] of ports) {
          port.close()
          postMessage({ kind: 'port-closed', portId })
        }
        ports.clear()
      })
    } else if (port) take(data.portId, port)
  }
  postMessage({ kind: 'ready' })
}
