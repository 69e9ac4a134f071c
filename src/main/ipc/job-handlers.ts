import type { FindParameters } from '../../shared/ipc/contract.ts'
import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import { MAX_SHOWN_FAILURES, SAMPLE_CHARACTERS, SAMPLE_DROPS } from '../../shared/ipc/jobs.ts'
import type { Job, JobState } from '../../shared/ipc/jobs.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { deleteDrops } from '../bulk/delete-drops.ts'
import type { DeleteOutcome, DropKey } from '../bulk/delete-drops.ts'
import type { Connections } from '../connections/connections.ts'
import { csvWriter, jsonWriter } from '../export/drop-writer.ts'
import type { DropWriter } from '../export/drop-writer.ts'
import { exportDrops, findColumns, readDrops } from '../export/export-drops.ts'
import type { DropSources } from '../export/export-drops.ts'
import type { HandlersOf } from './answer-request.ts'

export interface JobHandlerParts {
  readonly connections: Connections
  readonly jobChanged: (job: Job) => void
  /** Asks the person where to save; undefined when the dialog was cancelled. */
  readonly chooseSaveFile: (suggestedName: string) => Promise<string | undefined>
  readonly writeClipboard: (text: string) => void
  readonly now?: () => number
}

export type JobHandlers = HandlersOf<
  'startExport' | 'previewDelete' | 'startDelete' | 'retryDelete' | 'copyDeleteResults' | 'cancelJob'
>

/** Often enough to look alive, rarely enough to cost nothing. */
const PROGRESS_INTERVAL_MS = 100
/** Finished deletes whose results can still be copied or retried. */
const MAX_KEPT_DELETES = 10

interface FoundDrops {
  readonly connectionId: string
  readonly drops: readonly DropKey[]
}

interface KeptDelete extends FoundDrops {
  readonly outcomes: readonly DeleteOutcome[]
}

