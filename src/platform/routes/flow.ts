import type { Service } from '../engine/service.ts'
import type { Route } from './request.ts'
import { serviceRoutes } from './service-routes.ts'

/** `/flow`: nothing beyond the generic endpoints. */
export const flowRoutes = (flows: Service): readonly Route[] => serviceRoutes('flow', flows)
