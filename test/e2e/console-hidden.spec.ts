import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { Workspace } from '../../src/shared/ipc/settings.ts'
import { CHILD_ACCOUNT, startPlatformChild, type ServerChild } from '../support/platform-child.ts'
import { DropWriter } from './support/drop-writer.ts'
import { launchHideable, type HideableApp } from './support/launch-hideable.ts'
import { makeProfile, removeProfile } from './support/launch.ts'
import { allRows, connectTo, liveConsole, liveCounts, subscribe } from './support/live.ts'

/** A window that nobody sees, and one that stands still: what arrived meanwhile is there, or is told. */

test.describe.configure({ timeout: 300_000 })
test.skip(
  process.env['FLOWSCOPE_RUNTIME'] === 'electron',
  'The DevTools protocol of Electron moves no windows.'
)

let profile: string
let data: string
let platform: ServerChild
let writer: DropWriter
let app: HideableApp

test.beforeEach(async () => {
  profile = makeProfile()
  // A large console and nothing else in it.
  const workspace: Workspace = {
    tabs: [],
    activeTab: -1,
    trees: [],
    sidebarWidth: 268,
    dropPanelWidth: 372,
    consoleHeight: 600,
    isConsoleOpen: true,
    isConsoleNewestFirst: true,
    consoleColumns: [],
    gridLayouts: [],
    liveFlows: [],
    liveFilter: '',
    liveHighlights: []
  }
  writeFileSync(join(profile, 'workspace.json'), JSON.stringify(workspace))
  data = mkdtempSync(join(tmpdir(), 'flowscope-e2e-data-'))
  platform = await startPlatformChild(data)
  writer = new DropWriter(platform)
  await writer.makeFlow('/ana/unseen', 100_000)
  app = await launchHideable(profile)
  await expect(liveConsole(app.page)).toBeVisible()
  const { host } = new URL(platform.url)
  const { account, token } = CHILD_ACCOUNT
  const connectionId = await connectTo(app.page, { name: 'Unseen', host, account, token })
  await subscribe(app.page, connectionId, '/ana/unseen')
  await writer.create(100)
  await expectAllAccounted()
  await watch(app.page)
})
test.afterEach(async () => {
  await app.close()
  await platform.end()
  rmSync(data, { recursive: true, force: true })
  removeProfile(profile)
})

/** Every drop that was sent is received or told. */
const expectAllAccounted = (): Promise<void> =>
  expect
    .poll(async () => {
      const { received, missed, skipped } = await liveCounts(app.page)
      return received + missed + skipped
    })
    .toBe(writer.created)

interface Watched {
  /** How often the page drew, and how often it was frozen. */
  readonly frames: number
  readonly freezes: number
}

/** From here on the page counts what `watched` answers. */
const watch = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const watched = { frames: 0, freezes: 0 }
    Object.assign(window, { watched })
    document.addEventListener('freeze', () => (watched.freezes += 1))
    const count = (): void => {
      watched.frames += 1
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })

const watched = (page: Page): Promise<Watched> =>
  page.evaluate(() => (window as unknown as { watched: Watched }).watched)

const numberIn = (pattern: RegExp, text: string): number | undefined => {
  const digits = pattern.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits.replaceAll(',', ''))
}

/**
 * Goes through the rows beside the drops that the platform stored, the oldest first: each row is the next drop, or a marker
 * that stands for the next ones.
 */
async function walk(page: Page): Promise<{ shown: number; told: number; markers: number; wrong: string[] }> {
  // So tall a window that a stream is read in few steps, and so narrow that each is drawn soon.
  await page.setViewportSize({ width: 600, height: 4000 })
  const history = await writer.history()
  const rows = await allRows(page)
  const walked = { shown: 0, told: 0, markers: 0, wrong: [] as string[] }
  for (const row of rows.reverse()) {
    const next = history[walked.shown + walked.told]
    const skipped = numberIn(/: ([\d,]+) skipped, because/, row) ?? numberIn(/([\d,]+) drops? missing/, row)
    const n = numberIn(/\bn (\d+)/, row)
    if (skipped !== undefined) {
      walked.told += skipped
      walked.markers += 1
    } else if (n !== undefined) {
      if (n !== next) walked.wrong.push(`${String(n)} where ${String(next)} is next`)
      walked.shown += 1
    }
  }
  if (walked.shown + walked.told !== history.length)
    walked.wrong.push(`${String(history.length)} were stored`)
  return walked
}

test('a window that is hidden for a minute has every drop when it is shown again', async () => {
  const { page, hide, show } = app
  await hide()
  const before = await watched(page)
  const hiddenAtMs = performance.now()
  await writer.createSteadily(12_000, 200)
  expect(performance.now() - hiddenAtMs).toBeGreaterThanOrEqual(60_000)
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  // One frame may have been under way.
  expect((await watched(page)).frames).toBeLessThanOrEqual(before.frames + 1)
  await show()

  await expectAllAccounted()
  await writer.create(100)
  await expectAllAccounted()
  const sent = writer.created
  expect(await liveCounts(page)).toEqual({ received: sent, missed: 0, skipped: 0, isUncertain: false })
  expect(await walk(page)).toEqual({ shown: sent, told: 0, markers: 0, wrong: [] })
})

test('a frozen window tells each drop that its buffers could not hold, at its place', async () => {
  const { page, hide, show } = app
  const session = await page.context().newCDPSession(page)
  // More than what is granted and what is queued together: 48 Mi characters (`src/shared/ipc/live-port.ts`).
  const large = { text: 'x'.repeat(65_536) }
  for (const round of [1, 2]) {
    // Chromium freezes only what is hidden.
    await hide()
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    const before = await watched(page)
    await writer.createSteadily(1000, 100, large)
    expect(await watched(page)).toEqual({ frames: before.frames, freezes: round })
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await show()
    await expectAllAccounted()
    await writer.create(100)
    await expectAllAccounted()
  }
  const { received, missed, skipped, isUncertain } = await liveCounts(page)
  expect(skipped).toBeGreaterThan(100)
  expect({ missed, isUncertain }).toEqual({ missed: 0, isUncertain: false })
  expect(await walk(page)).toEqual({ shown: received, told: skipped, markers: 2, wrong: [] })
})
