import { Readable } from 'node:stream'
import { constants, createGzip, gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { parseJson } from '../../shared/wire/json.ts'
import type { Answer } from '../answer.ts'
import { badRequest, envelopeParts, refused } from '../answer.ts'
import type { Authority, Caller } from '../auth.ts'
import type { Call } from '../engine/parts.ts'
import { METHOD_HEADER } from '../methods.ts'
import type { Encoding } from '../store/encoding.ts'

/** The largest request body (platform protocol, "Element types"): the Java client cannot receive larger frames. */
export const MAX_BODY_BYTES = 1024 * 1024

/**
 * Replies from this size are compressed for clients that say they can read it; below it costs more than it
 * saves.
 */
const MIN_COMPRESSED_LENGTH = 16 * 1024

/** A request whose account and token were found good. */
export interface Request {
  readonly call: Call
  readonly parameters: Readonly<Record<string, string>>
  /** The parsed body; undefined when there was none. */
  readonly body: unknown
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'MGET' | 'MPUT'

/** How the parser names the methods that it does not know (see `methods.ts`). */
const PARSER_METHODS: Readonly<Record<Method, HTTPMethods>> = {
  GET: 'GET',
  POST: 'POST',
  PUT: 'PUT',
  DELETE: 'DELETE',
  MGET: 'QUERY',
  MPUT: 'PROPPATCH'
}

export interface Route {
  readonly method: Method
  /** Below `/v{version}/{account}`. */
  readonly path: string
  readonly answer: (request: Request) => Promise<Answer>
}

/**
 * Adds routes that need an account and its token; everything that goes wrong is answered in the envelope.
 * `onCall` hears of every call.
 */
export function addRoutes(
  app: FastifyInstance,
  authority: Authority,
  onCall: (caller: Caller) => void,
  routes: readonly Route[]
): void {
  for (const { method, path, answer } of routes) {
    app.route({
      method: PARSER_METHODS[method],
      url: `/v:version/:account${path}`,
      handler: (request, reply) => {
        const answering = answerTo(request, authority, onCall, answer)
        if (!(answering instanceof Promise)) {
          send(request, reply, answering)
          return
        }
        answering.then(
          (answered) => {
            send(request, reply, answered)
          },
          (error: unknown) => reply.send(error)
        )
      }
    })
  }
}

function answerTo(
  request: FastifyRequest,
  authority: Authority,
  onCall: (caller: Caller) => void,
  answer: Route['answer']
): Answer | Promise<Answer> {
  if (isUnderWrongName(request)) return methodNotAllowed
  const parameters = request.params as Readonly<Record<string, string>>
  const caller = callerOf(request, authority, parameters['account'] ?? '')
  if (caller === undefined) return forbidden
  onCall(caller)
  // The body of a delete is optional and ignored, whatever it holds.
  const body = request.method === 'GET' || request.method === 'DELETE' ? noBody : readBody(request.body)
  if (body.kind === 'malformed') return body.answer
  const call: Call = {
    caller,
    parameters: request.query as Readonly<Record<string, unknown>>,
    defaultEncoding: encodingOf(parameters['version'] ?? '')
  }
  return answer({ call, parameters, body: body.value })
}

export const forbidden: Answer = refused(403, 'the token is missing, or not one of this account')

export const methodNotAllowed: Answer = refused(405, 'this method is not supported here')

/** The caller whom the headers of a request prove for an account; undefined for every kind of failure. */
export function callerOf(request: FastifyRequest, authority: Authority, account: string): Caller | undefined {
  const named = request.headers['x-auth-account']
  const apiToken = request.headers['x-auth-token']
  const caller = authority.authenticate(account, typeof apiToken === 'string' ? apiToken : undefined)
  return named === undefined || named === account ? caller : undefined
}

/** Answers in the envelope, compressed when that pays and the client can read it. */
export function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  const [before, body, after] = envelopeParts(answer)
  reply.code(answer.status).header('content-type', 'application/json; charset=utf-8')
  const isCompressed = body.length >= MIN_COMPRESSED_LENGTH && acceptsGzip(request)
  if (isCompressed) reply.header('content-encoding', 'gzip')
  if (typeof body === 'string') {
    const text = before + body + after
    reply.send(isCompressed ? compressed([Buffer.from(text)]) : text)
    return
  }
  const pieces = [Buffer.from(before), body, Buffer.from(after)]
  if (!isCompressed)
    reply.header('content-length', String(pieces.reduce((sum, { length }) => sum + length, 0)))
  reply.send(isCompressed ? compressed(pieces) : Readable.from(pieces))
}

function acceptsGzip(request: FastifyRequest): boolean {
  const accepts = request.headers['accept-encoding']
  return typeof accepts === 'string' && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepts)
}

/** A real QUERY or PROPPATCH: only the connection filter may bring them. */
const isUnderWrongName = (request: FastifyRequest): boolean =>
  (request.method === 'QUERY' && request.headers[METHOD_HEADER] !== 'MGET') ||
  (request.method === 'PROPPATCH' && request.headers[METHOD_HEADER] !== 'MPUT')

/** Versions below 4 answer typed elements unless asked otherwise (platform protocol, "Element types"). */
const encodingOf = (version: string): Encoding => (Number.parseFloat(version) < 4 ? 'typed' : 'plain')

type Body =
  { readonly kind: 'read'; readonly value: unknown } | { readonly kind: 'malformed'; readonly answer: Answer }

const noBody: Body = { kind: 'read', value: undefined }

export function readBody(bytes: unknown): Body {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return noBody
  try {
    return { kind: 'read', value: parseJson(bytes.toString('utf8')) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read'
    return { kind: 'malformed', answer: badRequest(`the body is not valid JSON: ${reason}`) }
  }
}

/** Thrown by the body reader; carries the answer for the error handler. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused'
  readonly answer: Answer

  constructor(answer: Answer) {
    super(answer.errors?.[0])
    this.answer = answer
  }
}

/**
 * Inflates a body that came compressed, as the Java client sends all of them; what inflates beyond the limit
 * is refused.
 */
export function inflateBody(
  request: FastifyRequest,
  bytes: Buffer,
  done: (error: Error | null, body?: Buffer) => void
): void {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity'
  if (encoding === 'identity' || bytes.length === 0) {
    done(null, bytes)
    return
  }
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    done(new BodyRefused(badRequest(`the content encoding ${encoding} is not supported, gzip is`)))
    return
  }
  gunzip(bytes, { maxOutputLength: MAX_BODY_BYTES }, (error, inflated) => {
    if (error === null) done(null, inflated)
    else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      done(new BodyRefused(bodyTooLarge))
    else done(new BodyRefused(badRequest('the body is not valid gzip')))
  })
}

export const bodyTooLarge: Answer = refused(413, `the body is larger than ${String(MAX_BODY_BYTES)} bytes`)

/** At the quickest level: the point is to pass fewer bytes soon, not the fewest. */
const compressed = (pieces: readonly Buffer[]): Readable =>
  Readable.from(pieces).pipe(createGzip({ level: constants.Z_BEST_SPEED }))
