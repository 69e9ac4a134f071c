import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { Workspace } from '../../src/shared/ipc/settings.ts'
import { makeFlow } from './support/drops.ts'
import { launch, makeProfile, removeProfile, type RunningApp } from './support/launch.ts'
import {
  allRows,
  followByKeys,
  liveConsole,
  liveGrid,
  liveStatus,
  saveConnection,
  typeLiveFilter
} from './support/live.ts'

/** What a person set up in the console is there, and in force, when the app is started again. */

const profile = makeProfile()
let flowIds: readonly string[]

// One profile for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial', timeout: 120_000 })
test.afterAll(() => {
  removeProfile(profile)
})

async function start(): Promise<RunningApp> {
  const running = await launch(profile, { args: ['--window-size', '1440x900'] })
  await expect(liveStatus(running.page)).toBeVisible()
  await expect(button(running.page, 'Mute seattle')).toBeVisible()
  await running.page.evaluate(() => window.explorer.changeReplay({ isPaused: true }))
  return running
}

const button = (page: Page, name: string) => liveConsole(page).getByRole('button', { name, exact: true })

async function press(page: Page, name: string): Promise<void> {
  await button(page, name).focus()
  await page.keyboard.press('Enter')
}

/** Drops n = 0 to 3 in each flow. */
const createDrops = (page: Page): Promise<void> =>
  page.evaluate(async (ids) => {
    for (const flowId of ids) {
      for (let n = 0; n < 4; n++) {
        const text = JSON.stringify({ elems: { n, flow: flowId } })
        const made = await window.explorer.createDrop({ connectionId: 'local', flowId, text })
        if (!made.ok) throw new Error(made.failure.message)
      }
    }
  }, flowIds)

/** The drops of the two flows, the newest first, and whether each is coloured. */
async function shownDrops(page: Page): Promise<readonly (readonly [string, number])[]> {
  const rows = await allRows(page)
  return rows.flatMap((text) => {
    const n = /\bn (\d+)/.exec(text)?.[1]
    const flow = flowIds.findIndex((id) => text.includes(id))
    return n === undefined ? [] : [[flow === 0 ? 'first' : 'second', Number(n)] as const]
  })
}

/** The console as main has it to keep: the window tells of a change a moment later. */
const savedConsole = (page: Page): Promise<{ filter: string; muted: string[]; solo: string[] } | null> =>
  page.evaluate(async () => {
    const read = await window.explorer.readWorkspace()
    if (!read.ok || read.value === null) return null
    const { liveFilter, liveFlows } = read.value
    return {
      filter: liveFilter,
      muted: liveFlows.filter(({ isMuted }) => isMuted).map(({ path }) => path),
      solo: liveFlows.filter(({ isSolo }) => isSolo).map(({ path }) => path)
    }
  })
const NO_RULES = { filter: '', muted: [], solo: [] }

const coloured = (page: Page) => liveGrid(page).locator('[data-highlight="true"]')

test('filter, highlight, mute and solo, set by keys, are in force again after a restart', async () => {
  const before = await start()
  flowIds = [
    await makeFlow(before.page, '/local/kept/first', []),
    await makeFlow(before.page, '/local/kept/second', [])
  ]
  await followByKeys(before.page, '/local/kept/first')
  await followByKeys(before.page, '/local/kept/second')
  await press(before.page, 'Mute second')
  await typeLiveFilter(before.page, 'n >= 2')
  await press(before.page, 'Highlight live drops')
  await before.page.getByRole('button', { name: 'Add a rule' }).focus()
  await before.page.keyboard.press('Enter')
  await before.page.getByRole('textbox', { name: 'Highlight rule 1' }).first().focus()
  await before.page.keyboard.type('n == 3')
  await createDrops(before.page)
  await expect(coloured(before.page)).toHaveCount(1)
  await expect
    .poll(() => savedConsole(before.page))
    .toEqual({ filter: 'n >= 2', muted: ['/local/kept/second'], solo: [] })
  await before.close()

  const { page, close } = await start()
  await expect(page.getByRole('textbox', { name: 'Live drops that match' })).toHaveValue('n >= 2')
  await expect(button(page, 'Mute second')).toHaveAttribute('aria-pressed', 'true')
  await expect(button(page, 'Mute first')).toHaveAttribute('aria-pressed', 'false')
  await expect(liveGrid(page)).toContainText('Following /local/kept/second')
  await createDrops(page)
  await expect(page.getByRole('status', { name: 'Live matches' })).toContainText('2 shown')
  expect(await shownDrops(page)).toEqual([
    ['first', 3],
    ['first', 2]
  ])
  await expect(coloured(page)).toHaveCount(1)
  await expect(coloured(page)).toContainText('n 3')
  await press(page, 'Mute second')
  await press(page, 'Solo second')
  await expect
    .poll(() => shownDrops(page))
    .toEqual([
      ['second', 3],
      ['second', 2]
    ])
  await expect
    .poll(() => savedConsole(page))
    .toEqual({ filter: 'n >= 2', muted: [], solo: ['/local/kept/second'] })
  await close()
})

