import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import Conf from 'conf'
import { z } from 'zod'
import { aggregationsFileSchema } from '../shared/ipc/aggregations.ts'
import type { AggregationsFile } from '../shared/ipc/aggregations.ts'
import { draftsFileSchema } from '../shared/ipc/drafts.ts'
import type { DraftsFile } from '../shared/ipc/drafts.ts'
import { connectionsFileSchema } from '../shared/ipc/connections.ts'
import type { ConnectionsFile } from '../shared/ipc/connections.ts'
import { filtersFileSchema } from '../shared/ipc/filters.ts'
import type { FiltersFile } from '../shared/ipc/filters.ts'
import { requestsFileSchema } from '../shared/ipc/request-requests.ts'
import type { RequestsFile } from '../shared/ipc/request-requests.ts'
import { CONNECTION_DEFAULTS } from '../shared/model/connection-profile.ts'
import { settingsSchema, workspaceSchema } from '../shared/ipc/settings.ts'
import type { Settings, Workspace } from '../shared/ipc/settings.ts'
import type { Log } from './log.ts'
import type { Notices } from './notices.ts'

/**
 * The files that a profile keeps for its person: `settings.json`, `workspace.json` (open tabs and panes), `window.json`
 * (where the window stood), `connections.json` (profiles without their tokens), `filters.json` and `aggregations.json`
 * (what was run or named, per connection), `drafts.json` (drops that were edited and not saved) and `requests.json` (what
 * the request console sent, per connection, without secrets). Written whole and atomically. What cannot be read never stops
 * the app: a damaged file is moved aside and told, a member that does not fit falls back to its default alone. Where that would
 * lose what a person made, a copy of the file is kept aside and told.
 */
export interface Store<T> {
  /** What is kept; undefined until something was written. */
  read(): T | undefined
  write(value: T): void
}

export interface Stores {
  readonly settings: {
    read(): Settings
    /** Changes the given members; answers all. */
    change(changes: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Settings
  }
  readonly workspace: Store<Workspace>
  readonly window: Store<WindowState>
  readonly filters: Store<FiltersFile>
  readonly connections: Store<ConnectionsFile>
  readonly aggregations: Store<AggregationsFile>
  readonly drafts: Store<DraftsFile>
  readonly requests: Store<RequestsFile>
  /** Writes at once what waits to be written: the app ends. */
  flush(): void
}

/** Bounds in the screen's density-independent pixels, as they were before the window was maximized. */
const windowStateSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1),
  height: z.int().min(1),
  isMaximized: z.boolean()
})

export type WindowState = z.infer<typeof windowStateSchema>

/** What the parts of a workspace are when a part of the file cannot be read. */
const EMPTY_WORKSPACE: Workspace = {
  tabs: [],
  activeTab: -1,
  trees: [],
  sidebarWidth: 280,
  dropPanelWidth: 400,
  consoleHeight: 240,
  isConsoleOpen: true,
  isConsoleNewestFirst: true,
  consoleColumns: [],
  gridLayouts: [],
  liveFlows: [],
  liveFilter: '',
  liveHighlights: []
}

export interface StoreSurroundings {
  /** The profile folder. */
  readonly directory: string
  readonly log: Log
  readonly notices: Notices
  readonly now?: () => Date
}

export function openStores(surroundings: StoreSurroundings): Stores {
  const settings = openStore('settings', settingsSchema, settingsSchema.parse({}), surroundings)
  const workspace = writeLater(openStore('workspace', workspaceSchema, EMPTY_WORKSPACE, surroundings))
  const window = openStore('window', windowStateSchema, undefined, surroundings)
  const readSettings = (): Settings => settings.read() ?? settingsSchema.parse({})
  return {
    settings: {
      read: readSettings,
      change: (changes) => {
        const given = Object.entries(changes).filter(([, value]) => value !== undefined)
        const changed: Settings = { ...readSettings(), ...Object.fromEntries(given) }
        settings.write(changed)
        return changed
      }
    },
    workspace,
    window,
    filters: openStore('filters', filtersFileSchema, { connections: [] }, surroundings, MADE_BY_HAND),
    connections: openStore(
      'connections',
      connectionsFileSchema,
      { connections: [], defaults: CONNECTION_DEFAULTS },
      surroundings,
      MADE_BY_HAND
    ),
    aggregations: openStore(
      'aggregations',
      aggregationsFileSchema,
      { connections: [] },
      surroundings,
      MADE_BY_HAND
    ),
    drafts: openStore('drafts', draftsFileSchema, { drafts: [] }, surroundings, MADE_BY_HAND),
    requests: openStore('requests', requestsFileSchema, { connections: [] }, surroundings),
    flush: () => {
      workspace.flush()
    }
  }
}

/** The window tells its workspace at every key; the disk hears of it this often at most. */
const WRITE_DELAY_MS = 300

