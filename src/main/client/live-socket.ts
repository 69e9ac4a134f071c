import WebSocket from 'ws'
import type { RawData } from 'ws'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { CommandFrame, CommandType, ReplyFrame } from '../../shared/wire/frames.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import { PendingReplies } from './pending-replies.ts'
import type { FrameReply } from './pending-replies.ts'
import { createFrameReader } from './push-frame.ts'
import type { Push, ServerFrame } from './push-frame.ts'
import { backOffMs, systemScheduler } from './scheduler.ts'
import type { Random, Scheduler } from './scheduler.ts'

/**
 * The WebSocket of one account that is always wanted open (platform protocol, "WebSocket API"): a session is asked for, its
 * socket opened, its peer watched, and everything started again when it ends. What a reconnect means for subscriptions
 * is not known here.
 */
export interface LiveSocket {
  /** Begins to connect; nothing happens before. */
  start(): void
  /** Sends a command; answers the body of its reply. Fails at once when the socket is not open. */
  send(command: Omit<CommandFrame, 'msgId'>): Promise<Result<unknown>>
  /**
   * Sends a text frame that a person wrote; answers the whole reply, whatever its status. A frame that is a JSON object is
   * written again, without its spaces; any other text is sent as it is. A heartbeat has no reply.
   */
  sendFrame(frame: string): Promise<Result<FrameReply>>
  /** Resolves when the socket is open, false when it did not open in time. */
  whenOpen(timeoutMs: number): Promise<boolean>
  /** Connects again without waiting, for who knows that the platform is back or is somewhere else. */
  reconnect(reason: string): void
  readonly status: LiveSocketStatus
  /** Ends it for good. Twice is harmless. */
  close(): void
}

export type LiveSocketStatus =
  | { readonly kind: 'idle' }
  /** `attempt` is 0 for the first connection, then counts since the last one was open. */
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'closed' }

export interface LiveSocketOptions {
  /** Answers the address of a fresh session's socket. */
  openSession(signal: AbortSignal): Promise<Result<string>>
  onPush(push: Push): void
  /** A reply that answers no command, such as the notice of skipped pushes. */
  onNotice(reply: ReplyFrame): void
  /** A frame that a person wrote may have ended a subscription. */
  onUnsubscribed?(): void
  /** In order; 'open' comes before the first push of that socket. */
  onStatus(status: LiveSocketStatus): void
  /** Round trip of a ping, milliseconds. */
  onLatency?(latencyMs: number): void
  onStrange?(reason: string): void
  /** Asked before a command is sent: a failure keeps it from being sent. */
  readonly permit?: (command: Omit<CommandFrame, 'msgId'>) => Failure | undefined
  /** False accepts any certificate, as `HttpOptions.verifyCertificate`. */
  readonly verifyCertificate?: boolean
  /** How long the upgrade may take, milliseconds; shorter in tests. */
  readonly openTimeoutMs?: number
  readonly scheduler?: Scheduler
  readonly random?: Random
}

/** The platform never answers heartbeats but always pings; a peer that is silent for three of them is gone. */
const PING_INTERVAL_MS = 5000
/** With the interval above, a dead peer is noticed within 20 s. */
const SILENCE_LIMIT_MS = 15_000
/** A text frame beside the pings, as the official clients send one: some platforms count only these. */
const HEARTBEAT_INTERVAL_MS = 10_000
const OPEN_TIMEOUT_MS = 10_000
const FIRST_RECONNECT_MS = 200
const MAX_RECONNECT_MS = 10_000
/** A drop has at most 1 MiB; a reply to `findmany` may hold many. */
const MAX_FRAME_BYTES = 64 * 1_048_576

export function createLiveSocket(options: LiveSocketOptions): LiveSocket {
  return new ReconnectingSocket(options)
}

