import type { Found, Query } from './query.ts'
import type { FlowToRead } from './sqlite-store.ts'
import type { ObjectScope } from './store.ts'

/** What the store and its reader worker say to each other. */

/** With what the worker is started. */
export interface ReaderData {
  /** The database file. */
  readonly file: string
}

export type ReaderRequest = {
  readonly number: number
  /** The time that AGE counts from: clocks do not cross threads. */
  readonly nowMs: number
  readonly query: Query
} & (
  | { readonly kind: 'drops'; readonly flow: FlowToRead }
  | { readonly kind: 'objects'; readonly scope: ObjectScope }
)

export type ReaderReply = { readonly number: number } & (
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly message: string }
)
