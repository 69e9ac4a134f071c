import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { CHILD_ACCOUNT, startPlatformChild } from '../support/platform-child.ts'
import { openTcpProxy } from '../support/tcp-proxy.ts'
import { violations } from './support/axe.ts'
import { DropWriter } from './support/drop-writer.ts'
import { makeFlow } from './support/drops.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import {
  allRows,
  connectTo,
  followByKeys,
  liveConsole,
  liveCounts,
  liveGrid,
  liveStatus,
  subscribe,
  typeLiveFilter
} from './support/live.ts'

/** The live console: by keys and roles, and honest whatever happens to its connection and its drops. */

let profile: string
let page: Page
let close: () => Promise<void>

// One app for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial', timeout: 180_000 })

test.beforeAll(async () => {
  profile = makeProfile()
  ;({ page, close } = await launch(profile, { args: ['--window-size', '1440x900'] }))
  await expect(liveStatus(page)).toContainText(/[1-9]\d* received/)
  await page.evaluate(() => window.explorer.changeReplay({ isPaused: true }))
})
test.afterAll(async () => {
  await close()
  removeProfile(profile)
})

const button = (name: string | RegExp) => liveConsole(page).getByRole('button', { name, exact: true })

/** Clears what is shown, so that counts are of this test alone. */
async function clear(): Promise<void> {
  if (await button('Resume').isVisible()) await button('Resume').click()
  await button('Clear').click()
  await expect(liveStatus(page)).toContainText(/^0 received/)
}

const createAll = (flowId: string, drops: readonly unknown[]): Promise<void> =>
  page.evaluate(
    async ({ id, texts }) => {
      for (const text of texts) {
        const made = await window.explorer.createDrop({ connectionId: 'local', flowId: id, text })
        if (!made.ok) throw new Error(made.failure.message)
      }
    },
    { id: flowId, texts: drops.map((drop) => JSON.stringify(drop)) }
  )

const numbers = (from: number, to: number): unknown[] =>
  Array.from({ length: to - from }, (_, index) => ({
    elems: { n: from + index, kind: (from + index) % 2 === 0 ? 'even' : 'odd' }
  }))

/** The n of each row from the newest to the oldest; rows that are no drops are left out. */
const shownNumbers = async (): Promise<number[]> =>
  (await allRows(page)).flatMap((text) => {
    const n = /\bn (\d+)/.exec(text)?.[1]
    return n === undefined ? [] : [Number(n)]
  })

const typeFilter = (text: string): Promise<void> => typeLiveFilter(page, text)

let evenId: string

test('follows by path and every flow below a path, those too that are made later', async () => {
  evenId = await makeFlow(page, '/local/live/first', [])
  await clear()
  await followByKeys(page, '/local/live/*')
  await expect(button(/^live\/\*$/)).toBeVisible()
  await createAll(evenId, numbers(0, 1))
  await expect(liveStatus(page)).toContainText(/^1 received/)
  const laterId = await makeFlow(page, '/local/live/later', [])
  await expect(liveGrid(page).getByText('Following /local/live/later')).toBeVisible()
  await createAll(laterId, numbers(1, 2))
  await expect(liveStatus(page)).toContainText(/^2 received/)
})

test('follows what is typed, not what was offered before it', async () => {
  await button('Follow a flow').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Follow a flow' })).toBeFocused()
  await page.keyboard.insertText('/local/live/later')
  await page.keyboard.press('Enter')
  await expect(button('Stop following later')).toBeVisible()
  await expect(liveConsole(page).getByRole('button', { name: /^Stop following/ })).toHaveCount(3)
  await button('Stop following later').focus()
  await page.keyboard.press('Enter')
})

test('holds the view when paused, says how many are new, and goes on with the newest', async () => {
  await clear()
  await createAll(evenId, numbers(0, 5))
  await expect(liveStatus(page)).toContainText(/^5 received/)
  await page.keyboard.press('Control+Shift+Space')
  await expect(button('Resume')).toBeVisible()
  await createAll(evenId, numbers(5, 12))
  await expect(liveStatus(page)).toContainText(/^12 received/)
  await expect(button('7 new')).toBeVisible()
  expect(await shownNumbers()).toEqual([4, 3, 2, 1, 0])
  await button('7 new').click()
  await expect(button('Pause')).toBeVisible()
  await expect.poll(shownNumbers).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
})

