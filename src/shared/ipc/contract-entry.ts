import { z } from 'zod'

/** What several groups of requests are made of; the conversation itself is `contract.ts`. */

/** One request: the schema of its input, and the type of its answer. */
export const entry =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): { readonly input: Input; readonly output?: Output } => ({ input })

export const idSchema = z.string().max(256)
export const connectionId = idSchema
export const flowReferenceSchema = z.union([
  z.strictObject({ flowId: idSchema }),
  z.strictObject({ path: z.string().max(256) })
])
export const dropAddress = { connectionId, flowId: idSchema, dropId: idSchema }
/** As long as the platform accepts a body (1 MiB), in UTF-16 units. */
export const jsonText = z.string().max(1_048_576)

export const findParametersSchema = z.strictObject({
  filter: z.string().max(65_536).optional(),
  start: z.int().min(0).optional(),
  limit: z.int().min(0).max(100_000).optional(),
  sort: z.string().max(256).optional(),
  order: z.enum(['asc', 'desc', 'geo']).optional(),
  only: z.string().max(4096).optional(),
  refs: z.boolean().optional(),
  hints: z.boolean().optional()
})

export type FindParameters = z.infer<typeof findParametersSchema>
export type FlowReference = z.infer<typeof flowReferenceSchema>

/** A drop as the platform answered it, word for word. */
export interface DropText {
  readonly text: string
}
