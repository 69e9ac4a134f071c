import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** A picture of each view, light and dark, on a small and a large screen, into `test/e2e/screens/`. */
const folder = join(import.meta.dirname, 'screens')
const SIZES = ['1280x800', '1920x1080']
const THEMES = ['dark', 'light']

mkdirSync(folder, { recursive: true })

const dropsGrid = (page: Page): ReturnType<Page['getByRole']> =>
  page.getByRole('grid', { name: 'Drops', exact: true })

const typeFilter = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Filter' }).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

for (const theme of THEMES) {
  for (const size of SIZES) {
    test(`${theme} ${size}`, async () => {
      const profile = makeProfile()
      writeFileSync(join(profile, 'settings.json'), JSON.stringify({ theme }))
      const { page, close } = await launch(profile, { args: ['--window-size', size] })
      const picture = (name: string): Promise<Buffer> =>
        page.screenshot({ path: join(folder, `${name}-${theme}-${size}.png`) })
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

      await page.getByRole('button', { name: 'Pause' }).click()
      await expect(page.getByRole('region', { name: 'Live console' })).toContainText('new')
      await picture('console-paused')
      await close()
      removeProfile(profile)
    })
  }
}
