import { systemClock } from '../../shared/clock.ts'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import type { LiveMarker } from '../../shared/ipc/live-port.ts'
import type { Drop } from '../../shared/model/drop.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { CommandFrame } from '../../shared/wire/frames.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { Api } from './api.ts'
import type { Answer, Face, FaceName } from './face.ts'
import type { LiveSink } from './gap-repair.ts'
import { createHistoryReader } from './history.ts'
import { createLiveSocket } from './live-socket.ts'
import type { LiveSocket, LiveSocketStatus } from './live-socket.ts'
import { createSubscriptions } from './subscriptions.ts'

/** Live drops for scripts (platform protocol, "WebSocket API"). */
export interface WebSocketService<F extends FaceName> {
  /**
   * Opens a session and its socket. A token that is refused fails at once; a platform that cannot be reached fails after a
   * while. Once open, the socket is opened again whenever it is lost, what was followed is followed again, and the drops
   * that came meanwhile are filled in.
   */
  connect(callbacks?: WebSocketCallbacks): Promise<Answer<F, LiveConnection<F>>>
}

export interface WebSocketCallbacks {
  /** The socket is open, for the first time or again. */
  onOpen?(): void
  /** A drop entered a flow that is followed: each once, in the order of creation. `resource` is the flow's id. */
  onMessage?(resource: string, drop: Drop): void
  /** Drops of a flow are missing for good, or were filled in after a loss. */
  onGap?(gap: Extract<LiveMarker, { kind: 'gap' | 'skipped' }>): void
  /** The socket was lost, and will be opened again; unless the token is refused by now, which ends the connection. */
  onError?(failure: Failure): void
  /** It was closed for good. */
  onClose?(): void
}

export interface LiveConnection<F extends FaceName> {
  /** Follows a flow, by its id, or by its path if it starts with a slash. */
  subscribe(flow: string): Promise<Answer<F, { readonly flowId: string; readonly path: string }>>
  unsubscribe(flow: string): Promise<Answer<F, null>>
  /** Sends any command; answers the body of its reply. */
  send(command: Omit<CommandFrame, 'msgId'>): Promise<Answer<F, unknown>>
  /** Resolves when the connection was closed, which keeps a script alive until then. */
  run(): Promise<void>
  /** Ends it for good. Twice is harmless. */
  close(): void
}

/** As long as a person waits for a script to begin. */
const OPEN_TIMEOUT_MS = 10_000

/** `api` is asked for late, because it is made with this; `openSockets` holds what must be closed with it. */
export const createWebSocketService = <F extends FaceName>(
  api: () => Api,
  face: Face<F>,
  openSockets: Set<() => void>,
  verifyCertificate: boolean | undefined
): WebSocketService<F> => ({
  connect: async (callbacks = {}) => {
    const connection = new Connection(api(), face, callbacks, verifyCertificate, () => {
      openSockets.delete(connection.close)
    })
    openSockets.add(connection.close)
    const opened = await connection.open()
    if (!opened.ok) connection.close()
    return face.settle(opened)
  }
})

class Connection<F extends FaceName> implements LiveConnection<F> {
  readonly #face: Face<F>
  readonly #callbacks: WebSocketCallbacks
  readonly #socket: LiveSocket
  readonly #subscriptions: ReturnType<typeof createSubscriptions>
  readonly #closed = Promise.withResolvers<undefined>()
  /** Why the first attempts to open failed. */
  readonly #firstAnswer = Promise.withResolvers<Result<unknown>>()
  readonly #flowIds = new Map<number, string>()
  readonly #onEnd: () => void
  #lastFailure: Failure = failure('network/timeout')
  #wasOpen = false

