import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { buildIfStale } from '../../build/app-build.mjs'
import { launch, makeProfile, removeProfile } from '../e2e/support/launch.ts'
import { CHILD_ACCOUNT, startPlatformChild } from '../support/platform-child.ts'
import { processRole } from '../support/process-role.ts'
import { sampleProcessTree } from '../support/process-tree.ts'
import { printFigure, printProgress, quantile } from './figure.ts'
import type { PushOrder, PushReport } from './push-order.ts'

/**
 * Live drops through the whole app: the platform's hub in a process of its own, socket, main, port, worker and screen. The
 * rate is swept until it is far beyond what the app can take; what counts then is that it stays responsive and that received,
 * skipped and missed drops together are those that were sent. The peer of the same run is the engine's own parse of as many
 * drops: no console that parses each of them can be faster.
 *
 * `npm run -s bench -- console [RATE,RATE,…] [SECONDS]`; a rate of 0 leaves out the sweep.
 */
const BENCH = 'console'
const RATES = (process.argv[3] ?? '1000,5000,10000,20000,30000,50000,100000').split(',').map(Number)
const SECONDS = Number(process.argv[4] ?? 20)
const DURABLE_PER_SECOND = 5000
const FLOWS = 100
/** As many as the console keeps. */
const KEPT_DROPS = 200_000
const ACCOUNT = { account: 'bench', token: 'bench-token-0123456789abcdefghijk' }
/** What has not arrived this long after the last was sent is lost without a trace. */
const PATIENCE_MS = 60_000
const TICK_MS = 4

await buildIfStale()
const children: ChildProcess[] = []
const folders: string[] = []
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

printParsePeer()
const profile = makeProfile()
folders.push(profile)
const app = await launch(profile)
const { page } = app
const rootPid = app.app.process().pid ?? 0
await page.getByRole('region', { name: 'Live console' }).waitFor()
// Rows of the sample have nothing to do with what is measured.
await page.evaluate(() => window.explorer.changeReplay({ isPaused: true }))
await page.evaluate(watchFrames)

const source = await startSource()
const flowIds = await followAll(page, source.url, ACCOUNT)
for (const ratePerSecond of RATES.filter(Boolean)) {
  const label = `${ratePerSecond.toLocaleString('en-US')}/s`
  await measure(label, () => source.push({ flowIds, ratePerSecond, seconds: SECONDS }))
}
if (RATES.some(Boolean)) await measureFilter(source, flowIds)

const data = mkdtempSync(join(tmpdir(), 'flowscope-bench-'))
folders.push(data)
const platform = await startPlatformChild(data)
children.push(platform.child)
const durableIds = await followAll(page, platform.url, CHILD_ACCOUNT)
await measure(`${DURABLE_PER_SECOND.toLocaleString('en-US')}/s durable creates`, () =>
  createDurably(platform.url, platform.wsUrl, durableIds)
)
await app.close()
await platform.end()
removeProfile(profile)
process.exit(0)

interface Source {
  readonly url: string
  push(order: PushOrder): Promise<PushReport>
}

