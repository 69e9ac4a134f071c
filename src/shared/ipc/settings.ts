import { z } from 'zod'
import {
  MAX_KEPT_FILTER_CHARACTERS,
  MAX_LIVE_HIGHLIGHTS,
  MAX_WORKSPACE_FILTER_CHARACTERS
} from './filter-limits.ts'
import { findOptionsSchema, keptGridLayoutSchema, MAX_GRID_LAYOUTS } from './grid-layout.ts'

/** What a person chose, and where the last run ended. Written by main (`src/main/settings.ts`), read by the window. */

export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  /** How times are shown. */
  timeZone: z.enum(['UTC', 'local']).default('UTC'),
  /** Whether the filter line offers completions while one types. */
  suggestions: z.boolean().default(true),
  /** Whether the tree and the console flash when something changes. */
  flashOnChange: z.boolean().default(true),
  /** How many bytes of live drops the console keeps. */
  liveBudgetBytes: z
    .int()
    .min(1_048_576)
    .max(1_073_741_824)
    .default(256 * 1_048_576)
})

export type Settings = z.infer<typeof settingsSchema>

/** Any of the settings; a member that is left out stays as it is. */
export const settingsChangeSchema = z.strictObject({
  theme: settingsSchema.shape.theme.unwrap().optional(),
  timeZone: settingsSchema.shape.timeZone.unwrap().optional(),
  suggestions: settingsSchema.shape.suggestions.unwrap().optional(),
  flashOnChange: settingsSchema.shape.flashOnChange.unwrap().optional(),
  liveBudgetBytes: settingsSchema.shape.liveBudgetBytes.unwrap().optional()
})

const flowTabSchema = z.strictObject({
  kind: z.literal('flow'),
  connectionId: z.string().max(256),
  flowId: z.string().max(256),
  path: z.string().max(256),
  /** The filter that is applied, and what stands in the box: they differ while a person types. */
  filter: z.string().max(MAX_WORKSPACE_FILTER_CHARACTERS),
  filterDraft: z.string().max(MAX_WORKSPACE_FILTER_CHARACTERS),
  options: findOptionsSchema.optional(),
  view: z.enum(['table', 'json']).optional()
})

/** A view that is no flow. What it shows is its own matter: it writes and checks `state`, empty at first. */
const viewTabSchema = z.strictObject({
  kind: z.enum(['statistics', 'aggregation', 'request']),
  connectionId: z.string().max(256),
  state: z.string().max(65_536)
})

const savedTabSchema = z.union([flowTabSchema, viewTabSchema])

const treePaths = z.array(z.string().max(256)).max(10_000)

export const workspaceSchema = z.strictObject({
  tabs: z.array(savedTabSchema).max(200),
  /** Index into `tabs`, -1 when there is none. */
  activeTab: z.int().min(-1),
  /** The connection whose tree was looked at; left out by what was written before there were several. */
  chosenConnectionId: z.string().max(256).optional(),
  /** How the flow tree of each connection is looked at. */
  trees: z
    .array(
      z.strictObject({
        connectionId: z.string().max(256),
        expandedPaths: treePaths,
        pinnedPaths: treePaths,
        hiddenPaths: treePaths,
        sort: z.enum(['name', 'rate', 'received', 'last-drop'])
      })
    )
    .max(200),
  /** Sizes of panes in CSS pixels. */
  sidebarWidth: z.number().min(0).max(4000),
  dropPanelWidth: z.number().min(0).max(4000),
  consoleHeight: z.number().min(0).max(4000),
  isConsoleOpen: z.boolean(),
  isConsoleNewestFirst: z.boolean(),
  /** Columns of the console's rows; the usual ones when there are none. */
  consoleColumns: z.array(z.string().max(1024)).max(64).default([]),
  /** How the columns of each flow are arranged, the one that was changed last first. */
  gridLayouts: z.array(keptGridLayoutSchema).max(MAX_GRID_LAYOUTS).default([]),
  /** What the console follows, and whether its rows are hidden or shown alone. */
  liveFlows: z
    .array(
      z.strictObject({
        connectionId: z.string().max(256),
        path: z.string().max(256),
        isMuted: z.boolean().default(false),
        isSolo: z.boolean().default(false)
      })
    )
    .max(1000),
  /** The filter of the console that is in force; empty while there is none. */
  liveFilter: z.string().max(MAX_WORKSPACE_FILTER_CHARACTERS).default(''),
  /** Rules that colour the console's rows, the first of which counts. */
  liveHighlights: z
    .array(
      z.strictObject({
        filter: z.string().max(MAX_KEPT_FILTER_CHARACTERS),
        /** One of the series colours. */
        colour: z.int().min(1).max(8)
      })
    )
    .max(MAX_LIVE_HIGHLIGHTS)
    .default([])
})

export type FlowTab = z.infer<typeof flowTabSchema>
export type ViewTab = z.infer<typeof viewTabSchema>
export type SavedTab = z.infer<typeof savedTabSchema>
export type Workspace = z.infer<typeof workspaceSchema>

/** The replay of sample rows by the local platform. */
export interface ReplayState {
  readonly isPaused: boolean
  readonly ratePerSecond: number
}

/** Something the person should know; it stays in the list of notices until the app ends. */
export interface Notice {
  readonly id: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly message: string
  /** What to do next. */
  readonly hint?: string
  readonly atMs: number
}

export interface AppState {
  readonly version: string
  /** What runs the app: Electron itself, or the Chromium host that stands in for it. */
  readonly runtime: 'electron' | 'chromium-host'
  readonly operatingSystem: string
  /** The folder of settings, data and logs. */
  readonly profileDirectory: string
  readonly logFile: string
  readonly isFirstRun: boolean
  readonly notices: readonly Notice[]
}
