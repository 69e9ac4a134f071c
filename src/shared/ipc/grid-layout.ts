import { z } from 'zod'

/** How a person arranged the columns of one flow's drops, and what the filter line asks beside the filter. */

const columnId = z.string().max(1024)
/** As many as a table offers, with room for those of other reads. */
const MAX_LAYOUT_COLUMNS = 1000
/** Flows whose arrangement is remembered; those that were not looked at for longest leave first. */
export const MAX_GRID_LAYOUTS = 300

export const gridLayoutSchema = z.strictObject({
  /** Columns in the chosen order; empty while the order is the usual one. */
  order: z.array(columnId).max(MAX_LAYOUT_COLUMNS),
  /** Usual columns that are not shown, and unusual ones that are. */
  hidden: z.array(columnId).max(MAX_LAYOUT_COLUMNS),
  shown: z.array(columnId).max(MAX_LAYOUT_COLUMNS),
  /** Columns that stay at the left while the others scroll. */
  pinned: z.array(columnId).max(MAX_LAYOUT_COLUMNS),
  /** CSS pixels; a column without one is as wide as what it holds. */
  widths: z.array(z.strictObject({ columnId, widthPx: z.number().min(1).max(4000) })).max(MAX_LAYOUT_COLUMNS)
})

export const keptGridLayoutSchema = z.strictObject({
  connectionId: z.string().max(256),
  flowId: z.string().max(256),
  layout: gridLayoutSchema
})

/** What is asked of the platform beside the filter (platform protocol, "Request parameters"); empty texts ask nothing. */
export const findOptionsSchema = z.strictObject({
  sort: z.string().max(256),
  order: z.enum(['', 'asc', 'desc', 'geo']),
  limit: z.string().max(16),
  only: z.string().max(4096),
  refs: z.boolean(),
  /** Flows and folders to search in, apart from the tab's own flow. */
  searchIn: z.string().max(4096)
})

export type GridLayout = z.infer<typeof gridLayoutSchema>
export type KeptGridLayout = z.infer<typeof keptGridLayoutSchema>
export type FindOptions = z.infer<typeof findOptionsSchema>
