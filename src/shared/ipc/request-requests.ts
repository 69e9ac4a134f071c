import { z } from 'zod'
import {
  MAX_BATCH_CONCURRENCY,
  MAX_BATCH_REQUESTS,
  MAX_FRAME_CHARACTERS,
  MAX_METHOD_CHARACTERS,
  MAX_REQUEST_BODY_CHARACTERS,
  MAX_REQUEST_HISTORY,
  MAX_REQUEST_PARAMETERS,
  MAX_REQUEST_PARAMETER_CHARACTERS,
  MAX_REQUEST_PATH_CHARACTERS
} from '../model/platform-request.ts'
import type { BatchOutcome, PlatformRequest, RequestAnswer, SentRequest } from '../model/platform-request.ts'
import { connectionId, entry, idSchema } from './contract-entry.ts'

/** Chosen by the window: names a request while it is under way and its answer afterwards. */
const requestId = z.string().min(1).max(64)

const parameterSchema = z.strictObject({
  name: z.string().max(256),
  value: z.string().max(MAX_REQUEST_PARAMETER_CHARACTERS)
})

export const platformRequestSchema = z.strictObject({
  // A token of HTTP (RFC 9110, "Tokens") in capitals: nothing else may reach the request line.
  method: z
    .string()
    .max(MAX_METHOD_CHARACTERS)
    .regex(/^[A-Z][A-Z-]*$/),
  path: z
    .string()
    .max(MAX_REQUEST_PATH_CHARACTERS)
    .regex(/^(\/[^\s?#]*)?$/),
  parameters: z.array(parameterSchema).max(MAX_REQUEST_PARAMETERS),
  body: z.string().max(MAX_REQUEST_BODY_CHARACTERS)
}) satisfies z.ZodType<PlatformRequest>

export const sentRequestSchema = z.strictObject({
  request: platformRequestSchema,
  isBodyLeftOut: z.boolean(),
  sentAtMs: z.number(),
  status: z.int().optional(),
  failureCode: z.string().max(64).optional(),
  durationMs: z.number()
})

/** `requests.json`: what the request consoles of each connection sent, the last one first. */
export const requestsFileSchema = z.strictObject({
  connections: z
    .array(
      z.strictObject({ connectionId: idSchema, sent: z.array(sentRequestSchema).max(MAX_REQUEST_HISTORY) })
    )
    .max(1000)
})

export type RequestsFile = z.infer<typeof requestsFileSchema>

/** What a batch came to. */
export interface BatchResult {
  /** One for each request, in the order of the call. */
  readonly outcomes: readonly BatchOutcome[]
}

/** The request console: requests by hand, one, many, or as a frame of the live connection. */
export const requestRequests = {
  /** Sends one request; whatever status comes back is an answer. No answer at all is a failure. */
  sendRequest: entry<RequestAnswer>()(
    z.strictObject({ requestId, connectionId, request: platformRequestSchema })
  ),
  /** Gives a request up; its socket is closed. One that has ended is no failure. */
  cancelRequest: entry<null>()(z.strictObject({ requestId })),
  /** An answer that main still keeps: of one request, or of one in a batch (`{batchId}/{place}`). */
  readAnswer: entry<RequestAnswer>()(z.strictObject({ requestId })),
  /** Writes the whole body to a file that the person chooses; null when none was chosen. */
  saveAnswer: entry<{ readonly filePath: string } | null>()(z.strictObject({ requestId })),
  /** Puts the whole body on the clipboard. */
  copyAnswer: entry<null>()(z.strictObject({ requestId })),

  /**
   * Sends many requests, at most `concurrency` at once, and answers when all have an outcome; each is told by the event
   * `batchProgressed` before.
   */
  runBatch: entry<BatchResult>()(
    z.strictObject({
      batchId: requestId,
      connectionId,
      requests: z.array(platformRequestSchema).min(1).max(MAX_BATCH_REQUESTS),
      concurrency: z.int().min(1).max(MAX_BATCH_CONCURRENCY),
      stopsAtFailure: z.boolean()
    })
  ),
  /** Ends a batch: what is under way is given up, what waits is skipped. */
  cancelBatch: entry<null>()(z.strictObject({ batchId: requestId })),

  /** Sends one text frame on the live connection; answers its reply, word for word but for secrets. */
  sendFrame: entry<FrameReply>()(
    z.strictObject({ connectionId, text: z.string().max(MAX_FRAME_CHARACTERS) })
  ),

  /** What was sent to a connection, the last one first. */
  listRequestHistory: entry<readonly SentRequest[]>()(z.strictObject({ connectionId })),
  clearRequestHistory: entry<null>()(z.strictObject({ connectionId })),
  /** The ids of a service's objects, each with what a person calls it: for completion of a path. */
  listServiceIds: entry<readonly ServiceId[]>()(
    z.strictObject({ connectionId, service: z.string().regex(/^[a-z-]{1,32}$/) })
  )
} as const

/** The reply to a frame that a person wrote. */
export interface FrameReply {
  /** The beginning of it. */
  readonly text: string
  readonly sizeBytes: number
  readonly isCut: boolean
  readonly durationMs: number
}

export interface ServiceId {
  readonly id: string
  /** Its path, name or display name; empty when it has none. */
  readonly label: string
}
