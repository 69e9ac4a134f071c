import { parentPort } from 'node:worker_threads'
import { runMetered, timeLimit, TooMuchWork } from '../../shared/filter/work.ts'
import { parseJson } from '../../shared/wire/json.ts'
import { filterPredicate } from '../filters.ts'
import { LONG_LIMIT } from '../filter-limits.ts'
import type { JudgeReply, JudgeRequest } from './judge-messages.ts'

/** Runs the filters that take too long for the server's loop, one after the other. */
parentPort?.on('message', (request: JudgeRequest) => {
  parentPort?.postMessage(reply(request))
})

function reply({ number, filter, subject, texts, nowMs }: JudgeRequest): JudgeReply {
  try {
    const matches = filterPredicate(filter, subject, { now: () => nowMs })
    const nowOfLimit = (): number => performance.now()
    const limit = timeLimit({
      endsAtMs: nowOfLimit() + LONG_LIMIT.totalMs,
      nowMs: nowOfLimit,
      maxPieceMs: LONG_LIMIT.pieceMs
    })
    const passes = runMetered(limit, () => texts.map((text) => matches(parseJson(text) as object)))
    return { number, kind: 'done', passes }
  } catch (error) {
    if (error instanceof TooMuchWork) return { number, kind: 'too-long' }
    return { number, kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
