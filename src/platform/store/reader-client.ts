import { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import { entryFile } from '../entry-file.ts'
import type { Log } from '../log.ts'
import { AnswerTooLarge, type Found } from './query.ts'
import type { ReaderData, ReaderReply, ReaderRequest } from './reader-messages.ts'
import type { StoreReader } from './sqlite-store.ts'

/** A find that grows beyond this ends its thread and fails; the server goes on with a new one. */
const MAX_WORKER_HEAP_MIB = 1024

interface Waiting {
  readonly resolve: (found: Found) => void
  readonly reject: (error: Error) => void
}

type RequestContent = ReaderRequest extends infer Request
  ? Request extends ReaderRequest
    ? Omit<Request, 'number' | 'nowMs'>
    : never
  : never

/**
 * The reader worker of a database. It is started at once, so that the first find does not wait for it, and again with the next find
 * after it has died; finds that were under way then fail.
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
      if (reply.kind === 'found') entry?.resolve(reply.found)
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

  const ask = (content: RequestContent): Promise<Found> =>
    new Promise((resolve, reject) => {
      if (isClosed) {
        reject(new Error('the store is closed'))
        return
      }
      const number = nextNumber++
      waiting.set(number, { resolve, reject })
      worker ??= start()
      worker.postMessage({ ...content, number, nowMs: clock.now() })
    })

  return {
    findObjects: (scope, query) => ask({ kind: 'objects', scope, query }),
    findDrops: (flow, query) => ask({ kind: 'drops', flow, query }),
    close: async () => {
      isClosed = true
      await worker?.terminate()
    }
  }
}
