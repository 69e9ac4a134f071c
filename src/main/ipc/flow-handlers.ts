import type { FlowDraft } from '../client/api.ts'
import type { Connections } from '../connections/connections.ts'
import type { HandlersOf } from './answer-request.ts'

export const flowHandlers = (
  connections: Connections
): HandlersOf<'readFlow' | 'createFlow' | 'deleteFlow'> => ({
  readFlow: ({ connectionId, flow }) =>
    connections.use(connectionId, ({ api }) =>
      'flowId' in flow ? api.flow.read(flow.flowId) : api.flowAt(flow.path)
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
  deleteFlow: ({ connectionId, flowId }) =>
    connections.use(connectionId, ({ api }) => api.flow.delete(flowId))
})
