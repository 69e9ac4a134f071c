import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import {
  dropPanel,
  dropsGrid,
  filterState,
  goToFlow,
  makeFlow,
  rowCount,
  runFilter
} from './support/drops.ts'

/** The grid of drops, by keys and roles. */

let profile: string
let page: Page
let app: ElectronApplication
let close: () => Promise<void>

// One app for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  profile = makeProfile()
  ;({ page, app, close } = await launch(profile, { args: ['--window-size', '1280x800'] }))
  await expect(dropsGrid(page).getByRole('row').nth(3)).toBeVisible({ timeout: 20_000 })
})
test.afterAll(async () => {
  await close()
  removeProfile(profile)
})

const headers = async (): Promise<string[]> =>
  (await dropsGrid(page).getByRole('columnheader').allInnerTexts()).map((text) => text.trim())
/** What is on the clipboard, read as JSON; an empty list while it is not. */
const copiedJson = async (): Promise<unknown> => {
  try {
    return JSON.parse(await copied()) as unknown
  } catch {
    return []
  }
}
const copied = (): Promise<string> => app.evaluate(({ clipboard }) => clipboard.readText())
const chosen = (): ReturnType<Page['getByRole']> => page.getByRole('toolbar', { name: 'Chosen drops' })

test('columns come from the elements, each value shown as what it is, a missing one empty', async () => {
  await makeFlow(page, '/local/typed', [
    {
      elems: {
        number: 1.5,
        when: { type: 'date', value: Date.UTC(2018, 1, 6, 23, 43, 51) },
        list: [1, 2],
        map: { a: 1 },
        yes: true,
        ref: {
          type: 'dropRef',
          value: { flowId: 'f00000000000000000000000a', dropId: 'd00000000000000000000000b' }
        }
      },
      location: { lat: 1, lon: 2 }
    },
    { elems: { number: 2 } }
  ])
  await goToFlow(page, '/local/typed')
  await expect.poll(() => rowCount(page)).toBe(2)
  await expect(dropsGrid(page).getByRole('row').nth(2)).toContainText('2018-02-06 23:43:51')
  const row = dropsGrid(page).getByRole('row').nth(2)
  for (const text of ['1.5', '[1,2]', '{"a":1}', 'true', '1, 2']) await expect(row).toContainText(text)
  await expect(row.getByRole('link')).toHaveText('d0000000…000b')
  await expect(dropsGrid(page).getByRole('row').nth(1).getByRole('gridcell').nth(2)).toHaveText('')
})

test('a column is moved, widened, pinned and hidden by keys, and stays so', async () => {
  await dropsGrid(page).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  const before = await headers()
  await page.keyboard.press('Alt+ArrowRight')
  const swapped = [before[0], before[2], before[1], ...before.slice(3)]
  await expect.poll(headers).toEqual(swapped)
  const header = dropsGrid(page).getByRole('columnheader', { name: String(before[1]), exact: false })
  const widthBefore = (await header.boundingBox())?.width ?? 0
  await page.keyboard.press('Alt+Shift+ArrowRight')
  await expect.poll(async () => (await header.boundingBox())?.width).toBe(widthBefore + 16)

  await page.getByRole('button', { name: 'Columns', exact: true }).press('Enter')
  const list = page.getByRole('list', { name: 'Columns of the table' })
  await list.getByRole('button', { name: 'Pin yes', exact: true }).press('Enter')
  await list.getByRole('checkbox', { name: /^map/ }).press('Space')
  await list.getByRole('checkbox', { name: /^Age/ }).press('Space')
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await headers())[0]).toBe('yes')
  expect(await headers()).not.toContain('map')
  expect(await headers()).toContain('Age')

  await page.keyboard.press('Control+w')
  await goToFlow(page, '/local/typed')
  await expect.poll(async () => (await headers())[0]).toBe('yes')
})

test('a column sorts in both directions, missing values last', async () => {
  const column = dropsGrid(page).getByRole('columnheader', { name: 'number', exact: false })
  await column.getByRole('button').click()
  await expect(column).toHaveAttribute('aria-sort', 'ascending')
  await expect(dropsGrid(page).getByRole('row').nth(1)).toContainText('1.5')
  await column.getByRole('button').click()
  await expect(column).toHaveAttribute('aria-sort', 'descending')
  await expect(dropsGrid(page).getByRole('row').nth(2)).toContainText('1.5')
})

test('rows are chosen with Shift, Ctrl and Ctrl+A, which chooses no text of the page', async () => {
  await goToFlow(page, '/local/sample/earthquakes')
  await expect.poll(() => rowCount(page)).toBeGreaterThan(1000)
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(chosen()).toContainText('3 drops chosen')
  await page.keyboard.press('Control+Space')
  await expect(chosen()).toContainText('2 drops chosen')
  await page.keyboard.press('Control+a')
  await expect(chosen()).toContainText('1,707 drops chosen')
  expect(await page.evaluate(() => getSelection()?.toString() ?? '')).toBe('')
  await page.keyboard.press('Escape')
  await expect(chosen()).toBeHidden()
})

test('drops are copied whole, as elements, and as a table', async () => {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+c')
  await expect.poll(async () => ((await copiedJson()) as { flowId?: string }[])[0]?.flowId).toMatch(/^f/)
  await page.keyboard.press('Control+Shift+c')
  await expect
    .poll(async () => ((await copiedJson()) as { mag?: number }[])[0]?.mag)
    .toEqual(expect.any(Number))
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Copy the 2 drops as a table' }).click()
  await expect.poll(async () => (await copied()).split('\n').length).toBe(3)
  expect((await copied()).split('\n')[0]).toContain('mag\t')
})

