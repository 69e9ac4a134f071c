/** What is counted (platform protocol, "Statistics"). */
export const STATISTICS_TYPES = [
  'flowDropAdded',
  'flowTracked',
  'trackHit',
  'trackPass',
  'apiCallByIdentity',
  'dropCreatedBy'
] as const

export type StatisticsType = (typeof STATISTICS_TYPES)[number]

/** The kind of object whose id a statistic is asked for. */
export const STATISTICS_OBJECTS: Readonly<Record<StatisticsType, 'flow' | 'track' | 'identity'>> = {
  flowDropAdded: 'flow',
  flowTracked: 'flow',
  trackHit: 'track',
  trackPass: 'track',
  apiCallByIdentity: 'identity',
  dropCreatedBy: 'identity'
}

/** The length of a period, from the coarsest to the finest. */
export const STATISTICS_LEVELS = ['YEAR', 'MONTH', 'DAY', 'HOUR'] as const

export type StatisticsLevel = (typeof STATISTICS_LEVELS)[number]

/** Which time is asked for, in UTC: everything, a year, a month of it or a day of that. */
export type StatisticsRange =
  | { readonly year?: undefined; readonly month?: undefined; readonly day?: undefined }
  | { readonly year: number; readonly month?: undefined; readonly day?: undefined }
  /** `month`: 1 to 12. */
  | { readonly year: number; readonly month: number; readonly day?: undefined }
  | { readonly year: number; readonly month: number; readonly day: number }
