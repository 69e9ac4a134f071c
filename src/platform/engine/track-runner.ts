import type { Drop } from '../../shared/model/drop.ts'
import type { Result } from '../../shared/result.ts'
import { success } from '../../shared/result.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { Caller } from '../auth.ts'
import { dropFilter, type DropFilter } from '../filters.ts'
import { dropRow } from '../store/rows.ts'
import type { StoredDrop } from '../store/store.ts'
import { lookUpFlow } from './flow-lookup.ts'
import type { Parts } from './parts.ts'
import type { PlacedObject } from './placed-objects.ts'
import type { Journey } from './publish.ts'
import { publish } from './publish.ts'
import { destinationsOf } from './tracks.ts'
import type { TransformedDrop, TransformOutput } from './transform/output.ts'
import type { Transformer } from './transform/transformer.ts'

/** After so many tracks in a row a drop is followed no further: cycles end (platform protocol, "Tracks"). */
export const MAX_HOPS = 16
/** What one drop from outside may become in all: functions that multiply drops in a cycle end too. */
export const MAX_DROPS_OF_ONE = 10_000
/** Drops of one result that are written in one turn of the loop: less than five milliseconds of it. */
const DROPS_A_TURN = 100
/** How long what a track writes waits for the tracks before it on the same drop, so that one in trouble holds up none. */
const ORDER_WAIT_MS = 1500
/** How long the platform waits for tracks under way when it ends. */
const CLOSE_GRACE_MS = 2000
/** The same trouble of a track is logged once in this time. */
const LOG_AGAIN_MS = 60_000

/** Runs tracks on the drops that enter their sources. */
export interface TrackRunner {
  /** Runs every enabled track on the flow of a drop that is durable. Never throws, and nobody waits for it. */
  readonly follow: (drop: StoredDrop, journey: Journey) => void
  /** Takes over a track that was made or changed; undefined when it was deleted. */
  readonly note: (id: string, track: PlacedObject | undefined) => void
  /** Drops that tracks are at work on. */
  readonly underWay: () => number
  /** Waits a little for tracks under way and runs no more. Closing twice is harmless. */
  readonly close: () => Promise<void>
}

interface Track {
  readonly id: string
  readonly creationDate: number
  readonly source: string
  readonly destinations: readonly string[]
  readonly filter: DropFilter | undefined
  readonly js: string | undefined
  /** The identity that wrote it last: it runs with its rights. */
  readonly runsAs: string
}

/** A drop on its way through the tracks of its flow. */
interface Entered {
  readonly source: Drop
  readonly isPlain: boolean
  readonly bytes: number
}

/** What a track writes, and whether its elements are known to be plain. */
type Made = TransformedDrop & { readonly isPlain?: boolean }

interface Forwarded {
  readonly kind: 'drops'
  readonly drops: readonly Made[]
}

/** What a track keeps from drop to drop, also when it is changed. */
interface TrackState {
  /** Resolves when everything before was written: drops of one track keep their order. */
  written: Promise<void>
  /** While the filter is at work on a drop, or the drops behind it wait: resolves when that was decided. */
  judging: Promise<unknown> | undefined
  lastTrouble: { readonly message: string; readonly atMs: number } | undefined
}

