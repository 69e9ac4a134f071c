import { z } from 'zod'
import {
  connectionId,
  dropAddress,
  entry,
  findParametersSchema,
  idSchema,
  jsonText
} from './contract-entry.ts'
import type { DropText } from './contract-entry.ts'
import { draftSchema } from './drafts.ts'
import type { DraftSummary, KeptDraft } from './drafts.ts'
import type { DeletePreview, Job } from './jobs.ts'

const jobId = z.string().min(1).max(64)
const draftKey = { connectionId, flowId: idSchema, dropId: idSchema }
/** As many flows as a search or an export goes through at once. */
const flowIds = z.array(idSchema).min(1).max(500)

/** Drops: one by one, as files, many at once, and as drafts. */
export const dropRequests = {
  /** One drop as JSON text. */
  readDrop: entry<DropText>()(z.strictObject(dropAddress)),
  /** `text`: `{elems, location?, fhash?}`. Answers the stored drop. */
  createDrop: entry<DropText>()(z.strictObject({ connectionId, flowId: idSchema, text: jsonText })),
  /** `text`: the members to change; the others stay. Answers the whole drop. */
  updateDrop: entry<DropText>()(z.strictObject({ ...dropAddress, text: jsonText })),
  /** Changes one element, `text` its JSON value; the others stay untouched. Answers the whole drop. */
  updateDropElement: entry<DropText>()(
    z.strictObject({ ...dropAddress, element: z.string().min(1).max(1024), text: jsonText })
  ),
  deleteDrop: entry<null>()(z.strictObject(dropAddress)),

  /**
   * Writes drops to a file that the person chooses in a dialog of the system. Answers the job, or null when the person
   * cancelled the dialog; how it goes is told by `jobChanged`.
   */
  startExport: entry<Job | null>()(
    z.strictObject({
      jobId,
      connectionId,
      flowIds,
      parameters: findParametersSchema,
      /** The file's name that the dialog offers, without its ending. */
      name: z.string().min(1).max(128),
      format: z.enum(['json', 'ndjson', 'csv']),
      /** JSON and NDJSON: whole drops, or their elements alone. */
      content: z.enum(['drops', 'elems']).default('drops'),
      /** JSON and NDJSON: every element as `{type, value}`, so that a later import loses no type. */
      hasTypes: z.boolean().default(false),
      /** CSV: columns by their ids in their order; without it, all that the drops have. */
      columns: z.array(z.string().max(1024)).max(2000).optional(),
      /** CSV: whether texts that a spreadsheet would run as a formula get a quote in front. */
      isFormulaSafe: z.boolean().default(true)
    })
  ),
  /** Finds what a delete would delete and remembers it under `previewId`; the last preview alone is remembered. */
  previewDelete: entry<DeletePreview>()(
    z.strictObject({
      previewId: jobId,
      connectionId,
      target: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('found'), flowIds, parameters: findParametersSchema }),
        z.strictObject({
          kind: z.literal('chosen'),
          drops: z
            .array(z.strictObject({ flowId: idSchema, dropId: idSchema }))
            .min(1)
            .max(10_000)
        })
      ])
    })
  ),
  /** Deletes exactly the drops of a preview. Answers the job; how it goes is told by `jobChanged`. */
  startDelete: entry<Job>()(z.strictObject({ jobId, previewId: jobId })),
  /** Tries the drops again that a delete could not delete. */
  retryDelete: entry<Job>()(z.strictObject({ jobId })),
  /** Puts a line for each drop of a delete on the clipboard: its id, what became of it, and why. */
  copyDeleteResults: entry<null>()(z.strictObject({ jobId })),
  /** Ends a job; what it did stays done. One that has ended is no failure. */
  cancelJob: entry<null>()(z.strictObject({ jobId })),

  listDrafts: entry<readonly DraftSummary[]>()(z.undefined()),
  /** A draft with its texts; null when there is none. */
  readDraft: entry<KeptDraft | null>()(z.strictObject(draftKey)),
  /** Keeps an unsaved drop in place of the one before at the same address. */
  keepDraft: entry<null>()(draftSchema),
  /** Forgets a draft; one that is not there is no failure. */
  forgetDraft: entry<null>()(z.strictObject(draftKey))
} as const
