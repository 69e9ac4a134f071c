import type { AggregationsFile } from '../../shared/ipc/aggregations.ts'
import type { DraftsFile } from '../../shared/ipc/drafts.ts'
import type { FiltersFile } from '../../shared/ipc/filters.ts'
import type { RequestsFile } from '../../shared/ipc/request-requests.ts'
import type { Store } from '../settings.ts'

/** The files in which something stands under the id of a connection, apart from its profile. */
export interface ConnectionStores {
  readonly filters: Store<FiltersFile>
  readonly aggregations: Store<AggregationsFile>
  readonly requests: Store<RequestsFile>
  readonly drafts: Store<DraftsFile>
}

/**
 * Takes out of the files what belongs to a connection that is deleted: its id is never given again, so nobody could come
 * back to it. A file without such an entry is not written.
 */
export function forgetConnection(stores: ConnectionStores, connectionId: string): void {
  const isOther = (kept: { readonly connectionId: string }): boolean => kept.connectionId !== connectionId
  forgetIn(stores.filters, isOther)
  forgetIn(stores.aggregations, isOther)
  forgetIn(stores.requests, isOther)
  const { drafts = [] } = stores.drafts.read() ?? {}
  if (!drafts.every(isOther)) stores.drafts.write({ drafts: drafts.filter(isOther) })
}

function forgetIn<Entry extends { readonly connectionId: string }>(
  store: Store<{ connections: Entry[] }>,
  isOther: (entry: Entry) => boolean
): void {
  const { connections = [] } = store.read() ?? {}
  if (!connections.every(isOther)) store.write({ connections: connections.filter(isOther) })
}
