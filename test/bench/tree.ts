import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { buildIfStale } from '../../build/app-build.mjs'
import { BodyElements } from '../../src/renderer/flows/body-elements.ts'
import { readFlowSearch } from '../../src/renderer/flows/flow-search.ts'
import { FlowTreeModel } from '../../src/renderer/flows/flow-tree-model.ts'
import type { FlowSummary } from '../../src/renderer/flows/tree-node.ts'
import { CHUNK_CHARACTERS } from '../../src/shared/ipc/read-port.ts'
import { launch, makeProfile } from '../e2e/support/launch.ts'
import type { RunningApp } from '../e2e/support/launch.ts'
import { printFigure, printProgress, quantile } from './figure.ts'
import { fillStore } from './tree-store.ts'
import type { FilledFlow } from './tree-store.ts'

/**
 * The flow tree and the grid of drops at the sizes at which they must still feel light, in the real app on a real local
 * platform: frames and long tasks of the window's own thread, and what the drop worker's code does in its longest task. The
 * peers of the same run: the engine's own parse of the same bytes, and a list that makes an element for each flow.
 *
 * `npm run -s bench -- tree [FLOWS …]`: other sizes than 10,000 and 100,000.
 */
const BENCH = 'tree'
const SIZES = process.argv.slice(3).map(Number).filter(Boolean)
const FLOWS = SIZES.length > 0 ? SIZES : [10_000, 100_000]
/** More than a platform answers at once: only the worker's code sees as many, made as text. */
const SYNTHETIC_FLOWS = 1_000_000
const DROPS = Math.min(100_000, Math.max(...FLOWS))
const MIB_CHARACTERS = 1_000_000
/** The account of the local platform. */
const ACCOUNT = 'local'
const SCROLL_FRAMES = 300
const PATIENCE_MS = 120_000

const pathOf = (index: number): string =>
  `/local/plant-${String(index % 40).padStart(2, '0')}/line-${String(index % 7)}/sensor-${String(index)}`

await buildIfStale()
let running: RunningApp | undefined
const profiles: string[] = []
process.on('exit', () => {
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
})

for (const flows of [...FLOWS, SYNTHETIC_FLOWS]) measureWorkerCode(flows)
for (const flows of FLOWS) await measureTree(flows)
process.exit(0)

/** What the drop worker runs when flows arrive and are searched: piece by piece, as its tasks are. */
function measureWorkerCode(flowCount: number): void {
  const text = answerText(flowCount)
  const label = `worker code, ${flowCount.toLocaleString('en-US')} flows`
  const parseStartMs = performance.now()
  JSON.parse(text)
  printFigure(
    BENCH,
    `${label}: peer, JSON.parse of the same bytes in one task`,
    performance.now() - parseStartMs,
    'ms'
  )
  const model = new FlowTreeModel('local')
  const elements = new BodyElements()
  let worstMs = 0
  const startMs = performance.now()
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) {
    const pieceMs = performance.now()
    for (const flow of (elements.push(text.slice(at, at + CHUNK_CHARACTERS)) ?? []) as readonly FlowSummary[])
      model.put(flow)
    worstMs = Math.max(worstMs, performance.now() - pieceMs)
  }
  model.show()
  printFigure(BENCH, `${label}: parsed and made a tree, in all`, performance.now() - startMs, 'ms')
  printFigure(BENCH, `${label}: longest piece of it`, worstMs, 'ms')
  for (const wanted of ['sensor-999', '*-9?9', '/sensor-.*7$/', 'nothing-like-it']) {
    const search = readFlowSearch(wanted)
    if (search.kind !== 'matches') continue
    const searchMs = performance.now()
    let firstMs = 0
    model.search(search.matches)
    for (const step of model.searchSteps()) {
      void step
      if (firstMs === 0 && (model.shape.search?.matchingFlows ?? 0) > 0)
        firstMs = performance.now() - searchMs
    }
    printFigure(BENCH, `${label}: search "${wanted}" over all`, performance.now() - searchMs, 'ms')
    if (firstMs > 0) printFigure(BENCH, `${label}: search "${wanted}", first hit`, firstMs, 'ms')
  }
}

