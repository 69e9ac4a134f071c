import { expect, type Page } from '@playwright/test'
import { ANA } from '../../support/platform.ts'
import type { TestPlatform } from '../../support/platform.ts'

/** Another platform as a connection of the app named Plant, as ana, chosen. */
export async function connectTo(
  page: Page,
  platform: TestPlatform,
  over: { environment?: string; isReadOnly?: boolean } = {}
): Promise<void> {
  const { host } = new URL(platform.url)
  const saved = await page.evaluate(([input]) => window.explorer.saveConnection(input), [
    {
      profile: {
        name: 'Plant',
        account: ANA.account,
        host,
        liveHost: '',
        version: '',
        isSecure: false,
        verifyCertificate: null,
        parameters: [],
        colour: 0 as const,
        environment: over.environment ?? '',
        isReadOnly: over.isReadOnly ?? false
      },
      apiToken: ANA.token
    }
  ] as const)
  expect(saved).toMatchObject({ ok: true })
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  // A window that has just been opened may not hear its first key.
  await expect(async () => {
    if (!(await palette.isVisible())) await page.keyboard.press('Control+Shift+p')
    await expect(palette).toBeVisible({ timeout: 2000 })
  }).toPass()
  await page.keyboard.type('plant')
  // The window hears of a connection a moment after it was saved.
  await expect(page.getByRole('option', { name: 'Switch to connection Plant' })).toBeVisible()
  await page.keyboard.press('Enter')
  const tree = page.getByRole('tree', { name: 'Flows', exact: true })
  await expect(tree.getByRole('treeitem', { name: /^ana$/ })).toBeVisible()
}
