import { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import { entryFile } from '../entry-file.ts'
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
 * The reader worker of a database. It is started at once, so that the first find does not wait for it, and
 * again with the next find after it has died; finds that were under way then fail.
 */
export function startReader(file: string, clock: Clock, log: Log): StoreReader {
  const waiting = new Map<number, Waiting>()
  let nextNumber = 1
  let isClosed = false

  const start = (): Worker => {
    const started = new Worker(entryFile('reader-worker'), {
      workerData: { file } satisfies ReaderData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_WORKER_HEAP_MIB },
      execArgv: ['--disable-warning=ExperimentalWarning']
    })
    started.on('message', (reply: ReaderReply) => {
      const entry = waiting.get(reply.number)
      waiting.delete(reply.number)
      if (reply.kind === 'done') entry?.resolve(unpacked(reply.value))
      else entry?.reject(reply.kind === 'too-large' ? new AnswerTooLarge() : new Error(reply.message))
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

  // What a task answers is known where it is asked for.
  const ask = <Value extends ReaderValue>(task: ReaderTask): Promise<Value> =>
    new Promise((resolve, reject) => {
      if (isClosed) {
        reject(new Error('the store is closed'))
        return
      }
      const number = nextNumber++
      waiting.set(number, { resolve: resolve as Waiting['resolve'], reject })
      worker ??= start()
      worker.postMessage({ number, nowMs: clock.now(), task } satisfies ReaderRequest)
    })

  return {
    findObjects: (scope, query) => ask<Found>({ kind: 'objects', scope, query }),
    findDrops: (flow, query) => ask<Found>({ kind: 'drops', flow, query }),
    aggregateDrops: (flow, request) => ask<Aggregated>({ kind: 'aggregate', flow, request }),
    countsBetween: (type, objectId, fromMs, toMs) =>
      ask<readonly HourCount[]>({ kind: 'counts', type, objectId, fromMs, toMs }),
    checkpoint: () => ask<CheckpointReach>({ kind: 'checkpoint' }),
    close: async () => {
      isClosed = true
      await worker?.terminate()
    }
  }
}