function answerText(flowCount: number): string {
  const flows = Array.from({ length: flowCount }, (_, index) => ({
    id: `f${index.toString(16).padStart(24, '0')}`,
    path: pathOf(index),
    capacity: 1000,
    description: index % 10 === 0 ? `Sensor ${String(index)} of the bench` : undefined
  })).sort((left, right) => (left.path < right.path ? -1 : 1))
  const head = { ok: true, status: 200, messages: [], errors: [], references: {} }
  return JSON.stringify({ head, body: flows })
}

async function measureTree(flowCount: number): Promise<void> {
  const profile = makeProfile()
  profiles.push(profile)
  await fill(profile, flowCount)
  printProgress('starts the app …')
  running = await launch(profile)
  const { page } = running
  const named = (figure: string): string => `${flowCount.toLocaleString('en-US')} flows: ${figure}`
  const print = (figure: string, value: number): void => {
    printFigure(BENCH, named(figure), value, 'ms')
  }
  await wholeTree(page, flowCount)
  // Until the workspace is kept each start is a first one, which reads the tree twice.
  await untilThere(join(profile, 'workspace.json'))
  // What the first start loads besides is not what is measured: the page is loaded again, and watched from its start.
  await page.addInitScript(watchFrames)
  await page.reload()
  await wholeTree(page, flowCount)
  const load = await page.evaluate(readWatch)
  print('asked to first rows painted', load.firstRowsMs)
  print('asked to whole tree, the platform’s time included', load.wholeTreeMs)
  print('first piece of the answer to whole tree', load.firstPieceMs)
  print('last piece of the answer to whole tree (limit 2000)', load.lastPieceMs)
  print('worst frame from asked to whole tree (limit 50)', load.worstFrameMs)
  print('longest task from asked to whole tree (limit 50; 0: none over 50)', load.longestTaskMs)

  for (const wanted of [`sensor-${String(flowCount - 1)}`, '*-9?9', '/sensor-.*77$/']) {
    const search = await page.evaluate(runSearch, wanted)
    print(`search "${wanted}", first hit painted (limit 100)`, search.firstHitMs)
    print(`search "${wanted}", all searched`, search.doneMs)
    print(`search "${wanted}", worst frame (limit 50)`, search.worstFrameMs)
  }
  const scroll = await page.evaluate(scrollThrough, { selector: '#flow-tree', frames: SCROLL_FRAMES })
  print('scroll through found rows, frame p95', quantile(scroll.framesMs, 0.95))
  print('scroll through found rows, worst frame', Math.max(...scroll.framesMs))
  await page.evaluate(runSearch, '')
  if (flowCount === Math.max(...FLOWS)) {
    await measureGrid(page)
    const flat = await page.evaluate(renderFlat, flowCount)
    print('peer: a list with an element for each flow, one task', flat)
  }
  await running.close()
}

async function fill(profile: string, flowCount: number): Promise<void> {
  printProgress(`makes ${flowCount.toLocaleString('en-US')} flows …`)
  const isLargest = flowCount === Math.max(...FLOWS)
  if (isLargest) printProgress(`and ${DROPS.toLocaleString('en-US')} drops …`)
  await fillStore(join(profile, 'platform'), ACCOUNT, [
    ...Array.from({ length: flowCount }, (_, index) => ({
      path: pathOf(index),
      ...(index % 10 === 0 ? { description: `Sensor ${String(index)} of the bench` } : {})
    })),
    ...(isLargest ? gridFlows() : [])
  ])
}

/** A flow as full as a flow can be, and one with a drop as large as a drop can be. */
function gridFlows(): FilledFlow[] {
  const list = Array.from({ length: 20_000 }, (_, n) => n)
  const text = 'x'.repeat(MIB_CHARACTERS - JSON.stringify(list).length)
  const drops = Array.from({ length: DROPS }, (_, n) => ({
    n,
    temp: n % 100,
    place: `Room ${String(n % 37)}`,
    isOpen: n % 2 === 0
  }))
  return [
    { path: '/local/zz-grid/drops', capacity: 100_000, drops },
    { path: '/local/zz-grid/large', capacity: 10, drops: [{ list, text }] }
  ]
}

async function untilThere(file: string): Promise<void> {
  const giveUpAtMs = Date.now() + PATIENCE_MS
  while (!existsSync(file)) {
    if (Date.now() > giveUpAtMs) throw new Error(`${file} was not written.`)
    await new Promise((later) => setTimeout(later, 50))
  }
}

