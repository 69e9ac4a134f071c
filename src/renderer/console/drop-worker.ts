import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { FlowPulses } from '../flows/flow-pulses.ts'
import { PendingReads } from './pending-reads.ts'
import { WorkerLive } from './worker-live.ts'
import { WorkerTables } from './worker-tables.ts'
import { WorkerTree } from './worker-tree.ts'
import type { CallName, FromWorker, ToWorker, WorkerCalls } from './worker-protocol.ts'

/**
 * The drop worker: the end of the live port and of every large read. Whatever is parsed, sorted or searched is parsed,
 * sorted or searched here; the window's own thread draws.
 */
const DEFAULT_BUDGET_BYTES = 256 * 1_048_576

const send = (message: FromWorker): void => {
  self.postMessage(message)
}

const reads = new PendingReads()
const live = new WorkerLive(DEFAULT_BUDGET_BYTES, (snapshot) => {
  send({ kind: 'live', snapshot })
})
const tables = new WorkerTables(reads, live.feed)
const pulses = new FlowPulses()
const tree = new WorkerTree(reads, pulses, (news) => {
  send({ kind: 'tree', news })
})
type Handlers = {
  readonly [Name in CallName]: (
    input: Parameters<WorkerCalls[Name]>[0]
  ) => Result<ReturnType<WorkerCalls[Name]>> | Promise<Result<ReturnType<WorkerCalls[Name]>>>
}

const handlers: Handlers = {
  readFlows: (input) => tree.read(input),
  readDrops: (input) => tables.read(input),
  tableRows: (input) => success(tables.rows(input)),
  copyRows: (input) => tables.copyRows(input),
  tableJson: (input) => success(tables.json(input)),
  tableKeys: (input) => success(tables.keys(input)),
  sortTable: ({ tableId, sorting }) => success(tables.sort(tableId, sorting)),
  tablePlace: ({ tableId, dropId }) => success(tables.placeOf(tableId, dropId)),
  treeRows: ({ from, to }) => success(tree.model.rows(from, to)),
  changeTree: (change) => tree.change(change),
  treePlace: ({ key }) => success(tree.model.placeOf(key)),
  treeTypeAhead: ({ prefix, from }) => success(tree.model.typeAhead(prefix, from)),
  treeView: () => success(tree.view),
  treePulses: ({ from, to }) => success(tree.pulses(from, to)),
  flowsBelow: ({ path, limit }) => success(tree.model.flowsBelow(path, limit)),
  flowByPath: ({ path }) => success(tree.model.flowByPath(path) ?? null),
  findFlows: async ({ text, limit }) => success(await tree.find(text, limit)),
  completeFilter: (input) => success(tables.completeFilter(input)),
  describeMember: (input) => success(tables.describeMember(input)),
  explainFilter: (input) => tables.explainFilter(input),
  cellFilters: (input) => success(tables.cellFilters(input)),
  tablePoints: (input) => success(tables.points(input)),
  setLiveRules: (input) => live.setRules(input),
  setHighlights: (input) => live.setHighlights(input),
  liveElementNames: () => success(live.feed.elementNames()),
  liveDrop: (input) => success(live.drop(input)),
  livePlace: (input) => success(live.placeOf(input)),
  searchLive: (input) => live.search(input),
  openLiveExport: (input) => live.openExport(input),
  readLiveExport: (input) => live.readExport(input),
  closeLiveExport: (input) => success(live.closeExport(input)),
  setLiveSeries: (input) => success(live.setSeries(input)),
  liveChart: (input) => success(live.chart(input))
}

async function answer(callId: number, name: CallName, input: unknown): Promise<void> {
  try {
    const handler = handlers[name] as (input: unknown) => Result<unknown> | Promise<Result<unknown>>
    send({ kind: 'answer', callId, result: await handler(input) })
  } catch (error) {
    const message = `The window could not read this: ${error instanceof Error ? error.message : String(error)}`
    send({ kind: 'answer', callId, result: failed(failure('response/malformed', { message })) })
  }
}

self.onmessage = ({ data, ports }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case 'call':
      void answer(data.callId, data.name, data.input)
      break
    case 'livePort':
      if (ports[0] !== undefined) {
        live.open(ports[0], (message, nowMs) => {
          pulses.take(message, nowMs)
        })
      }
      break
    case 'readPort':
      if (ports[0] !== undefined) reads.connect(data.readId, ports[0])
      break
    case 'cancelRead':
      reads.cancel(data.readId)
      break
    case 'forgetTable':
      tables.forget(data.tableId)
      break
    case 'liveView':
      live.publisher.view = data.view
      break
    case 'liveShown':
      live.publisher.shown()
      break
    case 'clearLive':
      live.clear()
      break
    case 'liveBudget':
      live.budgetBytes = data.bytes
      break
  }
}
