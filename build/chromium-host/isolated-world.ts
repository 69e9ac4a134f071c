/// <reference lib="dom" />
import { makeCodec } from './codec.ts'
import { makePageBridge } from './page-bridge.ts'
import type { FromPump, ToMain, ToPage, ToPump, WorldConfig } from './wire-messages.ts'

type WithoutValue = ToMain extends infer Message
  ? Message extends { value: unknown }
    ? Omit<Message, 'value'>
    : never
  : never

type PreloadFunction = (
  require: (id: string) => unknown,
  process: object,
  exports: object,
  module: object
) => void

/**
 * The script of the preload's world. It gives a sandboxed CommonJS preload what Electron gives it: `require('electron')`
 * with `contextBridge` and `ipcRenderer`, a small `process`, and `events`, `timers` and `url`; no Node.
 */
export function isolatedWorldSource(config: WorldConfig, preloadSource: string | undefined): string {
  const preload =
    preloadSource === undefined
      ? 'undefined'
      : `function (require, process, exports, module) {${preloadSource}\n}`
  const parts = [JSON.stringify(config), makePageBridge.toString(), makeCodec.toString(), preload]
  return `(${startIsolatedWorld.toString()})(${parts.join(', ')})`
}

function startIsolatedWorld(
  config: WorldConfig,
  makeBridge: typeof makePageBridge,
  codecOf: typeof makeCodec,
  preload: PreloadFunction | undefined
): void {
  // Other frames have no preload, nor has the empty page that a window starts with.
  if (window !== window.top || location.protocol === 'data:') return
  const world = globalThis as unknown as Record<string, (text: string) => void>
  const sendText = world[config.binding]
  if (!sendText) return
  Reflect.deleteProperty(world, config.binding)

  const codec = codecOf()
  const bridge = makeBridge(config.secret, ':preload', ':page')
  const post = (message: ToMain): void => {
    sendText(JSON.stringify(message))
  }
  /** For messages with a value: its JSON goes in as it is. */
  const postValue = (message: WithoutValue, value: unknown): void => {
    sendText(`${JSON.stringify(message).slice(0, -1)},"value":${codec.encode(value)}}`)
  }

  type Listener = (...parameters: unknown[]) => void
  class Emitter {
    readonly #listeners = new Map<string, { listener: Listener; isOnce: boolean }[]>()

    on(name: string, listener: Listener, isOnce = false): this {
      const listeners = this.#listeners.get(name) ?? []
      this.#listeners.set(name, [...listeners, { listener, isOnce }])
      return this
    }
    once(name: string, listener: Listener): this {
      return this.on(name, listener, true)
    }
    off(name: string, listener: Listener): this {
      const listeners = this.#listeners.get(name) ?? []
      const index = listeners.findLastIndex((entry) => entry.listener === listener)
      this.#listeners.set(name, listeners.toSpliced(index < 0 ? listeners.length : index, 1))
      return this
    }
    addListener(name: string, listener: Listener): this {
      return this.on(name, listener)
    }
    removeListener(name: string, listener: Listener): this {
      return this.off(name, listener)
    }
    removeAllListeners(name?: string): this {
      if (name === undefined) this.#listeners.clear()
      else this.#listeners.delete(name)
      return this
    }
    listenerCount(name: string): number {
      return this.#listeners.get(name)?.length ?? 0
    }
    emit(name: string, ...parameters: unknown[]): boolean {
      const listeners = this.#listeners.get(name) ?? []
      for (const { listener, isOnce } of listeners) {
        if (isOnce) this.off(name, listener)
        try {
          listener.apply(this, parameters)
        } catch (error) {
          // One broken listener must not keep the message from the others.
          reportError(error)
        }
      }
      return listeners.length > 0
    }
  }

  const waiting = new Map<
    number,
    { channel: string; resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()
  const ports = new Map<string, MessagePort>()
  let lastInvokeId = 0
  let lastPortId = 0

  /** The page's pump; undefined where there can be none: outside the app's own schemes, or against the page's policy. */
  const whenPump = new Promise<Worker | undefined>((resolve) => {
    if (!location.hostname.endsWith(config.pumpDomain)) {
      resolve(undefined)
      return
    }
    let pump: Worker
    try {
      pump = new Worker(config.pumpPath)
    } catch {
      // Some versions throw where the policy forbids it, others tell it as an error of the worker.
      resolve(undefined)
      return
    }
    pump.onerror = () => {
      resolve(undefined)
    }
    pump.onmessage = ({ data }: MessageEvent<FromPump>) => {
      if (data.kind === 'ready') {
        const pumpId = crypto.randomUUID()
        post({ kind: 'pump-ready', pumpId })
        pump.postMessage({ kind: 'start', pumpId } satisfies ToPump)
        resolve(pump)
      } else if (data.kind === 'port-closed') post(data)
      else {
        const { portId, valueText } = data
        sendText(`${JSON.stringify({ kind: 'port-message', portId }).slice(0, -1)},"value":${valueText}}`)
      }
    }
  })

  const connectPort = (port: MessagePort, portId: string): void => {
    void whenPump.then((pump) => {
      post({ kind: 'port-route', portId, isPumped: pump !== undefined })
      if (pump) pump.postMessage({ kind: 'port', portId } satisfies ToPump, [port])
      else keepPort(port, portId)
    })
  }

  const keepPort = (port: MessagePort, portId: string): void => {
    ports.set(portId, port)
    port.onmessage = (event: MessageEvent<unknown>) => {
      if (event.ports.length > 0) throw new Error('The Chromium host does not carry ports over ports.')
      postValue({ kind: 'port-message', portId }, event.data)
    }
    port.addEventListener('close', () => {
      if (ports.delete(portId)) post({ kind: 'port-closed', portId })
    })
    port.start()
  }

  class IpcRenderer extends Emitter {
    invoke(channel: string, ...parameters: unknown[]): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const id = ++lastInvokeId
        postValue({ kind: 'invoke', id, channel }, parameters)
        waiting.set(id, { channel, resolve, reject })
      })
    }
    send(channel: string, ...parameters: unknown[]): void {
      postValue({ kind: 'send', channel, portIds: [] }, parameters)
    }
    postMessage(channel: string, message: unknown, transfer: readonly MessagePort[] = []): void {
      const portIds = transfer.map(() => `page-${String(++lastPortId)}`)
      postValue({ kind: 'send', channel, portIds }, [message])
      transfer.forEach((port, index) => {
        connectPort(port, portIds[index] ?? '')
      })
    }
    sendSync(): never {
      throw new Error('The Chromium host does not implement ipcRenderer.sendSync.')
    }
  }
  const ipcRenderer = new IpcRenderer()

  const receive = (message: ToPage): void => {
    switch (message.kind) {
      case 'answer': {
        const asked = waiting.get(message.id)
        waiting.delete(message.id)
        if (message.error === undefined) asked?.resolve(codec.decode(message.value))
        else asked?.reject(new Error(`Error invoking remote method '${asked.channel}': ${message.error}`))
        return
      }
      case 'send': {
        const received = message.portIds.map((portId) => {
          const channel = new MessageChannel()
          connectPort(channel.port2, portId)
          return channel.port1
        })
        const parameters = codec.decode(message.value) as unknown[]
        ipcRenderer.emit(
          message.channel,
          { sender: ipcRenderer, senderId: 0, ports: received },
          ...parameters
        )
        return
      }
      case 'port-message':
        ports.get(message.portId)?.postMessage(codec.decode(message.value))
        return
      case 'port-closed':
        ports.get(message.portId)?.close()
        ports.delete(message.portId)
    }
  }
  Object.defineProperty(globalThis, config.secret, {
    value: (text: string) => {
      for (const message of JSON.parse(text) as ToPage[]) {
        try {
          receive(message)
        } catch (error) {
          // A broken message must not take the others of its batch with it.
          reportError(error)
        }
      }
    }
  })

  /** With Ctrl or Cmd these edit text; all other shortcuts are Chromium's own, and an app's window has none of those. */
  const editingKeys = new Set(
    'a c v x y z Backspace Delete Enter Home End Insert ArrowLeft ArrowRight ArrowUp ArrowDown'.split(' ')
  )
  const shortcutPressed = (event: KeyboardEvent): void => {
    const { key, code, ctrlKey: control, metaKey: meta, altKey: alt, shiftKey: shift } = event
    const isFunctionKey = /^F\d+$/.test(key)
    if (event.defaultPrevented || event.getModifierState('AltGraph')) return
    if (!control && !meta && !alt && !isFunctionKey) return
    const isEditing = !alt && editingKeys.has(key.length === 1 ? key.toLowerCase() : key)
    if (!isEditing) event.preventDefault()
    post({ kind: 'key', key: { key, code, control, meta, alt, shift } })
  }
  const catchLast = (): void => {
    // Added anew for each key, so that it comes behind the page's own listeners, and sees what they prevented.
    removeEventListener('keydown', shortcutPressed)
    addEventListener('keydown', shortcutPressed)
  }
  addEventListener('keydown', catchLast, { capture: true })
  for (const name of ['resize', 'focus', 'blur']) {
    addEventListener(name, () => {
      post({ kind: 'window', hasFocus: document.hasFocus() })
    })
  }

  const electron = {
    contextBridge: {
      exposeInMainWorld: (key: string, api: unknown) => {
        const reply = bridge.ask({ kind: 'expose', key, api: bridge.pack(api) })
        if (!reply) throw new Error('The page was not ready for the preload script.')
        if (!reply.ok) throw new Error(reply.message)
      }
    },
    ipcRenderer
  }
  const modules: Record<string, unknown> = {
    electron,
    'electron/renderer': electron,
    events: { EventEmitter: Emitter, default: Emitter },
    timers: { setTimeout, clearTimeout, setInterval, clearInterval },
    url: { URL, URLSearchParams }
  }
  const requireModule = (id: string): unknown => {
    const found = modules[id.replace(/^node:/, '')]
    if (found === undefined) throw new Error(`module not found: ${id}`)
    return found
  }
  const process = Object.freeze({
    ...config.process,
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    isMainFrame: true,
    env: Object.freeze({}),
    on: () => undefined,
    once: () => undefined,
    nextTick: (task: (...parameters: unknown[]) => void, ...parameters: unknown[]) => {
      queueMicrotask(() => {
        task(...parameters)
      })
    }
  })

  post({ kind: 'hello', prefersDark: matchMedia('(prefers-color-scheme: dark)').matches })
  const module = { exports: {} }
  try {
    preload?.call(module.exports, requireModule, process, module.exports, module)
  } catch (error) {
    console.error('Unable to load preload script:', error)
    post({ kind: 'preload-error', stack: String((error instanceof Error && error.stack) || error) })
  }
}