test('two drops are compared, member by member and as texts', async () => {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await chosen().getByRole('button', { name: 'Compare' }).press('Enter')
  const comparison = page.getByRole('region', { name: 'Comparison' })
  await expect(comparison).toContainText(/\d+ members differ/)
  await expect(comparison.getByRole('region', { name: 'Differences' })).toContainText('elems.place')
  await expect(comparison.getByRole('textbox', { name: /^Drop d/ }).first()).toBeAttached()
  await comparison.getByRole('button', { name: 'Close the comparison' }).press('Enter')
  await expect(comparison).toBeHidden()
})

test('options beneath the line are asked of the platform, and a wrong one is told in its place', async () => {
  await page.keyboard.press('Control+Alt+o')
  const options = page.getByRole('form', { name: 'Filter options' })
  await options.getByRole('textbox', { name: 'Limit' }).fill('many')
  await expect(page.getByRole('alert').filter({ hasText: 'at most 100,000' })).toBeVisible()
  await options.getByRole('textbox', { name: 'Limit' }).fill('7')
  await options.getByRole('combobox', { name: 'Sort by' }).fill('mag')
  await page.keyboard.press('Enter')
  await expect.poll(() => rowCount(page)).toBe(7)
  const magnitudes = await dropsGrid(page).getByRole('row').nth(1).innerText()
  expect(magnitudes).toContain('6.4')
  await options.getByRole('button', { name: 'Clear' }).press('Enter')
  await expect.poll(() => rowCount(page)).toBeGreaterThan(1000)
})

test('a filter runs over several flows, and each row says which flow it is of', async () => {
  const options = page.getByRole('form', { name: 'Filter options' })
  await options.getByRole('combobox', { name: 'Search in' }).fill('/local/sample/, /local/typed')
  await page.keyboard.press('Enter')
  await expect.poll(headers).toContain('Flow')
  await runFilter(page, 'number == 1.5 || mag > 6.3')
  await expect(dropsGrid(page)).toContainText('/local/typed')
  await expect(dropsGrid(page)).toContainText('/local/sample/earthquakes')
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(dropPanel(page)).toContainText('1.5')
  await options.getByRole('combobox', { name: 'Search in' }).fill('/local/nothing/')
  await page.keyboard.press('Enter')
  await expect(
    page.getByRole('alert').filter({ hasText: 'No flow is called or lies below /local/nothing/' })
  ).toBeVisible()
  await options.getByRole('button', { name: 'Clear' }).press('Enter')
  await runFilter(page, '')
  await page.keyboard.press('Control+Alt+o')
  await expect(options).toBeHidden()
})

test('one id opens its drop, several make a table in which the missing ones are marked', async () => {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Control+c')
  await expect.poll(async () => ((await copiedJson()) as { id?: string }).id).toMatch(/^d/)
  const { id } = (await copiedJson()) as { id: string }
  const missing = 'd00000000000000000000000a'

  const find = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+Alt+f')
    await page.getByRole('textbox', { name: 'Find drops by id' }).fill(text)
    await page.keyboard.press('Enter')
  }
  await find(`${id}, ${missing}`)
  await expect.poll(() => rowCount(page)).toBe(2)
  await expect(page.getByText('1 drop by id, 1 of the ids is not in this flow.')).toBeVisible()
  await expect(dropsGrid(page).getByRole('row').nth(2)).toContainText('not in this flow')
  await page.getByRole('button', { name: 'Back to the filter' }).press('Enter')
  await expect.poll(() => rowCount(page)).toBeGreaterThan(1000)

  await find(missing)
  await expect(dropPanel(page)).toContainText('no such object', { ignoreCase: true })
  await page.getByRole('button', { name: 'Close the drop panel' }).press('Enter')
})

test('the same drops are a table or one JSON text', async () => {
  const toJson = page.getByRole('button', { name: 'Show as JSON' })
  await toJson.focus()
  await expect(toJson).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Drops as JSON' })).toBeAttached()
  await expect(page.getByText(/The first [\d,]+ drops of 1,707/)).toBeVisible()
  await page.getByRole('button', { name: 'Show as a table' }).press('Enter')
  await expect(dropsGrid(page)).toBeVisible()
})

test('a filter on nothing, and a search that finds nothing, each say so with a next step', async () => {
  await runFilter(page, 'elems.nothing == 1')
  await expect(filterState(page)).toContainText('0 of')
  await expect(page.getByText('No drop of this flow matches the filter.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter' }).press('Enter')
  await expect.poll(() => rowCount(page)).toBeGreaterThan(1000)
})

test('markup, right-to-left text and a long value stay in their cells as text', async () => {
  const markup = '<b onclick="alert(1)">bold</b>'
  await makeFlow(page, '/local/wild', [
    {
      elems: {
        markup,
        rtl: '\u202eevil\u202c שלום',
        long: 'x'.repeat(50_000),
        [`<i>${'n'.repeat(80)}</i>`]: 1
      }
    }
  ])
  await goToFlow(page, '/local/wild')
  const row = dropsGrid(page).getByRole('row').nth(1)
  await expect(row.getByRole('gridcell', { name: markup })).toBeVisible()
  await expect(row).toContainText('evil')
  await expect(row.locator('[data-cut=true]')).toHaveAttribute('title', /Cut: 50,000 characters in all/)
  expect(await page.locator('b[onclick]').count()).toBe(0)
})
