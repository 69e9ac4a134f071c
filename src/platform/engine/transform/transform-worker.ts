import { parentPort, workerData } from 'node:worker_threads'
import { failure } from '../../../shared/failure.ts'
import type { Result } from '../../../shared/result.ts'
import { failed, success } from '../../../shared/result.ts'
import { parseJson } from '../../../shared/wire/json.ts'
import { giveWay } from '../../give-way.ts'
import { refuse } from '../refusal.ts'
import { awaitAnswer, createAnswer } from './blocking-answer.ts'
import { answerFlowCall, callFailed, dropForSandbox, MAX_ANSWER_LENGTH } from './flow-calls.ts'
import type { CreateFlowReader, FlowReader } from './flow-reader.ts'
import { MAX_HTTP_BODY_BYTES } from './http-exchange.ts'
import type { HttpRequest, WorkerJob, WorkerReport, WorkerSettings } from './messages.ts'
import { overtime, readOutput } from './output.ts'
import type { TransformOutput } from './output.ts'
import type { SandboxOutcome } from './sandbox.ts'
import { Sandbox } from './sandbox.ts'

/**
 * Runs the JavaScript of tracks, one call after the other, each track in an engine of its own.
 *
 * The main thread ends this worker when a call does not end by itself; nothing here is worth saving.
 */

/** Engines that are kept warm; one has about 2 MiB while its function keeps little. */
const MAX_WARM_SANDBOXES = 32
/** JSON text of an answer: its body may grow sixfold by escapes, and headers come on top. */
const MAX_HTTP_ANSWER_BYTES = 6 * MAX_HTTP_BODY_BYTES + 64 * 1024
/** A unit of text takes three bytes at most; memory that is not written to costs nothing. */
const MAX_READ_ANSWER_BYTES = 3 * MAX_ANSWER_LENGTH

giveWay()

/** By context key, the least recently used first. */
const sandboxes = new Map<string, Sandbox>()
const settings = workerData as WorkerSettings
const reader = await openReader()
let current: WorkerJob | undefined

report({ kind: 'ready' })
// The main thread sends the next job only after the answer to the last: jobs never overlap.
parentPort?.on('message', (job: WorkerJob) => {
  void perform(job)
})

async function perform(job: WorkerJob): Promise<void> {
  current = job
  const sandbox = await warmSandbox(job.contextKey)
  report({ kind: 'running', jobId: job.jobId })
  const deadlineMs = performance.now() + job.deadlineMs
  const outcome =
    job.drop === undefined
      ? sandbox.check(job.js, deadlineMs)
      : sandbox.run(job.js, dropForSandbox(job.drop), deadlineMs)
  if (sandbox.isSpent) sandboxes.delete(job.contextKey)
  report({
    kind: 'done',
    jobId: job.jobId,
    result: outcome === undefined ? success({ kind: 'none' }) : readOutcome(outcome, job.deadlineMs),
    isOvertime: outcome?.kind === 'overtime'
  })
}

async function warmSandbox(key: string): Promise<Sandbox> {
  const warm =
    sandboxes.get(key) ?? (await Sandbox.create({ hasTypedElements: settings.hasTypedElements, hostCall }))
  sandboxes.delete(key)
  sandboxes.set(key, warm)
  for (const [coldest, sandbox] of sandboxes) {
    if (sandboxes.size <= MAX_WARM_SANDBOXES) break
    sandbox.dispose()
    sandboxes.delete(coldest)
  }
  return warm
}

function readOutcome(outcome: SandboxOutcome, deadlineMs: number): Result<TransformOutput> {
  switch (outcome.kind) {
    case 'returned':
      return readOutput(parseJson(outcome.text))
    case 'overtime':
      return overtime(deadlineMs)
    case 'outOfMemory':
      return refuse(
        'The function of the track used more memory than its 64 MiB, or nested its calls too deep.'
      )
    case 'threw': {
      const { name, message, details, lineNumber } = outcome.error
      const place = lineNumber === undefined ? '' : ` (line ${String(lineNumber)})`
      return refuse(`The function of the track failed${place}: ${name}: ${message}`, {
        errors: [message, ...details],
        ...(lineNumber === undefined ? {} : { lineNumber })
      })
    }
  }
}

/** Must not throw: the sandbox would show the error of this program to the function. */
function hostCall(name: string, argumentsText: string): string {
  try {
    if (settings.readsFromHost && !name.startsWith('Flow.Http.')) return readFromHost(name, argumentsText)
    return answerFlowCall(name, argumentsText, { reader, asIdentity: current?.asIdentity ?? '', exchange })
  } catch {
    return callFailed(name)
  }
}

function readFromHost(name: string, argumentsText: string): string {
  if (current === undefined) throw new Error('Only a running function reads.')
  const answer = createAnswer(MAX_READ_ANSWER_BYTES)
  report({ kind: 'read', jobId: current.jobId, name, argumentsText, answer })
  return awaitAnswer(answer, current.deadlineMs) ?? callFailed(name)
}

function exchange(request: HttpRequest): Result<unknown> {
  if (current === undefined) throw new Error('Only a running function makes requests.')
  const answer = createAnswer(MAX_HTTP_ANSWER_BYTES)
  report({ kind: 'http', jobId: current.jobId, request, answer })
  const text = awaitAnswer(answer, current.deadlineMs)
  return text === undefined
    ? failed(failure('network/timeout', { message: 'Flow.Http got no answer in time.', hint: null }))
    : (parseJson(text) as Result<unknown>)
}

async function openReader(): Promise<FlowReader | undefined> {
  if (settings.readerModule === undefined) return undefined
  const module = (await import(settings.readerModule)) as { createFlowReader: CreateFlowReader }
  return await module.createFlowReader(settings.readerData)
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message)
}
