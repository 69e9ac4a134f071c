import WebSocket from 'ws'
import type { RawData } from 'ws'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { CommandFrame, ReplyFrame } from '../../shared/wire/frames.ts'
import { codeOfStatus, sentence } from './http-failure.ts'
import { readServerFrame } from './push-frame.ts'
import type { Push } from './push-frame.ts'
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
  /** In order; 'open' comes before the first push of that socket. */
  onStatus(status: LiveSocketStatus): void
  /** Round trip of a ping, milliseconds. */
  onLatency?(latencyMs: number): void
  onStrange?(reason: string): void
  /** Asked before a command is sent: a failure keeps it from being sent. */
  readonly permit?: (command: Omit<CommandFrame, 'msgId'>) => Failure | undefined
  /** False accepts any certificate, as `HttpOptions.verifyCertificate`. */
  readonly verifyCertificate?: boolean
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
const COMMAND_TIMEOUT_MS = 15_000
const FIRST_RECONNECT_MS = 200
const MAX_RECONNECT_MS = 10_000
/** A drop has at most 1 MiB; a reply to `findmany` may hold many. */
const MAX_FRAME_BYTES = 64 * 1_048_576

export function createLiveSocket(options: LiveSocketOptions): LiveSocket {
  return new ReconnectingSocket(options)
}

interface PendingCommand {
  readonly type: string
  readonly settle: (result: Result<unknown>) => void
  readonly cancelTimeout: () => void
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
  #nextCommand = 1
  readonly #pending = new Map<number, PendingCommand>()
  #openWaiters: (() => void)[] = []

  constructor(options: LiveSocketOptions) {
    this.#options = options
    this.#scheduler = options.scheduler ?? systemScheduler
    this.#random = options.random ?? Math.random
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
    const refusal = this.#options.permit?.(command)
    if (refusal !== undefined) return Promise.resolve(failed(refusal))
    const socket = this.#socket
    if (socket === undefined || this.#status.kind !== 'open') {
      return Promise.resolve(failed(failure('network/closed', { details: { command: command.type } })))
    }
    const msgId = this.#nextCommand++
    return new Promise((resolve) => {
      const cancelTimeout = this.#scheduler.after(COMMAND_TIMEOUT_MS, () => {
        this.#pending.delete(msgId)
        resolve(failed(failure('network/timeout', { details: { command: command.type } })))
      })
      this.#pending.set(msgId, { type: command.type, settle: resolve, cancelTimeout })
      socket.send(JSON.stringify({ msgId, ...command }))
    })
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
      handshakeTimeout: OPEN_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
      followRedirects: false,
      rejectUnauthorized: this.#options.verifyCertificate ?? true
    })
    this.#socket = socket
    let lastHeardMs = this.#scheduler.nowMs()
    let pingSentMs: number | undefined
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
      if (isCurrent() && !isBinary) this.#receive(textOf(data))
    })
    socket.on('ping', () => {
      lastHeardMs = this.#scheduler.nowMs()
    })
    socket.on('pong', () => {
      lastHeardMs = this.#scheduler.nowMs()
      if (pingSentMs !== undefined && isCurrent()) this.#options.onLatency?.(lastHeardMs - pingSentMs)
      pingSentMs = undefined
    })
    // The close event follows every error and carries on from there.
    let lastError = ''
    socket.on('error', (error) => {
      lastError = error.message
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

  #receive(text: string): void {
    const frame = readServerFrame(text)
    switch (frame.kind) {
      case 'push':
        this.#options.onPush(frame.push)
        return
      case 'reply':
        this.#settle(frame.reply)
        return
      case 'unknown':
        this.#options.onStrange?.(frame.reason)
    }
  }

  #settle(reply: ReplyFrame): void {
    const { msgId, ok, status, errors } = reply.head
    const pending = typeof msgId === 'number' ? this.#pending.get(msgId) : undefined
    if (pending === undefined) {
      this.#options.onNotice(reply)
      return
    }
    this.#pending.delete(msgId as number)
    pending.cancelTimeout()
    if (ok) {
      pending.settle(success(reply.body))
      return
    }
    const code = codeOfStatus(status)
    const first = errors[0]
    const details = { status, errors, command: pending.type }
    pending.settle(
      failed(failure(code, first === undefined ? { details } : { message: sentence(code, first), details }))
    )
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
    for (const [msgId, pending] of [...this.#pending]) {
      this.#pending.delete(msgId)
      pending.cancelTimeout()
      pending.settle(failed(failure('network/closed', { details: { command: pending.type, reason } })))
    }
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

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8')
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8')
}
