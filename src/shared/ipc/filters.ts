import { z } from 'zod'
import {
  MAX_KEPT_FILTER_CHARACTERS,
  MAX_FILTER_HISTORY,
  MAX_SAVED_FILTERS,
  MAX_FILTER_NAME_CHARACTERS
} from './filter-limits.ts'

/** Filters that a person ran or named, per connection. Written by main (`src/main/settings.ts`), shown by the window. */

export const filterTextSchema = z.string().min(1).max(MAX_KEPT_FILTER_CHARACTERS)
export const filterNameSchema = z.string().trim().min(1).max(MAX_FILTER_NAME_CHARACTERS)

const ranFilterSchema = z.strictObject({ text: filterTextSchema, ranAtMs: z.number() })
const savedFilterSchema = z.strictObject({ name: filterNameSchema, text: filterTextSchema })

export const keptFiltersSchema = z.strictObject({
  connectionId: z.string().max(256),
  /** Each text once, the last run first. */
  history: z.array(ranFilterSchema).max(MAX_FILTER_HISTORY),
  /** Each name once, in the order of the alphabet. */
  saved: z.array(savedFilterSchema).max(MAX_SAVED_FILTERS)
})

export const filtersFileSchema = z.strictObject({ connections: z.array(keptFiltersSchema).max(1000) })

export type KeptFilters = z.infer<typeof keptFiltersSchema>
export type SavedFilter = z.infer<typeof savedFilterSchema>
export type RanFilter = z.infer<typeof ranFilterSchema>
export type FiltersFile = z.infer<typeof filtersFileSchema>
