import {
  BATCH_CHARACTERS,
  BATCH_DROPS,
  BATCH_WAIT_MS,
  QUEUE_CHARACTERS,
  QUEUE_DROPS
} from '../../shared/ipc/live-port.ts'
import type { LiveCredit, LiveMarker, LiveMessage } from '../../shared/ipc/live-port.ts'
import type { LiveDrop, LiveSink } from '../client/gap-repair.ts'
import { systemScheduler } from '../client/scheduler.ts'
import type { Scheduler } from '../client/scheduler.ts'

/**
 * Gathers live drops into messages for the window and keeps both sides bounded (`shared/ipc/live-port.ts`): a message is
 * sent after 16 ms, 200 drops or 256 Ki characters, never beyond the credit that was granted. What finds the queue full
 * is skipped and counted; a marker at its place says how many. Every drop given is either sent or counted, once.
 */
export interface DropBatcher extends LiveSink {
  /** More may be sent; totals since the port was opened, so an older or repeated one changes nothing. */
  grant(credit: Pick<LiveCredit, 'totalDrops' | 'totalCharacters'>): void
  /** Sends nothing more. */
  close(): void
}

export interface DropBatcherOptions {
  send(message: LiveMessage): void
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly scheduler?: Scheduler
  /** Limits of the queue, smaller in tests. */
  readonly maxQueueDrops?: number
  readonly maxQueueCharacters?: number
}

type Entry =
  | { readonly kind: 'drop'; readonly drop: LiveDrop }
  | { readonly kind: 'marker'; readonly marker: LiveMarker }
  /** Skipped drops between what is before and what is after, by flow. */
  | { readonly kind: 'skipped'; readonly atMs: number; readonly dropsByFlow: Map<string, number> }

export function createDropBatcher(options: DropBatcherOptions): DropBatcher {
  const { send, now, scheduler = systemScheduler } = options
  const maxDrops = options.maxQueueDrops ?? QUEUE_DROPS
  const maxCharacters = options.maxQueueCharacters ?? QUEUE_CHARACTERS
  const queue = createQueue<Entry>()
  let queuedDrops = 0
  let queuedCharacters = 0
  let sentDrops = 0
  let sentCharacters = 0
  let granted = { totalDrops: 0, totalCharacters: 0 }
  let cancelTimer: (() => void) | undefined
  let isClosed = false
  let roomWaiters: (() => void)[] = []

  // Half a queue: a page of history then always fits.
  const hasRoom = (): boolean =>
    isClosed || (queuedDrops <= maxDrops / 2 && queuedCharacters <= maxCharacters / 2)

  const mayBeSent = ({ text }: LiveDrop): boolean =>
    sentDrops < granted.totalDrops && sentCharacters + text.length <= granted.totalCharacters

  function flush(): void {
    cancelTimer?.()
    cancelTimer = undefined
    let batch = emptyBatch()
    const sendBatch = (): void => {
      const { flowIds, receivedAtMs, texts } = batch
      if (texts.length === 0) return
      send({ kind: 'drops', flowIds, receivedAtMs, texts })
      batch = emptyBatch()
    }
    for (let entry = queue.first(); entry !== undefined; entry = queue.first()) {
      if (entry.kind === 'drop') {
        const { drop } = entry
        if (!mayBeSent(drop)) break
        const isFull =
          batch.texts.length === BATCH_DROPS || batch.characters + drop.text.length > BATCH_CHARACTERS
        if (isFull) sendBatch()
        batch.flowIds.push(drop.flowId)
        batch.receivedAtMs.push(drop.receivedAtMs)
        batch.texts.push(drop.text)
        batch.characters += drop.text.length
        sentDrops += 1
        sentCharacters += drop.text.length
        queuedDrops -= 1
        queuedCharacters -= drop.text.length
      } else {
        sendBatch()
        for (const marker of entry.kind === 'marker' ? [entry.marker] : skippedMarkers(entry)) {
          send({ kind: 'marker', marker })
        }
      }
      queue.removeFirst()
    }
    sendBatch()
    if (hasRoom()) for (const waiter of roomWaiters.splice(0)) waiter()
  }

  const isBatchFull = (): boolean => queuedDrops >= BATCH_DROPS || queuedCharacters >= BATCH_CHARACTERS

  function flushSoon(): void {
    if (isBatchFull()) {
      const first = queue.first()
      // Without credit every further drop would ask again in vain; `grant` flushes.
      if (first?.kind !== 'drop' || mayBeSent(first.drop)) flush()
      return
    }
    cancelTimer ??= scheduler.after(BATCH_WAIT_MS, flush)
  }

  function skip({ flowId }: LiveDrop): void {
    const last = queue.last()
    if (last?.kind === 'skipped') {
      last.dropsByFlow.set(flowId, (last.dropsByFlow.get(flowId) ?? 0) + 1)
    } else {
      queue.add({ kind: 'skipped', atMs: now(), dropsByFlow: new Map([[flowId, 1]]) })
    }
  }

  return {
    drop: (drop) => {
      if (isClosed) return
      if (queuedDrops >= maxDrops || queuedCharacters + drop.text.length > maxCharacters) {
        skip(drop)
        return
      }
      queue.add({ kind: 'drop', drop })
      queuedDrops += 1
      queuedCharacters += drop.text.length
      flushSoon()
    },
    marker: (marker) => {
      if (isClosed) return
      queue.add({ kind: 'marker', marker })
      flushSoon()
    },
    whenRoom: () => {
      if (hasRoom()) return Promise.resolve()
      return new Promise((resolve) => {
        roomWaiters.push(resolve)
      })
    },
    grant: ({ totalDrops, totalCharacters }) => {
      if (isClosed) return
      granted = {
        totalDrops: Math.max(granted.totalDrops, totalDrops),
        totalCharacters: Math.max(granted.totalCharacters, totalCharacters)
      }
      // A small batch that waits for its 16 ms goes on waiting; what waited for credit goes now.
      if (cancelTimer === undefined || isBatchFull()) flush()
    },
    close: () => {
      isClosed = true
      cancelTimer?.()
      queue.clear()
      const waiters = roomWaiters
      roomWaiters = []
      for (const waiter of waiters) waiter()
    }
  }
}

interface Batch {
  readonly flowIds: string[]
  readonly receivedAtMs: number[]
  readonly texts: string[]
  characters: number
}

const emptyBatch = (): Batch => ({ flowIds: [], receivedAtMs: [], texts: [], characters: 0 })

const skippedMarkers = ({ atMs, dropsByFlow }: Extract<Entry, { kind: 'skipped' }>): LiveMarker[] =>
  [...dropsByFlow].map(([flowId, drops]) => ({ kind: 'skipped', flowId, atMs, drops, where: 'window' }))

interface Queue<T> {
  first(): T | undefined
  last(): T | undefined
  add(item: T): void
  removeFirst(): void
  clear(): void
}

/** `shift` moves every item that is left; this moves them once in a while. */
function createQueue<T>(): Queue<T> {
  const COMPACT_AT = 1024
  let items: T[] = []
  let head = 0
  return {
    first: () => items[head],
    last: () => (items.length > head ? items.at(-1) : undefined),
    add: (item) => {
      items.push(item)
    },
    removeFirst: () => {
      head += 1
      if (head === items.length) {
        items = []
        head = 0
      } else if (head >= COMPACT_AT && head * 2 >= items.length) {
        items = items.slice(head)
        head = 0
      }
    },
    clear: () => {
      items = []
      head = 0
    }
  }
}
