import { parentPort, workerData } from 'node:worker_threads'
import { runMetered, timeLimit, TooMuchWork } from '../../shared/filter/work.ts'
import { giveWay } from '../give-way.ts'
import { checkpoint } from './checkpoint.ts'
import { packed } from './hand-over.ts'
import { AnswerTooLarge } from './query.ts'
import type { ReaderData, ReaderReply, ReaderRequest, ReaderValue } from './reader-messages.ts'
import { SqliteReader } from './sqlite-reader.ts'

/**
 * Runs finds and aggregations on a thread of its own, one after the other, so that the server's loop never
 * waits for a scan.
 */
const { file, limit } = workerData as ReaderData
const reader = new SqliteReader(file)
giveWay()
const nowMs = (): number => performance.now()

parentPort?.on('message', (request: ReaderRequest) => {
  const answer = reply(request)
  if (answer.kind !== 'done') {
    parentPort?.postMessage(answer)
    return
  }
  const [value, memory] = packed(answer.value)
  parentPort?.postMessage({ ...answer, value } satisfies ReaderReply, memory)
})

function reply(request: ReaderRequest): ReaderReply {
  const { number } = request
  const meter = timeLimit({ endsAtMs: nowMs() + limit.totalMs, nowMs, maxPieceMs: limit.pieceMs })
  try {
    return { number, kind: 'done', value: runMetered(meter, () => run(request)) }
  } catch (error) {
    if (error instanceof AnswerTooLarge) return { number, kind: 'too-large' }
    if (error instanceof TooMuchWork) return { number, kind: 'too-long' }
    return { number, kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

function run({ nowMs, task }: ReaderRequest): ReaderValue {
  const clock = { now: () => nowMs }
  switch (task.kind) {
    case 'drops':
      return reader.findDrops(task.flow, task.query, clock)
    case 'objects':
      return reader.findObjects(task.scope, task.query, clock)
    case 'aggregate':
      return reader.aggregateDrops(task.flow, task.request, clock)
    case 'counts':
      return reader.countsBetween(task.type, task.objectId, task.fromMs, task.toMs)
    case 'checkpoint':
      return checkpoint(file)
  }
}
