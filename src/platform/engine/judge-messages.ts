import type { SubjectKind } from '../../shared/filter/index.ts'

/** What the filter judge and its worker say to each other. */
export interface JudgeRequest {
  readonly number: number
  /** Text of a filter that is known to run here. */
  readonly filter: string
  readonly subject: SubjectKind
  /** The JSON of each subject. */
  readonly texts: readonly string[]
  /** The time that AGE counts from: clocks do not cross threads. */
  readonly nowMs: number
}

export type JudgeReply = { readonly number: number } & (
  | { readonly kind: 'done'; readonly passes: boolean[] }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'failed'; readonly message: string }
)
