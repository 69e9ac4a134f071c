import { z } from 'zod'
import { idSchema } from './contract-entry.ts'

/** Aggregations that a person ran or named, per connection. Written by main (`src/main/settings.ts`), shown by the window. */

/** As long as the parts of a request may be together; a form that a person fills is far below. */
export const MAX_AGGREGATION_CHARACTERS = 65_536
export const MAX_AGGREGATION_HISTORY = 50
export const MAX_SAVED_AGGREGATIONS = 200
export const MAX_AGGREGATION_NAME_CHARACTERS = 100

export const keptAggregationSchema = z.strictObject({
  flowId: idSchema,
  path: z.string().max(256),
  /** The request's body as JSON text. */
  text: z.string().min(2).max(MAX_AGGREGATION_CHARACTERS)
})

export const aggregationNameSchema = z.string().trim().min(1).max(MAX_AGGREGATION_NAME_CHARACTERS)

const keptAggregationsSchema = z.strictObject({
  connectionId: idSchema,
  /** Each flow and text once, the last run first. */
  history: z.array(keptAggregationSchema.extend({ ranAtMs: z.number() })).max(MAX_AGGREGATION_HISTORY),
  /** Each name once, in the order of the alphabet. */
  saved: z.array(keptAggregationSchema.extend({ name: aggregationNameSchema })).max(MAX_SAVED_AGGREGATIONS)
})

export const aggregationsFileSchema = z.strictObject({
  connections: z.array(keptAggregationsSchema).max(1000)
})

export type KeptAggregation = z.infer<typeof keptAggregationSchema>
export type KeptAggregations = z.infer<typeof keptAggregationsSchema>
export type AggregationsFile = z.infer<typeof aggregationsFileSchema>
