import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { buildIfStale } from '../../build/app-build.mjs'
import { launch, makeProfile, removeProfile } from '../e2e/support/launch.ts'
import { connectTo, liveCounts, subscribe } from '../e2e/support/live.ts'
import { CHILD_ACCOUNT, startPlatformChild } from '../support/platform-child.ts'
import { processRole } from '../support/process-role.ts'
import { sampleProcessTree } from '../support/process-tree.ts'
import { watchWorkerHeaps } from '../support/worker-heaps.ts'
import type { Soak } from './run.ts'

/**
 * Durable drops into the whole app for an hour, and what it holds after each minute: the heap of the window and of its workers
 * after a collection, its nodes and listeners, memory and open handles of each process. Each minute is one JSON line; what grows from the tenth
 * minute on is a finding. `COUNT` is the time in minutes.
 */
export const FULL_COUNT = 60

const DROPS_PER_SECOND = 5000
const FLOWS = 20
/** A minute of each flow: what a slow moment skips can be read again. */
const CAPACITY_DROPS = 15_000
const TICK_MS = 5
const MINUTE_MS = 60_000
/** Rings fill and caches warm up until then; a shorter run has a shorter warm-up. */
const WARM_UP_MINUTES = 10
/** The heap may move so much after the warm-up. */
const MAX_HEAP_CHANGE = 0.05
/** Handles and listeners come and go by a few with timers and sockets that are being opened. */
const MAX_EXTRA_HANDLES = 5

interface Minute {
  readonly minute: number
  readonly sentDrops: number
  readonly receivedDrops: number
  readonly missedDrops: number
  readonly skippedDrops: number
  readonly isMissedUncertain: boolean
  readonly heapMiB: number
  /** Of all workers: their heaps, and the buffers in which the drops are. */
  readonly workersMiB: number
  readonly nodes: number
  readonly listeners: number
  readonly memoryMiB: Readonly<Record<string, number>>
  readonly handles: Readonly<Record<string, number>>
}

export const soak: Soak = async (count, _seed, tell) => {
  await buildIfStale()
  const profile = makeProfile()
  const data = mkdtempSync(join(tmpdir(), 'flowscope-soak-'))
  const platform = await startPlatformChild(data)
  const app = await launch(profile)
  try {
    const { page } = app
    await page.getByRole('region', { name: 'Live console' }).waitFor()
    await page.evaluate(() => window.explorer.changeReplay({ isPaused: true }))
    const { account, token } = CHILD_ACCOUNT
    const { host } = new URL(platform.url)
    const connectionId = await connectTo(page, { name: 'Soak', host, account, token })
    const flowIds = await makeFlows(platform.url)
    for (const index of flowIds.keys()) await subscribe(page, connectionId, pathOf(index))
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const workerHeaps = await watchWorkerHeaps(session)
    const writer = await startWriter(platform.url, platform.wsUrl, flowIds)
    await page.getByRole('region', { name: 'Live console' }).getByRole('button', { name: 'Clear' }).click()
    const sentBefore = writer.sent()

    const minutes: Minute[] = []
    for (let minute = 1; minute <= count; minute += 1) {
      await new Promise((later) => setTimeout(later, MINUTE_MS))
      await session.send('HeapProfiler.collectGarbage')
      const { metrics } = await session.send('Performance.getMetrics')
      const metric = (name: string): number => metrics.find((each) => each.name === name)?.value ?? 0
      const heaps = await workerHeaps()
      const samples = sampleProcessTree(app.app.process().pid ?? 0)
      const { received, missed, skipped, isUncertain } = await liveCounts(page)
      const taken: Minute = {
        minute,
        sentDrops: writer.sent() - sentBefore,
        receivedDrops: received,
        missedDrops: missed,
        skippedDrops: skipped,
        isMissedUncertain: isUncertain,
        heapMiB: mebibytes(metric('JSHeapUsedSize')),
        workersMiB: mebibytes(
          heaps.reduce((sum, { heapBytes, bufferBytes }) => sum + heapBytes + bufferBytes, 0)
        ),
        nodes: metric('Nodes'),
        listeners: metric('JSEventListeners'),
        memoryMiB: byRole(samples, ({ memoryBytes }) => mebibytes(memoryBytes)),
        handles: byRole(samples, ({ pid }) => openHandles(pid))
      }
      minutes.push(taken)
      tell(JSON.stringify(taken))
    }
    writer.stop()
    return judge(minutes, count)
  } finally {
    await app.close()
    await platform.end()
    removeProfile(profile)
    rmSync(data, { recursive: true, force: true, maxRetries: 5 })
  }
}

