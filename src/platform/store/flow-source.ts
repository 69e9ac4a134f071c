import type { Aggregated } from './aggregate-rows.ts'
import type { Query, Row } from './query.ts'
import type { ObjectScope, Store } from './store.ts'

/**
 * What can be read of a store at once, without waiting: for the functions of tracks, which cannot wait. Only what is
 * committed is there.
 */
export interface FlowSource extends Pick<Store, 'object' | 'flowAt' | 'objectsOf' | 'drop' | 'dropByFhash'> {
  readonly objectRows: (scope: ObjectScope, query: Query) => readonly Row[]
  readonly dropRows: (flowId: string, query: Query) => readonly Row[]
  /** `request` is not checked. */
  readonly aggregated: (flowId: string, request: unknown) => Aggregated
}
