import { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import { TooMuchWork } from '../../shared/filter/work.ts'
import { entryFile } from '../entry-file.ts'
import { LONG_LIMIT, SHARED_LIMIT } from '../filter-limits.ts'
import type { Log } from '../log.ts'
import type { HourCount } from '../engine/statistics.ts'
import type { Aggregated } from './aggregate-rows.ts'
import type { CheckpointReach } from './checkpoints.ts'
import { unpacked } from './hand-over.ts'
import { AnswerTooLarge, type Found } from './query.ts'
import type { ReaderData, ReaderReply, ReaderRequest, ReaderTask, ReaderValue } from './reader-messages.ts'
import type { StoreReader } from './sqlite-store.ts'

/** A find that grows beyond this ends its thread and fails; the server goes on with a new one. */
const MAX_WORKER_HEAP_MIB = 1024

interface Waiting {
  readonly resolve: (value: ReaderValue) => void
  readonly reject: (error: Error) => void
}

/**
 * Answers finds in workers. Nearly all run in the first, which is started at once, so that the first find does not wait
 * for it. A find whose filter takes long there starts again in the second, where it holds up only its like; when it takes
 * too long even so, it fails with `TooMuchWork`.
 */
export function startReader(file: string, clock: Clock, log: Log): StoreReader {
  const shared = startLane({ file, limit: SHARED_LIMIT }, clock, log)
  let slow: Lane | undefined
  const ask = async <Value extends ReaderValue>(task: ReaderTask): Promise<Value> => {
    try {
      return (await shared.ask(task)) as Value
    } catch (error) {
      if (!(error instanceof TooMuchWork)) throw error
      slow ??= startLane({ file, limit: LONG_LIMIT }, clock, log)
      return (await slow.ask(task)) as Value
    }
  }
  return {
    findObjects: (scope, query) => ask<Found>({ kind: 'objects', scope, query }),
    findDrops: (flow, query) => ask<Found>({ kind: 'drops', flow, query }),
    aggregateDrops: (flow, request) => ask<Aggregated>({ kind: 'aggregate', flow, request }),
    countsBetween: (type, objectId, fromMs, toMs) =>
      ask<readonly HourCount[]>({ kind: 'counts', type, objectId, fromMs, toMs }),
    checkpoint: () => ask<CheckpointReach>({ kind: 'checkpoint' }),
    close: async () => {
      await Promise.all([shared.close(), slow?.close()])
    }
  }
}

interface Lane {
  readonly ask: (task: ReaderTask) => Promise<ReaderValue>
  readonly close: () => Promise<void>
}

/** One worker; it starts again with the next find after it has died, and finds that were under way then fail. */
function startLane(data: ReaderData, clock: Clock, log: Log): Lane {
  const waiting = new Map<number, Waiting>()
  let nextNumber = 1
  let isClosed = false

  const start = (): Worker => {
    const started = new Worker(entryFile('reader-worker'), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MIB },
      execArgv: ['--disable-warning=ExperimentalWarning']
    })
    started.on('message', (reply: ReaderReply) => {
      const entry = waiting.get(reply.number)
      waiting.delete(reply.number)
      switch (reply.kind) {
        case 'done':
          entry?.resolve(unpacked(reply.value))
          break
        case 'too-large':
          entry?.reject(new AnswerTooLarge())
          break
        case 'too-long':
          entry?.reject(new TooMuchWork())
          break
        case 'failed':
          entry?.reject(new Error(reply.message))
      }
    })
    started.on('error', (error) => {
      log.error(
        { reason: error instanceof Error ? error.message : String(error) },
        'the reader worker failed'
      )
    })
    started.on('exit', () => {
      if (worker === started) worker = undefined
      for (const entry of waiting.values())
        entry.reject(new Error('the reader ended while the find was under way'))
      waiting.clear()
    })
    return started
  }

  let worker: Worker | undefined = start()

  return {
    ask: (task) =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new Error('the store is closed'))
          return
        }
        const number = nextNumber++
        waiting.set(number, { resolve, reject })
        worker ??= start()
        worker.postMessage({ number, nowMs: clock.now(), task } satisfies ReaderRequest)
      }),
    close: async () => {
      isClosed = true
      await worker?.terminate()
    }
  }
}
