import { z } from 'zod'
import type { Connection, VaultState } from '../model/connection.ts'
import type { Result } from '../result.ts'
import type { RequestName } from './channels.ts'
import { connectionRequests } from './connection-requests.ts'
import { connectionId, entry, findParametersSchema, flowReferenceSchema, idSchema } from './contract-entry.ts'
import { dropRequests } from './drop-requests.ts'
import { textFileRequests } from './text-file-requests.ts'
import { flowRequests } from './flow-requests.ts'
import type { Job } from './jobs.ts'
import { filterNameSchema, filterTextSchema } from './filters.ts'
import type { KeptFilters } from './filters.ts'
import type { LiveSubscription } from './live-port.ts'
import type { BatchOutcome } from '../model/platform-request.ts'
import { requestRequests } from './request-requests.ts'
import { statisticsRequests } from './statistics-requests.ts'
import { settingsChangeSchema, workspaceSchema } from './settings.ts'
import type { AppState, Notice, ReplayState, Settings, Workspace } from './settings.ts'

/**
 * The whole conversation between the window and the main process. Its one law: only plain data crosses, every input is
 * parsed by its schema in main, every answer is a `Result`, and a secret goes in but never out.
 *
 * - A request is `invoke`, answered once. To add one: its name in `channels.ts`, an entry here (or in the file of its
 *   group, such as `connection-requests.ts`, which is spread below), one handler in `src/main/ipc`, one test.
 * - State that changes is an event (`EventPayloads`).
 * - Live drops and large reads travel over message ports (`live-port.ts`, `read-port.ts`), so that a request never
 *   queues behind drops. An answer to `invoke` stays under 256 KiB; only a single drop may be larger, up to the 1 MiB that
 *   the platform takes.
 * - Drops cross as JSON text, because their 64-bit integers would lose digits as numbers.
 */
