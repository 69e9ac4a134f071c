import { z } from 'zod'

/** Drops that were edited and not saved: kept by main, so that neither a crash nor a kill loses what was typed. */

/** A body of the platform, in UTF-16 units; a longer text could not be saved as a drop either. */
const MAX_DRAFT_CHARACTERS = 1_048_576
/** More unsaved drops than anybody remembers; the oldest leaves first. */
export const MAX_DRAFTS = 40
/** All drafts together: the file is written whole, and each write must stay a matter of milliseconds. */
export const MAX_DRAFTS_CHARACTERS = 8 * MAX_DRAFT_CHARACTERS

const id = z.string().max(256)

export const draftSchema = z.strictObject({
  connectionId: id,
  flowId: id,
  path: z.string().max(256),
  /** Empty for a drop that was never stored. */
  dropId: id,
  /** The stored drop that was edited, as the platform answered it; empty for a new one. */
  wholeText: z.string().max(2 * MAX_DRAFT_CHARACTERS),
  text: z.string().max(MAX_DRAFT_CHARACTERS)
})

export const keptDraftSchema = z.strictObject({ ...draftSchema.shape, keptAtMs: z.number() })
export const draftsFileSchema = z.strictObject({ drafts: z.array(keptDraftSchema).max(MAX_DRAFTS) })

export type Draft = z.infer<typeof draftSchema>
export type KeptDraft = z.infer<typeof keptDraftSchema>
export type DraftsFile = z.infer<typeof draftsFileSchema>

/** A draft without its texts. */
export type DraftSummary = Pick<KeptDraft, 'connectionId' | 'flowId' | 'path' | 'dropId' | 'keptAtMs'>
