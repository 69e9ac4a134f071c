import type { SavedTab } from '../../shared/ipc/settings.ts'

/** What stands in the strip of tabs: an open flow, or a view such as statistics. */
export interface Tab {
  /** Of this window alone; names the tab's elements on the page. */
  readonly id: string
  readonly kind: SavedTab['kind']
  readonly connectionId: string
  /** A word or two for the strip. */
  readonly name: string
  /** Which one it is, in full. */
  readonly title: string
  /** What brings it back in the next run. */
  readonly saved: SavedTab
  /** Whether closing it would lose what was typed. */
  readonly hasUnsavedEdit: boolean
  /** It is looked at: the first time, it reads what it shows. */
  open(): void
  /** It is closed: what it holds elsewhere is let go. */
  close(): void
}
