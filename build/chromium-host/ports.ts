import { makeCodec } from './codec.ts'
import { loudEmitter } from './not-implemented.ts'

const codec = makeCodec()

/** One end of a channel, wherever it lives. What is received keeps its order, also across a transfer. */
export interface PortEnd {
  /** The end that receives what is sent here. */
  peer: PortEnd | undefined
  /** `value` is a codec value, parsed or still as text. */
  receive(value: PortValue): void
  /** The other end closed: no more will come. */
  peerClosed(): void
}

export type PortValue = { readonly text: string } | { readonly parsed: unknown }

/** A port in the main process (Electron, MessagePortMain). Messages wait until `start`. */
export class MessagePortMain extends loudEmitter('MessagePortMain') implements PortEnd {
  peer: PortEnd | undefined
  readonly #received: PortValue[] = []
  #isStarted = false
  #isDraining = false
  #isClosed = false
  #movedTo: PortEnd | undefined

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    if (transfer.length > 0) throw new Error('The Chromium host does not carry ports over ports.')
    const text = codec.encode(message)
    if (!this.#isClosed && !this.#movedTo) this.peer?.receive({ text })
  }

  start(): void {
    this.#isStarted = true
    this.#drainSoon()
  }

  close(): void {
    if (this.#isClosed || this.#movedTo) return
    this.#isClosed = true
    this.peer?.peerClosed()
    this.peer = undefined
    setImmediate(() => this.emit('close'))
  }

  receive(value: PortValue): void {
    if (this.#movedTo) {
      this.#movedTo.receive(value)
      return
    }
    this.#received.push(value)
    this.#drainSoon()
  }

  peerClosed(): void {
    if (this.#movedTo) {
      this.#movedTo.peerClosed()
      return
    }
    if (this.#isClosed) return
    this.#isClosed = true
    this.peer = undefined
    // Behind the messages that are already here.
    setImmediate(() => {
      this.#drain()
      this.emit('close')
    })
  }

  /**
   * Hands this end over to another place (a page): what waits here goes there first, then all that comes.
   * A port is handed over once; a second time throws.
   */
  moveTo(place: PortEnd): void {
    if (this.#movedTo) throw new Error('This port was transferred before.')
    this.#movedTo = place
    place.peer = this.peer
    if (this.peer) this.peer.peer = place
    for (const value of this.#received.splice(0)) place.receive(value)
    if (this.#isClosed) place.peerClosed()
  }

  #drainSoon(): void {
    if (!this.#isStarted || this.#isDraining || this.#received.length === 0) return
    this.#isDraining = true
    setImmediate(() => {
      this.#drain()
    })
  }

  #drain(): void {
    this.#isDraining = false
    if (!this.#isStarted) return
    try {
      for (let value = this.#received.shift(); value; value = this.#received.shift()) {
        const parsed: unknown = 'text' in value ? JSON.parse(value.text) : value.parsed
        this.emit('message', { data: codec.decode(parsed), ports: [] })
      }
    } finally {
      // A listener that throws must not hold back the messages behind its own.
      this.#drainSoon()
    }
  }
}

/** Two ports joined to each other (Electron, MessageChannelMain). */
export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    this.port1.peer = this.port2
    this.port2.peer = this.port1
  }
}

/** Sends a message to where the page holds the port. */
type PostToPort = (
  head: { kind: 'port-message' | 'port-closed'; portId: string },
  valueText: string | undefined,
  isPumped: boolean
) => void

interface HeldPort {
  readonly end: PortEnd
  /** What waits until the page has said where it holds the port; undefined from then on. */
  waiting: ((isPumped: boolean) => void)[] | undefined
  isPumped: boolean
}

/** The ports that one page holds: what is sent to one of them goes out through `post`. */
export class PagePorts {
  readonly #held = new Map<string, HeldPort>()
  readonly #post: PostToPort
  #lastId = 0

  constructor(post: PostToPort) {
    this.#post = post
  }

  /** Moves a port of main into the page; its id there. Call after the message that names the id is on its way. */
  take(ports: readonly MessagePortMain[]): { portIds: string[]; move: () => void } {
    const portIds = ports.map(() => `main-${String(++this.#lastId)}`)
    return {
      portIds,
      move: () => {
        ports.forEach((port, index) => {
          port.moveTo(this.#endInPage(portIds[index] ?? ''))
        })
      }
    }
  }

  /** A port of main, joined to one that the page keeps under this id. */
  open(portId: string): MessagePortMain {
    const port = new MessagePortMain()
    const end = this.#endInPage(portId)
    end.peer = port
    port.peer = end
    return port
  }

  /** The page sent this on one of its ports; unknown ports are closed ones. */
  received(portId: string, parsed: unknown): void {
    this.#held.get(portId)?.end.peer?.receive({ parsed })
  }

  closed(portId: string): void {
    const held = this.#held.get(portId)
    this.#held.delete(portId)
    held?.end.peer?.peerClosed()
  }

  /** The page said where it holds a port: with its pump, or in its isolated world. */
  routed(portId: string, isPumped: boolean): void {
    const held = this.#held.get(portId)
    if (!held) return
    held.isPumped = isPumped
    const { waiting } = held
    held.waiting = undefined
    for (const send of waiting ?? []) send(isPumped)
  }

  /** The page is gone, and all its ports with it. */
  closeAll(): void {
    for (const portId of [...this.#held.keys()]) this.closed(portId)
  }

  #endInPage(portId: string): PortEnd {
    const end: PortEnd = {
      peer: undefined,
      receive: (value) => {
        const text = 'text' in value ? value.text : JSON.stringify(value.parsed)
        this.#send(portId, (isPumped) => {
          this.#post({ kind: 'port-message', portId }, text, isPumped)
        })
      },
      peerClosed: () => {
        this.#send(portId, (isPumped) => {
          this.#held.delete(portId)
          this.#post({ kind: 'port-closed', portId }, undefined, isPumped)
        })
      }
    }
    this.#held.set(portId, { end, waiting: [], isPumped: false })
    return end
  }

  #send(portId: string, send: (isPumped: boolean) => void): void {
    const held = this.#held.get(portId)
    if (held?.waiting) held.waiting.push(send)
    else if (held) send(held.isPumped)
  }
}
