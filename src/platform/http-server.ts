import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http'
import { createServer as createSocketServer, type AddressInfo, type Server as SocketServer } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Answer } from './answer.ts'
import { badRequest, refused } from './answer.ts'
import type { Authority, Caller } from './auth.ts'
import { answerForError } from './errors.ts'
import { rawAnswer, type Sessions } from './live/sessions.ts'
import type { Log } from './log.ts'
import { ConnectionFilter, MAX_HEAD_BYTES, REFUSAL_HEADER } from './methods.ts'
import type { Route } from './routes/request.ts'
import {
  addRoutes,
  BodyRefused,
  bodyTooLarge,
  inflateBody,
  MAX_BODY_BYTES,
  methodNotAllowed,
  send
} from './routes/request.ts'
import { addSessionRoutes } from './routes/session.ts'

/** How long a head and a body may take: enough for a slow link, short enough that open sockets do not pile up. */
const HEAD_TIMEOUT_MS = 10_000
const BODY_TIMEOUT_MS = 60_000
/** How long an idle connection is kept, longer than the common pools of clients keep theirs. */
const IDLE_TIMEOUT_MS = 75_000
/** Connections at one time: each costs some kilobytes and a file descriptor. */
const MAX_CONNECTIONS = 8_192
/** A flow's path of 128 characters, percent-encoded, and room for an element's name. */
const MAX_PARAMETER_LENGTH = 2048
const BODY_TYPE = 'application/json'
/** How long requests under way may take to end when the server is closed. */
const CLOSE_GRACE_MS = 2_000

export interface HttpServerOptions {
  readonly authority: Authority
  readonly sessions: Sessions
  readonly routes: readonly Route[]
  /** Hears of every call whose token was found good. */
  readonly onCall: (caller: Caller) => void
  readonly log: Log
  readonly headTimeoutMs?: number
  readonly bodyTimeoutMs?: number
}

export interface PlatformServer {
  /** Rejects with the error of the operating system, such as EADDRINUSE. Resolves with the port that was bound. */
  readonly listen: (host: string, portNumber: number) => Promise<number>
  /** Stops accepting, lets requests under way end, and closes every connection. */
  readonly close: () => Promise<void>
}

function listen(server: SocketServer, host: string, portNumber: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(portNumber, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Any page may call, as the browser client does: what protects an account is its token, never a cookie. */
function allowAnyOrigin(response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE, MGET, MPUT, OPTIONS')
  response.setHeader('access-control-allow-headers', 'X-Auth-Token, X-Auth-Account, Content-Type, Accept')
}

/**
 * REST and WebSocket on one port: sockets, the connection filter, Node's HTTP server and Fastify, in this
 * order.
 */
export async function createPlatformServer(options: HttpServerOptions): Promise<PlatformServer> {
  const { server: httpServer, app } = createApp(options)
  const filters = new Set<ConnectionFilter>()
  const socketServer = createSocketServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const filter = new ConnectionFilter(socket, {
      headTimeoutMs: options.headTimeoutMs ?? HEAD_TIMEOUT_MS,
      bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
      refusal: (status) => rawAnswer(refusalOf(status))
    })
    filters.add(filter)
    filter.on('close', () => filters.delete(filter))
    filter.on('error', () => {
      // A peer that resets its connection is no event; the HTTP server has its own listener for requests under way.
    })
    httpServer.emit('connection', filter)
  })
  socketServer.maxConnections = MAX_CONNECTIONS
  let underWay = 0
  let whenIdle: (() => void) | undefined
  httpServer.on('request', (_request, response) => {
    underWay += 1
    response.once('close', () => {
      underWay -= 1
      if (underWay === 0) whenIdle?.()
    })
  })
  await app.ready()
  return {
    listen: (host, portNumber) => listen(socketServer, host, portNumber),
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        socketServer.close(() => {
          resolve()
        })
      })
      options.sessions.endRequests()
      if (underWay > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve
          setTimeout(resolve, CLOSE_GRACE_MS).unref()
        })
      }
      options.sessions.close()
      // A turn for the close frames to leave.
      await new Promise((resolve) => setImmediate(resolve))
      for (const filter of filters) filter.destroy()
      await closed
      await app.close()
    }
  }
}

function createApp(options: HttpServerOptions): {
  readonly server: HttpServer
  readonly app: FastifyInstance
} {
  const { authority, sessions, log } = options
  let server: HttpServer | undefined
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH, caseSensitive: true },
    serverFactory: (handler) => {
      server = createHttpServer(
        // Heads and bodies are timed by the connection filter, which sees their first byte.
        {
          maxHeaderSize: MAX_HEAD_BYTES * 2,
          keepAliveTimeout: IDLE_TIMEOUT_MS,
          headersTimeout: 0,
          requestTimeout: 0
        },
        handler
      )
      return server
    },
    frameworkErrors: (error, request, reply) => {
      allowAnyOrigin(reply.raw)
      send(request, reply, badRequest(`the URL cannot be read: ${error.message}`))
    }
  })
  app.addHttpMethod('QUERY', { hasBody: true, overrideExisting: true })
  app.addHttpMethod('PROPPATCH', { hasBody: true, overrideExisting: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(BODY_TYPE, { parseAs: 'buffer' }, inflateBody)

  app.addHook('onRequest', (request, reply, done) => {
    allowAnyOrigin(reply.raw)
    // Every body is JSON, whatever the clients call it: some name no type, and Fastify refuses a QUERY without one.
    request.raw.headers['content-type'] = BODY_TYPE
    const refusal = request.headers[REFUSAL_HEADER]
    if (typeof refusal === 'string') send(request, reply, refusalOf(Number(refusal)))
    else if (request.method === 'OPTIONS') reply.code(204).send()
    else done()
  })
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    send(request, reply, answerFor(error, log))
  })
  app.setNotFoundHandler((request, reply) => {
    send(request, reply, isKnownPath(request.url) ? methodNotAllowed : noSuchPath)
  })

  app.get('/health', (request, reply) => {
    send(request, reply, healthy)
  })
  addSessionRoutes(app, authority, sessions, options.onCall)
  addRoutes(app, authority, options.onCall, options.routes)

  if (server === undefined) throw new Error('Fastify did not ask for its server')
  server.on('upgrade', (request, socket, head) => {
    sessions.upgrade(request, socket, head)
  })
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(rawAnswer(refusalOf(400)))
    else socket.destroy()
  })
  return { server, app }

  /** Whether another method would be answered at the path of a URL. */
  function isKnownPath(url: string): boolean {
    const path = url.split('?')[0] ?? ''
    return (['GET', 'POST', 'PUT', 'DELETE', 'QUERY', 'PROPPATCH'] as const).some(
      (method) => app.findRoute({ url: path, method }) !== null
    )
  }
}

const healthy: Answer = { status: 200, bodyText: '{"status":"ok"}' }

const noSuchPath: Answer = refused(404, 'there is nothing at this path')

/** The answer to a request that the connection filter or the parser did not let through. */
function refusalOf(status: number): Answer {
  switch (status) {
    case 408:
      return refused(408, 'the request was not complete in time')
    case 431:
      return refused(431, `the head of the request is larger than ${String(MAX_HEAD_BYTES)} bytes`)
    default:
      return badRequest('the request is not valid HTTP/1.1')
  }
}

function answerFor(
  error: Error & { readonly statusCode?: number; readonly code?: string },
  log: Log
): Answer {
  if (error instanceof BodyRefused) return error.answer
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge
  const { statusCode } = error
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? refused(statusCode, error.message)
    : answerForError(error, log)
}
