import type { Drop } from '../../../shared/model/drop.ts'
import type { Result } from '../../../shared/result.ts'
import type { TransformedDrop, TransformOutput } from './output.ts'

/** A drop as a function gets it; one that is only simulated has no id yet. */
export type TransformInput = Drop | TransformedDrop

/** What a worker is started with. Plain data. */
export interface WorkerSettings {
  /** The URL of a module that exports `createFlowReader`; without one `Flow.Flow`, `Flow.Track` and `Flow.Drop` fail. */
  readonly readerModule?: string
  readonly readerData?: unknown
  /** Whether `Flow.Flow`, `Flow.Track` and `Flow.Drop` are answered by the main thread. */
  readonly readsFromHost: boolean
  readonly hasTypedElements: boolean
}

/** One call of a function. Without a drop the function is only read. */
export interface WorkerJob {
  readonly jobId: number
  /** Calls of one key share a warm context, and nothing else does. */
  readonly contextKey: string
  readonly js: string
  readonly drop?: TransformInput
  readonly asIdentity: string
  readonly deadlineMs: number
}

export type WorkerReport =
  | { readonly kind: 'ready' }
  /** The context is made; from here on the time of the function counts. */
  | { readonly kind: 'running'; readonly jobId: number }
  | {
      readonly kind: 'done'
      readonly jobId: number
      readonly result: Result<TransformOutput>
      /** Whether the function used up its time, which the worker noticed itself. */
      readonly isOvertime: boolean
    }
  /** The function reads; the worker sleeps until the text of the answer is in `answer`. */
  | {
      readonly kind: 'read'
      readonly jobId: number
      readonly name: string
      readonly argumentsText: string
      readonly answer: SharedArrayBuffer
    }
  /** The function waits for an HTTP exchange; the worker sleeps until the answer is in `answer`. */
  | {
      readonly kind: 'http'
      readonly jobId: number
      readonly request: HttpRequest
      readonly answer: SharedArrayBuffer
    }

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}
