import { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import type { SubjectKind } from '../../shared/filter/index.ts'
import { runMetered, TooMuchWork, workLimit } from '../../shared/filter/work.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { entryFile } from '../entry-file.ts'
import type { DropFilter } from '../filters.ts'
import type { JudgeReply, JudgeRequest } from './judge-messages.ts'

/**
 * Work on the server's loop for one drop, in estimated nanoseconds: 5 ms at worst. Drops and filters of everyday take
 * microseconds; what is refused goes to a worker.
 */
const LOOP_NANOSECONDS = 5_000_000
/** Judgements that may wait for the worker. Their drops are kept meanwhile, up to 1 MiB each. */
const MAX_WAITING = 128

/** Too much waits for filters that take long; nothing happened. */
export class JudgeBusy extends Error {
  override readonly name = 'JudgeBusy'
}

/** Decides whether drops pass the filters of flows and tracks, without ever holding up the server's loop. */
export interface FilterJudge {
  /**
   * Whether the drop passes: at once, as nearly always, or later when its text and the filter are too large together.
   *
   * The promise rejects with `TooMuchWork` when even the worker finds no end, and with `JudgeBusy`.
   */
  readonly passes: (filter: DropFilter, drop: object) => boolean | Promise<boolean>
  /** For the JSON text of each subject, whether it passes. Never at once. Rejects as `passes` does. */
  readonly passesEach: (filter: string, subject: SubjectKind, texts: readonly string[]) => Promise<boolean[]>
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly resolve: (passes: boolean[]) => void
  readonly reject: (error: Error) => void
}

/** A judge whose worker starts with the first filter that needs it. */
export function createFilterJudge(clock: Clock): FilterJudge {
  const waiting = new Map<number, Waiting>()
  let nextNumber = 1
  let worker: Worker | undefined
  let isClosed = false

  const start = (): Worker => {
    const started = new Worker(entryFile('filter-worker'), {
      execArgv: ['--disable-warning=ExperimentalWarning']
    })
    started.unref()
    started.on('message', (reply: JudgeReply) => {
      const entry = waiting.get(reply.number)
      waiting.delete(reply.number)
      if (reply.kind === 'done') entry?.resolve(reply.passes)
      else entry?.reject(reply.kind === 'too-long' ? new TooMuchWork() : new Error(reply.message))
    })
    started.on('error', () => {
      // Its exit follows and tells all who wait.
    })
    started.on('exit', () => {
      if (worker === started) worker = undefined
      for (const entry of waiting.values()) entry.reject(new JudgeBusy('the filter worker ended'))
      waiting.clear()
    })
    return started
  }

  const passesEach: FilterJudge['passesEach'] = (filter, subject, texts) =>
    new Promise((resolve, reject) => {
      if (isClosed || waiting.size >= MAX_WAITING) {
        reject(new JudgeBusy('too many drops wait for filters that take long'))
        return
      }
      const number = nextNumber++
      waiting.set(number, { resolve, reject })
      worker ??= start()
      worker.postMessage({ number, filter, subject, texts, nowMs: clock.now() } satisfies JudgeRequest)
    })

  return {
    passesEach,
    passes: (filter, drop) => {
      try {
        return runMetered(workLimit(LOOP_NANOSECONDS), () => filter.matches(drop))
      } catch (error) {
        if (!(error instanceof TooMuchWork)) throw error
        return passesEach(filter.text, 'drop', [writeJson(drop)]).then(([passes]) => passes === true)
      }
    },
    close: async () => {
      isClosed = true
      await worker?.terminate()
    }
  }
}