async function wholeTree(page: Page, flowCount: number): Promise<void> {
  await page.waitForFunction(
    (least) => {
      const measures = performance.getEntriesByName('flows: last piece to whole tree').length
      const count = document.querySelector('[title="Flows of this connection"]')?.textContent ?? ''
      return measures > 0 && Number(count.replaceAll(',', '')) >= least
    },
    flowCount,
    { timeout: PATIENCE_MS }
  )
}

async function measureGrid(page: Page): Promise<void> {
  const label = `${DROPS.toLocaleString('en-US')} drops`
  const opened = await page.evaluate(openFlow, 'zz-grid/drops')
  printFigure(BENCH, `${label}: flow opened to first rows painted`, opened, 'ms')
  await page.waitForFunction(
    (least) =>
      Number(document.querySelector('[role=grid][aria-label=Drops]')?.getAttribute('aria-rowcount')) >= least,
    DROPS,
    { timeout: PATIENCE_MS }
  )
  const scroll = await page.evaluate(scrollThrough, {
    selector: '[role=grid][aria-label=Drops]',
    frames: SCROLL_FRAMES
  })
  printFigure(
    BENCH,
    `${label}: scroll through the grid, frame p95 (limit 17)`,
    quantile(scroll.framesMs, 0.95),
    'ms'
  )
  printFigure(BENCH, `${label}: scroll through the grid, worst frame`, Math.max(...scroll.framesMs), 'ms')
  await page.evaluate(openFlow, 'zz-grid/large')
  // The editor is loaded with the first drop that is opened; the second opening is the drop's own time.
  const first = await page.evaluate(openFirstDrop)
  printFigure(BENCH, '1 MiB drop: Enter to its text painted, with the editor’s first load', first, 'ms')
  await page.keyboard.press('Escape')
  const second = await page.evaluate(openFirstDrop)
  printFigure(BENCH, '1 MiB drop: Enter to its text painted (limit 300)', second, 'ms')
}

// What follows runs in the page: each function stands alone.

interface Watch {
  frames: { atMs: number; ms: number }[]
  firstRowsAtMs: number
}