class ReconnectingSocket implements LiveSocket {
  readonly #options: LiveSocketOptions
  readonly #scheduler: Scheduler
  readonly #random: Random
  #status: LiveSocketStatus = { kind: 'idle' }
  #socket: WebSocket | undefined
  #controller: AbortController | undefined
  #cancelTimers: (() => void)[] = []
  #attempt = 0
  readonly #pending: PendingReplies
  #openWaiters: (() => void)[] = []

  constructor(options: LiveSocketOptions) {
    this.#options = options
    this.#scheduler = options.scheduler ?? systemScheduler
    this.#random = options.random ?? Math.random
    this.#pending = new PendingReplies(this.#scheduler)
  }

  get status(): LiveSocketStatus {
    return this.#status
  }

  start(): void {
    if (this.#status.kind === 'idle') void this.#connect()
  }

  close(): void {
    if (this.#status.kind === 'closed') return
    this.#dispose('The connection was closed.')
    this.#change({ kind: 'closed' })
  }

  reconnect(reason: string): void {
    if (this.#status.kind === 'closed' || this.#status.kind === 'idle') return
    const wasOpen = this.#status.kind === 'open'
    this.#dispose(reason)
    this.#attempt = wasOpen ? 1 : this.#attempt
    if (wasOpen) this.#change({ kind: 'waiting', attempt: this.#attempt, reason })
    void this.#connect()
  }

  whenOpen(timeoutMs: number): Promise<boolean> {
    if (this.#status.kind === 'open') return Promise.resolve(true)
    return new Promise((resolve) => {
      const onOpen = (): void => {
        cancel()
        resolve(true)
      }
      const cancel = this.#scheduler.after(timeoutMs, () => {
        this.#openWaiters = this.#openWaiters.filter((waiter) => waiter !== onOpen)
        resolve(false)
      })
      this.#openWaiters.push(onOpen)
    })
  }

  send(command: Omit<CommandFrame, 'msgId'>): Promise<Result<unknown>> {
    const socket = this.#openSocket(command)
    return socket.ok
      ? this.#pending.command(command.type, (msgId) => {
          socket.value.send(writeJson({ msgId, ...command }))
        })
      : Promise.resolve(socket)
  }

  async sendFrame(frame: string): Promise<Result<FrameReply>> {
    const command = readObject(frame)
    const type = command?.['type']
    // Only the type decides what may be sent, and a frame without one is no command.
    const socket = this.#openSocket({ type: type as CommandType })
    if (!socket.ok) return socket
    // Written again, so that what was looked at is what is sent: of two members with one name only the last is.
    const text = command === undefined ? frame : writeJson(command)
    if (type === 'heartbeat') {
      socket.value.send(text)
      return success({ text: '', reply: undefined, durationMs: 0 })
    }
    const reply = this.#pending.frame(command?.['msgId'])
    socket.value.send(text)
    const answered = await reply
    if (type === 'unsubscribe') this.#options.onUnsubscribed?.()
    return answered
  }

  #openSocket(command: Omit<CommandFrame, 'msgId'>): Result<WebSocket> {
    const refusal = this.#options.permit?.(command)
    if (refusal !== undefined) return failed(refusal)
    return this.#socket === undefined || this.#status.kind !== 'open'
      ? failed(failure('network/closed', { message: NOT_OPEN, details: { command: command.type } }))
      : success(this.#socket)
  }

