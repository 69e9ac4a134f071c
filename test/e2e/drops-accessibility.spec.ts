import { expect, test } from '@playwright/test'
import { violations } from './support/axe.ts'
import { dropPanel, dropsGrid, goToFlow, makeFlow, replaceDropText } from './support/drops.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** What is opened over and beside the grid of drops, judged by axe in each theme. */
for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the dialogs and panels of drops, ${theme}`, async () => {
    const profile = makeProfile()
    const { page, close } = await launch(profile)
    const grid = dropsGrid(page)
    await expect(grid.getByRole('row').nth(3)).toBeVisible({ timeout: 20_000 })
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    const found: string[] = []
    const judge = async (view: string): Promise<void> => {
      found.push(...(await violations(page)).map((violation) => `${view}: ${violation}`))
    }

    await page.keyboard.press('Control+Alt+o')
    await grid.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+ArrowDown')
    await judge('options and chosen rows')
    await page.getByRole('button', { name: 'Compare' }).press('Enter')
    await expect(page.getByRole('region', { name: 'Comparison' }).getByRole('textbox').first()).toBeAttached()
    await judge('comparison')
    await page.getByRole('button', { name: 'Columns', exact: true }).press('Enter')
    await expect(page.getByRole('list', { name: 'Columns of the table' })).toBeVisible()
    await judge('columns')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Shift+e')
    await expect(page.getByRole('dialog', { name: 'Export drops' })).toBeVisible()
    await judge('export')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Shift+p')
    await page.keyboard.type('Delete what the filter shows')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog', { name: 'Delete drops' })).toContainText('would be deleted')
    await judge('delete')
    await page.keyboard.press('Escape')

    const flowId = await makeFlow(page, '/local/judged', [{ elems: { place: 'Oslo' } }])
    await goToFlow(page, '/local/judged')
    await grid.focus()
    await page.keyboard.press('Enter')
    await replaceDropText(page, '{"elems":{"place":"Bergen"}}')
    await expect(dropPanel(page).getByRole('region', { name: 'Changes' })).toContainText('Bergen')
    await judge('changes')
    const dropId = (await dropPanel(page).locator('.id').getAttribute('title')) ?? ''
    await page.evaluate((input) => window.explorer.updateDrop(input), {
      connectionId: 'local',
      flowId,
      dropId,
      text: '{"elems":{"place":"Bodø"}}'
    })
    await page.keyboard.press('Control+s')
    await expect(dropPanel(page).getByRole('region', { name: 'Conflict' })).toBeVisible()
    await judge('conflict')
    expect(found).toEqual([])
    await close()
    removeProfile(profile)
  })
}
