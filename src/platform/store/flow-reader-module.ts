import { systemClock } from '../../shared/clock.ts'
import { createStoredFlowReader } from '../engine/stored-flow-reader.ts'
import type { CreateFlowReader } from '../engine/transform/flow-reader.ts'
import { SqliteReader } from './sqlite-reader.ts'

/** What the reader in the worker of the functions is given. */
export interface FlowReaderData {
  /** The database file. */
  readonly file: string
}

/** Opens the worker's own read connection: a function reads what is committed, and never waits for the server. */
export const createFlowReader: CreateFlowReader = (readerData) => {
  const reader = new SqliteReader((readerData as FlowReaderData).file)
  return createStoredFlowReader(
    {
      object: (id) => reader.object(id),
      flowAt: (path) => reader.flowAt(path),
      objectsOf: (kind) => reader.objectsOf(kind),
      drop: (flowId, dropId) => reader.drop(flowId, dropId),
      dropByFhash: (flowId, fhash) => reader.dropByFhash(flowId, fhash),
      objectRows: (scope, query) => reader.objectRows(scope, query, systemClock),
      dropRows: (flowId, query) => reader.dropRows(flowId, query, systemClock),
      aggregated: (flowId, request) => reader.aggregated(flowId, request, systemClock)
    },
    systemClock
  )
}