  async #connect(): Promise<void> {
    const controller = new AbortController()
    this.#controller = controller
    this.#change({ kind: 'connecting', attempt: this.#attempt })
    const session = await this.#options.openSession(controller.signal)
    if (controller.signal.aborted) return
    if (!session.ok) {
      this.#retry(session.failure.message)
      return
    }
    this.#open(session.value)
  }

  #open(address: string): void {
    const socket = new WebSocket(address, {
      // On loopback compression is many times slower than sending the bytes.
      perMessageDeflate: false,
      handshakeTimeout: this.#options.openTimeoutMs ?? OPEN_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
      followRedirects: false,
      rejectUnauthorized: this.#options.verifyCertificate ?? true
    })
    this.#socket = socket
    let lastHeardMs = this.#scheduler.nowMs()
    let pingSentMs: number | undefined
    const readFrame = createFrameReader()
    const isCurrent = (): boolean => this.#socket === socket

    socket.on('open', () => {
      if (!isCurrent()) return
      lastHeardMs = this.#scheduler.nowMs()
      this.#attempt = 0
      this.#change({ kind: 'open' })
      for (const waiter of this.#openWaiters.splice(0)) waiter()
      ping()
    })
    socket.on('message', (data, isBinary) => {
      lastHeardMs = this.#scheduler.nowMs()
      if (isCurrent() && !isBinary) this.#receive(textOf(data), readFrame)
    })
    socket.on('ping', () => {
      lastHeardMs = this.#scheduler.nowMs()
    })
    socket.on('pong', () => {
      lastHeardMs = this.#scheduler.nowMs()
      if (pingSentMs !== undefined && isCurrent()) this.#options.onLatency?.(lastHeardMs - pingSentMs)
      pingSentMs = undefined
    })
    // The close event follows every error and carries on from there; what came first says why.
    let lastError = ''
    socket.on('error', (error) => {
      if (lastError === '') lastError = error.message
    })
    // Replaces the error that `ws` would make of an answer that is no upgrade; the session may be gone, or taken.
    socket.on('unexpected-response', (_request, response) => {
      lastError = `The platform refused to open the live connection (${String(response.statusCode)}).`
      response.destroy()
      socket.terminate()
    })
    socket.on('close', (code) => {
      if (isCurrent()) {
        this.#retry(lastError === '' ? `The platform closed the connection (${String(code)}).` : lastError)
      }
    })

    const ping = (): void => {
      pingSentMs = this.#scheduler.nowMs()
      socket.ping()
    }
    this.#every(PING_INTERVAL_MS, () => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (this.#scheduler.nowMs() - lastHeardMs >= SILENCE_LIMIT_MS) {
        this.#retry('The platform has been silent for too long.')
        return
      }
      ping()
    })
    this.#every(HEARTBEAT_INTERVAL_MS, () => {
      if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"heartbeat"}')
    })
  }

  #receive(text: string, readFrame: (text: string) => ServerFrame): void {
    const frame = readFrame(text)
    switch (frame.kind) {
      case 'push':
        this.#options.onPush(frame.push)
        return
      case 'reply':
        // What was skipped is told in a frame of its own; it answers nobody.
        if ('skipped' in Object(frame.reply.body) || !this.#pending.settle(frame.reply, text)) {
          this.#options.onNotice(frame.reply)
        }
        return
      case 'unknown':
        this.#options.onStrange?.(frame.reason)
    }
  }

  #retry(reason: string): void {
    if (this.#status.kind === 'closed') return
    this.#dispose(reason)
    this.#attempt += 1
    this.#change({ kind: 'waiting', attempt: this.#attempt, reason })
    const delayMs = backOffMs(this.#attempt, FIRST_RECONNECT_MS, MAX_RECONNECT_MS, this.#random)
    this.#cancelTimers.push(
      this.#scheduler.after(delayMs, () => {
        void this.#connect()
      })
    )
  }

  /** Ends the socket and everything that waits for it. */
  #dispose(reason: string): void {
    this.#controller?.abort()
    for (const cancel of this.#cancelTimers.splice(0)) cancel()
    const socket = this.#socket
    this.#socket = undefined
    // A peer that is gone would keep a closing handshake waiting.
    socket?.terminate()
    this.#pending.failAll(reason)
  }

  #every(intervalMs: number, callback: () => void): void {
    let cancel: () => void = () => {}
    const again = (): void => {
      cancel = this.#scheduler.after(intervalMs, () => {
        again()
        callback()
      })
    }
    again()
    this.#cancelTimers.push(() => {
      cancel()
    })
  }

  #change(status: LiveSocketStatus): void {
    this.#status = status
    this.#options.onStatus(status)
  }
}

const NOT_OPEN = 'The live connection is not open.'

/** The JSON object in a text, or undefined. */
function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = parseJson(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8')
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8')
}
