import type { FastifyInstance } from 'fastify'
import type { Answer } from '../answer.ts'
import { createdText } from '../answer.ts'
import type { Authority, Caller } from '../auth.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { Sessions } from '../live/sessions.ts'
import { callerOf, forbidden, send } from './request.ts'

/** `POST /session`, which has neither version nor account in its URL (platform protocol, "Session"). */
export function addSessionRoute(
  app: FastifyInstance,
  authority: Authority,
  sessions: Sessions,
  onCall: (caller: Caller) => void
): void {
  app.post('/session', async (request, reply) => {
    const account = request.headers['x-auth-account']
    const caller = typeof account === 'string' ? callerOf(request, authority, account) : undefined
    if (caller === undefined) return await send(request, reply, forbidden)
    onCall(caller)
    const { hints } = request.query as { readonly hints?: unknown }
    const opened = sessions.open(caller, /^(1|true)$/i.test(String(hints)) ? 'typed' : 'plain')
    const answer: Answer = 'id' in opened ? createdText(writeJson({ id: opened.id })) : opened
    return await send(request, reply, answer)
  })
}
