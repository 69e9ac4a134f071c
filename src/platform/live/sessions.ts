import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Answer } from '../answer.ts'
import { envelopeText, refused } from '../answer.ts'
import type { Caller } from '../auth.ts'
import { MAX_BODY_BYTES } from '../routes/request.ts'
import type { Encoding } from '../store/encoding.ts'
import { HttpPeer } from './http-peer.ts'
import { webSocketPeer, type Peer } from './peer.ts'
import { LiveSession, readFrame, type SessionParts } from './session.ts'

/** How long a session waits for its socket (platform protocol, "Session"). */
export const SESSION_LIFE_MS = 60_000
/** Sessions at one time, with and without a socket: a bound for memory, far above a team's use. */
export const MAX_SESSIONS = 5_000
/** How often quiet peers are probed. One that answers none of two pings in a row is gone. */
const PING_INTERVAL_MS = 30_000

const UPGRADE_PATH = /^\/session\/([A-Za-z0-9_-]+)\/ws\/?(?:\?.*)?$/

/** The sessions of the platform, from `POST /session` to the end of their sockets. */
export interface Sessions {
  /** Makes a session and answers its id; 503 when there are too many. */
  readonly open: (caller: Caller, encoding: Encoding) => { readonly id: string } | Answer
  /** Takes over a connection that asks for an upgrade. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /**
   * Answers a poll with a JSON array of messages as soon as there is one. Answers an error when the session cannot be
   * polled.
   */
  readonly poll: (id: string, response: ServerResponse, answer: (text: string) => void) => Answer | undefined
  /** Writes messages, one a line, to the response that `open` starts; the session ends with it. */
  readonly stream: (id: string, open: () => ServerResponse) => Answer | undefined
  /** Runs one command or an array of them; what they answer goes the way of the messages. */
  readonly send: (id: string, commands: unknown) => Answer
  /** Ends the requests that wait for messages, and their sessions. */
  readonly endRequests: () => void
  readonly close: () => void
}

interface WaitingSession {
  readonly kind: 'waiting'
  readonly caller: Caller
  readonly encoding: Encoding
  readonly timer: NodeJS.Timeout
}

type Session = WaitingSession | { readonly kind: 'live'; readonly live: LiveSession }

export interface SessionsOptions {
  readonly lifeMs?: number
  readonly pingIntervalMs?: number
  readonly graceMs?: number
  readonly idlePollMs?: number
}

const noSuchSession = refused(404, 'no such session')
const hasSocket = refused(409, 'the session has a socket already')