test('a flow that is let go takes its solo with it, and the filter that is taken away stays away', async () => {
  const before = await start()
  await expect(button(before.page, 'Solo second')).toHaveAttribute('aria-pressed', 'true')
  await press(before.page, 'Stop following second')
  await typeLiveFilter(before.page, '')
  await expect.poll(() => savedConsole(before.page)).toEqual(NO_RULES)
  await before.close()

  const { page, close } = await start()
  await expect(liveGrid(page)).toContainText('Following /local/kept/first')
  await createDrops(page)
  await expect
    .poll(() => shownDrops(page))
    .toEqual([
      ['first', 3],
      ['first', 2],
      ['first', 1],
      ['first', 0]
    ])
  await expect(page.getByRole('textbox', { name: 'Live drops that match' })).toHaveValue('')
  await expect(coloured(page)).toHaveCount(1)
  await close()
})

test('a live filter is kept among the recent ones, and one with a name is run from the list', async () => {
  const { page, close } = await start()
  await typeLiveFilter(page, 'n == 1')
  await press(page, 'Save the live filter')
  await page.keyboard.type('ones')
  await page.keyboard.press('Enter')
  await typeLiveFilter(page, '')
  await createDrops(page)
  await expect.poll(async () => (await shownDrops(page)).length).toBe(4)
  await press(page, 'Saved and recent live filters')
  await expect(page.getByRole('menuitem', { name: /n >= 2/ })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: /^ones/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect.poll(() => shownDrops(page)).toEqual([['first', 1]])
  await close()
})

test('flows of a connection that is deleted go with their solo, at once and for the next start', async () => {
  const before = await start()
  await typeLiveFilter(before.page, '')
  // Nobody listens there: the connection is known, and its flow cannot be followed.
  const far = { name: 'Far', host: '127.0.0.1:9', account: 'ana', token: 'far-token-0123456789abcdefghijkl' }
  const connectionId = await saveConnection(before.page, far)
  await expect.poll(() => savedConsole(before.page)).toEqual(NO_RULES)
  await before.close()
  const file = join(profile, 'workspace.json')
  const workspace = JSON.parse(readFileSync(file, 'utf8')) as Workspace
  const liveFlows = [...workspace.liveFlows, { connectionId, path: '/ana/far', isMuted: false, isSolo: true }]
  writeFileSync(file, JSON.stringify({ ...workspace, liveFlows }))

  const { page, close } = await start()
  await expect(button(page, 'Solo far')).toHaveAttribute('aria-pressed', 'true')
  await expect(liveGrid(page)).toContainText('Following /local/kept/first')
  await createDrops(page)
  const state = page.getByRole('status', { name: 'Live matches' })
  await expect(state).toContainText('0 shown · 4 filtered out')
  await page.evaluate((id) => window.explorer.deleteConnection({ connectionId: id }), connectionId)
  await expect(button(page, 'Solo far')).toBeHidden()
  await expect.poll(async () => (await shownDrops(page)).length).toBe(4)
  await expect.poll(() => savedConsole(page)).toEqual(NO_RULES)
  await close()

  const after = await start()
  await expect(button(after.page, 'Mute first')).toBeVisible()
  await expect(button(after.page, 'Solo far')).toBeHidden()
  await after.close()
})