function judge(minutes: readonly Minute[], count: number): Awaited<ReturnType<Soak>> {
  const warm = minutes.slice(Math.min(WARM_UP_MINUTES, Math.floor(count / 2)))
  const [first] = warm
  const last = warm.at(-1)
  const findings: string[] = []
  if (first === undefined || last === undefined) return { findings: ['It ran for no minute.'], figures: {} }
  const heapChange = last.heapMiB / first.heapMiB - 1
  if (heapChange > MAX_HEAP_CHANGE) findings.push(`The heap grew by ${(heapChange * 100).toFixed(1)} %.`)
  const workersChange = last.workersMiB / first.workersMiB - 1
  if (workersChange > MAX_HEAP_CHANGE)
    findings.push(`The heaps of the workers grew by ${(workersChange * 100).toFixed(1)} %.`)
  if (last.listeners > first.listeners + MAX_EXTRA_HANDLES) findings.push('Listeners grew.')
  for (const [role, handles] of Object.entries(last.handles)) {
    if (handles > (first.handles[role] ?? 0) + MAX_EXTRA_HANDLES) findings.push(`Handles of ${role} grew.`)
  }
  if (last.missedDrops > 0 || last.skippedDrops > 0 || last.isMissedUncertain)
    findings.push('Drops were missed or skipped.')
  return {
    findings,
    figures: {
      minutes: minutes.length,
      receivedDrops: last.receivedDrops,
      heapMiB: last.heapMiB,
      heapChangePercent: Number((heapChange * 100).toFixed(2)),
      workersMiB: last.workersMiB,
      workersChangePercent: Number((workersChange * 100).toFixed(2)),
      listeners: last.listeners,
      nodes: last.nodes
    }
  }
}

const pathOf = (index: number): string => `/${CHILD_ACCOUNT.account}/soak/flow-${String(index)}`

async function makeFlows(url: string): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < FLOWS; index += 1) {
    const response = await fetch(`${url}/v4.0/${CHILD_ACCOUNT.account}/flow`, {
      method: 'POST',
      headers: { 'x-auth-token': CHILD_ACCOUNT.token, 'content-type': 'application/json' },
      body: JSON.stringify({ path: pathOf(index), capacity: CAPACITY_DROPS })
    })
    const { body } = (await response.json()) as { readonly body: { readonly id: string } }
    ids.push(body.id)
  }
  return ids
}

/** Creates drops over one socket at the rate, and no faster than they are acknowledged. */
async function startWriter(
  url: string,
  wsUrl: string,
  flowIds: readonly string[]
): Promise<{ readonly sent: () => number; readonly stop: () => void }> {
  const { account, token } = CHILD_ACCOUNT
  const opened = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'x-auth-account': account, 'x-auth-token': token }
  })
  const { body } = (await opened.json()) as { readonly body: { readonly id: string } }
  const socket = new WebSocket(`${wsUrl}/session/${body.id}/ws`)
  await new Promise((resolve) => socket.once('open', resolve))
  let sent = 0
  let acknowledged = 0
  socket.on('message', () => {
    acknowledged += 1
  })
  const text = 'x'.repeat(120)
  const startedMs = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * DROPS_PER_SECOND)
    for (; sent < due && sent - acknowledged < DROPS_PER_SECOND; sent += 1) {
      const value = { elems: { n: sent, temp: sent % 40, place: `Room ${String(sent % 37)}`, text } }
      const flowId = flowIds[sent % flowIds.length]
      socket.send(JSON.stringify({ msgId: sent, type: 'create', object: 'drop', flowId, value }))
    }
  }, TICK_MS)
  const heartbeat = setInterval(() => {
    socket.send('{"type":"heartbeat"}')
  }, 10_000)
  return {
    sent: () => sent,
    stop: () => {
      clearInterval(timer)
      clearInterval(heartbeat)
      socket.terminate()
    }
  }
}

type Sample = ReturnType<typeof sampleProcessTree>[number]

function byRole(samples: readonly Sample[], valueOf: (sample: Sample) => number): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const sample of samples) {
    const role = processRole(sample.commandLine)
    sums[role] = (sums[role] ?? 0) + valueOf(sample)
  }
  return sums
}

/** Open files, sockets and pipes; 0 for a process that is gone. */
function openHandles(pid: number): number {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`).length
  } catch {
    return 0
  }
}

const mebibytes = (bytes: number): number => Math.round((bytes / 1_048_576) * 10) / 10