test('filters what is kept and what arrives, and says how much it hides', async () => {
  await typeFilter('kind == "odd"')
  const state = page.getByRole('status', { name: 'Live matches' })
  await expect(state).toHaveText('6 shown · 6 filtered out')
  await createAll(evenId, numbers(12, 16))
  await expect(state).toHaveText('8 shown · 8 filtered out')
  expect(await shownNumbers()).toEqual([15, 13, 11, 9, 7, 5, 3, 1])
  await typeFilter('n > 1000')
  await expect(liveConsole(page).getByText('None of the kept drops is shown.')).toBeVisible()
  await button('Show all').click()
  await expect.poll(async () => (await shownNumbers()).length).toBe(16)
})

test('mutes a flow and shows one alone', async () => {
  await button('Mute live/*').click()
  await expect.poll(shownNumbers).toEqual([])
  await button('Mute live/*').click()
  await button('Solo live/*').click()
  await expect.poll(async () => (await shownNumbers()).length).toBe(16)
  await button('Solo live/*').click()
})

test('with the newest last the end is followed, and scrolling up holds it', async () => {
  await button('Newest last').click()
  await expect(liveGrid(page).getByRole('row').last()).toContainText('n 15')
  await createAll(evenId, numbers(16, 30))
  await expect(liveGrid(page).getByRole('row').last()).toContainText('n 29')
  await liveGrid(page).focus()
  await liveGrid(page).evaluate((grid) => {
    grid.scrollTop = 0
  })
  await createAll(evenId, numbers(30, 32))
  await expect(button('2 new')).toBeVisible()
  await button('2 new').click()
  await expect(liveGrid(page).getByRole('row').last()).toContainText('n 31')
  await button('Newest first').click()
  await expect(liveGrid(page).getByRole('row').first()).toContainText('n 31')
})

test('by keys: walks the rows, shows a drop beside the one before, and charts a number', async () => {
  await liveGrid(page).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  const details = page.getByRole('region', { name: 'Live drop', exact: true })
  await expect(details.getByRole('row', { name: /^n / })).toContainText('30')
  await expect(details).toContainText('2 of 2 differ')
  await details.getByRole('button', { name: 'Chart n' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Live chart' })).toContainText('first n')
  await expect(page.getByRole('region', { name: 'Live chart' }).locator('canvas')).toBeVisible()
  await page.getByRole('button', { name: 'Close the live chart' }).click()
  await liveGrid(page).focus()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(liveGrid(page).getByRole('row', { selected: true })).toHaveCount(3)
  await page.keyboard.press('Escape')
  await expect(details).toBeHidden()
})

test('shows the columns that are chosen, elements too, and the usual ones again', async () => {
  const columns = page.getByRole('dialog', { name: 'Columns of the stream' })
  await button('Columns of the stream').focus()
  await page.keyboard.press('Enter')
  await columns.getByRole('checkbox', { name: /^Created/ }).focus()
  await page.keyboard.press('Space')
  await columns.getByRole('checkbox', { name: 'kind' }).focus()
  await page.keyboard.press('Space')
  await columns.getByRole('checkbox', { name: /^Size/ }).focus()
  await page.keyboard.press('Space')
  await expect(liveGrid(page).getByRole('columnheader')).toHaveText([
    'Received',
    'Created',
    'Flow',
    'kind',
    'Elements'
  ])
  await expect(liveGrid(page).getByRole('row').nth(1).getByRole('gridcell').nth(3)).toHaveText(/^odd\s*$/)
  await columns.getByRole('button', { name: 'Usual columns' }).focus()
  await page.keyboard.press('Enter')
  await expect(liveGrid(page).getByRole('columnheader')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(columns).toBeHidden()
})

test('searches what was received, and colours rows by rules', async () => {
  const search = page.getByRole('searchbox', { name: 'Search live drops' })
  await search.focus()
  await page.keyboard.type('"n":7')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status', { name: 'Search state' })).toHaveText('0 of 32')
  await search.fill('odd')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status', { name: 'Search state' })).toHaveText('16 of 32')
  // Rows that were chosen before let go in the next frame.
  const selected = liveGrid(page).getByRole('row', { selected: true })
  await expect(selected).toHaveCount(1)
  await expect(selected).toContainText('odd')
  await button('Highlight live drops').click()
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByRole('textbox', { name: 'Highlight rule 1' }).first().focus()
  await page.keyboard.type('kind == "odd"')
  await page.keyboard.press('Escape')
  await expect(liveGrid(page).locator('[data-highlight="true"]').first()).toContainText('odd')
  expect(await liveGrid(page).locator('[data-highlight="true"]', { hasText: 'even' }).count()).toBe(0)
  // The first one leaves the list of suggestions, the next the field, the last the rules.
  await expect(async () => {
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Add a rule' })).toBeHidden({ timeout: 500 })
  }).toPass()
})

test('hostile drops pass as text: deep, huge, many, control characters, markup', async () => {
  await clear()
  let deep: unknown = 1
  for (let level = 0; level < 30; level++) deep = { deeper: deep }
  const many = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`key${String(index)}`, index])
  )
  const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
  const drops = [
    { elems: { deep } },
    { elems: { long: 'x'.repeat(900_000) } },
    { elems: many },
    { elems: { control: '\u0000\u001b[31m\u202e\u0007\r\n\tend', [markup]: markup } },
    { elems: { n: 4711 } }
  ]
  const title = await page.title()
  await createAll(evenId, drops)
  await expect(liveStatus(page)).toContainText(/^5 received/)
  await expect(liveGrid(page)).toContainText('4711')
  await expect(liveGrid(page)).toContainText('<img src=x')
  expect(await liveGrid(page).locator('img, script').count()).toBe(0)
  await liveGrid(page).focus()
  for (let row = 0; row < 5; row++) {
    await page.keyboard.press('ArrowDown')
    if (row === 0) await page.keyboard.press('Space')
    await expect(
      page.getByRole('region', { name: 'Live drop', exact: true }).getByRole('table')
    ).toBeVisible()
  }
  await typeFilter(String.raw`MATCHES /(x+x+)+y/`)
  await expect(page.getByRole('status', { name: 'Live matches' })).toContainText('shown')
  await button('Close the live drop').click()
  await typeFilter('')
  expect(await page.title()).toBe(title)
})

