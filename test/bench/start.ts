import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildIfStale } from '../../build/app-build.mjs'
import { chooseRuntime } from '../../build/runtime.mjs'
import { processRole } from '../support/process-role.ts'
import { sampleProcessTree, type ProcessSample } from '../support/process-tree.ts'
import { median, printFigure, printProgress } from './figure.ts'

/**
 * How long from the start of the process to the first drops on the screen, what the app costs while nothing happens, and
 * how much memory each of its processes takes. The peer in the same run is an app on the same runtime that opens one
 * window with one sentence in it: what is left of the difference is ours.
 */
const STARTS = 7
const IDLE_MS = 20_000
/** After the last change: caches are warm, completions are loaded, nothing is under way. */
const SETTLE_MS = 5000
const PATIENCE_MS = 60_000

/** The processes that run our code; the rest is the browser's own. */
const OWN_ROLES: ReadonlySet<string> = new Set(['main', 'local platform', 'window'])

const appDirectory = resolve(import.meta.dirname, '../..')
const bareAppDirectory = join(import.meta.dirname, 'bare-app')
const runtime = await chooseRuntime()
await buildIfStale()

const profile = mkdtempSync(join(tmpdir(), 'flowscope-bench-'))
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
})

const firstRun = await measureStart('first')
printFigure('start', 'first start: process start to first drops painted', firstRun, 'ms')

const own: number[] = []
const bare: number[] = []
// In turns, so that whatever else the machine does falls on both.
for (let round = 0; round < STARTS; round += 1) {
  own.push(await measureStart(String(round)))
  bare.push(await measureBareStart())
}
printFigure('start', 'second start: process start to first drops painted, median', median(own), 'ms')
printFigure('start', 'second start: slowest', Math.max(...own), 'ms')
printFigure(
  'start',
  'peer, an app of one sentence: process start to its window painted, median',
  median(bare),
  'ms'
)
await measureIdle()
process.exit(0)

function startApp(directory: string, args: readonly string[]): ChildProcess {
  const child = spawn(runtime.executablePath, [...runtime.args, directory, ...args], {
    env: { ...process.env, ...runtime.env },
    stdio: ['ignore', 'pipe', 'ignore']
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolveEnd) => child.once('exit', resolveEnd))
  child.kill('SIGTERM')
  await ended
}

async function measureStart(name: string): Promise<number> {
  printProgress(`start ${name} …`)
  const linesBefore = logLines().length
  const startedAtMs = Date.now()
  const child = startApp(appDirectory, ['--profile', profile])
  const paintedAtMs = await paintedTime(linesBefore)
  await end(child)
  return paintedAtMs - startedAtMs
}

interface LogLine {
  readonly time: string
  readonly msg: string
  readonly what?: string
}

function logLines(): LogLine[] {
  const file = join(profile, 'logs', 'flowscope.log')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine)
}

/** When the log says that drops were painted; the log is looked at, the app is not disturbed. */
async function paintedTime(linesBefore: number): Promise<number> {
  const giveUpAtMs = Date.now() + PATIENCE_MS
  while (Date.now() < giveUpAtMs) {
    const line = logLines()
      .slice(linesBefore)
      .find(({ msg, what }) => msg === 'painted' && what === 'drops')
    if (line !== undefined) return Date.parse(line.time)
    await new Promise((later) => setTimeout(later, 50))
  }
  throw new Error(`The app did not paint drops within ${String(PATIENCE_MS / 1000)} s; see ${profile}/logs.`)
}

async function measureBareStart(): Promise<number> {
  const bareProfile = mkdtempSync(join(tmpdir(), 'flowscope-bare-'))
  const startedAtMs = Date.now()
  const child = startApp(bareAppDirectory, [`--user-data-dir=${bareProfile}`])
  const paintedAtMs = await new Promise<number>((painted, refuse) => {
    child.once('exit', () => {
      refuse(new Error('The peer ended before it painted.'))
    })
    setTimeout(refuse, PATIENCE_MS, new Error('The peer did not paint.')).unref()
    child.stdout?.on('data', (data: Buffer) => {
      if (data.includes('painted')) painted(Date.now())
    })
  })
  await end(child)
  rmSync(bareProfile, { recursive: true, force: true, maxRetries: 5 })
  return paintedAtMs - startedAtMs
}

/** The replay paused, the console closed: what a person leaves open over lunch. */
async function measureIdle(): Promise<void> {
  printProgress(`idle for ${String(IDLE_MS / 1000)} s …`)
  const { _electron } = await import('@playwright/test')
  const app = await _electron.launch({
    executablePath: runtime.executablePath,
    args: [...runtime.args, appDirectory, '--profile', profile],
    env: { ...(process.env as Record<string, string>), ...runtime.env }
  })
  const page = await app.firstWindow()
  await page.getByRole('grid', { name: 'Drops', exact: true }).getByRole('row').nth(3).waitFor()
  await page.evaluate(async () => {
    await (
      globalThis as unknown as { explorer: { changeReplay(input: object): Promise<unknown> } }
    ).explorer.changeReplay({
      isPaused: true
    })
  })
  const consoleRegion = page.getByRole('region', { name: 'Live console' })
  if (await consoleRegion.isVisible()) await page.keyboard.press('Control+j')
  await consoleRegion.waitFor({ state: 'hidden' })
  await new Promise((settled) => setTimeout(settled, SETTLE_MS))

  const rootPid = app.process().pid ?? 0
  const before = sampleProcessTree(rootPid)
  const startedAtMs = performance.now()
  await new Promise((over) => setTimeout(over, IDLE_MS))
  const elapsedMs = performance.now() - startedAtMs
  const after = sampleProcessTree(rootPid)
  await app.close()

  const cpuMs = (samples: readonly ProcessSample[]): number =>
    samples.reduce((sum, { cpuMs: each }) => sum + each, 0)
  const share = ((cpuMs(after) - cpuMs(before)) / elapsedMs / cpus().length) * 100
  printFigure('start', 'idle CPU over 20 s, all processes, share of the machine', share, '%')
  let ownBytes = 0
  for (const [role, bytes] of memoryByRole(after)) {
    if (OWN_ROLES.has(role)) ownBytes += bytes
    printFigure('start', `memory of ${role} (PSS)`, bytes / 1_048_576, 'MiB')
  }
  printFigure(
    'start',
    'memory of our own processes (main, local platform, window)',
    ownBytes / 1_048_576,
    'MiB'
  )
}

function memoryByRole(samples: readonly ProcessSample[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const sample of samples) {
    const role = processRole(sample.commandLine)
    sums.set(role, (sums.get(role) ?? 0) + sample.memoryBytes)
  }
  return new Map([...sums].sort(([, a], [, b]) => b - a))
}
