import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Api } from './api.ts'
import type { ReadHistory } from './gap-repair.ts'
import { itemTexts } from './member-text.ts'
import type { Push } from './push-frame.ts'

/** Reads a flow's history through the platform's ordinary find, in the order of creation. */
export function createHistoryReader(api: Api): ReadHistory {
  return async (flowId, fromMs, limit, direction) => {
    const isFollowing = direction === 'following'
    const isUnbounded = fromMs === Number.MAX_SAFE_INTEGER
    const found = await api.drop(flowId).asText.find({
      ...(isUnbounded ? {} : { filter: `creationDate ${isFollowing ? '>=' : '<'} ${String(fromMs)}` }),
      sort: 'creationDate',
      order: isFollowing ? 'asc' : 'desc',
      limit
    })
    if (!found.ok) return found
    const drops = itemTexts(found.value).map((text) => toPush(flowId, text))
    return drops.every((drop) => drop !== undefined)
      ? success(drops)
      : failed(failure('response/malformed', { details: { path: `/drop/${flowId}` } }))
  }
}

function toPush(flowId: string, text: string): Push | undefined {
  const { id, creationDate } = JSON.parse(text) as { id?: unknown; creationDate?: unknown }
  return typeof id === 'string' && typeof creationDate === 'number'
    ? { flowId, dropId: id, creationDate, text }
    : undefined
}