export function createSessions(shared: SessionParts, options: SessionsOptions = {}): Sessions {
  const sessions = new Map<string, Session>()
  const server = new WebSocketServer({
    noServer: true,
    // Compressing small frames on loopback costs thirty times what it saves.
    perMessageDeflate: false,
    maxPayload: MAX_BODY_BYTES,
    clientTracking: false
  })
  server.on('wsClientError', (error, socket) => {
    refuseUpgrade(socket, refused(400, `this is no valid WebSocket handshake: ${error.message}`))
  })
  let liveCount = 0
  let pinging: NodeJS.Timeout | undefined

  const goLive = (id: string, waiting: WaitingSession, peer: Peer): LiveSession => {
    clearTimeout(waiting.timer)
    const live = new LiveSession(shared, waiting.caller, waiting.encoding, peer)
    sessions.set(id, { kind: 'live', live })
    liveCount += 1
    pinging ??= setInterval(probeAll, options.pingIntervalMs ?? PING_INTERVAL_MS)
    return live
  }

  const finish = (id: string, live: LiveSession): void => {
    live.end()
    sessions.delete(id)
    liveCount -= 1
    if (liveCount > 0) return
    clearInterval(pinging)
    pinging = undefined
  }

  const goLiveOverHttp = (id: string, waiting: WaitingSession): LiveSession => {
    const { graceMs, idlePollMs } = options
    const peer = new HttpPeer({
      ...(graceMs === undefined ? {} : { graceMs }),
      ...(idlePollMs === undefined ? {} : { idlePollMs }),
      whenWritable: () => {
        live.resume()
      },
      whenGone: () => {
        finish(id, live)
      }
    })
    const live = goLive(id, waiting, peer)
    return live
  }

  /** The peer that a poll or a stream may take; what answers instead when it may not. */
  const httpPeerOf = (id: string): HttpPeer | Answer => {
    const session = sessions.get(id)
    if (session === undefined) return noSuchSession
    const { peer } = session.kind === 'live' ? session.live : goLiveOverHttp(id, session)
    if (!(peer instanceof HttpPeer)) return hasSocket
    return peer.isTaken ? refused(409, 'the session is read by another request') : peer
  }

  const probeAll = (): void => {
    for (const session of sessions.values()) if (session.kind === 'live') session.live.peer.probe()
  }

  return {
    open: (caller, encoding) => {
      if (sessions.size >= MAX_SESSIONS)
        return refused(503, `there are ${String(MAX_SESSIONS)} sessions already`)
      const id = randomBytes(24).toString('base64url')
      const timer = setTimeout(() => sessions.delete(id), options.lifeMs ?? SESSION_LIFE_MS)
      timer.unref()
      sessions.set(id, { kind: 'waiting', caller, encoding, timer })
      return { id }
    },

    upgrade: (request, socket, head) => {
      const id = UPGRADE_PATH.exec(request.url ?? '')?.[1]
      const session = id === undefined ? undefined : sessions.get(id)
      if (id === undefined || session === undefined) return refuseUpgrade(socket, noSuchSession)
      if (session.kind === 'live') return refuseUpgrade(socket, hasSocket)
      // A request that is no valid handshake leaves the session as it is.
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const live = goLive(id, session, webSocketPeer(webSocket, socket))
        webSocket.on('message', (data, isBinary) => {
          void live.receive(isBinary ? undefined : readFrame(data))
        })
        webSocket.on('error', (error) => {
          shared.parts.log.warn({ reason: error.message }, 'session socket failed')
        })
        webSocket.on('close', () => {
          finish(id, live)
        })
      })
    },

    poll: (id, response, answer) => {
      const peer = httpPeerOf(id)
      if (!(peer instanceof HttpPeer)) return peer
      peer.poll(response, answer)
      return undefined
    },

    stream: (id, open) => {
      const peer = httpPeerOf(id)
      if (!(peer instanceof HttpPeer)) return peer
      peer.stream(open())
      return undefined
    },

    send: (id, commands) => {
      const session = sessions.get(id)
      if (session === undefined) return noSuchSession
      const live = session.kind === 'live' ? session.live : goLiveOverHttp(id, session)
      if (!(live.peer instanceof HttpPeer)) return hasSocket
      if (!live.peer.isReading) return refused(503, 'too much waits for this session: read it first')
      for (const command of Array.isArray(commands) ? (commands as unknown[]) : [commands])
        void live.receive(command)
      return { status: 202, bodyText: '{}' }
    },

    endRequests: () => {
      for (const session of sessions.values())
        if (session.kind === 'live' && session.live.peer instanceof HttpPeer) session.live.peer.close()
    },

    close: () => {
      clearInterval(pinging)
      for (const session of sessions.values()) {
        if (session.kind === 'live') session.live.peer.close()
        else clearTimeout(session.timer)
      }
      sessions.clear()
      server.close()
    }
  }
}

function refuseUpgrade(socket: Duplex, answer: Answer): void {
  socket.on('error', () => {
    socket.destroy()
  })
  socket.end(rawAnswer(answer))
}

/** A complete HTTP answer in the envelope that ends its connection, for where no HTTP server answers. */
export function rawAnswer(answer: Answer): string {
  const body = envelopeText(answer).toString()
  return [
    `HTTP/1.1 ${String(answer.status)} ${STATUS_CODES[answer.status] ?? 'Refused'}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Access-Control-Allow-Origin: *',
    'Connection: close',
    '',
    body
  ].join('\r\n')
}
