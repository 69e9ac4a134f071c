import { TooMuchWork } from '../shared/filter/work.ts'
import type { Answer } from './answer.ts'
import { badRequest, refused } from './answer.ts'
import { JudgeBusy } from './engine/filter-judge.ts'
import { FlowBusy } from './engine/flow-turns.ts'
import type { Log } from './log.ts'
import { AnswerTooLarge } from './store/query.ts'
import { StoreUnavailable } from './store/store.ts'

/** The answer for what was thrown while a request was handled; what nobody expected is logged and answers 500. */
export function answerForError(error: unknown, log: Log): Answer {
  if (error instanceof StoreUnavailable)
    return refused(503, `${error.message}; nothing was changed, try again later`)
  if (error instanceof AnswerTooLarge)
    return badRequest('the answer would be too large: give a smaller limit, or only some members')
  if (error instanceof TooMuchWork) return badRequest(error.message)
  if (error instanceof JudgeBusy || error instanceof FlowBusy)
    return refused(503, `${error.message}; nothing was changed, try again later`)
  log.error(
    { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    'request failed'
  )
  return refused(500, 'the platform failed while it handled the request')
}
