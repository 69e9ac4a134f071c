import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNotices } from '../../src/main/notices.ts'
import type { Notices } from '../../src/main/notices.ts'
import { openStores } from '../../src/main/settings.ts'
import type { Stores } from '../../src/main/settings.ts'
import type { Workspace } from '../../src/shared/ipc/settings.ts'
import { createKeptLog } from '../support/kept-log.ts'

let directory: string
let notices: Notices

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-settings-'))
  notices = createNotices()
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const open = (): Stores =>
  openStores({ directory, notices, log: createKeptLog(), now: () => new Date('2026-03-01T10:20:30.400Z') })
const write = (name: string, content: unknown): void => {
  writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content))
}

const DEFAULTS = {
  theme: 'system',
  timeZone: 'UTC',
  suggestions: true,
  flashOnChange: true,
  liveBudgetBytes: 268_435_456
}

const workspace: Workspace = {
  tabs: [
    { kind: 'flow', connectionId: 'local', flowId: 'f1', path: '/local/a', filter: '', filterDraft: 'mag >' }
  ],
  activeTab: 0,
  trees: [
    { connectionId: 'local', expandedPaths: ['/local'], pinnedPaths: [], hiddenPaths: [], sort: 'name' }
  ],
  sidebarWidth: 300,
  dropPanelWidth: 400,
  consoleHeight: 200,
  isConsoleOpen: true,
  isConsoleNewestFirst: false,
  consoleColumns: ['received', 'elems.temp'],
  gridLayouts: [],
  liveFlows: [{ connectionId: 'local', path: '/local/a', isMuted: true, isSolo: false }],
  liveFilter: 'mag > 4',
  liveHighlights: [{ filter: 'mag > 6', colour: 3 }]
}

test('the first run has the defaults, no workspace and no file', () => {
  const stores = open()
  expect(stores.settings.read()).toEqual(DEFAULTS)
  expect(stores.workspace.read()).toBeUndefined()
  expect(readdirSync(directory)).toEqual([])
})

test('what was changed is there again after a restart, and the rest is as it was', () => {
  open().settings.change({ theme: 'dark', timeZone: undefined })
  const before = open()
  before.workspace.write(workspace)
  before.flush()
  expect(open().settings.read()).toEqual({ ...DEFAULTS, theme: 'dark' })
  expect(open().workspace.read()).toEqual(workspace)
})

test.each(['{"theme":', '[]', 'null', '', '\u0000\u0001'])(
  'a damaged file (%j) is kept aside with its date, defaults are used, and the person is told where',
  (content) => {
    write('settings.json', content)
    expect(open().settings.read()).toEqual(DEFAULTS)
    const aside = join(directory, 'settings.damaged-2026-03-01T10-20-30Z.json')
    expect(readFileSync(aside, 'utf8')).toBe(content)
    expect(existsSync(join(directory, 'settings.json'))).toBe(false)
    expect(notices.all()).toMatchObject([
      { severity: 'warning', hint: `The damaged file was kept as ${aside}.` }
    ])
  }
)

test('a member that does not fit, or that nobody knows, costs only itself', () => {
  write('settings.json', { theme: 'dark', timeZone: 'Mars', liveBudgetBytes: -1, invented: 1 })
  expect(open().settings.read()).toEqual({ ...DEFAULTS, theme: 'dark' })
  expect(notices.all()).toEqual([])
})

test('a tab that cannot be read costs only itself', () => {
  write('workspace.json', { ...workspace, tabs: [{ kind: 'flow' }, ...workspace.tabs], sidebarWidth: 'wide' })
  expect(open().workspace.read()).toEqual({ ...workspace, sidebarWidth: 280 })
})

test('a workspace from before the console kept its rules is whole, and has none', () => {
  write('workspace.json', {
    ...workspace,
    liveFlows: [{ connectionId: 'local', path: '/local/a' }],
    // What is undefined is not written.
    liveFilter: undefined,
    liveHighlights: undefined
  })
  expect(open().workspace.read()).toEqual({
    ...workspace,
    liveFlows: [{ connectionId: 'local', path: '/local/a', isMuted: false, isSolo: false }],
    liveFilter: '',
    liveHighlights: []
  })
})

test('a rule of the console that cannot be read costs only itself, and what is left has its defaults', () => {
  write('workspace.json', {
    ...workspace,
    liveFlows: [{ path: '/local/b' }, { connectionId: 'local', path: '/local/a', isMuted: true }],
    liveFilter: 7,
    liveHighlights: [{ filter: 'mag > 5', colour: 9 }, ...workspace.liveHighlights]
  })
  expect(open().workspace.read()).toEqual({ ...workspace, liveFilter: '' })
})

test('a window place that does not fit is forgotten whole', () => {
  write('window.json', { x: 0, y: 0, width: 'wide', height: 10, isMaximized: false })
  expect(open().window.read()).toBeUndefined()
})

test('what cannot be written holds for this run, and the person is told', () => {
  const stores = open()
  rmSync(directory, { recursive: true })
  writeFileSync(directory, 'a file where the folder was')
  expect(stores.settings.change({ theme: 'light' }).theme).toBe('light')
  expect(stores.settings.read().theme).toBe('light')
  expect(notices.all()).toMatchObject([{ severity: 'error' }])
})

test('a workspace is read as it was last told before the disk has it, and flushing leaves nothing behind', () => {
  const stores = open()
  stores.workspace.write(workspace)
  stores.workspace.write({ ...workspace, activeTab: -1 })
  expect(stores.workspace.read()?.activeTab).toBe(-1)
  expect(existsSync(join(directory, 'workspace.json'))).toBe(false)
  stores.flush()
  expect(open().workspace.read()?.activeTab).toBe(-1)
})
