import type { PeriodicTaskDraft, PeriodicTaskMembers } from './task.ts'

/** What it takes to make an API task (platform protocol, "API task and RSS task"): `js`, `source` or both. */
export interface ApiTaskDraft extends PeriodicTaskDraft {
  /** The path of the flow that gets its drops. */
  readonly destination: string
  readonly js?: string
  /** A query for drops, or a request whose answer becomes drops. */
  readonly source?: Readonly<Record<string, unknown>>
}

/** What brings drops in from elsewhere, from time to time. */
export interface ApiTask extends ApiTaskDraft, PeriodicTaskMembers {}
