import { expect, test } from '@playwright/test'
import { violations } from './support/axe.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** The window with everything open that a first look opens, judged by axe in both themes. */

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the ${theme} window, with a drop and its explanation open`, async () => {
    const { page, close } = await launch(profile)
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    const tree = page.getByRole('tree', { name: 'Flows', exact: true })
    await tree.getByRole('treeitem', { name: /^earthquakes/ }).click()
    const grid = page.getByRole('grid', { name: 'Drops', exact: true })
    await grid.getByRole('row').nth(2).click()
    const panel = page.getByRole('region', { name: 'Drop', exact: true })
    await expect(panel.getByRole('textbox', { name: 'Drop JSON', exact: true })).toBeVisible()
    await page.waitForFunction(() => document.querySelector('.line .editor[data-ready=true]') !== null)
    expect(await violations(page)).toEqual([])

    await page.keyboard.press('Control+f')
    await page.keyboard.type('elems.mag >= 2 && NOT EXISTS elems.nothing')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('status', { name: 'Filter state', exact: true })).toContainText(/ of /)
    await panel.getByRole('tab', { name: 'Explain', exact: true }).click()
    await expect(panel.getByRole('list', { name: 'Terms of the filter', exact: true })).toBeVisible()
    expect(await violations(page)).toEqual([])
    await close()
  })
}

test('a value becomes a filter by keys alone, and the drop panel says why a drop matches', async () => {
  const { page, close } = await launch(profile)
  const grid = page.getByRole('grid', { name: 'Drops', exact: true })
  const rowCount = async (): Promise<number> => Number(await grid.getAttribute('aria-rowcount')) - 1
  const state = page.getByRole('status', { name: 'Filter state', exact: true })
  await page.getByRole('button', { name: 'Run', exact: false }).waitFor()
  await page.keyboard.press('Control+f')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+f')
  await page.keyboard.press('Enter')
  await expect.poll(rowCount).toBeGreaterThan(1000)
  const all = await rowCount()

  await test.step('chooses a cell, opens its menu and filters for its value', async () => {
    await page.keyboard.press('Escape')
    await expect(grid).toBeFocused()
    const headers = await grid.getByRole('columnheader').allInnerTexts()
    const wanted = headers.findIndex((header) => header.trim() === 'magType')
    for (let column = 0; column <= wanted; column++) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+F10')
    const only = page.getByRole('menuitem', { name: 'Filter for this value', exact: true })
    await expect(only).toBeVisible()
    for (let step = 0; step < 3 && (await only.getAttribute('data-highlighted')) === null; step++)
      await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(rowCount).toBeLessThan(all)
    await expect(state).toContainText(/ of /)
    await expect(page.locator('.line .view-lines')).toContainText(/elems\.magType/)
  })

  await test.step('explains the filter for the active drop', async () => {
    await expect(grid).toBeFocused()
    await page.keyboard.press('Enter')
    const panel = page.getByRole('region', { name: 'Drop', exact: true })
    const explain = panel.getByRole('tab', { name: 'Explain', exact: true })
    await expect(explain).toBeVisible()
    const json = panel.getByRole('tab', { name: 'JSON', exact: true })
    if ((await json.getAttribute('aria-selected')) === 'true') {
      await json.focus()
      await page.keyboard.press('ArrowRight')
    }
    await expect(panel).toContainText(/Matches drops where elems\.magType is/)
    await expect(panel.getByRole('list', { name: 'Terms of the filter', exact: true })).toContainText(/true/)
  })
  await close()
})
