import { failure } from '../../shared/failure.ts'
import { RHYTHM_DROPS } from '../../shared/ipc/flow-requests.ts'
import type { FlowRhythms } from '../../shared/ipc/flow-requests.ts'
import type { Flow, FlowDraft } from '../../shared/model/flow.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Connections, OpenConnection } from '../connections/connections.ts'
import type { HandlersOf } from './answer-request.ts'

type FlowRequest =
  'readFlow' | 'createFlow' | 'updateFlow' | 'emptyFlow' | 'deleteFlow' | 'countFlowDrops' | 'readFlowRhythms'

/** The flows of a connection, and what the tree tells of their drops. */
export function flowHandlers(connections: Connections): HandlersOf<FlowRequest> {
  /** The read of rhythms that is under way, by connection: rows that were scrolled away are not read for. */
  const underWay = new Map<string, AbortController>()

  return {
    readFlow: ({ connectionId, flow }) =>
      connections.use(connectionId, ({ api, subscriptions }) =>
        seen(subscriptions, 'flowId' in flow ? api.flow.read(flow.flowId) : api.flowAt(flow.path))
      ),
    createFlow: ({ connectionId, path, capacity, description, filter }) => {
      const draft: FlowDraft = {
        path,
        ...(capacity === undefined ? {} : { capacity }),
        ...(description === undefined ? {} : { description }),
        ...(filter === undefined ? {} : { filter })
      }
      return connections.use(connectionId, ({ api }) => api.flow.create(draft))
    },
    updateFlow: ({ connectionId, flowId, changes }) =>
      connections.use(connectionId, ({ api, subscriptions }) => {
        const { description, ...others } = changes
        // A null takes a description away; an empty filter is the platform's own word for none ("Flows").
        const data =
          description === undefined
            ? others
            : { ...others, description: description === '' ? null : description }
        return seen(subscriptions, api.flow.update(flowId, data))
      }),
    emptyFlow: ({ connectionId, flowId }) =>
      connections.use(connectionId, ({ api }) => api.drop(flowId).deleteAll()),
    deleteFlow: ({ connectionId, flowId }) =>
      connections.use(connectionId, ({ api }) => api.flow.delete(flowId)),
    countFlowDrops: ({ connectionId, flowId }) =>
      connections.use(connectionId, async ({ api }) => {
        const counted = await api.drop(flowId).aggregate(['$count'])
        return counted.ok ? countIn(counted.value) : counted
      }),
    readFlowRhythms: async ({ connectionId, flowIds }) => {
      underWay.get(connectionId)?.abort()
      const controller = new AbortController()
      underWay.set(connectionId, controller)
      const params = { limit: RHYTHM_DROPS, only: 'creationDate', hints: false }
      const result = await connections.use(connectionId, async ({ api }) =>
        api.drop.multiFind(
          flowIds.map((flowId) => ({ flowId, params })),
          { signal: controller.signal }
        )
      )
      if (underWay.get(connectionId) === controller) underWay.delete(connectionId)
      return result.ok ? success(rhythmsIn(result.value)) : result
    }
  }
}

/** A flow that is followed may have been renamed. */
async function seen(
  subscriptions: OpenConnection['subscriptions'],
  answer: Promise<Result<Flow>>
): Promise<Result<Flow>> {
  const read = await answer
  if (read.ok) subscriptions.flowSeen(read.value)
  return read
}

/** A group that holds no drop is no group: the answer is then an empty list (platform protocol, "Aggregation"). */
function countIn(body: unknown): Result<{ readonly drops: number }> {
  if (!Array.isArray(body)) return failed(failure('response/malformed'))
  const group = (body as readonly unknown[])[0] as { readonly $count?: unknown } | undefined
  const count = group === undefined ? 0 : group.$count
  return typeof count === 'number' ? success({ drops: count }) : failed(failure('response/malformed'))
}

const rhythmsIn = (body: unknown): FlowRhythms =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Readonly<Record<string, unknown>>).map(([flowId, drops]) => [
      flowId,
      Array.isArray(drops) ? drops.flatMap(creationDateOf) : []
    ])
  )

const creationDateOf = (drop: unknown): number[] => {
  const date = (drop as { readonly creationDate?: unknown } | null)?.creationDate
  return typeof date === 'number' ? [date] : []
}
