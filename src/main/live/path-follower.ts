import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { systemScheduler } from '../client/scheduler.ts'
import type { Scheduler } from '../client/scheduler.ts'
import type { Connections, OpenConnection } from '../connections/connections.ts'

/**
 * Follows every flow below a path, also those that are made later: the platform tells nobody of a new flow, so it is asked
 * again and again for as long as the path is followed.
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
/** More than a console can tell apart; below what a session may subscribe to. */
export const MAX_FLOWS_BELOW = 1000

interface Followed {
  readonly connectionId: string
  readonly path: string
  flowIds: ReadonlySet<string>
  isEnded: boolean
  cancelLook: () => void
  /** One look after the other: two at once would subscribe to a flow twice. */
  looking: Promise<unknown>
}

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
    only: 'id,path',
    limit: MAX_FLOWS_BELOW + 1
  })
  if (!found.ok) return found
  const ids = new Set(
    (found.value as readonly { readonly id: string }[]).slice(0, MAX_FLOWS_BELOW).map(({ id }) => id)
  )
  let refusal: Result<FollowedPath> | undefined
  const kept = new Set<string>()
  const fresh: string[] = []
  for (const flowId of ids) {
    if (followed.isEnded) break
    if (followed.flowIds.has(flowId)) {
      kept.add(flowId)
      continue
    }
    const subscribed = await subscriptions.subscribe({ flowId })
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
  for (const flowId of followed.flowIds) if (!ids.has(flowId)) await subscriptions.unsubscribe(flowId)
  followed.flowIds = kept
  if (kept.size === 0 && refusal !== undefined) return refusal
  return success({ flowCount: kept.size, isCut: found.value.length > MAX_FLOWS_BELOW })
}

const escapeForPattern = (path: string): string => path.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