export const contract = {
  /** What the app is, how it was started, and what it must tell the person. */
  readAppState: entry<AppState>()(z.undefined()),
  readSettings: entry<Settings>()(z.undefined()),
  /** Changes the given members; answers all. */
  changeSettings: entry<Settings>()(settingsChangeSchema),
  /** Open tabs and panes of the last run; null on the first. */
  readWorkspace: entry<Workspace | null>()(z.undefined()),
  saveWorkspace: entry<null>()(workspaceSchema),

  ...connectionRequests,
  /** Starts the local platform again at once instead of after its back-off. */
  restartLocalPlatform: entry<null>()(z.undefined()),
  readReplay: entry<ReplayState>()(z.undefined()),
  /** The replay of sample rows: pause, resume, rate. */
  changeReplay: entry<ReplayState>()(
    z.strictObject({
      isPaused: z.boolean().optional(),
      ratePerSecond: z.number().min(0.1).max(1000).optional()
    })
  ),

  ...flowRequests,

  ...dropRequests,
  ...textFileRequests,

  /**
   * Opens a read of any number of flows or drops. Its port arrives as a message of kind `read` with the same `readId`
   * (`read-port.ts`).
   */
  openRead: entry<null>()(
    z.strictObject({
      readId: z.string().min(1).max(64),
      connectionId,
      target: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('flows') }),
        z.strictObject({ kind: z.literal('drops'), flowId: idSchema }),
        /** Drops of one flow by their ids; those that are unknown are missing from the answer. */
        z.strictObject({
          kind: z.literal('dropIds'),
          flowId: idSchema,
          dropIds: z.array(idSchema).min(1).max(10_000)
        }),
        /** Drops of several flows: the answer's body has a list for each flow's id. */
        z.strictObject({ kind: z.literal('flowDrops'), flowIds: z.array(idSchema).min(1).max(500) })
      ]),
      parameters: findParametersSchema
    })
  ),
  /** Asks for the port of live drops; it arrives as a message of kind `live`. An earlier one is closed. */
  openLive: entry<null>()(z.undefined()),
  subscribe: entry<LiveSubscription>()(z.strictObject({ connectionId, flow: flowReferenceSchema })),
  unsubscribe: entry<null>()(z.strictObject({ connectionId, flowId: idSchema })),
  /** Follows every flow below a path, those too that are made later. What is followed is told by the live port. */
  followBelow: entry<{ readonly flowCount: number; readonly isCut: boolean }>()(
    z.strictObject({ connectionId, path: z.string().max(256) })
  ),
  unfollowBelow: entry<null>()(z.strictObject({ connectionId, path: z.string().max(256) })),

  /** The filters of a connection: what was run lately, and what has a name. */
  listFilters: entry<KeptFilters>()(z.strictObject({ connectionId })),
  /** A filter was run: it becomes the first of the history. */
  rememberFilter: entry<KeptFilters>()(z.strictObject({ connectionId, text: filterTextSchema })),
  /** Keeps a filter under a name, in place of the one that had the name. */
  saveFilter: entry<KeptFilters>()(
    z.strictObject({ connectionId, name: filterNameSchema, text: filterTextSchema })
  ),
  /** Forgets a name; one that is not there is no failure. */
  deleteFilter: entry<KeptFilters>()(z.strictObject({ connectionId, name: filterNameSchema })),

  ...requestRequests,
  ...statisticsRequests,

  copyText: entry<null>()(z.strictObject({ text: z.string().max(4_194_304) })),
  /** Writes a text or a picture to a file that the person chooses; null when none was chosen. */
  saveFile: entry<{ readonly filePath: string } | null>()(
    z.strictObject({
      /** What the dialog offers: a name, not a path. */
      name: z
        .string()
        .max(128)
        .regex(/^[^/\\]+$/),
      content: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('text'), text: z.string().max(16_777_216) }),
        z.strictObject({ kind: z.literal('png'), base64: z.base64().max(16_777_216) })
      ])
    })
  ),
  /** Asks the person, then opens an https address in the browser of the system. Answers whether it was opened. */
  openExternalLink: entry<{ readonly wasOpened: boolean }>()(z.strictObject({ url: z.string().max(2048) })),
  /** Tells main that something is on the screen for the first time (`--screenshot`, the `start` benchmark). */
  reportPainted: entry<null>()(z.strictObject({ what: z.enum(['window', 'drops', 'live-drop']) }))
} as const satisfies Record<RequestName, { readonly input: z.ZodType; readonly output?: unknown }>

export type { DropText, FindParameters, FlowReference } from './contract-entry.ts'

export type RequestInput<Name extends RequestName> = z.input<(typeof contract)[Name]['input']>
export type RequestOutput<Name extends RequestName> = Exclude<(typeof contract)[Name]['output'], undefined>

/** One verb of the window: its input, and a `Result`. A request without input takes no argument. */
export type RequestVerb<Name extends RequestName> = [RequestInput<Name>] extends [undefined]
  ? () => Promise<Result<RequestOutput<Name>>>
  : (input: RequestInput<Name>) => Promise<Result<RequestOutput<Name>>>

/** What main tells the window without being asked. */
export interface EventPayloads {
  /** A connection has another status, host or latency. */
  connectionChanged: Connection
  /** A connection was deleted. */
  connectionRemoved: { readonly connectionId: string }
  /** Tokens are kept somewhere else than before. */
  vaultChanged: VaultState
  settingsChanged: Settings
  replayChanged: ReplayState
  /** An export or a delete of many drops went on. */
  jobChanged: Job
  /** A request of a batch has an outcome; `place` counts from 0 in the order of the call. */
  batchProgressed: { readonly batchId: string; readonly place: number; readonly outcome: BatchOutcome }
  /** Something that the person should know; also part of `AppState.notices`. */
  noticeRaised: Notice
  /** A command of the native menu, by its id in the window's command table. */
  commandChosen: { readonly commandId: string }
}

/** `window.explorer`: all that the preload script offers. */
export type Explorer = { readonly [Name in RequestName]: RequestVerb<Name> } & {
  /** Calls back for each event; answers how to stop. Stopping twice is harmless. */
  on<Name extends keyof EventPayloads>(
    name: Name,
    callback: (payload: EventPayloads[Name]) => void
  ): () => void
}
