import { z } from 'zod'
import type { Failure } from '../failure.ts'
import { STATISTICS_LEVELS, STATISTICS_TYPES } from '../model/statistics.ts'
import { aggregationNameSchema, keptAggregationSchema } from './aggregations.ts'
import type { KeptAggregations } from './aggregations.ts'
import { MAX_STATISTICS_QUERIES } from './request-limits.ts'
import { connectionId, entry, idSchema } from './contract-entry.ts'

/** What is counted, of what, when (platform protocol, "Statistics"). All times in UTC. */
const statisticsQuerySchema = z
  .strictObject({
    type: z.enum(STATISTICS_TYPES),
    objectId: idSchema,
    level: z.enum(STATISTICS_LEVELS),
    year: z.int().min(1).max(9999).optional(),
    month: z.int().min(1).max(12).optional(),
    day: z.int().min(1).max(31).optional()
  })
  .refine(
    ({ year, month, day }) =>
      (month === undefined || year !== undefined) && (day === undefined || month !== undefined),
    {
      message: 'a month needs a year, a day needs a month'
    }
  )

export type StatisticsQuery = z.infer<typeof statisticsQuerySchema>

/** Counts, one a period in the order of time; or why this one query has none. */
export type StatisticsAnswer =
  | { readonly ok: true; readonly counts: readonly number[] }
  | { readonly ok: false; readonly failure: Failure }

/** Something that statistics are kept of. */
export interface StatisticsObject {
  readonly id: string
  /** What a person calls it: a track's way, an identity's name. */
  readonly name: string
}

const text = z.string().max(65_536)

export const statisticsRequests = {
  /** Answers each query by itself and in its place: one unknown object does not hide the others. */
  readStatistics: entry<readonly StatisticsAnswer[]>()(
    z.strictObject({
      connectionId,
      queries: z.array(statisticsQuerySchema).min(1).max(MAX_STATISTICS_QUERIES)
    })
  ),
  /** The tracks that the account sees, or its own identity; flows are found in the tree. */
  listStatisticsObjects: entry<readonly StatisticsObject[]>()(
    z.strictObject({ connectionId, kind: z.enum(['track', 'identity']) })
  ),
  /** Adds up the drops of a flow (platform protocol, "Aggregation"). `requestId` names it for `cancelAggregation`. */
  runAggregation: entry<AggregationAnswer>()(
    z.strictObject({
      connectionId,
      requestId: z.string().min(1).max(64),
      flowId: idSchema,
      aggregation: z.strictObject({
        output: z.array(text).max(200),
        groupBy: z.array(text).max(50).optional(),
        filter: text.optional(),
        rules: z.record(z.string().max(256), text).optional(),
        sorts: z.array(text).max(250).optional()
      })
    })
  ),
  /** Gives an aggregation up; one that has ended is no failure. */
  cancelAggregation: entry<null>()(z.strictObject({ requestId: z.string().min(1).max(64) })),

  /** The aggregations of a connection: what was run lately, and what has a name. */
  listAggregations: entry<KeptAggregations>()(z.strictObject({ connectionId })),
  /** An aggregation was run: it becomes the first of the history. */
  rememberAggregation: entry<KeptAggregations>()(
    z.strictObject({ connectionId, aggregation: keptAggregationSchema })
  ),
  /** Keeps an aggregation under a name, in place of the one that had the name. */
  saveAggregation: entry<KeptAggregations>()(
    z.strictObject({ connectionId, name: aggregationNameSchema, aggregation: keptAggregationSchema })
  ),
  /** Forgets a name; one that is not there is no failure. */
  deleteAggregation: entry<KeptAggregations>()(z.strictObject({ connectionId, name: aggregationNameSchema }))
} as const

/** The rows of an aggregation, as many as fit an answer. */
export interface AggregationAnswer {
  /** JSON text of an array: one object a group, by the texts of `groupBy` and `output`; integers keep their digits. */
  readonly rowsText: string
  /** Groups in that text, and in all. */
  readonly shownRows: number
  readonly totalRows: number
  readonly durationMs: number
}
