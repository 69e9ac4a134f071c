import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import { dropsGrid, filterState, runFilter } from './support/drops.ts'
import { platformProcess } from './support/platform-process.ts'

/** The export of what the filter shows, by keys; the system's own dialog is answered here. */

let profile: string
let page: Page
let app: ElectronApplication
let close: () => Promise<void>

// One app for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  profile = makeProfile()
  ;({ page, app, close } = await launch(profile))
  await expect(dropsGrid(page).getByRole('row').nth(3)).toBeVisible({ timeout: 20_000 })
})
test.afterAll(async () => {
  await close()
  removeProfile(profile)
})

/** The person chooses this file, or cancels. */
const answerDialog = (filePath: string | undefined): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = (() =>
      Promise.resolve({
        canceled: chosen === undefined,
        filePath: chosen ?? ''
      })) as typeof dialog.showSaveDialog
  }, filePath)
const exports = (): ReturnType<Page['getByRole']> => page.getByRole('region', { name: 'Exports and deletes' })
const dialogBox = (): ReturnType<Page['getByRole']> => page.getByRole('dialog', { name: 'Export drops' })
async function startExport(choose: () => Promise<void> = async () => {}): Promise<void> {
  await page.keyboard.press('Control+Shift+e')
  await expect(dialogBox()).toBeVisible()
  await choose()
  await dialogBox().getByRole('button', { name: 'Choose a file…' }).press('Enter')
}

test('what the filter shows goes to a JSON file, by keys alone', async () => {
  const file = join(profile, 'strong.json')
  await answerDialog(file)
  await runFilter(page, 'mag >= 6')
  await expect(filterState(page)).toContainText(/^\s*\d+ of/)
  const shown = Number(/(\d+) of/.exec((await filterState(page).textContent()) ?? '')?.[1])
  await startExport(async () => {
    await expect(dialogBox()).toContainText('mag >= 6')
  })
  await expect(exports()).toContainText(`Exported ${String(shown)} drops`)
  await expect(exports()).toContainText(file)
  const drops = JSON.parse(readFileSync(file, 'utf8')) as { elems: { mag: number } }[]
  expect(drops).toHaveLength(shown)
  expect(Math.min(...drops.map(({ elems }) => elems.mag))).toBeGreaterThanOrEqual(6)
  await exports().getByRole('button', { name: 'Dismiss' }).press('Enter')
  await expect(exports()).toBeHidden()
})

test('a table has the columns as they are shown, with dates in ISO', async () => {
  const file = join(profile, 'strong.csv')
  await answerDialog(file)
  await startExport(async () => {
    await dialogBox().getByRole('radio', { name: /^CSV/ }).focus()
    await page.keyboard.press('Space')
    await expect(dialogBox().getByRole('checkbox', { name: /No formulas/ })).toBeChecked()
  })
  await expect(exports()).toContainText('Exported')
  const titles = readFileSync(file, 'utf8').split('\r\n')[0]?.split(',')
  const headers = (await dropsGrid(page).getByRole('columnheader').allInnerTexts()).map((text) => text.trim())
  expect(titles?.slice(1)).toEqual(headers.slice(1))
  expect(readFileSync(file, 'utf8')).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/)
  await exports().getByRole('button', { name: 'Dismiss' }).press('Enter')
})

test('a cancelled dialog of the system leaves the choice open, and nothing is written', async () => {
  await answerDialog(undefined)
  await startExport()
  await expect(dialogBox()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialogBox()).toBeHidden()
  await expect(exports()).toBeHidden()
})

test('a place where nothing can be written is a sentence', async () => {
  await answerDialog(join(profile, 'no-such-folder', 'drops.json'))
  await startExport()
  await expect(exports()).toContainText('the folder does not exist')
  expect(existsSync(join(profile, 'no-such-folder'))).toBe(false)
  expect(readdirSync(profile).filter((name) => name.endsWith('.part'))).toEqual([])
  await exports().getByRole('button', { name: 'Dismiss' }).press('Enter')
})

test('an export that runs is cancelled in the window, and leaves no file', async () => {
  const file = join(profile, 'cancelled.ndjson')
  await answerDialog(file)
  const platform = platformProcess(profile)
  // The platform stands still, so that the export is under way for as long as the keys need.
  process.kill(platform, 'SIGSTOP')
  try {
    await startExport()
    await exports().getByRole('button', { name: 'Cancel the export' }).press('Enter')
    await expect(exports()).toContainText('was cancelled; no file was left')
  } finally {
    process.kill(platform, 'SIGCONT')
  }
  expect(readdirSync(profile).filter((name) => name.startsWith('cancelled'))).toEqual([])
})
