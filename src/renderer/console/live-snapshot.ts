import type { LiveMarker, LiveSubscription } from '../../shared/ipc/live-port.ts'
import type { FlowActivity } from './flow-activity.ts'
import type { DropSummary } from './summary.ts'

/** What the window looks at: rows by their places on the screen, from the top down. */
export interface LiveView {
  readonly from: number
  readonly to: number
  /** The newest sequence number that is shown while the view is held (paused or scrolled away); null follows. */
  readonly heldAt: number | null
  /** The newest row stands at the bottom; a view that follows then gets the last rows, whatever `from` says. */
  readonly isNewestLast: boolean
  /** Elements that have a column of their own; none when left out. */
  readonly elementNames?: readonly string[]
}

export type LiveRow =
  | {
      readonly kind: 'drop'
      readonly sequence: number
      readonly subscription: LiveSubscription
      readonly receivedAtMs: number
      readonly sizeBytes: number
      readonly summary: DropSummary
      /** The colour of the first highlight rule that is true of it, from 1; 0 for none. */
      readonly highlight: number
    }
  | {
      readonly kind: 'marker'
      readonly sequence: number
      readonly marker: LiveMarker
      /** What it is about; undefined when that is a whole connection. */
      readonly subscription: LiveSubscription | undefined
    }

/** Everything that the window shows of the stream, at one moment. */
export interface LiveSnapshot {
  readonly receivedDrops: number
  /** Drops that are gone for good, as far as they could be counted. */
  readonly missedDrops: number
  /** Whether some gap could not be counted: there are more than `missedDrops`. */
  readonly isMissedUncertain: boolean
  readonly skippedDrops: number
  readonly perSecond: number
  /** The highest rate since the console was cleared. */
  readonly peakPerSecond: number
  readonly keptDrops: number
  readonly keptBytes: number
  /** Drops and markers. */
  readonly keptEntries: number
  /** Kept entries that the filter was asked about: less than `keptEntries` while it still works. */
  readonly testedEntries: number
  /** Kept drops that the filter, mute or solo hides. */
  readonly hiddenDrops: number
  /** Drops that are shown because the filter would take too long on them. */
  readonly undecidedDrops: number
  readonly isFiltering: boolean
  /** When the newest drop was created and received, milliseconds since the Unix epoch; undefined when it does not say. */
  readonly latency: { readonly createdAtMs: number; readonly receivedAtMs: number } | undefined
  /** The newest sequence number that the view reaches; -1 when nothing is kept. */
  readonly headSequence: number
  readonly rowCount: number
  /** Shown entries that came after the head of a held view. */
  readonly newEntries: number
  /** The place of the first of `rows`. */
  readonly from: number
  readonly rows: readonly LiveRow[]
  /** What the cells of the rows are of. */
  readonly elementNames: readonly string[]
  /** Left out when they were told a moment ago. */
  readonly flows?: readonly FlowActivity[]
  readonly density?: readonly number[]
}