/** A store whose writes are put off and joined; what is read is always the last. */
function writeLater<T>(store: Store<T>): Store<T> & { flush(): void } {
  let waiting: { readonly value: T; readonly timer: NodeJS.Timeout } | undefined
  const flush = (): void => {
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    const { value } = waiting
    waiting = undefined
    store.write(value)
  }
  return {
    read: () => (waiting === undefined ? store.read() : waiting.value),
    write: (value) => {
      waiting = { value, timer: waiting?.timer ?? setTimeout(flush, WRITE_DELAY_MS) }
    },
    flush
  }
}

/** What cannot be read of such a file would be missed: it is kept aside before the file is written again. */
const MADE_BY_HAND = { isKeptAside: true } as const

/** `defaults: undefined` means that the parts make no sense without each other: all or nothing. */
function openStore<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  defaults: z.output<Schema> | undefined,
  { directory, log, notices, now = () => new Date() }: StoreSurroundings,
  { isKeptAside }: { readonly isKeptAside: boolean } = { isKeptAside: false }
): Store<z.output<Schema>> {
  const file = join(directory, `${name}.json`)
  moveAsideIfDamaged(file, now(), log, notices)
  let conf: Conf<Record<string, unknown>> | undefined
  const open = (): Conf<Record<string, unknown>> =>
    (conf ??= new Conf({
      cwd: directory,
      configName: name,
      accessPropertiesByDotNotation: false,
      configFileMode: 0o600
    }))

  const write = (value: z.output<Schema>): void => {
    try {
      open().store = { ...value }
    } catch (error) {
      log.error('settings', 'not written', { file, error })
      notices.raise({
        severity: 'error',
        message: `${file} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
        hint: 'The change holds until Flowscope ends. Free some space or make the folder writable.'
      })
    }
  }

  let current: z.output<Schema> | undefined
  if (existsSync(file)) {
    const { value, isWhole } = salvage(name, schema, defaults, open().store, log)
    current = value
    // Written at once, so that the next start does not find the same again.
    if (!isWhole && isKeptAside && keepAside(file, now(), log, notices) && value !== undefined) write(value)
  }
  return {
    read: () => current,
    write: (value) => {
      current = value
      write(value)
    }
  }
}

/** Copies a file of which a part does not fit to `NAME.unread-DATE.json`, and says so; false when that cannot be done. */
function keepAside(file: string, now: Date, log: Log, notices: Notices): boolean {
  const aside = asideName(file, 'unread', now)
  try {
    copyFileSync(file, aside)
  } catch (error) {
    log.error('settings', 'no copy kept', { file, aside, error })
    return false
  }
  notices.raise({
    severity: 'warning',
    message: `A part of ${file} could not be read and is left out.`,
    hint: `The file as it was is kept as ${aside}.`
  })
  return true
}

function asideName(file: string, why: 'damaged' | 'unread', now: Date): string {
  const stamp = now
    .toISOString()
    .replaceAll(':', '-')
    .replace(/\.\d+Z$/, 'Z')
  return file.replace(/\.json$/, `.${why}-${stamp}.json`)
}

/** A file that is not a JSON object is renamed to `NAME.damaged-DATE.json`, beside it. */
function moveAsideIfDamaged(file: string, now: Date, log: Log, notices: Notices): void {
  if (!existsSync(file)) return
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const aside = asideName(file, 'damaged', now)
  renameSync(file, aside)
  log.warn('settings', 'damaged file moved aside', { file, aside })
  notices.raise({
    severity: 'warning',
    message: `${file} was damaged and could not be read; Flowscope started with defaults.`,
    hint: `The damaged file was kept as ${aside}.`
  })
}

/** What of `stored` fits the schema; each member, and each item of a list, that does not fit is left out alone. */
function salvage<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  defaults: z.output<Schema> | undefined,
  stored: Readonly<Record<string, unknown>>,
  log: Log
): { readonly value: z.output<Schema> | undefined; readonly isWhole: boolean } {
  const whole = schema.safeParse(stored)
  if (whole.success) return { value: whole.data, isWhole: true }
  log.warn('settings', 'some members do not fit', {
    name,
    members: whole.error.issues.map((issue) => issue.path.join('.') || issue.message)
  })
  if (defaults === undefined) return { value: undefined, isWhole: false }
  const members = Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([member, type]) => {
    if (!(member in stored)) return []
    const kept = salvageMember(type, stored[member])
    return kept === undefined ? [] : [[member, kept] as const]
  })
  return { value: { ...defaults, ...Object.fromEntries(members) }, isWhole: false }
}

function salvageMember(type: z.ZodType, value: unknown): unknown {
  const parsed = type.safeParse(value)
  if (parsed.success) return parsed.data
  const list = type instanceof z.ZodDefault ? type.unwrap() : type
  if (!(list instanceof z.ZodArray) || !Array.isArray(value)) return undefined
  const item = list.element as z.ZodType
  return list.safeParse(value.filter((candidate) => item.safeParse(candidate).success)).data
}
