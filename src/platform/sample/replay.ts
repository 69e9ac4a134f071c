import { isTypedValue } from '../../shared/model/elements.ts'
import type { Drop } from '../../shared/model/drop.ts'
import { lookUpFlow } from '../engine/flow-lookup.ts'
import type { Parts } from '../engine/parts.ts'
import { publish } from '../engine/publish.ts'
import { dropRow } from '../store/rows.ts'
import { readTable, recordAt, type Table } from './table.ts'
import { SAMPLE_FLOWS, samplePath, type SampleFlow } from './world.ts'

/** Whether the replay runs, and how fast. */
export interface ReplayState {
  readonly isPaused: boolean
  /** Drops a second in all, spread over the flows. */
  readonly ratePerSecond: number
}

/**
 * Adds the real rows of the sample again, in order and from the beginning after the last, so that there is
 * live traffic.
 */
export interface Replay {
  readonly state: () => ReplayState
  /** Takes effect at once. A paused replay has no timer. */
  readonly change: (change: Partial<ReplayState>) => ReplayState
  readonly stop: () => void
}

/** The shortest time between two ticks: at higher rates a tick adds several drops. */
const MIN_TICK_MS = 25
/** The most that one tick adds, after the process was held up: the rest of the gap is given up. */
const MAX_DROPS_A_TICK = 500

interface Stream {
  readonly path: string
  readonly sample: SampleFlow
  readonly table: Table
  next: number
}

/** Starts the replay for some accounts, going on with the row after each flow's last drop. */
export async function startReplay(
  parts: Parts,
  accounts: readonly string[],
  initial: ReplayState
): Promise<Replay> {
  const streams: Stream[] = []
  for (const account of accounts) {
    for (const sample of SAMPLE_FLOWS) {
      if (sample.replayedBy === undefined) continue
      const table = await readTable(sample.table)
      const path = samplePath(account, sample.name)
      streams.push({ path, sample, table, next: rowAfterLast(parts, path, sample.replayedBy, table) })
    }
  }
  let state = initial
  let timer: NodeJS.Timeout | undefined
  let turn = 0
  let isAdding = false
  let startedMs = 0
  let sinceStart = 0

  const addOne = async (): Promise<void> => {
    const stream = streams[turn++ % streams.length]
    const flow = stream === undefined ? undefined : lookUpFlow(parts, stream.path)
    // A person may delete or rename a sample flow; the others go on.
    if (stream === undefined || flow === undefined) return
    const record = recordAt(stream.table, stream.next)
    stream.next = (stream.next + 1) % stream.table.rows.length
    await publish(parts, flow, stream.sample.draft(record))
  }

  const tick = async (): Promise<void> => {
    if (isAdding) return
    isAdding = true
    const due = Math.floor(((performance.now() - startedMs) / 1000) * state.ratePerSecond) + 1 - sinceStart
    sinceStart += due
    try {
      await Promise.all(Array.from({ length: Math.min(due, MAX_DROPS_A_TICK) }, addOne))
    } catch (error) {
      parts.log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'replay could not add drops'
      )
    } finally {
      isAdding = false
    }
  }

  const run = (): void => {
    clearInterval(timer)
    timer = undefined
    if (state.isPaused || state.ratePerSecond <= 0 || streams.length === 0) return
    startedMs = performance.now()
    sinceStart = 0
    timer = setInterval(() => void tick(), Math.max(MIN_TICK_MS, 1000 / state.ratePerSecond))
    void tick()
  }

  run()
  return {
    state: () => state,
    change: (change) => {
      state = { ...state, ...change }
      run()
      return state
    },
    stop: () => {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The row after the one that a flow's last drop was made from; 0 when that cannot be told. */
function rowAfterLast(parts: Parts, path: string, name: string, table: Table): number {
  const flow = lookUpFlow(parts, path)?.flow
  const last = flow && parts.store.lastEntry(flow.id)
  const stored = flow && last && parts.store.drop(flow.id, last.dropId)
  if (stored === undefined) return 0
  const { elems } = dropRow(stored).value as unknown as Drop
  const key = elems[name]
  const value = isTypedValue(key) ? key.value : key
  const column = table.names.indexOf(name)
  // Several flights leave in one minute: the last of them, so that none comes twice in a row.
  const row = table.rows.findLastIndex((cells) => cells[column] === value)
  return (row + 1) % table.rows.length
}