function watchFrames(): void {
  const watch: Watch = { frames: [], firstRowsAtMs: 0 }
  ;(globalThis as unknown as { watch: Watch }).watch = watch
  let lastMs = performance.now()
  const frame = (): void => {
    const nowMs = performance.now()
    watch.frames.push({ atMs: nowMs, ms: nowMs - lastMs })
    lastMs = nowMs
    if (watch.firstRowsAtMs === 0 && document.querySelector('#flow-tree [role=treeitem]') !== null)
      watch.firstRowsAtMs = nowMs
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

async function readWatch(): Promise<{
  firstRowsMs: number
  wholeTreeMs: number
  firstPieceMs: number
  lastPieceMs: number
  worstFrameMs: number
  longestTaskMs: number
}> {
  const { watch } = globalThis as unknown as { watch: Watch }
  const measured = (name: string): PerformanceEntry | undefined => performance.getEntriesByName(name)[0]
  const whole = measured('flows: asked to whole tree')
  const fromMs = whole?.startTime ?? 0
  const toMs = fromMs + (whole?.duration ?? 0)
  const tasks = await new Promise<PerformanceEntryList>((resolve) => {
    new PerformanceObserver((list) => {
      resolve(list.getEntries())
    }).observe({ type: 'longtask', buffered: true })
    setTimeout(resolve, 500, [])
  })
  const within = tasks.filter((task) => task.startTime + task.duration > fromMs && task.startTime < toMs)
  return {
    firstRowsMs: watch.firstRowsAtMs - fromMs,
    wholeTreeMs: toMs - fromMs,
    firstPieceMs: measured('flows: first piece to whole tree')?.duration ?? Number.NaN,
    lastPieceMs: measured('flows: last piece to whole tree')?.duration ?? Number.NaN,
    worstFrameMs: Math.max(
      ...watch.frames.filter(({ atMs }) => atMs > fromMs && atMs <= toMs + 100).map(({ ms }) => ms)
    ),
    longestTaskMs: Math.max(0, ...within.map(({ duration }) => duration))
  }
}

async function runSearch(
  wanted: string
): Promise<{ firstHitMs: number; doneMs: number; worstFrameMs: number }> {
  const field = document.querySelector<HTMLInputElement>('#search-flows')
  const state = document.querySelector('[aria-label="Flow tree state"]')
  if (field === null || state === null) throw new Error('The tree is not there.')
  const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
  const type = (text: string): void => {
    field.value = text
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  // The line tells of the last search until the next one answers: what was found before is cleared away first.
  if (field.value !== '') type('')
  while (state.textContent.trim() !== '') await nextFrame()
  await nextFrame()
  const startMs = performance.now()
  if (wanted !== '') type(wanted)
  let firstHitMs = 0
  let worstFrameMs = 0
  let lastMs = startMs
  for (;;) {
    await nextFrame()
    const nowMs = performance.now()
    worstFrameMs = Math.max(worstFrameMs, nowMs - lastMs)
    lastMs = nowMs
    const text = state.textContent
    if (firstHitMs === 0 && /^\s*[1-9][\d,]* found/.test(text)) firstHitMs = nowMs - startMs
    const isDone = wanted === '' ? text.trim() === '' : / found of /.test(text)
    if (isDone || nowMs - startMs > 30_000) return { firstHitMs, doneMs: nowMs - startMs, worstFrameMs }
  }
}

async function scrollThrough({
  selector,
  frames
}: {
  selector: string
  frames: number
}): Promise<{ framesMs: number[] }> {
  const list = document.querySelector(selector)
  if (list === null) throw new Error(`There is no ${selector}.`)
  const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
  const framesMs: number[] = []
  list.scrollTop = 0
  await nextFrame()
  let lastMs = performance.now()
  for (let frame = 0; frame < frames; frame++) {
    list.scrollTop += 160
    await nextFrame()
    const nowMs = performance.now()
    framesMs.push(nowMs - lastMs)
    lastMs = nowMs
  }
  return { framesMs }
}

/** Searches a flow and opens it; milliseconds from the opening to the first rows. */
async function openFlow(name: string): Promise<number> {
  const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
  const field = document.querySelector<HTMLInputElement>('#search-flows')
  const tree = document.querySelector<HTMLElement>('#flow-tree')
  if (field === null || tree === null) throw new Error('The tree is not there.')
  field.value = name
  field.dispatchEvent(new Event('input', { bubbles: true }))
  const last = name.split('/').at(-1) ?? name
  const find = (): HTMLElement | undefined =>
    [...document.querySelectorAll<HTMLElement>('#flow-tree [role=treeitem]')].find(
      (row) =>
        row.getAttribute('aria-level') === '3' && row.getAttribute('aria-label')?.startsWith(last) === true
    )
  while (find() === undefined) await nextFrame()
  const startMs = performance.now()
  find()?.click()
  const isThere = (): boolean =>
    document.querySelector('[role=tab][aria-selected=true]')?.textContent.includes(last) === true &&
    document.querySelectorAll('[role=grid][aria-label=Drops] [role=row]').length > 1
  while (!isThere()) await nextFrame()
  return performance.now() - startMs
}

/** Opens the first drop of the grid; milliseconds until its text is painted. */
async function openFirstDrop(): Promise<number> {
  const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
  const grid = document.querySelector<HTMLElement>('[role=grid][aria-label=Drops]')
  if (grid === null) throw new Error('There is no grid.')
  grid.focus()
  const startMs = performance.now()
  grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  const isPainted = (): boolean =>
    document.querySelector('[aria-label=Drop] .view-lines')?.textContent.includes('elems') === true
  while (!isPainted() && performance.now() - startMs < 30_000) await nextFrame()
  return performance.now() - startMs
}

/** The peer: every row an element, as a list without windowing does it. */
async function renderFlat(count: number): Promise<number> {
  const startMs = performance.now()
  const list = document.createElement('div')
  list.style.cssText = 'position:fixed;inset:0;overflow:auto;background:canvas'
  for (let index = 0; index < count; index++) {
    const row = document.createElement('div')
    row.textContent = `sensor-${String(index)}`
    list.append(row)
  }
  document.body.append(list)
  void list.scrollHeight
  await new Promise((resolve) => requestAnimationFrame(resolve))
  const tookMs = performance.now() - startMs
  list.remove()
  return tookMs
}
