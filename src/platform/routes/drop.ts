import type { Service } from '../engine/service.ts'
import type { Request, Route } from './request.ts'
import { collectionRoutes, objectRoutes } from './service-routes.ts'

/**
 * `/drop` and `/drop/{flow}`, where the flow is an id or a URL-encoded path (platform protocol, "Drops"). The
 * bare service creates and finds by path, and finds in several flows at once.
 */
export function dropRoutes(drops: Service): readonly Route[] {
  const { updateMany: _updateMany, removeAll: _removeAll, ...bare } = drops
  return [
    ...collectionRoutes('/drop', bare),
    ...[
      ...collectionRoutes('/drop/:flow', drops),
      ...objectRoutes('/drop/:flow/:id', drops),
      ...aggregateRoutes(drops)
    ].map(inFlow)
  ]
}

const aggregateRoutes = ({ aggregate }: Service): readonly Route[] =>
  aggregate === undefined
    ? []
    : [
        {
          method: 'POST',
          path: '/drop/:flow/aggregate',
          answer: ({ call, body }) => aggregate(call, body)
        }
      ]

const inFlow = ({ method, path, answer }: Route): Route => ({
  method,
  path,
  answer: (request: Request) => {
    const flowKey = request.parameters['flow'] ?? ''
    return answer({ ...request, call: { ...request.call, flowKey } })
  }
})
