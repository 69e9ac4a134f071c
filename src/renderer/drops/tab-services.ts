import type { Connection } from '../../shared/model/connection.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import type { TimeZone } from '../ui/moment.ts'
import type { Reads } from '../window/reads.ts'
import type { Drafts } from './drafts.svelte.ts'
import type { FlowTab } from './flow-tab.svelte.ts'
import type { GridLayouts } from './grid-layouts.svelte.ts'
import type { Jobs } from './jobs.svelte.ts'

/** What the tab of a flow needs of the window. */
export interface TabServices {
  readonly explorer: Explorer
  readonly worker: DropWorkerClient
  readonly reads: Reads
  readonly drafts: Drafts
  readonly jobs: Jobs
  readonly layouts: GridLayouts
  connectionOf(connectionId: string): Connection | undefined
  timeZone(): TimeZone
  /** Something that the next run restores has changed. */
  changed(): void
  /** Drops that the console received from a flow since the app started. */
  receivedDrops(connectionId: string, flowId: string): number
  /** The platform answered a filter that the person ran. */
  filterRan(text: string): void
  /** The first rows of any tab are there. */
  rowsArrived(): void
  /** A flow turned out to be at another path. */
  flowMoved(flow: { readonly connectionId: string; readonly flowId: string; readonly path: string }): void
  /** Shows another flow. */
  openFlow(flow: { readonly connectionId: string; readonly flowId: string; readonly path: string }): FlowTab
}
