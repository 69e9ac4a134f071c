import { STATISTICS_TYPES } from '../../shared/model/statistics.ts'
import type { StatisticsLevel, StatisticsRange, StatisticsType } from '../../shared/model/statistics.ts'
import type { CallParameters } from './call-parameters.ts'
import type { Answer, FaceName } from './face.ts'
import { asking } from './services.ts'
import type { Speech } from './services.ts'

/**
 * Counts, one a period of the size `level` within the range, in time order, zeros included, in UTC (platform protocol,
 * "Statistics"). Without a level: years of everything, months of a year, days of a month, hours of a day. A level coarser
 * than the range gives one total.
 */
export type CountStatistic<F extends FaceName> = (
  objectId: string,
  range?: StatisticsRange & { readonly level?: StatisticsLevel | Lowercase<StatisticsLevel> },
  parameters?: CallParameters
) => Promise<Answer<F, readonly number[]>>

/** One verb a statistic: of flows, of tracks, of the caller's own identity. */
export type StatisticsService<F extends FaceName> = Readonly<Record<StatisticsType, CountStatistic<F>>>

export function createStatisticsService<F extends FaceName>(speech: Speech<F>): StatisticsService<F> {
  const counting =
    (type: StatisticsType): CountStatistic<F> =>
    async (objectId, { year, month, day, level } = {}, parameters) => {
      const place = [objectId, year, month, day].filter((part) => part !== undefined)
      const path = place.map((part) => encodeURIComponent(String(part))).join('/')
      return await asking(speech)('GET', `/statistics/${type}/${path}`, {
        parameters: { ...parameters, level }
      })
    }
  return Object.fromEntries(
    STATISTICS_TYPES.map((type) => [type, counting(type)])
  ) as unknown as StatisticsService<F>
}
