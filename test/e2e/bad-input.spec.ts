import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { chooseRuntime } from '../../build/runtime.mjs'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import { platformProcess } from './support/platform-process.ts'

/** What goes wrong on people's machines: each ends in a clear sentence, and nothing is lost. */

let profile: string
test.beforeEach(() => {
  profile = makeProfile()
})
test.afterEach(() => {
  removeProfile(profile)
})

const treeItem = (page: Page, name: RegExp): ReturnType<Page['getByRole']> =>
  page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem', { name })

const openNotices = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /notices/i }).click()
}

/** Runs the app without a test at its other end and answers how it ended. */
async function runToItsEnd(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const runtime = await chooseRuntime({ quiet: true })
  const appDirectory = resolve(import.meta.dirname, '../..')
  return new Promise((ended) => {
    const child = spawn(runtime.executablePath, [...runtime.args, appDirectory, ...args], {
      env: { ...process.env, ...runtime.env },
      stdio: ['ignore', 'ignore', 'pipe']
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => {
      ended({ code, stderr })
    })
  })
}

test('a damaged settings file is moved aside with a date, and the person is told where', async () => {
  writeFileSync(join(profile, 'settings.json'), '{"theme": "da')
  const { page, close } = await launch(profile)
  await expect(treeItem(page, /^earthquakes/)).toBeVisible()
  const moved =
    readdirSync(profile).find((name) => /^settings\.damaged-\d{4}-\d\d-\d\d/.test(name)) ?? 'nothing'
  expect(readFileSync(join(profile, moved), 'utf8')).toBe('{"theme": "da')
  await openNotices(page)
  await expect(page.getByText(moved)).toBeVisible()
  await close()
})

test('a damaged database is moved aside with a date, and the person is told where', async () => {
  const data = join(profile, 'platform')
  mkdirSync(data, { recursive: true })
  writeFileSync(join(data, 'platform.db'), 'this is not a database, whatever its name says'.repeat(200))
  const { page, close } = await launch(profile)
  await expect(treeItem(page, /^earthquakes/)).toBeVisible()
  const moved =
    readdirSync(data).find((name) => /^platform\.damaged-\d{4}-\d\d-\d\d.*\.db$/.test(name)) ?? 'nothing'
  expect(readFileSync(join(data, moved), 'utf8')).toContain('this is not a database')
  await openNotices(page)
  await expect(page.getByText(moved)).toBeVisible()
  await close()
})

test('a profile that cannot be written is one sentence and exit code 1', async () => {
  const file = join(profile, 'a-file')
  writeFileSync(file, '')
  const { code, stderr } = await runToItsEnd(['--profile', join(file, 'profile')])
  expect(code).toBe(1)
  expect(stderr.trim()).toMatch(/^Flowscope cannot write to its profile folder .*--profile DIR\.$/)
})

test('a second copy brings the first to the front and ends by itself', async () => {
  const { app, page, close } = await launch(profile)
  await expect(treeItem(page, /^earthquakes/)).toBeVisible()
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.minimize()
  })
  const isMinimized = (): Promise<boolean | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())
  await expect.poll(isMinimized).toBe(true)
  const second = await runToItsEnd(['--profile', profile])
  expect(second.code).toBe(0)
  expect(second.stderr).toContain('already runs with this profile')
  await expect.poll(isMinimized).toBe(false)
  await expect(treeItem(page, /^earthquakes/)).toBeVisible()
  await close()
})

test('the local platform is killed: the window says so, it starts again, and nothing typed is lost', async () => {
  const { page, close } = await launch(profile)
  await expect(page.getByRole('grid', { name: 'Drops', exact: true }).getByRole('row').nth(3)).toBeVisible()
  const liveRows = page.getByRole('grid', { name: 'Live drops' }).getByRole('row')
  await expect(liveRows.first()).toBeVisible()
  await page.getByRole('textbox', { name: 'Filter' }).focus()
  await page.keyboard.type('mag >= 6')
  process.kill(platformProcess(profile), 'SIGKILL')
  await expect(page.getByRole('combobox', { name: 'Connection' })).toContainText(
    /reconnect|starting|restart/i
  )
  await expect(page.getByRole('combobox', { name: 'Connection' })).not.toContainText(
    /reconnect|starting|restart/i,
    {
      timeout: 20_000
    }
  )
  await page.getByRole('textbox', { name: 'Filter' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status', { name: 'Filter state' })).toContainText(/^\s*\d+ of 1,707/)
  const before = await receivedDrops(page)
  await expect.poll(() => receivedDrops(page), { timeout: 15_000 }).toBeGreaterThan(before + 1)
  await expect(page.getByRole('status', { name: 'Live status' })).toContainText('0 missed')
  await close()
})

test('a drop that holds markup is shown as text', async () => {
  const { page, close } = await launch(profile)
  await treeItem(page, /^earthquakes/).click()
  await expect(page.getByRole('grid', { name: 'Drops', exact: true }).getByRole('row').nth(3)).toBeVisible()
  const markup = '<img src=x onerror="document.title=\'escaped\'">'
  await page.evaluate(async (place) => {
    interface Bridge {
      listConnections(): Promise<{ value: { id: string }[] }>
      readFlow(input: unknown): Promise<{ value: { id: string } }>
      createDrop(input: unknown): Promise<{ ok: boolean }>
    }
    const bridge = (globalThis as unknown as { explorer: Bridge }).explorer
    const connectionId = (await bridge.listConnections()).value[0]?.id
    const flow = await bridge.readFlow({ connectionId, flow: { path: '/local/sample/earthquakes' } })
    await bridge.createDrop({
      connectionId,
      flowId: flow.value.id,
      text: JSON.stringify({ elems: { place, mag: 9.9 } })
    })
  }, markup)
  await page.getByRole('textbox', { name: 'Filter' }).focus()
  await page.keyboard.type('mag == 9.9')
  await page.keyboard.press('Enter')
  const cell = page.getByRole('grid', { name: 'Drops', exact: true }).getByRole('gridcell', { name: markup })
  await expect(cell).toBeVisible()
  await cell.click()
  await expect(page.getByRole('region', { name: 'Drop', exact: true })).toContainText('onerror')
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  expect(await page.title()).not.toBe('escaped')
  await close()
})

const receivedDrops = async (page: Page): Promise<number> => {
  const text = (await page.getByRole('status', { name: 'Live status' }).textContent()) ?? ''
  return Number(/([\d,]+) received/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN)
}
