import type { Readable, Writable } from 'node:stream'
import type { Protocol } from './devtools-protocol.ts'

type Method = keyof Protocol.CommandParameters
type Parameters<M extends Method> = Protocol.CommandParameters[M]
type Answer<M extends Method> = Protocol.CommandReturnValues[M]
type EventName = keyof Protocol.Events
type Listener<E extends EventName> = (event: Protocol.Events[E]) => void

interface Pending {
  readonly method: string
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

interface Incoming {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: EventName
  readonly params?: never
  readonly result?: never
  readonly error?: { readonly message: string }
}

/** How a request ends that the browser did not live to answer. */
export const BROWSER_IS_GONE = 'the browser is gone.'

/**
 * The DevTools protocol over two pipes: JSON texts, each ended by a zero byte (Chromium, `--remote-debugging-pipe`).
 * Commands are answered in the order in which Chromium finishes them; events arrive in the order in which it sent them.
 * When the pipe closes, every open command is rejected, later ones too, and `closed` resolves.
 */
export class DevToolsPipe {
  /** The browser itself. */
  readonly root: DevToolsSession
  readonly closed: Promise<void>

  readonly #toBrowser: Writable
  readonly #sessions = new Map<string, DevToolsSession>()
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #unfinished: Buffer[] = []
  #isClosed = false
  #resolveClosed: () => void

  constructor(toBrowser: Writable, fromBrowser: Readable) {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.closed = promise.then(() => {})
    this.#resolveClosed = () => {
      resolve(undefined)
    }
    this.#toBrowser = toBrowser
    this.root = new DevToolsSession(this, undefined)
    fromBrowser.on('data', (chunk: Buffer) => {
      this.#read(chunk)
    })
    for (const stream of [fromBrowser, toBrowser]) {
      stream.on('error', () => {
        this.#close()
      })
      stream.on('close', () => {
        this.#close()
      })
    }
  }

  /** The session of one page; the same object for the same id. */
  session(id: string): DevToolsSession {
    const known = this.#sessions.get(id)
    if (known) return known
    const session = new DevToolsSession(this, id)
    this.#sessions.set(id, session)
    return session
  }

  send<M extends Method>(
    sessionId: string | undefined,
    method: M,
    params?: Parameters<M>
  ): Promise<Answer<M>> {
    if (this.#isClosed) return Promise.reject(new Error(`${method}: ${BROWSER_IS_GONE}`))
    const id = ++this.#lastId
    return new Promise<Answer<M>>((resolve, reject) => {
      this.#pending.set(id, { method, resolve: resolve as (result: never) => void, reject })
      this.#toBrowser.write(`${JSON.stringify({ id, sessionId, method, params })}\0`)
    })
  }

  #read(chunk: Buffer): void {
    let rest = chunk
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
      this.#unfinished.push(rest.subarray(0, end))
      const text = Buffer.concat(this.#unfinished).toString('utf8')
      this.#unfinished = []
      rest = rest.subarray(end + 1)
      this.#receive(JSON.parse(text) as Incoming)
    }
    if (rest.length > 0) this.#unfinished.push(rest)
  }

  #receive(message: Incoming): void {
    if (message.id !== undefined) {
      const pending = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      if (!pending) return
      if (message.error) pending.reject(new Error(`${pending.method}: ${message.error.message}`))
      else pending.resolve(message.result as never)
      return
    }
    const session = message.sessionId === undefined ? this.root : this.#sessions.get(message.sessionId)
    if (session && message.method) session.dispatch(message.method, message.params as never)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const pending of this.#pending.values()) {
      pending.reject(new Error(`${pending.method}: ${BROWSER_IS_GONE}`))
    }
    this.#pending.clear()
    this.#resolveClosed()
  }
}

/** One conversation on the pipe: with the browser, or with one page. */
export class DevToolsSession {
  readonly #pipe: DevToolsPipe
  readonly #id: string | undefined
  readonly #listeners = new Map<EventName, Listener<never>[]>()

  constructor(pipe: DevToolsPipe, id: string | undefined) {
    this.#pipe = pipe
    this.#id = id
  }

  /** Rejects when Chromium refuses the command or is gone. */
  send<M extends Method>(method: M, params?: Parameters<M>): Promise<Answer<M>> {
    return this.#pipe.send(this.#id, method, params)
  }

  /** Sends and does not want to know: a page that is gone by now is no failure. */
  post<M extends Method>(method: M, params?: Parameters<M>): void {
    this.send(method, params).catch(() => {})
  }

  on<E extends EventName>(event: E, listener: Listener<E>): void {
    const listeners = this.#listeners.get(event) ?? []
    listeners.push(listener as Listener<never>)
    this.#listeners.set(event, listeners)
  }

  dispatch(event: EventName, params: never): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(params)
  }
}