async function startSource(): Promise<Source> {
  const program = join(import.meta.dirname, 'push-source.ts')
  const { account, token } = ACCOUNT
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, account, token], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('The source of drops ended.')
    return JSON.parse(String(value))
  }
  const { url } = (await next()) as { readonly url: string }
  return {
    url,
    push: async (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`)
      return (await next()) as PushReport
    }
  }
}

/** Makes a connection and its flows, which keep nothing, and follows them. */
async function followAll(
  on: Page,
  url: string,
  { account, token }: { readonly account: string; readonly token: string }
): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < FLOWS; index += 1) {
    const response = await fetch(`${url}/v4.0/${account}/flow`, {
      method: 'POST',
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      body: JSON.stringify({ path: `/${account}/bench/flow-${String(index).padStart(3, '0')}`, capacity: 0 })
    })
    const { body } = (await response.json()) as { readonly body: { readonly id: string } }
    ids.push(body.id)
  }
  await on.evaluate(
    async ({ profile: asked, apiToken, flowIds: wanted }) => {
      const { explorer } = globalThis as unknown as Pick<Window, 'explorer'>
      const saved = await explorer.saveConnection({ profile: asked, apiToken })
      if (!saved.ok) throw new Error(saved.failure.message)
      const connectionId = saved.value.id
      await explorer.openConnection({ connectionId })
      for (const flowId of wanted) {
        const followed = await explorer.subscribe({ connectionId, flow: { flowId } })
        if (!followed.ok) throw new Error(followed.failure.message)
      }
    },
    { profile: profileOf(new URL(url).host, account), apiToken: token, flowIds: ids }
  )
  return ids
}

function profileOf(host: string, account: string) {
  return {
    name: `Bench ${account}`,
    account,
    host,
    liveHost: host,
    version: '4.0',
    isSecure: false,
    verifyCertificate: true,
    parameters: [],
    colour: 0 as const,
    environment: '',
    isReadOnly: false
  }
}

async function measure(label: string, push: () => Promise<PushReport>): Promise<void> {
  printProgress(`${label} …`)
  await page.getByRole('region', { name: 'Live console' }).getByRole('button', { name: 'Clear' }).click()
  await page.waitForFunction(() =>
    document.querySelector('[aria-label="Live status"]')?.textContent.startsWith('0 ')
  )
  await page.evaluate(startWatch)
  const before = sampleProcessTree(rootPid)
  const startedMs = performance.now()
  const { sentDrops, endedAtMs, tookMs } = await push()
  const counts = await page.evaluate(waitForAll, { sentDrops, patienceMs: PATIENCE_MS })
  const elapsedMs = performance.now() - startedMs
  const after = sampleProcessTree(rootPid)
  const watch = await page.evaluate(endWatch)

  const print = (figure: string, value: number, unit: string): void => {
    printFigure(BENCH, `${label}: ${figure}`, value, unit)
  }
  const { received, missed, skipped } = counts
  print('sent', sentDrops, 'drops')
  print('rate that the source reached', (sentDrops * 1000) / tookMs, 'drops/s')
  print('received', received, 'drops')
  print('missed', missed, 'drops')
  print('skipped', skipped, 'drops')
  print('unaccounted for (must be 0)', sentDrops - received - missed - skipped, 'drops')
  print('lag at the end (limit 1000)', Math.max(0, counts.atMs - endedAtMs), 'ms')
  print('frame p50', quantile(watch.framesMs, 0.5), 'ms')
  print('frame p95 (limit 17)', quantile(watch.framesMs, 0.95), 'ms')
  print('worst frame (limit 50)', Math.max(...watch.framesMs), 'ms')
  print('callback of a frame, p95', quantile(watch.callbacksMs, 0.95), 'ms')
  print('callback of a frame, worst', Math.max(...watch.callbacksMs), 'ms')
  print('tasks over 50 ms', watch.longTasks, 'tasks')
  for (const [role, { cpuMs, memoryBytes }] of costByRole(before, after)) {
    print(`CPU of ${role}, of one core`, (cpuMs / elapsedMs) * 100, '%')
    print(`CPU of ${role}, a drop`, (cpuMs * 1000) / sentDrops, 'us')
    print(`memory of ${role} (PSS)`, memoryBytes / 1_048_576, 'MiB')
  }
}

/** A filter that is changed while the console keeps as much as it can. */
async function measureFilter({ push }: Source, ids: readonly string[]): Promise<void> {
  printProgress('a changed filter over all that is kept …')
  const { sentDrops } = await push({ flowIds: ids, ratePerSecond: 20_000, seconds: KEPT_DROPS / 20_000 })
  await page.evaluate(waitForAll, { sentDrops, patienceMs: PATIENCE_MS })
  for (const filter of ['temp > 20', 'place =~ /oom (3|7|11)$/ && isOpen == false']) {
    await page.evaluate(startWatch)
    const ms = await page.evaluate(runFilter, filter)
    const { framesMs, longTasks } = await page.evaluate(endWatch)
    printFigure(BENCH, `filter ${filter} over what is kept (limit 300 for 200,000)`, ms, 'ms')
    printFigure(BENCH, `filter ${filter}: worst frame meanwhile`, Math.max(...framesMs), 'ms')
    printFigure(BENCH, `filter ${filter}: tasks over 50 ms meanwhile (must be 0)`, longTasks, 'tasks')
  }
  await page.evaluate(runFilter, '')
}

type Samples = ReturnType<typeof sampleProcessTree>

function costByRole(before: Samples, after: Samples): Map<string, { cpuMs: number; memoryBytes: number }> {
  const spentBefore = new Map(before.map(({ pid, cpuMs }) => [pid, cpuMs]))
  const sums = new Map<string, { cpuMs: number; memoryBytes: number }>()
  for (const { pid, commandLine, cpuMs, memoryBytes } of after) {
    const role = processRole(commandLine)
    const sum = sums.get(role) ?? { cpuMs: 0, memoryBytes: 0 }
    sum.cpuMs += cpuMs - (spentBefore.get(pid) ?? 0)
    sum.memoryBytes += memoryBytes
    sums.set(role, sum)
  }
  return sums
}

/** Creates drops over one socket as fast as asked for; each is on the disk before it is pushed. */
async function createDurably(url: string, wsUrl: string, flows: readonly string[]): Promise<PushReport> {
  const { account, token } = CHILD_ACCOUNT
  const opened = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'x-auth-account': account, 'x-auth-token': token }
  })
  const { body } = (await opened.json()) as { readonly body: { readonly id: string } }
  const socket = new WebSocket(`${wsUrl}/session/${body.id}/ws`)
  await new Promise((resolve) => socket.once('open', resolve))
  let replies = 0
  let refused = 0
  socket.on('message', (bytes: Buffer) => {
    replies += 1
    if (!bytes.includes('"ok":true')) refused += 1
  })
  const text = 'x'.repeat(120)
  const wanted = DURABLE_PER_SECOND * SECONDS
  const startMs = performance.now()
  let sent = 0
  while (sent < wanted) {
    const due = Math.min(wanted, Math.floor(((performance.now() - startMs) / 1000) * DURABLE_PER_SECOND))
    for (; sent < due; sent += 1) {
      const value = { elems: { n: sent, temp: sent % 40, place: `Room ${String(sent % 37)}`, text } }
      const flowId = flows[sent % flows.length]
      socket.send(JSON.stringify({ msgId: sent, type: 'create', object: 'drop', flowId, value }))
    }
    await new Promise((next) => setTimeout(next, TICK_MS))
  }
  while (replies < wanted) await new Promise((next) => setTimeout(next, TICK_MS))
  const tookMs = performance.now() - startMs
  const endedAtMs = Date.now()
  socket.terminate()
  return { sentDrops: wanted - refused, endedAtMs, tookMs }
}

function printParsePeer(): void {
  const drop = { id: 'd'.repeat(25), elems: { n: 1, temp: 20.5, isOpen: true, text: 'x'.repeat(200) } }
  const text = JSON.stringify(drop)
  const rounds = 200_000
  const startMs = performance.now()
  for (let round = 0; round < rounds; round += 1) JSON.parse(text)
  printFigure(BENCH, 'peer, JSON.parse alone', (rounds * 1000) / (performance.now() - startMs), 'drops/s')
}

// What follows runs in the page: each function stands alone.

interface Watch {
  /** From one frame to the next, by the times that the browser gives them: what a person sees. */
  framesMs: number[]
  /** From one frame's callback to the next: what else the page's thread does in between delays it, also within a frame. */
  callbacksMs: number[]
  longTasks: number
}

function watchFrames(): void {
  const watch: Watch = { framesMs: [], callbacksMs: [], longTasks: 0 }
  ;(globalThis as unknown as { watch: Watch }).watch = watch
  let lastFrameMs = performance.now()
  let lastMs = lastFrameMs
  const frame = (frameMs: number): void => {
    const nowMs = performance.now()
    watch.framesMs.push(frameMs - lastFrameMs)
    watch.callbacksMs.push(nowMs - lastMs)
    lastFrameMs = frameMs
    lastMs = nowMs
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  new PerformanceObserver((list) => {
    watch.longTasks += list.getEntries().length
  }).observe({ type: 'longtask' })
}

function startWatch(): void {
  const { watch } = globalThis as unknown as { watch: Watch }
  watch.framesMs = []
  watch.callbacksMs = []
  watch.longTasks = 0
}

function endWatch(): Watch {
  const { watch } = globalThis as unknown as { watch: Watch }
  return watch
}

/** Waits until every drop is accounted for; what the screen says then, and when. */
async function waitForAll({
  sentDrops,
  patienceMs
}: {
  sentDrops: number
  patienceMs: number
}): Promise<{ received: number; missed: number; skipped: number; atMs: number }> {
  const count = (text: string | null | undefined, pattern: RegExp): number =>
    Number((pattern.exec(text ?? '')?.[1] ?? '0').replaceAll(',', ''))
  const giveUpMs = performance.now() + patienceMs
  for (;;) {
    const status = document.querySelector('[aria-label="Live status"]')?.textContent
    const skippedText = document.querySelector('[data-counter="skipped"]')?.textContent
    const received = count(status, /([\d,]+) received/)
    const missed = count(status, /([\d,]+)\+? missed/)
    const skipped = count(skippedText, /([\d,]+) skipped/)
    if (received + missed + skipped >= sentDrops || performance.now() > giveUpMs)
      return { received, missed, skipped, atMs: Date.now() }
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

/** Types a filter into the plain field and runs it; milliseconds until all that is kept was tested. */
async function runFilter(filter: string): Promise<number> {
  const field = document.querySelector<HTMLInputElement>('input[aria-label="Live drops that match"]')
  if (field === null) throw new Error('The field of the filter is not there.')
  const startMs = performance.now()
  field.value = filter
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  let lastText = document.querySelector('[aria-label="Live matches"]')?.textContent ?? ''
  for (;;) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const text = document.querySelector('[aria-label="Live matches"]')?.textContent ?? ''
    const hasChanged = text !== lastText
    lastText = text
    const isDone =
      filter === '' ? text === '' : text.includes('shown') && !text.includes('to go') && hasChanged
    if (isDone || performance.now() - startMs > 30_000) return performance.now() - startMs
  }
}
