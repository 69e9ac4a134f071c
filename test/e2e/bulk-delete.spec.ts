import { expect, test, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import { dropsGrid, goToFlow, makeFlow, rowCount, runFilter } from './support/drops.ts'

/** Deleting what the filter shows, and what was chosen: nothing before it was looked at. */

let profile: string
let page: Page
let close: () => Promise<void>

// One app for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  profile = makeProfile()
  ;({ page, close } = await launch(profile))
  await expect(dropsGrid(page).getByRole('row').nth(3)).toBeVisible({ timeout: 20_000 })
  await makeFlow(
    page,
    '/local/many',
    Array.from({ length: 40 }, (_, n) => ({ elems: { n } }))
  )
  await goToFlow(page, '/local/many')
})
test.afterAll(async () => {
  await close()
  removeProfile(profile)
})

const dialogBox = (): ReturnType<Page['getByRole']> => page.getByRole('dialog', { name: 'Delete drops' })
async function askDelete(): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).press('Enter')
  await page.getByRole('menuitem', { name: /Delete what the filter shows/ }).press('Enter')
  await expect(dialogBox()).toContainText('would be deleted')
}

test('says how many and shows some; Escape deletes nothing', async () => {
  await runFilter(page, 'n >= 20')
  await expect.poll(() => rowCount(page)).toBe(20)
  await askDelete()
  await expect(dialogBox()).toContainText('20 drops of /local/many would be deleted')
  await expect(
    dialogBox().getByRole('list', { name: 'Some of the drops' }).getByRole('listitem')
  ).toHaveCount(5)
  await expect(dialogBox()).toContainText('and 15 more')
  await page.keyboard.press('Escape')
  await expect(dialogBox()).toBeHidden()
  expect(await rowCount(page)).toBe(20)
})

test('deletes exactly these, and says how it went', async () => {
  await askDelete()
  await dialogBox().getByRole('button', { name: 'Delete 20 drops' }).press('Enter')
  await expect(dialogBox()).toContainText('20 of 20 drops deleted')
  await dialogBox().getByRole('button', { name: 'Close' }).press('Enter')
  await expect(page.getByText('No drop of this flow matches the filter.')).toBeVisible()
  await runFilter(page, '')
  await expect.poll(() => rowCount(page)).toBe(20)
})

test('deletes what was chosen with the keys', async () => {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  for (let row = 0; row < 4; row++) await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Delete')
  await expect(dialogBox()).toContainText('5 drops')
  await dialogBox().getByRole('button', { name: 'Delete 5 drops' }).press('Enter')
  await expect(dialogBox()).toContainText('5 of 5 drops deleted')
  await page.keyboard.press('Escape')
  await expect.poll(() => rowCount(page)).toBe(15)
})

test('one drop is asked about and can be made again', async () => {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Delete drop', exact: true }).press('Enter')
  await expect.poll(() => rowCount(page)).toBe(14)
  await page.getByRole('button', { name: 'Undo the delete' }).press('Enter')
  await expect.poll(() => rowCount(page)).toBe(15)
})
