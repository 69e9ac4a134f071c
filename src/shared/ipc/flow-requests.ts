import { z } from 'zod'
import { MAX_CAPACITY_DROPS } from '../model/flow.ts'
import type { Flow } from '../model/flow.ts'
import { connectionId, entry, flowReferenceSchema, idSchema } from './contract-entry.ts'
import { MAX_RHYTHM_FLOWS } from './request-limits.ts'

/** Drops of a flow whose dates are read: their gaps tell how often it usually gets one. */
export const RHYTHM_DROPS = 6

/** Longer than the 128 characters of the platform: what is too long is told by a sentence, not by a schema. */
const path = z.string().max(256)
const capacity = z.int().min(0).max(MAX_CAPACITY_DROPS)
const description = z.string().max(65_536)
const filter = z.string().max(65_536)
const flowAddress = z.strictObject({ connectionId, flowId: idSchema })

/** When the latest drops of flows were created, by flow id, the newest first; a flow without drops has an empty list. */
export type FlowRhythms = Readonly<Record<string, readonly number[]>>

/** Flows: the objects themselves, and what the tree tells of their drops. */
export const flowRequests = {
  readFlow: entry<Flow>()(z.strictObject({ connectionId, flow: flowReferenceSchema })),
  createFlow: entry<Flow>()(
    z.strictObject({
      connectionId,
      path,
      capacity: capacity.optional(),
      description: description.optional(),
      filter: filter.optional()
    })
  ),
  /** Changes the given members, the others stay; an empty description or filter takes it away. Answers the whole flow. */
  updateFlow: entry<Flow>()(
    z.strictObject({
      connectionId,
      flowId: idSchema,
      changes: z.strictObject({
        path: path.optional(),
        capacity: capacity.optional(),
        description: description.optional(),
        filter: filter.optional()
      })
    })
  ),
  /** Deletes the drops of a flow; the flow stays. */
  emptyFlow: entry<null>()(flowAddress),
  deleteFlow: entry<null>()(flowAddress),
  /** How many drops a flow holds now: the platform has to look at all of them. */
  countFlowDrops: entry<{ readonly drops: number }>()(flowAddress),
  /**
   * Reads when the latest drops of these flows were created, in one request. A flow that is gone or not readable is missing
   * from the answer. The next call for the same connection cancels one that is under way.
   */
  readFlowRhythms: entry<FlowRhythms>()(
    z.strictObject({ connectionId, flowIds: z.array(idSchema).min(1).max(MAX_RHYTHM_FLOWS) })
  )
} as const
