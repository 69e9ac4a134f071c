import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { violations } from './support/axe.ts'
import { dropsGrid, goToFlow, makeFlow, runFilter } from './support/drops.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** Numbers and dates of drops over time, by keys; the chart and its menus judged by axe in each theme. */
for (const theme of ['dark', 'light'] as const) {
  test(`elements of the shown drops are charted by keys, ${theme}`, async () => {
    const profile = makeProfile()
    const { app, page, close } = await launch(profile)
    const grid = dropsGrid(page)
    await expect(grid.getByRole('row').nth(3)).toBeVisible({ timeout: 20_000 })
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await makeFlow(page, '/local/charted', [
      { elems: { temp: 1, wind: 10, name: 'a', at: { type: 'date', value: 1_517_966_773_840 } } },
      { elems: { temp: 2, wind: 20, name: 'b', at: { type: 'date', value: 1_517_970_000_000 } } }
    ])
    await goToFlow(page, '/local/charted')
    await expect(grid.getByRole('row')).toHaveCount(3)

    await grid.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+F10')
    const chartIt = page.getByRole('menuitem', { name: 'Chart it' })
    await expect(chartIt).toBeVisible()
    expect(await violations(page)).toEqual([])
    await chartIt.press('Enter')
    const chart = page.getByRole('region', { name: 'Chart', exact: true })
    const plot = chart.getByRole('application', { name: /^temp over the creation of the drops/ })
    await plot.focus()
    await page.keyboard.press('Home')
    await expect(chart.getByRole('status', { name: 'Point' })).toContainText('temp 1')
    await page.keyboard.press('End')
    await expect(chart.getByRole('status', { name: 'Point' })).toContainText('temp 2')

    const choice = page.getByRole('button', { name: 'Chart', exact: true })
    await choice.press('Enter')
    await expect(page.getByRole('menuitemcheckbox', { name: 'temp' })).toBeChecked()
    await expect(page.getByRole('menuitemcheckbox', { name: 'name' })).toHaveCount(0)
    await page.getByRole('menuitemcheckbox', { name: 'wind' }).press('Enter')
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(chart.getByRole('application', { name: /^temp, wind over/ })).toBeVisible()

    await runFilter(page, 'temp == 2')
    await expect(chart).toContainText('1 drop')

    const file = join(profile, 'chart.png')
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = (() =>
        Promise.resolve({ canceled: false, filePath })) as typeof dialog.showSaveDialog
    }, file)
    await chart.getByRole('button', { name: 'Save the chart as a picture' }).press('Enter')
    await expect
      .poll(() => {
        try {
          return readFileSync(file).subarray(1, 4).toString()
        } catch {
          return 'no file'
        }
      })
      .toBe('PNG')

    await choice.press('Enter')
    await page.getByRole('menuitemcheckbox', { name: 'at' }).press('Enter')
    await page.keyboard.press('Escape')
    await expect(chart.getByRole('application', { name: /^at over/ })).toBeVisible()
    await chart.getByRole('button', { name: 'Close the chart' }).press('Enter')
    await expect(chart).toHaveCount(0)
    await close()
    removeProfile(profile)
  })
}