/** Exports and deletes of many drops: they run here, and the window is told how they go. */
export function jobHandlers(parts: JobHandlerParts): JobHandlers {
  const { connections, chooseSaveFile, writeClipboard, now = Date.now } = parts
  const running = new Map<string, AbortController>()
  const deletes = new Map<string, KeptDelete>()
  let preview: (FoundDrops & { readonly previewId: string }) | undefined

  const begin = (job: Job): Reporter => {
    const controller = new AbortController()
    running.set(job.id, controller)
    return reportJob(job, controller.signal, parts.jobChanged, now, () => running.delete(job.id))
  }

  const sourcesOf = (
    connectionId: string,
    flowIds: readonly string[],
    parameters: FindParameters
  ): DropSources =>
    flowIds.map(
      (flowId) => (signal) =>
        connections.use(connectionId, ({ api }) => api.drop(flowId).findStream({ ...parameters, signal }))
    )

  const runDelete = (jobId: string, { connectionId, drops }: FoundDrops): Job => {
    const job: Job = {
      id: jobId,
      kind: 'delete',
      state: { kind: 'running' },
      doneDrops: 0,
      totalDrops: drops.length,
      goneDrops: 0,
      failedDrops: 0,
      failures: []
    }
    const reporter = begin(job)
    const count = { doneDrops: 0, goneDrops: 0, failedDrops: 0 }
    const deleteOne = ({ flowId, dropId }: DropKey): Promise<Result<null>> =>
      connections.use(connectionId, ({ api }) => api.drop(flowId).delete(dropId))
    void deleteDrops(drops, deleteOne, reporter.signal, ({ kind }) => {
      if (kind === 'failed') count.failedDrops += 1
      else count.doneDrops += 1
      if (kind === 'gone') count.goneDrops += 1
      reporter.progress(count)
    }).then((outcomes) => {
      deletes.set(jobId, { connectionId, drops, outcomes })
      const [oldest] = deletes.keys()
      if (deletes.size > MAX_KEPT_DELETES && oldest !== undefined) deletes.delete(oldest)
      const failures = outcomes.flatMap((outcome, place) =>
        outcome.kind === 'failed' ? [{ dropId: drops[place]?.dropId ?? '', reason: outcome.reason }] : []
      )
      const state: JobState = { kind: reporter.signal.aborted ? 'cancelled' : 'done' }
      reporter.end(state, { ...count, failures: failures.slice(0, MAX_SHOWN_FAILURES) })
    })
    return job
  }

  return {
    startExport: async ({ jobId, connectionId, flowIds, parameters, name, format, ...form }) => {
      const filePath = await chooseSaveFile(`${fileName(name)}.${format}`)
      if (filePath === undefined) return success(null)
      const isTyped = format === 'csv' || form.hasTypes
      const sources = sourcesOf(connectionId, flowIds, { ...parameters, hints: isTyped })
      const job: Job = { id: jobId, kind: 'export', state: { kind: 'running' }, doneDrops: 0, filePath }
      const reporter = begin(job)
      const makeWriter = async (): Promise<Result<DropWriter>> => {
        if (format !== 'csv') return success(jsonWriter(form.content, format === 'ndjson'))
        const columns =
          form.columns === undefined ? await findColumns(sources, reporter.signal) : success(form.columns)
        return columns.ok ? success(csvWriter(columns.value, form.isFormulaSafe)) : columns
      }
      const run = async (): Promise<void> => {
        const writer = await makeWriter()
        const result = writer.ok
          ? await exportDrops(sources, writer.value, filePath, reporter.signal, (progress) => {
              reporter.progress({ doneDrops: progress.writtenDrops, writtenBytes: progress.writtenBytes })
            })
          : writer
        if (result.ok) {
          const { writtenDrops: doneDrops, writtenBytes } = result.value
          const leftOutElements = writer.ok && form.columns === undefined ? writer.value.leftOutElements() : 0
          reporter.end({ kind: 'done' }, { doneDrops, writtenBytes, totalDrops: doneDrops, leftOutElements })
        } else reporter.end(endOfFailure(result.failure, reporter.signal))
      }
      void run()
      return success(job)
    },

    previewDelete: async ({ previewId, connectionId, target }) => {
      const drops: DropKey[] = []
      const sample: { dropId: string; text: string }[] = []
      const signal = new AbortController().signal
      const take = (values: readonly object[], flowId?: string): void => {
        for (const value of values as readonly { id?: unknown; flowId?: unknown }[]) {
          const owner = flowId ?? value.flowId
          if (typeof value.id === 'string' && typeof owner === 'string') {
            drops.push({ flowId: owner, dropId: value.id })
          }
        }
      }
      if (target.kind === 'chosen') drops.push(...target.drops)
      else {
        // Flow by flow: what a later answer leaves out must not be taken for another flow's.
        for (const flowId of target.flowIds) {
          const parameters = { ...target.parameters, only: 'id', hints: false, refs: false }
          const read = await readDrops(sourcesOf(connectionId, [flowId], parameters), signal, (values) => {
            take(values, flowId)
          })
          if (!read.ok) return read
        }
      }
      for (const { flowId, dropId } of drops.slice(0, SAMPLE_DROPS)) {
        const read = await connections.use(connectionId, ({ api }) => api.drop(flowId).read(dropId))
        const text = read.ok ? writeJson(read.value.elems) : read.failure.message
        sample.push({ dropId, text: text.slice(0, SAMPLE_CHARACTERS) })
      }
      preview = { previewId, connectionId, drops }
      return success({ dropCount: drops.length, sample })
    },

    startDelete: ({ jobId, previewId }) => {
      if (preview?.previewId !== previewId) return failed(noPreview)
      const found = preview
      preview = undefined
      return success(runDelete(jobId, found))
    },

    retryDelete: ({ jobId }) => {
      const kept = deletes.get(jobId)
      if (kept === undefined || running.has(jobId)) return failed(noDelete)
      const left = kept.drops.filter((_drop, place) => {
        const kind = kept.outcomes[place]?.kind
        return kind === 'failed' || kind === 'not-tried'
      })
      return success(runDelete(jobId, { connectionId: kept.connectionId, drops: left }))
    },

    copyDeleteResults: ({ jobId }) => {
      const kept = deletes.get(jobId)
      if (kept === undefined) return failed(noDelete)
      const lines = kept.drops.map(({ flowId, dropId }, place) => {
        const outcome = kept.outcomes[place] ?? { kind: 'not-tried' }
        return [dropId, flowId, outcome.kind, outcome.kind === 'failed' ? outcome.reason : ''].join('\t')
      })
      writeClipboard(['drop\tflow\tresult\treason', ...lines].join('\n'))
      return success(null)
    },

    cancelJob: ({ jobId }) => {
      running.get(jobId)?.abort()
      return success(null)
    }
  }
}

interface Reporter {
  readonly signal: AbortSignal
  /** Told at most once in `PROGRESS_INTERVAL_MS`. */
  progress(change: Partial<Job>): void
  end(state: JobState, change?: Partial<Job>): void
}

function reportJob(
  first: Job,
  signal: AbortSignal,
  tell: (job: Job) => void,
  now: () => number,
  onEnd: () => void
): Reporter {
  let job = first
  let toldAtMs = now()
  return {
    signal,
    progress: (change) => {
      job = { ...job, ...change }
      if (now() - toldAtMs < PROGRESS_INTERVAL_MS) return
      toldAtMs = now()
      tell(job)
    },
    end: (state, change = {}) => {
      onEnd()
      tell({ ...job, ...change, state, endedAtMs: now() })
    }
  }
}

function endOfFailure({ message, hint }: Failure, signal: AbortSignal): JobState {
  if (signal.aborted) return { kind: 'cancelled' }
  return { kind: 'failed', message, ...(hint === undefined ? {} : { hint }) }
}

/** Signs that one of the systems does not take in a file's name, and leading dots, which hide a file. */
const fileName = (name: string): string =>
  // eslint-disable-next-line no-control-regex
  name.replaceAll(/[\\/:*?"<>|\u0000-\u001f]+/g, '-').replace(/^\.+/, '') || 'drops'

const noPreview = failure('input/invalid', {
  message: 'What would be deleted was looked at too long ago.',
  hint: 'Look at it again, then delete.'
})

const noDelete = failure('input/invalid', {
  message: 'The results of this delete are not kept any more.',
  hint: 'Find the drops again with a filter.'
})
