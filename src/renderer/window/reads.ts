import type { FindParameters } from '../../shared/ipc/contract.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from '../console/drop-worker-client.ts'
import type { CallInput, FlowsRead, TableShape } from '../console/worker-protocol.ts'

/** All that a flow can hold (platform protocol, "Flows"). */
export const ALL_DROPS = 100_000

/** The most that a platform answers at once (platform protocol, "Request parameters"): an account may have more flows. */
const FLOWS_PAGE = 100_000

type ReadTarget = Parameters<Explorer['openRead']>[0]['target']

export interface Read<Shape> {
  readonly result: Promise<Result<Shape>>
  /** Ends the read; its result is then `request/cancelled`. */
  cancel(): void
}

/**
 * Large reads: the worker waits for the port, main opens it, and the answer never touches the window's own thread. When
 * main refuses, the worker's wait is ended and main's failure is the answer.
 */
export class Reads {
  readonly #explorer: Explorer
  readonly #worker: DropWorkerClient

  constructor(explorer: Explorer, worker: DropWorkerClient) {
    this.#explorer = explorer
    this.#worker = worker
  }

  /** A page of the account's flows, from `start` on; `sessionId` is the same for all pages of one read. */
  flows(
    connection: { readonly connectionId: string; readonly account: string },
    sessionId: string,
    start: number
  ): Read<FlowsRead> {
    const readId = crypto.randomUUID()
    const { connectionId } = connection
    const page = { readId, ...connection, sessionId, isFirst: start === 0, limit: FLOWS_PAGE }
    const received = this.#worker.call('readFlows', page)
    return this.#open(readId, received, {
      readId,
      connectionId,
      target: { kind: 'flows' },
      parameters: { limit: FLOWS_PAGE, start, sort: 'path', order: 'asc', only: 'path,capacity,description' }
    })
  }

  /** Drops into a table of the worker. */
  drops(
    connectionId: string,
    target: Exclude<ReadTarget, { readonly kind: 'flows' }>,
    parameters: FindParameters,
    into: Omit<CallInput<'readDrops'>, 'readId'>
  ): Read<TableShape> {
    const readId = crypto.randomUUID()
    const received = this.#worker.call('readDrops', { readId, ...into })
    return this.#open(readId, received, {
      readId,
      connectionId,
      target,
      // A plain answer shows a date as a number: only the typed one tells what a column holds.
      parameters: { limit: ALL_DROPS, hints: true, ...parameters }
    })
  }

  /** Ids and paths of flows, as the rows of a table: for who needs to know which there are. */
  flowTable(connectionId: string, parameters: FindParameters, tableId: string): Read<TableShape> {
    const readId = crypto.randomUUID()
    const received = this.#worker.call('readDrops', { readId, tableId })
    const input = { readId, connectionId, target: { kind: 'flows' } as const, parameters }
    return this.#open(readId, received, input)
  }

  #open<Shape>(
    readId: string,
    received: Promise<Result<Shape>>,
    input: Parameters<Explorer['openRead']>[0]
  ): Read<Shape> {
    const cancel = (): void => {
      this.#worker.post({ kind: 'cancelRead', readId })
    }
    const opened = this.#explorer.openRead(input)
    const result = opened.then((answer) => {
      if (answer.ok) return received
      cancel()
      return answer
    })
    return { result, cancel }
  }
}
