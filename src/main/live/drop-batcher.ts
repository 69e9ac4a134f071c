import {
  BATCH_CHARACTERS,
  BATCH_DROPS,
  BATCH_WAIT_MS,
  QUEUE_CHARACTERS,
  QUEUE_DROPS
} from '../../shared/ipc/live-port.ts'
import type { LiveCredit, LiveMarker, LiveMessage } from '../../shared/ipc/live-port.ts'
import type { LiveSink } from '../client/gap-repair.ts'
import { systemScheduler } from '../client/scheduler.ts'
import type { Scheduler } from '../client/scheduler.ts'

/**
 * Gathers live drops into messages for the window and keeps both sides bounded (`shared/ipc/live-port.ts`): a message is
 * sent after 16 ms, 200 drops or 256 Ki characters, never beyond the credit that was granted. What finds the queue full
 * is skipped and counted; a marker at its place says how many. Every drop given is either sent or counted, once.
 */
export interface DropBatcher extends Pick<LiveSink, 'drop' | 'marker' | 'whenRoom'> {
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

/** Drops are queued as the columns in which they are sent: a drop alone is no object. */
type Entry =
  | Batch
  | { readonly kind: 'marker'; readonly marker: LiveMarker }
  /** Skipped drops between what is before and what is after, by subscription. */
  | { readonly kind: 'skipped'; readonly atMs: number; readonly dropsBySubscription: Map<number, number> }

interface Batch {
  readonly kind: 'batch'
  readonly subscriptionIds: number[]
  readonly receivedAtMs: number[]
  readonly texts: string[]
  characters: number
}

export function createDropBatcher(options: DropBatcherOptions): DropBatcher {
  const { send, now, scheduler = systemScheduler } = options
  const maxDrops = options.maxQueueDrops ?? QUEUE_DROPS
  const maxCharacters = options.maxQueueCharacters ?? QUEUE_CHARACTERS
  const queue: Entry[] = []
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

  function flush(): void {
    cancelTimer?.()
    cancelTimer = undefined
    let sentEntries = 0
    for (const entry of queue) {
      if (entry.kind === 'batch') {
        if (!sendWithinCredit(entry)) break
      } else {
        for (const marker of entry.kind === 'marker' ? [entry.marker] : skippedMarkers(entry)) {
          send({ kind: 'marker', marker })
        }
      }
      sentEntries += 1
    }
    queue.splice(0, sentEntries)
    if (hasRoom()) for (const waiter of roomWaiters.splice(0)) waiter()
  }

  /** Sends of a batch what the credit allows, from its beginning; answers whether that was all. */
  function sendWithinCredit(batch: Batch): boolean {
    const isAllowed =
      sentDrops + batch.texts.length <= granted.totalDrops &&
      sentCharacters + batch.characters <= granted.totalCharacters
    const part = isAllowed ? batch : takePart(batch)
    const { subscriptionIds, receivedAtMs, texts, characters } = part
    if (texts.length > 0) {
      send({ kind: 'drops', subscriptionIds, receivedAtMs, texts })
      sentDrops += texts.length
      sentCharacters += characters
      queuedDrops -= texts.length
      queuedCharacters -= characters
    }
    return isAllowed
  }

  function takePart(batch: Batch): Batch {
    let drops = 0
    let characters = 0
    for (const { length } of batch.texts) {
      const isBeyond =
        sentDrops + drops >= granted.totalDrops ||
        sentCharacters + characters + length > granted.totalCharacters
      if (isBeyond) break
      drops += 1
      characters += length
    }
    batch.characters -= characters
    return {
      kind: 'batch',
      subscriptionIds: batch.subscriptionIds.splice(0, drops),
      receivedAtMs: batch.receivedAtMs.splice(0, drops),
      texts: batch.texts.splice(0, drops),
      characters
    }
  }

  /** Without credit for its first drop nothing can go, and asking for every further drop would cost for nothing. */
  function isFirstAllowed(): boolean {
    const first = queue[0]
    return (
      first?.kind !== 'batch' ||
      (sentDrops < granted.totalDrops &&
        sentCharacters + (first.texts[0]?.length ?? 0) <= granted.totalCharacters)
    )
  }

  const isBatchFull = (): boolean => queuedDrops >= BATCH_DROPS || queuedCharacters >= BATCH_CHARACTERS

  function flushSoon(): void {
    if (!isBatchFull()) cancelTimer ??= scheduler.after(BATCH_WAIT_MS, flush)
    else if (isFirstAllowed()) flush()
  }

  /** The batch at the end of the queue that has room for so many characters. */
  function openBatch(characters: number): Batch {
    const last = queue.at(-1)
    const isOpen =
      last?.kind === 'batch' &&
      last.texts.length < BATCH_DROPS &&
      (last.texts.length === 0 || last.characters + characters <= BATCH_CHARACTERS)
    if (isOpen) return last
    const batch: Batch = { kind: 'batch', subscriptionIds: [], receivedAtMs: [], texts: [], characters: 0 }
    queue.push(batch)
    return batch
  }

  function skip(subscriptionId: number): void {
    const last = queue.at(-1)
    if (last?.kind === 'skipped') {
      const { dropsBySubscription } = last
      dropsBySubscription.set(subscriptionId, (dropsBySubscription.get(subscriptionId) ?? 0) + 1)
    } else {
      queue.push({ kind: 'skipped', atMs: now(), dropsBySubscription: new Map([[subscriptionId, 1]]) })
    }
  }

  return {
    drop: (subscriptionId, receivedAtMs, text) => {
      if (isClosed) return
      if (queuedDrops >= maxDrops || queuedCharacters + text.length > maxCharacters) {
        skip(subscriptionId)
        return
      }
      const batch = openBatch(text.length)
      batch.subscriptionIds.push(subscriptionId)
      batch.receivedAtMs.push(receivedAtMs)
      batch.texts.push(text)
      batch.characters += text.length
      queuedDrops += 1
      queuedCharacters += text.length
      flushSoon()
    },
    marker: (marker) => {
      if (isClosed) return
      queue.push({ kind: 'marker', marker })
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
      queue.length = 0
      const waiters = roomWaiters
      roomWaiters = []
      for (const waiter of waiters) waiter()
    }
  }
}

const skippedMarkers = ({ atMs, dropsBySubscription }: Extract<Entry, { kind: 'skipped' }>): LiveMarker[] =>
  [...dropsBySubscription].map(([subscriptionId, drops]) => ({
    kind: 'skipped',
    subscriptionId,
    atMs,
    drops,
    where: 'window'
  }))
