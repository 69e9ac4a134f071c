import { parentPort, workerData } from 'node:worker_threads'
import { AnswerTooLarge, type Found } from './query.ts'
import type { ReaderData, ReaderReply, ReaderRequest } from './reader-messages.ts'
import { SqliteReader } from './sqlite-reader.ts'

/** Runs finds on a thread of its own, one after the other, so that the server's loop never waits for a scan. */
const reader = new SqliteReader((workerData as ReaderData).file)

parentPort?.on('message', (request: ReaderRequest) => {
  parentPort?.postMessage(reply(request))
})

function reply(request: ReaderRequest): ReaderReply {
  const { number } = request
  try {
    return { number, kind: 'found', found: find(request) }
  } catch (error) {
    if (error instanceof AnswerTooLarge) return { number, kind: 'too-large' }
    return { number, kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

function find(request: ReaderRequest): Found {
  const clock = { now: () => request.nowMs }
  return request.kind === 'drops'
    ? reader.findDrops(request.flow, request.query, clock)
    : reader.findObjects(request.scope, request.query, clock)
}
