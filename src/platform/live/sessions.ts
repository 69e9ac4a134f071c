import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Answer } from '../answer.ts'
import { envelopeText, refused } from '../answer.ts'
import type { Caller } from '../auth.ts'
import { MAX_BODY_BYTES } from '../routes/request.ts'
import type { Encoding } from '../store/encoding.ts'
import { LiveSession, type SessionParts } from './session.ts'

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
  readonly close: () => void
}

type Session =
  | {
      readonly kind: 'waiting'
      readonly caller: Caller
      readonly encoding: Encoding
      readonly timer: NodeJS.Timeout
    }
  | { readonly kind: 'live'; readonly live: LiveSession }

export interface SessionsOptions {
  readonly lifeMs?: number
  readonly pingIntervalMs?: number
}

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

  const probeAll = (): void => {
    for (const session of sessions.values()) if (session.kind === 'live') session.live.probe()
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
      if (id === undefined || session === undefined)
        return refuseUpgrade(socket, refused(404, 'no such session'))
      if (session.kind === 'live')
        return refuseUpgrade(socket, refused(409, 'the session has a socket already'))
      // A request that is no valid handshake leaves the session as it is.
      server.handleUpgrade(request, socket, head, (webSocket) => {
        clearTimeout(session.timer)
        const live = new LiveSession(shared, session.caller, session.encoding, webSocket)
        sessions.set(id, { kind: 'live', live })
        liveCount += 1
        pinging ??= setInterval(probeAll, options.pingIntervalMs ?? PING_INTERVAL_MS)
        webSocket.on('close', () => {
          sessions.delete(id)
          liveCount -= 1
          if (liveCount > 0) return
          clearInterval(pinging)
          pinging = undefined
        })
      })
    },

    close: () => {
      clearInterval(pinging)
      for (const session of sessions.values()) {
        if (session.kind === 'live') session.live.close()
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
  const body = envelopeText(answer)
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
