import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { CHILD_ACCOUNT, startPlatformChild } from '../support/platform-child.ts'
import { dropPanel, dropsGrid, goToFlow, makeFlow, replaceDropText } from './support/drops.ts'
import { geometryProblems } from './support/geometry.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** A picture of each view, light and dark, on a small and a large screen, into `test/e2e/screens/`. */
const folder = join(import.meta.dirname, 'screens')
const SIZES = ['1280x800', '1920x1080']
const THEMES = ['dark', 'light']

mkdirSync(folder, { recursive: true })

const typeFilter = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Filter' }).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** Takes pictures, and looks in each of them for text that is cut or covered. */
function pictures(page: Page, suffix: string) {
  const problems: string[] = []
  const picture = async (name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}-${suffix}.png`) })
    problems.push(...(await geometryProblems(page)).map((problem) => `${name}: ${problem}`))
  }
  return { picture, problems }
}

for (const theme of THEMES) {
  for (const size of SIZES) {
    test(`${theme} ${size}`, async () => {
      const profile = makeProfile()
      writeFileSync(join(profile, 'settings.json'), JSON.stringify({ theme }))
      const { page, close } = await launch(profile, { args: ['--window-size', size] })
      const { picture, problems } = pictures(page, `${theme}-${size}`)
      const filterState = page.getByRole('status', { name: 'Filter state' })

      await expect(dropsGrid(page).getByRole('row').nth(3)).toBeVisible()
      await expect(page.getByRole('status', { name: 'Live status' })).toContainText(/[1-9]\d* received/)
      await picture('first-start')

      await typeFilter(page, 'ma')
      await expect(page.locator('.suggest-widget')).toBeVisible()
      await picture('filter-completion')
      await typeFilter(page, 'mag = 5')
      await expect(filterState).toContainText('column')
      await picture('filter-invalid')
      await typeFilter(page, 'mag > 30')
      await page.keyboard.press('Enter')
      await expect(filterState).toContainText('0 of')
      await picture('no-match')
      await typeFilter(page, 'mag >= 4.5 && NOT (place =~ /alaska/i)')
      await page.keyboard.press('Enter')
      await expect(dropsGrid(page).getByRole('row').nth(5)).toBeVisible()
      await dropsGrid(page).getByRole('row').nth(5).click()
      await expect(page.getByRole('textbox', { name: 'Drop JSON' })).toBeAttached()
      await expect(page.getByRole('region', { name: 'Drop', exact: true })).toContainText('elems')
      await picture('drop')

      await page.keyboard.press('Control+p')
      await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible()
      await picture('go-to-flow')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+Shift+p')
      await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible()
      await picture('commands')
      await page.keyboard.press('Escape')

      const tree = page.getByRole('tree', { name: 'Flows', exact: true })
      const search = page.getByRole('textbox', { name: 'Search flows', exact: true })
      await search.fill('quake -flights')
      await expect(page.getByRole('status', { name: 'Flow tree state' })).toContainText('found')
      await picture('tree-search')
      await search.fill('')
      await tree.focus()
      await page.keyboard.press('Home')
      await page.keyboard.type('earth')
      await page.keyboard.press('Shift+F10')
      await expect(page.getByRole('menu')).toBeVisible()
      await picture('tree-menu')
      await page.keyboard.press('Escape')
      await expect(page.getByRole('menu')).toHaveCount(0)
      await page.keyboard.press('F2')
      await expect(page.getByRole('dialog', { name: 'Edit flow' })).toBeVisible()
      await page.keyboard.type('/not allowed')
      await page.keyboard.press('Enter')
      await picture('tree-form')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Delete')
      await expect(page.getByRole('alertdialog')).toContainText(/its [\d,]+ drops/)
      await picture('tree-delete')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'Pause' }).click()
      await expect(page.getByRole('region', { name: 'Live console' })).toContainText('new')
      await picture('console-paused')
      await close()
      removeProfile(profile)
      expect(problems).toEqual([])
    })

    test(`connections and requests, ${theme} ${size}`, async () => {
      const profile = makeProfile()
      writeFileSync(join(profile, 'settings.json'), JSON.stringify({ theme }))
      const platform = await startPlatformChild(':memory:')
      const { page, close } = await launch(profile, { args: ['--window-size', size] })
      const { picture, problems } = pictures(page, `${theme}-${size}`)
      await expect(dropsGrid(page).getByRole('row').nth(3)).toBeVisible({ timeout: 30_000 })

      const console = page.getByRole('region', { name: 'Request', exact: true })
      const status = page.getByRole('status', { name: 'Answer status' })
      await page.keyboard.press('Control+Alt+r')
      await page.keyboard.press('Control+Enter')
      await expect(status).toHaveText('200 OK')
      await expect(console.getByRole('region', { name: 'Answer' })).toContainText('"head"')
      await picture('request')
      await console.getByRole('tab', { name: /^Batch/ }).click()
      await page
        .getByRole('textbox', { name: 'Batch requests' })
        .fill('GET /flow?limit=1\nGET /nothing\nPOST /flow {"path": "/local/example"}\nGET /track')
      await page.keyboard.press('Control+Enter')
      await expect(page.getByRole('status', { name: 'Batch status' })).toContainText('4 of 4')
      await page.getByRole('option', { name: /nothing/ }).click()
      await expect(status).toHaveText('404 Not Found')
      await picture('request-batch')

      const dialog = page.getByRole('dialog', { name: 'Connection', exact: true })
      await page.keyboard.press('Control+Alt+c')
      await dialog.getByLabel('Name', { exact: true }).fill('Weather, plant 2')
      await dialog.getByLabel('Account', { exact: true }).fill(CHILD_ACCOUNT.account)
      await dialog.getByLabel('Token', { exact: true }).fill(CHILD_ACCOUNT.token)
      await dialog.getByLabel('Server', { exact: true }).fill(new URL(platform.url).host)
      await dialog.getByLabel('Use TLS', { exact: true }).uncheck()
      await dialog.getByLabel('Read-only', { exact: true }).check()
      await dialog.getByLabel('Environment', { exact: true }).fill('production')
      await dialog.getByRole('radio', { name: 'Orange' }).check({ force: true })
      await dialog.getByRole('button', { name: 'Test connection' }).click()
      await expect(dialog.getByRole('status', { name: 'Diagnosis' })).toContainText('works')
      await dialog
        .getByRole('status', { name: 'Diagnosis' })
        .getByRole('listitem')
        .last()
        .scrollIntoViewIfNeeded()
      await picture('connection')
      await dialog.getByRole('button', { name: 'Save connection' }).click()
      const picker = page.getByRole('combobox', { name: 'Connection', exact: true })
      await expect(picker).toContainText('plant 2')
      await page.keyboard.press('Control+Alt+r')
      await expect(console).toContainText('/v4.0/ana')
      await console.getByRole('combobox', { name: 'Method' }).fill('DELETE')
      await picture('read-only')
      await picker.click()
      await expect(page.getByRole('option', { name: /Local platform/ })).toBeVisible()
      await picture('switcher')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+Shift+m')
      await expect(page.getByRole('dialog', { name: 'Connections', exact: true })).toBeVisible()
      await picture('connections')
      await page.getByRole('button', { name: 'Import…' }).click()
      await expect(page.getByRole('dialog', { name: 'Import connections' })).toBeVisible()
      await picture('import-connections')
      await close()
      await platform.end()
      removeProfile(profile)
      expect(problems).toEqual([])
    })

    test(`drops, ${theme} ${size}`, async () => {
      const profile = makeProfile()
      writeFileSync(join(profile, 'settings.json'), JSON.stringify({ theme }))
      const { page, app, close } = await launch(profile, { args: ['--window-size', size] })
      const { picture, problems } = pictures(page, `${theme}-${size}`)
      const grid = dropsGrid(page)
      const panel = dropPanel(page)
      await expect(grid.getByRole('row').nth(3)).toBeVisible({ timeout: 30_000 })

      await page.keyboard.press('Control+Alt+o')
      await page.getByRole('textbox', { name: 'Limit' }).fill('many')
      await picture('filter-options')
      await page.getByRole('button', { name: 'Clear', exact: true }).first().click()
      await page.getByRole('combobox', { name: 'Search in' }).fill('/local/sample/')
      await page.keyboard.press('Enter')
      await expect(grid).toContainText('/local/sample/')
      await picture('several-flows')
      await page.getByRole('form', { name: 'Filter options' }).getByRole('button', { name: 'Clear' }).click()
      await page.keyboard.press('Control+Alt+o')

      await page.getByRole('button', { name: 'Columns', exact: true }).click()
      await picture('columns')
      await page.keyboard.press('Escape')
      await grid.focus()
      await page.keyboard.press('Home')
      await page.keyboard.press('Shift+ArrowDown')
      await picture('chosen-drops')
      await page.getByRole('button', { name: 'Compare' }).click()
      await expect(page.getByRole('region', { name: 'Differences' })).toBeVisible()
      await picture('comparison')
      await page.getByRole('button', { name: 'Close the comparison' }).click()
      await grid.focus()
      await page.keyboard.press('Escape')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Shift+F10')
      await expect(page.getByRole('menuitem', { name: 'Copy the value' })).toBeVisible()
      await picture('cell-menu')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+Alt+f')
      await page
        .getByRole('textbox', { name: 'Find drops by id' })
        .fill('d00000000000000000000000a d00000000000000000000000b')
      await picture('find-by-id')
      await page.keyboard.press('Enter')
      await expect(grid).toContainText('not in this flow')
      await picture('missing-ids')
      await page.getByRole('button', { name: 'Back to the filter' }).click()
      await page.getByRole('button', { name: 'Show as JSON' }).click()
      await expect(page.getByText(/The first [\d,]+ drops/)).toBeVisible()
      await picture('drops-as-json')
      await page.getByRole('button', { name: 'Show as a table' }).click()

      await page.keyboard.press('Control+Shift+e')
      await expect(page.getByRole('dialog', { name: 'Export drops' })).toBeVisible()
      await page.getByRole('radio', { name: /^CSV/ }).check()
      await picture('export')
      await app.evaluate(
        ({ dialog }, filePath) => {
          dialog.showSaveDialog = (() =>
            Promise.resolve({ canceled: false, filePath })) as typeof dialog.showSaveDialog
        },
        join(profile, 'earthquakes.csv')
      )
      await page.getByRole('button', { name: 'Choose a file…' }).click()
      await expect(page.getByRole('region', { name: 'Exports and deletes' })).toContainText('Exported')
      await picture('exported')
      await page.getByRole('button', { name: 'Dismiss' }).click()

      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.getByRole('menuitem', { name: /Delete what the filter shows/ }).click()
      await expect(page.getByRole('dialog', { name: 'Delete drops' })).toContainText('would be deleted')
      await picture('delete-drops')
      await page.keyboard.press('Escape')

      const flowId = await makeFlow(page, '/local/example', [{ elems: { place: 'Oslo', mag: 5 } }])
      await goToFlow(page, '/local/example')
      await grid.focus()
      await page.keyboard.press('Enter')
      await replaceDropText(page, '{"elems":{"place":"Bergen","mag":6}}')
      await expect(panel.getByRole('region', { name: 'Changes' })).toContainText('Bergen')
      await picture('changes')
      await panel.getByRole('button', { name: 'Whole text' }).click()
      await picture('changes-as-text')
      await replaceDropText(page, '{"elems":{"place":"Bergen","mag":}}')
      await expect(panel.getByRole('status').first()).toContainText('not JSON yet')
      await picture('invalid-drop')
      await replaceDropText(page, '{"elems":{"place":"Bergen","mag":6}}')
      const dropId = (await panel.locator('.id').getAttribute('title')) ?? ''
      await page.evaluate((input) => window.explorer.updateDrop(input), {
        connectionId: 'local',
        flowId,
        dropId,
        text: '{"elems":{"place":"Bodø","mag":5}}'
      })
      await page.keyboard.press('Control+s')
      await expect(panel.getByRole('region', { name: 'Conflict' })).toBeVisible()
      await picture('conflict')
      await panel.getByRole('button', { name: 'All stored' }).click()
      await panel.getByRole('button', { name: 'Save chosen' }).click()
      await panel.getByRole('button', { name: 'Delete this drop' }).click()
      await page.getByRole('button', { name: 'Delete drop', exact: true }).click()
      await expect(page.getByRole('button', { name: 'Undo the delete' })).toBeVisible()
      await picture('deleted')
      await close()
      removeProfile(profile)
      expect(problems).toEqual([])
    })
  }
}
