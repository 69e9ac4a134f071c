import { expect, test, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** What a person does on the first day, by keyboard where a keyboard serves. */

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

const rowCount = async (page: Page, grid: string): Promise<number> =>
  Number(await page.getByRole('grid', { name: grid, exact: true }).getAttribute('aria-rowcount')) - 1

const received = async (page: Page): Promise<number> => {
  const text = (await page.getByRole('status', { name: 'Live status' }).textContent()) ?? ''
  return Number(/([\d,]+) received/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN)
}

test('opens a flow, narrows it, watches live drops, and finds the tab again after a restart', async () => {
  let running = await launch(profile)
  let { page } = running

  await test.step('the tree shows the sample flows', async () => {
    const tree = page.getByRole('tree', { name: 'Flows' })
    await expect(tree.getByRole('treeitem', { name: /^earthquakes/ })).toBeVisible()
  })

  await test.step('opens earthquakes from the tree', async () => {
    const item = page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem', { name: /^earthquakes/ })
    await item.click()
    await expect(page.getByRole('tab', { name: /earthquakes/, selected: true })).toBeVisible()
    await expect.poll(() => rowCount(page, 'Drops')).toBeGreaterThan(1000)
  })

  await test.step('types a filter and sees the right rows', async () => {
    const all = await rowCount(page, 'Drops')
    const box = page.getByRole('textbox', { name: 'Filter' })
    await box.focus()
    await page.keyboard.type('elems.mag >= 5 && NOT (elems.place =~ /indonesia/i)')
    await expect(page.getByRole('status', { name: 'Filter state' })).toContainText(/valid/i)
    await page.keyboard.press('Enter')
    await expect.poll(() => rowCount(page, 'Drops')).toBeLessThan(all)
    const rows = page.getByRole('grid', { name: 'Drops', exact: true }).getByRole('row')
    const headers = await page
      .getByRole('grid', { name: 'Drops', exact: true })
      .getByRole('columnheader')
      .allTextContents()
    const magnitudeAt = headers.findIndex(
      (header) => header.trim().startsWith('mag') && !header.includes('magType')
    )
    const placeAt = headers.findIndex((header) => header.trim().startsWith('place'))
    const shown = await rows.evaluateAll((elements) =>
      elements.map((row) => [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent))
    )
    const drops = shown.filter((cells) => cells.length > 0)
    expect(drops.length).toBeGreaterThan(5)
    expect(drops.filter((cells) => !(Number(cells[magnitudeAt]) >= 5))).toEqual([])
    expect(drops.filter((cells) => /indonesia/i.test(cells[placeAt] ?? ''))).toEqual([])
  })

  await test.step('follows the weather replay in the live console', async () => {
    const consoleRegion = page.getByRole('region', { name: 'Live console' })
    if (!(await consoleRegion.isVisible())) await page.keyboard.press('Control+j')
    await expect(consoleRegion).toBeVisible()
    // The first start already follows it: stop, so that following is what the test does.
    const stop = consoleRegion.getByRole('button', { name: /^Stop following .*seattle/ })
    if (await stop.isVisible()) await stop.click()
    await expect(stop).toBeHidden()
    const weather = page.getByRole('tree', { name: 'Flows' }).getByRole('treeitem', { name: /^seattle/ })
    await weather.click({ button: 'right' })
    await page.getByRole('menuitem', { name: /follow/i }).click()
    await expect(stop).toBeVisible()
    const before = await received(page)
    await expect.poll(() => received(page), { timeout: 15_000 }).toBeGreaterThan(before + 1)
    await expect(
      consoleRegion.getByRole('grid', { name: 'Live drops' }).getByRole('row').first()
    ).toBeVisible()
  })

  await test.step('pause keeps receiving and holds the view; resume goes on', async () => {
    const consoleRegion = page.getByRole('region', { name: 'Live console' })
    await consoleRegion.getByRole('button', { name: 'Pause' }).click()
    const rows = (): Promise<string | null> =>
      consoleRegion.getByRole('grid', { name: 'Live drops' }).getAttribute('aria-rowcount')
    const held = await rows()
    const before = await received(page)
    await expect.poll(() => received(page), { timeout: 15_000 }).toBeGreaterThan(before)
    expect(await rows()).toBe(held)
    await consoleRegion.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(async () => Number(await rows()), { timeout: 15_000 }).toBeGreaterThan(Number(held))
  })

  await test.step('the restarted app has the tab and its filter again', async () => {
    await running.close()
    running = await launch(profile)
    page = running.page
    await expect(page.getByRole('tab', { name: /earthquakes/ })).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Filter' })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Live console' })).toBeVisible()
    await expect.poll(() => rowCount(page, 'Drops')).toBeGreaterThan(5)
    await expect.poll(() => rowCount(page, 'Drops')).toBeLessThan(1000)
  })

  await running.close()
})