  constructor(
    api: Api,
    face: Face<F>,
    callbacks: WebSocketCallbacks,
    verifyCertificate: boolean | undefined,
    onEnd: () => void
  ) {
    this.#face = face
    this.#callbacks = callbacks
    this.#onEnd = onEnd
    this.#subscriptions = createSubscriptions({
      api,
      socket: () => this.#socket,
      readHistory: createHistoryReader(api),
      sink: this.#sink(),
      connectionId: 'script',
      clock: systemClock
    })
    this.#socket = createLiveSocket({
      openSession: async (signal) => {
        const session = await api.openSession({ signal })
        if (!session.ok) this.#noteRefusal(session.failure)
        return session
      },
      onPush: this.#subscriptions.onPush,
      onNotice: this.#subscriptions.onNotice,
      onStatus: (status) => {
        this.#subscriptions.onStatus(status)
        this.#tell(status)
      },
      ...(verifyCertificate === undefined ? {} : { verifyCertificate })
    })
  }

  async open(): Promise<Result<this>> {
    this.#socket.start()
    const timeout = this.#socket.whenOpen(OPEN_TIMEOUT_MS)
    const answer = await Promise.race([
      this.#firstAnswer.promise,
      timeout.then((isOpen) => (isOpen ? success(null) : failed(this.#lastFailure)))
    ])
    return answer.ok ? success(this) : answer
  }

  async subscribe(flow: string): Promise<Answer<F, { flowId: string; path: string }>> {
    const followed = await this.#subscriptions.subscribe(
      flow.startsWith('/') ? { path: flow } : { flowId: flow }
    )
    return this.#face.settle(
      followed.ok ? success({ flowId: followed.value.flowId, path: followed.value.path }) : followed
    )
  }

  async unsubscribe(flow: string): Promise<Answer<F, null>> {
    const followed = [...this.#paths].find(([flowId, path]) => flowId === flow || path === flow)
    return this.#face.settle(await this.#subscriptions.unsubscribe(followed?.[0] ?? flow))
  }

  async send(command: Omit<CommandFrame, 'msgId'>): Promise<Answer<F, unknown>> {
    return this.#face.settle(await this.#socket.send(command))
  }

  run(): Promise<void> {
    return this.#closed.promise
  }

  readonly close = (): void => {
    this.#subscriptions.unsubscribeAll()
    this.#socket.close()
  }

  /** Paths of what is followed, by flow id. */
  readonly #paths = new Map<string, string>()

  #sink(): LiveSink {
    let lastSubscriptionId = 0
    return {
      drop: (subscriptionId, _receivedAtMs, text) => {
        const flowId = this.#flowIds.get(subscriptionId)
        if (flowId !== undefined) this.#callbacks.onMessage?.(flowId, parseJson(text) as Drop)
      },
      marker: (marker) => {
        this.#mark(marker)
      },
      whenRoom: () => Promise.resolve(),
      newSubscriptionId: () => ++lastSubscriptionId
    }
  }

  #mark(marker: LiveMarker): void {
    if (marker.kind === 'subscribed') {
      this.#flowIds.set(marker.subscriptionId, marker.flowId)
      this.#paths.set(marker.flowId, marker.path)
    } else if (marker.kind === 'unsubscribed') {
      this.#flowIds.delete(marker.subscriptionId)
      this.#paths.delete(marker.flowId)
    } else if (marker.kind === 'gap' || marker.kind === 'skipped') {
      this.#callbacks.onGap?.(marker)
    }
  }

  /**
   * What will not heal by itself ends the wait for the first socket. Of one that was open, the end of what its token may do ends
   * it too: no further attempt would be answered otherwise.
   */
  #noteRefusal(refusal: Failure): void {
    this.#lastFailure = refusal
    if (!refusal.retryable) this.#firstAnswer.resolve(failed(refusal))
    if (!this.#wasOpen || refusal.code !== 'platform/forbidden') return
    this.#callbacks.onError?.(refusal)
    this.close()
  }

  #tell(status: LiveSocketStatus): void {
    if (status.kind === 'open') {
      this.#wasOpen = true
      this.#firstAnswer.resolve(success(null))
      this.#callbacks.onOpen?.()
    } else if (status.kind === 'waiting') {
      const lost = failure('network/closed', { details: { reason: status.reason } })
      this.#callbacks.onError?.(lost)
    } else if (status.kind === 'closed') {
      this.#onEnd()
      this.#closed.resolve(undefined)
      this.#callbacks.onClose?.()
    }
  }
}
