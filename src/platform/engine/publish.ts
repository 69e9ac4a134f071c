import type { Drop, Location } from '../../shared/model/drop.ts'
import type { Elements } from '../../shared/model/elements.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { StoredDrop } from '../store/store.ts'
import type { KnownFlow } from './flow-lookup.ts'
import { lookUpFlow } from './flow-lookup.ts'
import type { Parts } from './parts.ts'

/** What a drop brings along before it enters a flow. */
export interface DropDraft {
  readonly elems: Elements
  /** Whether the elements hold no typed wrapper. */
  readonly isPlain: boolean
  readonly location?: Location
  readonly fhash?: string
  readonly parentDropId?: { readonly flowId: string; readonly dropId: string }
  /** The identity that created it through the API; left out for tracks and the replay. */
  readonly createdBy?: string
  /** How it came here through tracks; left out for what comes from outside. */
  readonly journey?: Journey
}

/** The way of a drop through tracks. */
export interface Journey {
  /** Tracks behind it. */
  readonly hops: number
  /** Shared by everything that one drop from outside became: how many drops that are. */
  readonly origin: { drops: number }
}

export type Published =
  | { readonly kind: 'entered'; readonly drop: StoredDrop }
  /** The flow's filter does not let it in. */
  | { readonly kind: 'refused' }
  /** The flow was deleted while its filter was at work. */
  | { readonly kind: 'gone' }
  /** The flow holds a drop with this fhash; nothing was stored. */
  | { readonly kind: 'repeated'; readonly drop: StoredDrop }

/**
 * The one way into a flow, for REST, WebSocket, tracks and the replay: flow filter, fhash, store, trim; when
 * all of it is durable, the subscribers are told and the tracks run. (Platform protocol, "Drops", "Create".)
 *
 * A filter that takes long on a drop holds up this flow and nothing else: what comes after waits for its turn.
 *
 * @throws StoreUnavailable when it could not be made durable; then nothing happened.
 * @throws TooMuchWork, JudgeBusy, FlowBusy when the filter found no end; then nothing happened.
 */
export async function publish(parts: Parts, known: KnownFlow, draft: DropDraft): Promise<Published> {
  const { id } = known.flow
  if (parts.turns.isHeld(id)) {
    return await parts.turns.take(id, async () => {
      const flow = lookUpFlow(parts, id)
      if (flow === undefined) return { kind: 'gone' }
      const drop = newDrop(parts, flow, draft)
      return await judged(parts, flow, draft, drop, await passes(parts, flow, drop))
    })
  }
  const drop = newDrop(parts, known, draft)
  const verdict = passes(parts, known, drop)
  if (typeof verdict === 'boolean') return await judged(parts, known, draft, drop, verdict)
  return await parts.turns.take(id, async () => await judged(parts, known, draft, drop, await verdict))
}

const passes = (parts: Parts, { filter }: KnownFlow, drop: Drop): boolean | Promise<boolean> =>
  filter === undefined || parts.judge.passes(filter, drop)

/** The drop as it enters, with an id and a date that follow those of the last one. */
function newDrop(parts: Parts, { flow }: KnownFlow, draft: DropDraft): Drop {
  const last = parts.store.lastEntry(flow.id)
  // The clock of a machine may be set back; the dates of a flow never run backwards.
  const creationDate = Math.max(parts.clock.now(), last?.creationDate ?? 0)
  return {
    id: parts.ids.mint('drop', creationDate, last?.dropId),
    flowId: flow.id,
    path: flow.path,
    creationDate,
    version: 0,
    ...(draft.location === undefined ? {} : { location: draft.location }),
    ...(draft.fhash === undefined ? {} : { fhash: draft.fhash }),
    ...(draft.parentDropId === undefined ? {} : { parentDropId: draft.parentDropId }),
    elems: draft.elems
  }
}

/** Stores a drop that passed. Nothing else enters the flow between the drop's making and this. */
async function judged(
  parts: Parts,
  { flow }: KnownFlow,
  draft: DropDraft,
  drop: Drop,
  hasPassed: boolean
): Promise<Published> {
  if (!hasPassed) return { kind: 'refused' }
  const { store } = parts
  if (store.object(flow.id) === undefined) return { kind: 'gone' }
  const { creationDate } = drop
  const repeated = draft.fhash === undefined ? undefined : store.dropByFhash(flow.id, draft.fhash)
  if (repeated !== undefined && parts.fhash === 'ignore') {
    // The drop that is there may itself be on its way to the disk.
    await store.durable()
    return { kind: 'repeated', drop: repeated }
  }
  if (repeated !== undefined) store.deleteDrop(flow.id, repeated.id)
  const stored = storedDrop(drop, draft.isPlain)
  store.addDrop(stored, flow.capacity)
  store.countStored('flowDropAdded', flow.id, creationDate)
  if (draft.parentDropId !== undefined) store.countStored('flowTracked', flow.id, creationDate)
  if (draft.createdBy !== undefined) store.countStored('dropCreatedBy', draft.createdBy, creationDate)
  await store.durable()
  parts.announce(stored, draft.journey ?? { hops: 0, origin: { drops: 0 } })
  return { kind: 'entered', drop: stored }
}

/** A drop as the store keeps it. */
export const storedDrop = (drop: Drop, isPlain: boolean): StoredDrop => ({
  id: drop.id,
  flowId: drop.flowId,
  creationDate: drop.creationDate,
  ...(drop.fhash === undefined ? {} : { fhash: drop.fhash }),
  isPlain,
  text: writeJson(drop)
})
