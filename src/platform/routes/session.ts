import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Answer } from '../answer.ts'
import { createdText } from '../answer.ts'
import type { Authority, Caller } from '../auth.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { Sessions } from '../live/sessions.ts'
import { callerOf, forbidden, readBody, send } from './request.ts'

/**
 * `POST /session` and the transports of a session without a socket, which have neither version nor account in their URLs:
 * the id of a session is its secret (platform protocol, "Session").
 */
export function addSessionRoutes(
  app: FastifyInstance,
  authority: Authority,
  sessions: Sessions,
  onCall: (caller: Caller) => void
): void {
  app.post('/session', (request, reply) => {
    const account = request.headers['x-auth-account']
    const caller = typeof account === 'string' ? callerOf(request, authority, account) : undefined
    if (caller === undefined) {
      send(request, reply, forbidden)
      return
    }
    onCall(caller)
    const { hints } = request.query as { readonly hints?: unknown }
    const opened = sessions.open(caller, /^(1|true)$/i.test(String(hints)) ? 'typed' : 'plain')
    const answer: Answer = 'id' in opened ? createdText(writeJson({ id: opened.id })) : opened
    send(request, reply, answer)
  })

  app.get('/session/:id/streaming', (request, reply) => {
    const refusal = sessions.stream(idOf(request), () => {
      reply.hijack()
      reply.raw.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store'
      })
      reply.raw.flushHeaders()
      return reply.raw
    })
    if (refusal !== undefined) send(request, reply, refusal)
  })

  app.get('/session/:id/polling', (request, reply) => {
    const refusal = sessions.poll(idOf(request), reply.raw, (text) => {
      void reply.header('content-type', 'application/json; charset=utf-8').send(text)
    })
    if (refusal !== undefined) send(request, reply, refusal)
  })

  app.post('/session/:id/send', (request, reply) => {
    const body = readBody(request.body)
    const answer = body.kind === 'malformed' ? body.answer : sessions.send(idOf(request), body.value)
    send(request, reply, answer)
  })
}

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id