test('cut ten times and its platform killed twice under load, every drop is there once, in order', async () => {
  await clear()
  const data = mkdtempSync(join(tmpdir(), 'flowscope-e2e-data-'))
  let platform = await startPlatformChild(data)
  const proxy = await openTcpProxy(new URL(platform.url).host)
  const { account, token } = CHILD_ACCOUNT
  const connectionId = await connectTo(page, { name: 'Cut', host: proxy.host, account, token })
  const writer = new DropWriter(platform)
  await writer.makeFlow('/ana/cut', 100_000)
  await subscribe(page, connectionId, '/ana/cut')
  writer.mayFail = true
  let history: number[] = []
  for (let loss = 1; loss <= 12; loss++) {
    const writing = writer.createSteadily(200, 400)
    // In the middle of it.
    await expect.poll(async () => (await liveCounts(page)).received).toBeGreaterThan(history.length)
    if (loss % 6 === 0) {
      await platform.end('SIGKILL')
      platform = await startPlatformChild(data)
      proxy.redirect(new URL(platform.url).host)
      writer.platform = platform
    } else proxy.cut()
    await writing
    history = await writer.history()
    await expect.poll(async () => (await liveCounts(page)).received, { timeout: 60_000 }).toBe(history.length)
  }
  expect(await liveCounts(page)).toEqual({
    received: history.length,
    missed: 0,
    skipped: 0,
    isUncertain: false
  })
  await button('Pause').click()
  expect((await shownNumbers()).reverse()).toEqual(history)
  await expect(liveGrid(page)).toBeVisible()
  const rows = await allRows(page)
  expect(rows.filter((text) => text.includes('Connection lost')).length).toBeGreaterThanOrEqual(12)
  expect(rows.some((text) => /[1-9]\d* drops? filled from history · none missing/.test(text))).toBe(true)
  await page.evaluate((id) => window.explorer.closeConnection({ connectionId: id }), connectionId)
  await proxy.close()
  await platform.end()
  rmSync(data, { recursive: true, force: true })
})

for (const theme of ['dark', 'light'] as const) {
  test(`has no fault that axe finds, ${theme}`, async () => {
    await page.evaluate((name) => window.explorer.changeSettings({ theme: name }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await clear()
    await createAll(evenId, numbers(0, 4))
    await expect(liveStatus(page)).toContainText(/^4 received/)
    await liveGrid(page).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await expect(
      page.getByRole('region', { name: 'Live drop', exact: true }).getByRole('table')
    ).toBeVisible()
    expect(await violations(page, 'section[aria-label="Live console"]')).toEqual([])
    await button('Close the live drop').click()
  })
}
