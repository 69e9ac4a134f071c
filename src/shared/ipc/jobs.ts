/**
 * Long work of main that the window watches: an export to a file, a delete of many drops. A job is told whole each time it
 * changes, at most some ten times a second; it is a few kilobytes, however many drops it works on.
 */
export interface Job {
  /** The window's own name for it. */
  readonly id: string
  readonly kind: 'export' | 'delete'
  readonly state: JobState
  /** Drops that were written, deleted, or found gone. */
  readonly doneDrops: number
  /** Known for a delete; an export learns it at its end. */
  readonly totalDrops?: number
  /** Bytes that an export wrote. */
  readonly writtenBytes?: number
  /** Where the export goes, whole. */
  readonly filePath?: string
  /** Elements that had no column, because they came while the export ran. */
  readonly leftOutElements?: number
  /** Drops of a delete that somebody else deleted first. */
  readonly goneDrops?: number
  readonly failedDrops?: number
  /** The first of the drops that could not be deleted, with the reason of each. */
  readonly failures?: readonly DropFailure[]
  readonly endedAtMs?: number
}

export type JobState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string; readonly hint?: string }

export interface DropFailure {
  readonly dropId: string
  readonly reason: string
}

/** Reasons that come with a job; the whole list can be copied. */
export const MAX_SHOWN_FAILURES = 100

/** What a delete would delete: nothing has happened yet. */
export interface DeletePreview {
  readonly dropCount: number
  /** The first of them, as JSON texts cut to `SAMPLE_CHARACTERS`. */
  readonly sample: readonly { readonly dropId: string; readonly text: string }[]
}

export const SAMPLE_DROPS = 5
export const SAMPLE_CHARACTERS = 400
