import { failure } from '../../shared/failure.ts'
import type { Flow } from '../../shared/model/flow.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { systemScheduler } from '../client/scheduler.ts'
import type { Scheduler } from '../client/scheduler.ts'
import type { SeenFlow } from '../client/subscriptions.ts'
import type { Connections, OpenConnection } from '../connections/connections.ts'

/**
 * Follows every flow below a path, also those that are made later: the platform tells nobody of a new flow, so it is asked
 * again and again for as long as the path is followed.
 *
 * Flows that are there at the first look are followed from then on. One that is found later joins with its history, so that
 * none of its drops is missed: all of it when it was made since the look that did not find it; when it is older, and could
 * not be found before (it was shared, or renamed to a path below this one), what entered it since that look.
 */
export interface PathFollower {
  /** Answers when the flows of the moment are followed; a path that is followed already is only looked at again. */
  follow(connectionId: string, path: string): Promise<Result<FollowedPath>>
  /** Lets go what was followed by this path alone; of a path that is not followed: nothing. */
  unfollow(connectionId: string, path: string): Promise<Result<null>>
  /** Forgets all paths; what they followed is up to who ends the subscriptions. */
  forgetAll(): void
}

export interface FollowedPath {
  readonly flowCount: number
  /** There are more flows than are followed by one path. */
  readonly isCut: boolean
}

/** A person waits no longer for a new flow; one find is cheap for a platform. */
const LOOK_INTERVAL_MS = 5000
/**
 * A flow older than the last look by more than this was not made since: between one platform's clocks, that of its answers
 * and that of its flows, there is far less.
 */
const CLOCK_TOLERANCE_MS = 60_000
/** More than a console can tell apart; below what a session may subscribe to. */
export const MAX_FLOWS_BELOW = 1000

interface Followed {
  readonly connectionId: string
  readonly path: string
  flowIds: ReadonlySet<string>
  /** Undefined before the first look. */
  lastLook: Look | undefined
  isEnded: boolean
  cancelLook: () => void
  /** One look after the other: two at once would subscribe to a flow twice. */
  looking: Promise<unknown>
}

/** The flows of a moment were found. */
interface Look {
  /** By the platform's clock; undefined when it does not tell. */
  readonly atMs: number | undefined
}

type FoundFlow = SeenFlow & Pick<Flow, 'creationDate'>

export function createPathFollower(
  connections: Pick<Connections, 'use'>,
  scheduler: Scheduler = systemScheduler
): PathFollower {
  const paths = new Map<string, Followed>()
  const keyOf = (connectionId: string, path: string): string => `${connectionId} ${path}`

  async function look(followed: Followed): Promise<Result<FollowedPath>> {
    followed.cancelLook()
    const looking = followed.looking.then(() =>
      connections.use(followed.connectionId, (open) => join(open, followed))
    )
    followed.looking = looking
    const looked = await looking
    if (!followed.isEnded) {
      followed.cancelLook()
      followed.cancelLook = scheduler.after(LOOK_INTERVAL_MS, () => void look(followed))
    }
    return looked
  }

  return {
    follow: async (connectionId, path) => {
      const key = keyOf(connectionId, path)
      const known = paths.get(key)
      if (known !== undefined) return look(known)
      const followed: Followed = {
        connectionId,
        path,
        flowIds: new Set(),
        lastLook: undefined,
        isEnded: false,
        cancelLook: () => {},
        looking: Promise.resolve()
      }
      paths.set(key, followed)
      const looked = await look(followed)
      if (!looked.ok) {
        end(followed)
        paths.delete(key)
      }
      return looked
    },
    unfollow: async (connectionId, path) => {
      const key = keyOf(connectionId, path)
      const followed = paths.get(key)
      if (followed === undefined) return success(null)
      paths.delete(key)
      end(followed)
      return connections.use(connectionId, async ({ subscriptions }) => {
        await Promise.all([...followed.flowIds].map((flowId) => subscriptions.unsubscribe(flowId)))
        return success(null)
      })
    },
    forgetAll: () => {
      for (const followed of paths.values()) end(followed)
      paths.clear()
    }
  }
}

function end(followed: Followed): void {
  followed.isEnded = true
  followed.cancelLook()
}

/** Subscribes to the flows below the path that are not yet, and lets go those that are not there any more. */
async function join(
  { api, subscriptions }: OpenConnection,
  followed: Followed
): Promise<Result<FollowedPath>> {
  const found = await api.flow.find({
    filter: `path =~ /^${escapeForPattern(followed.path)}\\//`,
    only: 'id,path,creationDate,lastEditDate',
    limit: MAX_FLOWS_BELOW + 1
  })
  if (!found.ok) return found
  const { lastLook } = followed
  const look = { atMs: api.platformTimeMs }
  const flows = (found.value as readonly FoundFlow[]).slice(0, MAX_FLOWS_BELOW)
  const ids = new Set(flows.map(({ id }) => id))
  let refusal: Result<FollowedPath> | undefined
  const kept = new Set<string>()
  const fresh: string[] = []
  for (const flow of flows) {
    const flowId = flow.id
    if (followed.isEnded) break
    subscriptions.flowSeen(flow)
    if (followed.flowIds.has(flowId)) {
      kept.add(flowId)
      continue
    }
    const subscribed = await subscriptions.subscribe(
      { flowId },
      lastLook === undefined ? {} : { historyFromMs: historyFrom(flow, lastLook, look) }
    )
    if (subscribed.ok) {
      kept.add(flowId)
      fresh.push(flowId)
    } else refusal ??= subscribed
  }
  if (followed.isEnded) {
    // It was let go meanwhile, without those that were just subscribed to.
    for (const flowId of fresh) await subscriptions.unsubscribe(flowId)
    return failed(failure('request/cancelled'))
  }
  const gone = [...followed.flowIds].filter((flowId) => !ids.has(flowId))
  // Before anything is waited for: who lets the path go lets go what it follows from here on.
  followed.flowIds = kept
  // What was refused is new to the next look too, and wants all that it got since the last one that had none refused.
  if (refusal === undefined) followed.lastLook = look
  for (const flowId of gone) await subscriptions.unsubscribe(flowId)
  // Somebody else may follow one that went, and it may have been renamed.
  if (gone.length > 0) void subscriptions.readPaths()
  if (kept.size === 0 && refusal !== undefined) return refusal
  return success({ flowCount: kept.size, isCut: found.value.length > MAX_FLOWS_BELOW })
}

/** From when on the drops of a flow are wanted that the last look did not find. */
function historyFrom({ creationDate }: FoundFlow, lastLook: Look, look: Look): number {
  if (lastLook.atMs === undefined || look.atMs === undefined) return 0
  // A clock may have been set back between the two.
  const fromMs = Math.min(lastLook.atMs, look.atMs) - CLOCK_TOLERANCE_MS
  return creationDate < fromMs ? fromMs : 0
}

const escapeForPattern = (path: string): string => path.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
