/// <reference lib="dom" />

/** One half of the bridge between the page's world and the preload's, as each of the two sees it. */
export interface PageBridge {
  /** Makes a value ready to cross: functions and promises become references, the rest is cloned. */
  pack(value: unknown): Packed
  /** The value that crossed; frozen all the way down when asked. */
  unpack(packed: Packed, isFrozen?: boolean): unknown
  /** Asks the other half and has its answer at once: events between the worlds are synchronous. */
  ask(message: BridgeMessage): BridgeReply | undefined
  /** Answers what `ask` of the other half asked. */
  reply(reply: BridgeReply): void
  /** Called for `expose`; set by the half of the page. */
  onExpose: ((key: string, api: Packed) => void) | undefined
}

export interface Packed {
  /** A plain clone holds no references, and needs no walk on the other side. */
  readonly isClone: boolean
  readonly value: unknown
}

export type BridgeMessage =
  | { readonly kind: 'call'; readonly id: number; readonly parameters: Packed }
  | { readonly kind: 'expose'; readonly key: string; readonly api: Packed }
  | { readonly kind: 'settle'; readonly id: number; readonly reply: BridgeReply }
  | { readonly kind: 'reply'; readonly reply: BridgeReply }

export type BridgeReply =
  { readonly ok: true; readonly value: Packed } | { readonly ok: false; readonly message: string }

/**
 * Makes one half. Both halves hear CustomEvents on `document` under a random name: an event is dispatched to both worlds
 * synchronously, and Blink clones its `detail` when the other world reads it, so no object is ever shared. The source of
 * this function is put into the page: it names nothing outside itself, and keeps its own copy of every global it needs
 * later, because a page may replace its globals.
 */
export function makePageBridge(secret: string, ownEnd: string, otherEnd: string): PageBridge {
  const DomEvent = CustomEvent
  const page = document
  const { apply } = Reflect
  const { dispatchEvent, addEventListener } = EventTarget.prototype
  const clone = structuredClone
  const detailOf = Object.getOwnPropertyDescriptor(DomEvent.prototype, 'detail')?.get

  /** Electron's own limit (contextBridge, "Parameter / Error / Return Type support"). */
  const MAX_DEPTH = 1000

  const functions = new Map<number, (...parameters: unknown[]) => unknown>()
  const functionIds = new WeakMap<object, number>()
  const promises = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastFunctionId = 0
  let lastPromiseId = 0
  let lastReply: BridgeReply | undefined

  const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

  const isPlainObject = (value: object): value is Record<string, unknown> => {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null
  }

  const post = (message: BridgeMessage): void => {
    apply(dispatchEvent, page, [new DomEvent(secret + otherEnd, { detail: message })])
  }

  const referenceTo = (value: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new Error('A value nested this deep cannot cross the context bridge.')
    if (typeof value === 'function') {
      let id = functionIds.get(value)
      if (id === undefined) {
        id = ++lastFunctionId
        functionIds.set(value, id)
        functions.set(id, value as (...parameters: unknown[]) => unknown)
      }
      return { [secret]: 'function', id }
    }
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Promise) {
      const id = ++lastPromiseId
      value.then(
        (result) => {
          post({ kind: 'settle', id, reply: replyWith(() => result) })
        },
        (error: unknown) => {
          post({ kind: 'settle', id, reply: { ok: false, message: messageOf(error) } })
        }
      )
      return { [secret]: 'promise', id }
    }
    if (Array.isArray(value)) return value.map((item) => referenceTo(item, depth + 1))
    if (!isPlainObject(value)) return value
    return Object.fromEntries(Object.keys(value).map((key) => [key, referenceTo(value[key], depth + 1)]))
  }

  const pack = (value: unknown): Packed => {
    if (typeof value !== 'object' && typeof value !== 'function') return { isClone: true, value }
    try {
      return { isClone: true, value: clone(value) }
    } catch {
      const walked = referenceTo(value, 0)
      try {
        return { isClone: false, value: clone(walked) }
      } catch {
        throw new Error('An object could not be cloned.')
      }
    }
  }

  const resolve = (value: unknown, isFrozen: boolean): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const seal = <T>(made: T): T => (isFrozen ? Object.freeze(made) : made)
    if (Array.isArray(value)) return seal(value.map((item) => resolve(item, isFrozen)))
    if (!isPlainObject(value)) return value
    const id = value['id'] as number
    if (value[secret] === 'function') return (...parameters: unknown[]) => call(id, parameters)
    if (value[secret] === 'promise') {
      return new Promise((fulfil, reject) => {
        promises.set(id, { resolve: fulfil, reject })
      })
    }
    return seal(Object.fromEntries(Object.keys(value).map((key) => [key, resolve(value[key], isFrozen)])))
  }

  const unpack = (packed: Packed, isFrozen = false): unknown =>
    packed.isClone && !isFrozen ? packed.value : resolve(packed.value, isFrozen)

  const replyWith = (compute: () => unknown): BridgeReply => {
    try {
      return { ok: true, value: pack(compute()) }
    } catch (error) {
      return { ok: false, message: messageOf(error) }
    }
  }

  const ask = (message: BridgeMessage): BridgeReply | undefined => {
    lastReply = undefined
    post(message)
    const reply = lastReply
    lastReply = undefined
    return reply
  }

  const call = (id: number, parameters: unknown[]): unknown => {
    const reply = ask({ kind: 'call', id, parameters: pack(parameters) })
    if (!reply) throw new Error('The other side of the context bridge is gone.')
    if (!reply.ok) throw new Error(reply.message)
    return unpack(reply.value)
  }

  const bridge: PageBridge = {
    pack,
    unpack,
    ask,
    reply: (reply) => {
      post({ kind: 'reply', reply })
    },
    onExpose: undefined
  }

  const receive = (event: Event): void => {
    const message = (detailOf ? apply(detailOf, event, []) : undefined) as BridgeMessage | undefined
    switch (message?.kind) {
      case 'call': {
        const { id, parameters } = message
        bridge.reply(replyWith(() => functions.get(id)?.(...(unpack(parameters) as unknown[]))))
        return
      }
      case 'reply':
        lastReply = message.reply
        return
      case 'settle': {
        const waiting = promises.get(message.id)
        promises.delete(message.id)
        if (message.reply.ok) waiting?.resolve(unpack(message.reply.value))
        else waiting?.reject(new Error(message.reply.message))
        return
      }
      case 'expose':
        bridge.onExpose?.(message.key, message.api)
    }
  }
  apply(addEventListener, page, [secret + ownEnd, receive])
  return bridge
}
