import type { Parts } from '../engine/parts.ts'
import { answerStatistics } from '../engine/statistics-service.ts'
import type { Route } from './request.ts'

/** `/statistics/{type}/{objectId}` and, to be more exact, year, month and day (platform protocol, "Statistics"). */
export const statisticsRoutes = (parts: Parts): readonly Route[] =>
  ['', '/:year', '/:year/:month', '/:year/:month/:day'].map((range) => ({
    method: 'GET',
    path: `/statistics/:type/:objectId${range}`,
    answer: ({ call, parameters }) => {
      const { type = '', objectId = '', year, month, day } = parameters
      return answerStatistics(parts, call, { type, objectId, year, month, day })
    }
  }))