export function createTrackRunner(parts: Parts, transformer: Transformer): TrackRunner {
  const { store, clock, log } = parts
  const tracks = new Map<string, Track>()
  const bySource = new Map<string, readonly Track[]>()
  const states = new Map<string, TrackState>()
  const running = new Set<Promise<void>>()
  let isClosed = false

  const stateOf = (id: string): TrackState => {
    const known = states.get(id) ?? {
      written: Promise.resolve(),
      judging: undefined,
      lastTrouble: undefined
    }
    states.set(id, known)
    return known
  }

  const note: TrackRunner['note'] = (id, object) => {
    const before = tracks.get(id)
    if (before !== undefined) {
      const others = (bySource.get(before.source) ?? []).filter((track) => track !== before)
      if (others.length === 0) bySource.delete(before.source)
      else bySource.set(before.source, others)
      tracks.delete(id)
    }
    if (object === undefined) {
      states.delete(id)
      transformer.forget(id)
    }
    if (object === undefined || object['disabled'] === true) return
    const track = readTrack(parts, object)
    tracks.set(id, track)
    const together = [...(bySource.get(track.source) ?? []), track]
    bySource.set(
      track.source,
      together.sort((a, b) => a.creationDate - b.creationDate || (a.id < b.id ? -1 : 1))
    )
  }

  const tell = (track: Track, drop: Drop, message: string): void => {
    const state = stateOf(track.id)
    const nowMs = clock.now()
    if (state.lastTrouble?.message === message && nowMs - state.lastTrouble.atMs < LOG_AGAIN_MS) return
    state.lastTrouble = { message, atMs: nowMs }
    log.warn({ trackId: track.id, dropId: drop.id, reason: message }, 'a track wrote nothing for a drop')
  }

  /** The identity's caller when it may use both ends; a share that ended ends the track's work too. */
  const callerOf = ({ runsAs, source }: Track): Caller | undefined => {
    const identity = store.object(runsAs)
    if (identity?.kind !== 'identity') return undefined
    const { name } = parseJson(identity.text) as { readonly name: string }
    const caller = { account: name, identityId: runsAs }
    return parts.authority.rightsOn(caller, source).write ? caller : undefined
  }

  const write = async (
    track: Track,
    caller: Caller,
    drop: Drop,
    output: TransformOutput | Forwarded,
    journey: Journey
  ): Promise<void> => {
    const writes = writesOf(track, output)
    let hasEntered = false
    for (let first = 0; first < writes.length && !isClosed; first += DROPS_A_TURN) {
      const published = writes.slice(first, first + DROPS_A_TURN).map(async ([path, made]) => {
        const flow = lookUpFlow(parts, path)
        // The track waits for a flow that is missing, and goes on with the others.
        if (flow === undefined || !parts.authority.rightsOn(caller, path).dropWrite) return
        if (journey.origin.drops >= MAX_DROPS_OF_ONE) {
          tell(track, drop, `one drop became ${String(MAX_DROPS_OF_ONE)}; no more are written`)
          return
        }
        journey.origin.drops += 1
        const { elems, location, fhash, isPlain } = made
        const { kind } = await publish(parts, flow, {
          elems,
          // Of what a function made it is not known; taken for typed it is answered right in any case.
          isPlain: isPlain ?? false,
          ...(location === undefined ? {} : { location }),
          ...(fhash === undefined ? {} : { fhash }),
          parentDropId: { flowId: drop.flowId, dropId: drop.id },
          journey: { hops: journey.hops + 1, origin: journey.origin }
        })
        if (kind === 'entered') hasEntered = true
      })
      await Promise.all(published)
    }
    if (hasEntered || track.js === undefined) store.count('trackPass', track.id, clock.now())
  }

  const run = async (
    track: Track,
    entered: Entered,
    journey: Journey,
    before: Promise<unknown> | undefined,
    verdict: true | Promise<boolean>
  ): Promise<void> => {
    const caller = callerOf(track)
    if (caller === undefined) return
    const { source, isPlain } = entered
    const forwarded = { ...source, isPlain }
    if (track.js === undefined && before === undefined && verdict === true) {
      await write(track, caller, source, { kind: 'drops', drops: [forwarded] }, journey)
      return
    }
    const state = stateOf(track.id)
    const earlier = state.written
    // Asked for at once: calls of one track run in the order in which they were asked for.
    const call = (): Result<TransformOutput | Forwarded> | Promise<Result<TransformOutput>> =>
      track.js === undefined
        ? success({ kind: 'drops', drops: [forwarded] })
        : transformer.run({
            trackId: track.id,
            js: track.js,
            drop: source,
            dropBytes: entered.bytes,
            asIdentity: track.runsAs
          })
    const calling =
      verdict === true
        ? call()
        : verdict.then((passes) => (passes ? call() : success({ kind: 'none' } as const)))
    state.written = (async () => {
      const output = await calling
      await earlier
      if (before !== undefined) await Promise.race([before, wait(ORDER_WAIT_MS)])
      if (!output.ok) tell(track, source, output.failure.message)
      else if (!isClosed && output.value.kind !== 'none')
        await write(track, caller, source, output.value, journey)
    })().catch((error: unknown) => {
      tell(track, source, reason(error))
    })
    await state.written
  }

  /** Whether the track takes the drop; later when its filter takes long, or has not decided on the one before. */
  const judge = (track: Track, drop: object): boolean | Promise<boolean> => {
    if (track.filter === undefined) return true
    const state = stateOf(track.id)
    const own = parts.judge.passes(track.filter, drop)
    if (typeof own === 'boolean' && (!own || state.judging === undefined)) return own
    const earlier = state.judging
    const verdict = (async () => {
      const passes = await own
      await earlier
      return passes
    })()
    const settled = verdict
      .catch(() => false)
      .then(() => {
        if (state.judging === settled) state.judging = undefined
      })
    state.judging = settled
    return verdict
  }

  for (const { id, text } of store.objectsOf('track')) note(id, parseJson(text) as PlacedObject)

  return {
    note,
    underWay: () => running.size,

    follow: (stored, journey) => {
      if (isClosed || journey.hops >= MAX_HOPS) return
      const flow = lookUpFlow(parts, stored.flowId)
      const together = flow && bySource.get(flow.flow.path)
      if (together === undefined) return
      const { value } = dropRow(stored)
      const entered = {
        source: value as unknown as Drop,
        isPlain: stored.isPlain,
        bytes: stored.text.length
      }
      /** What the functions of earlier tracks write; without one everything is written in order as it is. */
      let before: Promise<unknown> | undefined
      for (const track of together) {
        store.count('trackHit', track.id, clock.now())
        const verdict = judge(track, value)
        if (verdict === false) continue
        const done = run(track, entered, journey, before, verdict).catch((error: unknown) => {
          tell(track, entered.source, reason(error))
        })
        if (track.js !== undefined || before !== undefined || verdict !== true)
          before = Promise.all([before, done])
        running.add(done)
        void done.then(() => running.delete(done))
      }
    },

    close: async () => {
      const endMs = performance.now() + CLOSE_GRACE_MS
      while (running.size > 0 && performance.now() < endMs) {
        await Promise.race([Promise.all(running), wait(endMs - performance.now())])
      }
      isClosed = true
      await transformer.close()
      await Promise.all(running)
    }
  }
}

function readTrack(parts: Parts, object: PlacedObject): Track {
  const { id, creationDate, creatorId, lastEditorId } = object
  const { source, filter, js } = object as Readonly<Record<string, string | undefined>>
  return {
    id,
    creationDate,
    source: source ?? '',
    destinations: destinationsOf(object),
    filter: dropFilter(filter, parts.clock),
    js,
    runsAs: lastEditorId ?? creatorId
  }
}

/** What goes where, in order. */
function writesOf(
  { destinations }: Track,
  output: TransformOutput | Forwarded
): readonly (readonly [path: string, drop: Made])[] {
  switch (output.kind) {
    case 'none':
      return []
    case 'drops':
      return output.drops.flatMap((drop) => destinations.map((path) => [path, drop] as const))
    case 'paths':
      return [...output.byPath].flatMap(([path, drops]) => drops.map((drop) => [path, drop] as const))
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const wait = (timeoutMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, timeoutMs).unref()
  })
