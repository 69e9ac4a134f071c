import type { FilterTime } from '../filter-limits.ts'
import type { StatisticsType } from '../../shared/model/statistics.ts'
import type { HourCount } from '../engine/statistics.ts'
import type { Aggregated } from './aggregate-rows.ts'
import type { CheckpointReach } from './checkpoints.ts'
import type { Found, Query } from './query.ts'
import type { FlowToRead } from './sqlite-store.ts'
import type { ObjectScope } from './store.ts'

/** What the store and its reader worker say to each other. */

/** With what the worker is started. */
export interface ReaderData {
  /** The database file. */
  readonly file: string
  /** What its filters may take. */
  readonly limit: FilterTime
}

export type ReaderTask =
  | { readonly kind: 'drops'; readonly flow: FlowToRead; readonly query: Query }
  | { readonly kind: 'objects'; readonly scope: ObjectScope; readonly query: Query }
  | { readonly kind: 'aggregate'; readonly flow: FlowToRead; readonly request: unknown }
  | {
      readonly kind: 'counts'
      readonly type: StatisticsType
      readonly objectId: string
      readonly fromMs: number
      readonly toMs: number
    }
  | { readonly kind: 'checkpoint' }

/** What the tasks answer. */
export type ReaderValue = Found | Aggregated | readonly HourCount[] | CheckpointReach

export interface ReaderRequest {
  readonly number: number
  /** The time that AGE counts from: clocks do not cross threads. */
  readonly nowMs: number
  readonly task: ReaderTask
}

export type ReaderReply = { readonly number: number } & (
  | { readonly kind: 'done'; readonly value: ReaderValue }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'failed'; readonly message: string }
)
