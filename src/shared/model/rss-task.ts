import type { PeriodicTaskDraft, PeriodicTaskMembers } from './task.ts'

/** What it takes to make an RSS task (platform protocol, "API task and RSS task"). */
export interface RssTaskDraft extends PeriodicTaskDraft {
  /** The path of the flow that gets its drops. */
  readonly destination: string
  /** The feed. */
  readonly url: string
  readonly category?: string
  readonly favicon?: string
  readonly icon?: string
  readonly isFeatured?: boolean
}

/** A feed that is looked at from time to time. */
export interface RssTask extends RssTaskDraft, PeriodicTaskMembers {}
