import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'

const projectDir = resolve(import.meta.dirname, '../../..')

export const HOST = join(projectDir, 'build', 'chromium-host', 'electron-host')
export const HOST_APP = join(projectDir, 'test', 'fixtures', 'host-app')

/** What the fixture app offers to its page (test/fixtures/host-app/preload.cjs). */
export interface HostApi {
  echo(value: unknown): Promise<unknown>
  fail(): Promise<never>
  askUtility(value: unknown): Promise<unknown>
  push(count: number): Promise<void>
  onPushed(listener: (index: number) => void): () => void
  openTicker(): void
  openPort(count: number): void
  readonly constants: { readonly list: readonly number[] }
}

declare global {
  /** In the page of the fixture app. */
  var host: HostApi
  /** In its main process: what happened there. */
  var seen: {
    navigations: string[]
    popups: string[]
    consoleMessages: { level: string; message: string }[]
    secondInstances: { argv: string[]; data: unknown }[]
    menuClicks: number
    portClosed?: boolean
  }
}

export interface RunningHostApp {
  readonly app: ElectronApplication
  readonly page: Page
  readonly userData: string
}

/** Runs the fixture app on the host, as Playwright runs any Electron app. */
export async function launchHostApp(
  environment: NodeJS.ProcessEnv = {},
  userData = makeUserData()
): Promise<RunningHostApp> {
  const app = await _electron.launch({
    executablePath: HOST,
    args: [HOST_APP, `--user-data-dir=${userData}`],
    env: {
      ...(process.env as Record<string, string>),
      FLOWSCOPE_HEADLESS: '1',
      ...(environment as Record<string, string>)
    },
    colorScheme: null
  })
  const page = await app.firstWindow()
  await page.getByText('worker says READY').waitFor()
  return { app, page, userData }
}

export async function closeHostApp({ app, userData }: RunningHostApp): Promise<void> {
  await app.close()
  removeUserData(userData)
}

export const makeUserData = (): string => mkdtempSync(join(tmpdir(), 'flowscope-host-data-'))

export const removeUserData = (userData: string): void => {
  rmSync(userData, { recursive: true, force: true, maxRetries: 5 })
}

/** A run of the host without a test tool: its output so far, and its end. */
export interface HostRun {
  readonly child: ChildProcess
  output(): string
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export function runHost(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  executable = HOST
): HostRun {
  const env = { ...process.env, FLOWSCOPE_HEADLESS: '1', ...environment }
  const child = spawn(executable, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((settle) => {
    child.once('close', (code, signal) => {
      settle({ code, signal })
    })
  })
  return { child, output: () => output, ended }
}

/** The processes that descend from one, itself not among them; Linux. */
export function descendantsOf(rootPid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === rootPid)
    .map(Number)
  return [...children, ...children.flatMap(descendantsOf)]
}

/** Whether a process runs; one that ended and was not yet asked for its exit code does not. */
export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${String(pid)}`) && !/^State:\s+[ZX]/m.test(readProc(pid, 'status'))
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readProc(pid, 'status'))?.[1] ?? 0)
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8')
  } catch {
    return ''
  }
}
