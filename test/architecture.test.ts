import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Rooms and arrows (ARCHITECTURE.md): reads every import below `src` and names each arrow that may not be. A room's
 * tsconfig forbids what it can; this test forbids the rest.
 */
const root = resolve(import.meta.dirname, '..')
const source = join(root, 'src')

type Room = 'shared' | 'platform' | 'main' | 'preload' | 'renderer'

interface Arrow {
  /** The importing file, relative to `src`. */
  readonly from: string
  readonly specifier: string
  /** The imported file relative to `src`, or undefined for a package. */
  readonly to: string | undefined
  readonly isTypeOnly: boolean
}

const IMPORT =
  /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte|mjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

function arrowsOf(file: string): Arrow[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? ''
    const to = specifier.startsWith('.') ? relative(source, resolve(dirname(file), specifier)) : undefined
    return { from: relative(source, file), specifier, to, isTypeOnly: match[1] !== undefined }
  })
}

const arrows = filesBelow(source).flatMap(arrowsOf)
const roomOf = (file: string): Room => file.split('/')[0] as Room
const isNode = (specifier: string): boolean => specifier.startsWith('node:')
const isElectron = (specifier: string): boolean => /^electron(\/|$)/.test(specifier)

/** The one place where main knows that the platform's code exists (it resolves the entry of the process). */
const PLATFORM_DOOR = 'main/connections/local-platform.ts'

/** Why an arrow may not be, or undefined. */
function objection({ from, specifier, to, isTypeOnly }: Arrow): string | undefined {
  const room = roomOf(from)
  if (to?.startsWith('..') === true) return 'leaves src'
  const target = to === undefined ? undefined : roomOf(to)
  if (target !== undefined && target !== room && target !== 'shared') {
    return room === 'main' && target === 'platform' && from === PLATFORM_DOOR
      ? undefined
      : `${room} must not import ${target}`
  }
  if (isElectron(specifier)) {
    if (room !== 'main' && room !== 'preload') return `${room} must not import Electron`
    if (/^main\/(client|live)\//.test(from)) return 'main/client and main/live must not import Electron'
  }
  if (isNode(specifier) && (room === 'shared' || room === 'renderer' || room === 'preload')) {
    return `${room} must not import Node`
  }
  if (room === 'shared' && to === undefined) {
    const isSchema = specifier === 'zod' && /^shared\/(wire|ipc)\//.test(from)
    const isRegularExpressions = specifier === 're2js' && from.startsWith('shared/filter/')
    if (!isSchema && !isRegularExpressions) return 'shared imports only itself'
  }
  if (room === 'preload' && to === undefined && !isElectron(specifier))
    return 'preload imports only Electron and the contract'
  if (
    room === 'preload' &&
    to !== undefined &&
    target === 'shared' &&
    !isTypeOnly &&
    to !== 'shared/ipc/channels.ts'
  ) {
    return 'preload bundles only the names of the channels'
  }
  return undefined
}

test('every import follows the arrows between the rooms', () => {
  const offending = arrows.flatMap((arrow) => {
    const reason = objection(arrow)
    return reason === undefined ? [] : [`${arrow.from} -> ${arrow.specifier}: ${reason}`]
  })
  expect(offending).toEqual([])
})

test('relative imports name a file with its extension, as Node runs them', () => {
  const offending = arrows.filter(
    ({ to, specifier }) => to !== undefined && !/\.(ts|js|mjs|svelte|css|json)(\?\w+)?$/.test(specifier)
  )
  expect(offending.map(({ from, specifier }) => `${from} -> ${specifier}`)).toEqual([])
})

test('one file names ipcMain, one ipcRenderer, one window.explorer, one loads Monaco', () => {
  const naming = (pattern: RegExp): string[] =>
    filesBelow(source)
      .filter((file) => pattern.test(readFileSync(file, 'utf8')))
      .map((file) => relative(source, file))
  const importing = (specifier: RegExp): string[] => [
    ...new Set(
      arrows.filter((arrow) => specifier.test(arrow.specifier) && !arrow.isTypeOnly).map(({ from }) => from)
    )
  ]
  expect({
    ipcMain: naming(/\bimport\b[^'"]*\bipcMain\b[^'"]*from 'electron'/),
    ipcRenderer: naming(/\bimport\b[^'"]*\bipcRenderer\b[^'"]*from 'electron'/),
    explorer: naming(/\bwindow\.explorer\b(?!`)/),
    monaco: importing(/^monaco-editor\/editor$/)
  }).toEqual({
    ipcMain: ['main/ipc/handle.ts'],
    ipcRenderer: ['preload/index.ts'],
    explorer: ['renderer/bridge.ts'],
    monaco: ['renderer/ui/monaco.ts']
  })
})

test('the rule finds an arrow that may not be', () => {
  const bad: readonly [Arrow, string][] = [
    [
      { from: 'renderer/App.svelte', specifier: '../main/x.ts', to: 'main/x.ts', isTypeOnly: false },
      'renderer must not import main'
    ],
    [
      { from: 'platform/cli.ts', specifier: 'electron', to: undefined, isTypeOnly: false },
      'platform must not import Electron'
    ],
    [
      { from: 'shared/result.ts', specifier: 'node:fs', to: undefined, isTypeOnly: false },
      'shared must not import Node'
    ],
    [
      { from: 'main/client/http.ts', specifier: 'electron', to: undefined, isTypeOnly: false },
      'main/client and main/live must not import Electron'
    ],
    [
      { from: 'main/window.ts', specifier: '../platform/x.ts', to: 'platform/x.ts', isTypeOnly: false },
      'main must not import platform'
    ]
  ]
  expect(bad.map(([arrow]) => objection(arrow))).toEqual(bad.map(([, reason]) => reason))
})
