import { flowPathName } from '../../shared/model/flow-path.ts'
import { STATISTICS_LEVELS, STATISTICS_TYPES } from '../../shared/model/statistics.ts'
import type { StatisticsLevel, StatisticsRange, StatisticsType } from '../../shared/model/statistics.ts'
import { usualLevel } from './periods.ts'

/** Something whose counts are charted. */
export interface ChartedObject {
  readonly id: string
  /** A flow's path, a track's way, an identity's name. */
  readonly name: string
}

/** One series of an object. */
export interface ChartedSeries extends ChartedObject {
  readonly type: StatisticsType
}

/** What tells a line from the others. */
export const seriesKey = ({ id, type }: ChartedSeries): string => `${type}:${id}`

export const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)]

/** What a statistics tab shows; the next run shows it again. */
export interface StatisticsView {
  readonly mode: 'series' | 'overview'
  /** The series that is added next, and that those charted like it change with. */
  readonly type: StatisticsType
  /** One line each; an object may have several, one for each of its series. */
  readonly objects: readonly ChartedSeries[]
  readonly range: StatisticsRange
  readonly level: StatisticsLevel
  readonly isCompared: boolean
}

/** The six series as people call them. */
export const SERIES_NAMES: Readonly<Record<StatisticsType, string>> = {
  flowDropAdded: 'Drops added',
  flowTracked: 'Drops tracked',
  trackHit: 'Track hits',
  trackPass: 'Track passes',
  apiCallByIdentity: 'API calls',
  dropCreatedBy: 'Drops created'
}

export const LEVEL_NAMES: Readonly<Record<StatisticsLevel, string>> = {
  YEAR: 'Year',
  MONTH: 'Month',
  DAY: 'Day',
  HOUR: 'Hour'
}

/** What a series counts, in the plural. */
export const OTHER_WORDS: Readonly<Record<StatisticsType, string>> = {
  flowDropAdded: 'drops added',
  flowTracked: 'drops added by tracks',
  trackHit: 'drops that reached the track',
  trackPass: 'drops that passed the track',
  apiCallByIdentity: 'API calls',
  dropCreatedBy: 'drops created'
}

/** What fits a chip: the last segment of a path; anything else whole. */
export const shortName = ({ name }: ChartedObject): string =>
  name.startsWith('/') && !name.includes(' ') ? flowPathName(name) : name

const MAX_OBJECTS = 8
const MAX_NAME_CHARACTERS = 512

export const writeView = (view: StatisticsView): string => JSON.stringify(view)

/** Takes of a kept view what still makes sense; the present month of nothing when there is none. */
export function readView(text: string, now = new Date()): StatisticsView {
  const kept = parse(text)
  const range = readRange(kept['range']) ?? { year: now.getUTCFullYear(), month: now.getUTCMonth() + 1 }
  const type = STATISTICS_TYPES.find((name) => name === kept['type']) ?? 'flowDropAdded'
  const level = STATISTICS_LEVELS.find((name) => name === kept['level']) ?? usualLevel(range)
  const objects = Array.isArray(kept['objects'])
    ? kept['objects'].flatMap((object) => readObject(object, type))
    : []
  return {
    mode: kept['mode'] === 'overview' ? 'overview' : 'series',
    type,
    objects: objects.slice(0, MAX_OBJECTS),
    range,
    level,
    isCompared: kept['isCompared'] === true
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function readRange(value: unknown): StatisticsRange | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { year, month, day } = value as Record<string, unknown>
  if (year === undefined) return {}
  if (!isWithin(year, 1, 9999)) return undefined
  if (!isWithin(month, 1, 12)) return { year }
  return isWithin(day, 1, 31) ? { year, month, day } : { year, month }
}

const isWithin = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most

function readObject(value: unknown, usual: StatisticsType): ChartedSeries[] {
  if (typeof value !== 'object' || value === null) return []
  const { id, name, type } = value as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string' && id.length <= 256
    ? [
        {
          id,
          name: name.slice(0, MAX_NAME_CHARACTERS),
          type: STATISTICS_TYPES.find((known) => known === type) ?? usual
        }
      ]
    : []
}
