import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { CHILD_ACCOUNT, startPlatformChild, type ServerChild } from '../support/platform-child.ts'
import { violations } from './support/axe.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** A second, real platform: connected to, tested, switched to, kept and deleted by keys. */

/** A first start makes the sample world, also on a machine that has other things to do; a test of a connection waits for answers. */
const START_LIMIT_MS = 20_000

const profile = makeProfile()
let platform: ServerChild
let host: string

test.beforeAll(async () => {
  platform = await startPlatformChild(':memory:')
  host = new URL(platform.url).host
  const made = await fetch(`${platform.url}/v4.0/${CHILD_ACCOUNT.account}/flow`, {
    method: 'POST',
    headers: { 'x-auth-token': CHILD_ACCOUNT.token },
    body: JSON.stringify({ path: '/ana/attic' })
  })
  expect(made.status).toBe(201)
})
test.afterAll(async () => {
  await platform.end()
  removeProfile(profile)
})

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Connection', exact: true })
const listOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Connections', exact: true })
const treeOf = (page: Page): Locator => page.getByRole('tree', { name: 'Flows', exact: true })
const pickerOf = (page: Page): Locator => page.getByRole('combobox', { name: 'Connection', exact: true })
const diagnosisOf = (page: Page): Locator => dialogOf(page).getByRole('status', { name: 'Diagnosis' })

const field = (page: Page, name: string): Locator => dialogOf(page).getByLabel(name, { exact: true })

async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await field(page, name).focus()
  await page.keyboard.press('Control+a')
  if (text === '') await page.keyboard.press('Delete')
  else await page.keyboard.type(text)
}

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type(title)
  await page.keyboard.press('Enter')
}

async function testConnection(page: Page): Promise<void> {
  await dialogOf(page).getByRole('button', { name: 'Test connection' }).focus()
  await page.keyboard.press('Enter')
}

test('a connection is made and tested in words, saved, switched to, and there after a restart', async () => {
  const first = await launch(profile)
  const { page } = first
  await expect(treeOf(page).getByRole('treeitem').first()).toBeVisible({ timeout: START_LIMIT_MS })

  await test.step('says what is missing, at the field', async () => {
    await page.keyboard.press('Control+Alt+c')
    await expect(dialogOf(page)).toBeVisible()
    await dialogOf(page).getByRole('button', { name: 'Save connection' }).focus()
    await page.keyboard.press('Enter')
    await expect(dialogOf(page)).toContainText('A connection needs a name')
    await expect(field(page, 'Name')).toHaveAttribute('aria-invalid', 'true')
    await typeInto(page, 'Server', 'https://127.0.0.1')
    await expect(dialogOf(page)).toContainText('chooses the scheme')
  })

  await test.step('a port where nothing listens', async () => {
    await typeInto(page, 'Name', 'Second')
    await typeInto(page, 'Account', CHILD_ACCOUNT.account)
    await typeInto(page, 'Token', 'not-the-token-of-ana-0123456789')
    await typeInto(page, 'Server', '127.0.0.1:9')
    await field(page, 'Use TLS').focus()
    await page.keyboard.press('Space')
    await expect(field(page, 'Use TLS')).not.toBeChecked()
    await testConnection(page)
    await expect(diagnosisOf(page)).toContainText('does not work yet')
    await expect(diagnosisOf(page)).toContainText('nothing listens there')
  })

  await test.step('something that is no platform', async () => {
    const other = createServer((_request, response) => response.end('<!doctype html><p>hello'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    await typeInto(page, 'Server', `127.0.0.1:${String((other.address() as AddressInfo).port)}`)
    await testConnection(page)
    await expect(diagnosisOf(page).getByRole('listitem').nth(4)).toHaveAttribute('data-state', 'failed')
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
  })

  await test.step('the wrong token', async () => {
    await typeInto(page, 'Server', host)
    await testConnection(page)
    await expect(diagnosisOf(page).getByRole('listitem').nth(5)).toHaveAttribute('data-state', 'failed')
  })

  await test.step('the right one works, and is saved', async () => {
    await typeInto(page, 'Token', CHILD_ACCOUNT.token)
    await typeInto(page, 'Environment', 'production')
    await testConnection(page)
    await expect(diagnosisOf(page)).toContainText('The connection works.')
    await dialogOf(page).getByRole('button', { name: 'Save connection' }).focus()
    await page.keyboard.press('Enter')
    await expect(dialogOf(page)).toBeHidden()
  })

  await test.step('it is shown, with its tree', async () => {
    await expect(pickerOf(page)).toContainText('Second')
    await expect(pickerOf(page)).toContainText('production')
    await expect(treeOf(page).getByRole('treeitem', { name: /^ana/ })).toBeVisible()
    await expect(treeOf(page).getByRole('treeitem', { name: /^local/ })).toHaveCount(0)
  })

  await test.step('the switcher goes back and forth by keys, and a tab brings its connection', async () => {
    await pickerOf(page).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('option', { name: /Local platform/ })).toContainText(/connected/)
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await expect(treeOf(page).getByRole('treeitem', { name: /^local/ })).toBeVisible()
    await command(page, 'switch to connection second')
    await expect(pickerOf(page)).toContainText('Second')
    await page.keyboard.press('Control+Alt+r')
    await expect(page.getByRole('region', { name: 'Request', exact: true })).toContainText('/v4.0/ana')
    await page.keyboard.press('Control+Tab')
    await expect(pickerOf(page)).toContainText('Local platform')
    await page.keyboard.press('Control+Shift+Tab')
    await expect(pickerOf(page)).toContainText('Second')
  })

  await test.step('its token is shown nowhere', async () => {
    await command(page, 'edit this connection')
    await expect(dialogOf(page)).toBeVisible()
    await expect(field(page, 'Token')).toHaveValue('')
    await expect(field(page, 'Token')).toHaveAttribute('placeholder', /A token is kept/)
    expect(await page.content()).not.toContain(CHILD_ACCOUNT.token)
    await page.keyboard.press('Escape')
    await expect(dialogOf(page)).toBeHidden()
  })
  await first.close()

  const second = await launch(profile)
  await expect(pickerOf(second.page)).toContainText('Second', { timeout: START_LIMIT_MS })
  await pickerOf(second.page).focus()
  await second.page.keyboard.press('Enter')
  await expect(second.page.getByRole('option', { name: /Second/ })).toContainText('production')
  await second.close()
})

test('a read-only connection refuses a write in words, and a connection is deleted after a question', async () => {
  const { page, close } = await launch(profile)
  await expect(pickerOf(page)).toContainText('Second', { timeout: START_LIMIT_MS })
  await command(page, 'edit this connection')
  await expect(dialogOf(page)).toBeVisible()
  if (!(await dialogOf(page).getByRole('button', { name: 'Replace' }).isVisible()))
    await typeInto(page, 'Token', CHILD_ACCOUNT.token)
  await field(page, 'Read-only').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Control+Enter')
  await dialogOf(page).getByRole('button', { name: 'Save connection' }).focus()
  await page.keyboard.press('Enter')
  await expect(dialogOf(page)).toBeHidden()
  await expect(pickerOf(page)).toContainText('read-only')
  await expect(treeOf(page).getByRole('treeitem', { name: /^ana/ })).toBeVisible()

  await test.step('the console says so before, main refuses in any case', async () => {
    const region = page.getByRole('region', { name: 'Request', exact: true })
    await page.keyboard.press('Control+Alt+r')
    await region.getByRole('combobox', { name: 'Method' }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('DELETE')
    await expect(region).toContainText('Second is read-only: DELETE is refused')
    await expect(region.getByRole('button', { name: 'Send', exact: true })).toBeDisabled()
    await page.keyboard.press('Control+Enter')
    await expect(region.getByRole('alert')).toContainText('read-only')
    const flows = await fetch(`${platform.url}/v4.0/ana/flow`, {
      headers: { 'x-auth-token': CHILD_ACCOUNT.token }
    })
    expect(JSON.stringify(await flows.json())).toContain('/ana/attic')
  })

  await test.step('it is deleted, and the local platform is shown', async () => {
    await page.keyboard.press('Control+Shift+m')
    await expect(listOf(page)).toBeVisible()
    await listOf(page).getByRole('button', { name: 'Delete Second' }).focus()
    await page.keyboard.press('Enter')
    const question = page.getByRole('alertdialog')
    await expect(question).toContainText('Delete the connection Second?')
    await question.getByRole('button', { name: 'Delete connection' }).focus()
    await page.keyboard.press('Enter')
    await expect(listOf(page).getByRole('row', { name: /Second/ })).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(pickerOf(page)).toContainText('Local platform')
    await expect(treeOf(page).getByRole('treeitem', { name: /^local/ })).toBeVisible()
  })
  await close()
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the dialogs of connections, ${theme}`, async () => {
    const { page, close } = await launch(profile)
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(treeOf(page).getByRole('treeitem').first()).toBeVisible({ timeout: START_LIMIT_MS })
    await page.keyboard.press('Control+Shift+m')
    await expect(listOf(page)).toBeVisible()
    expect(await violations(page, '[role="dialog"]')).toEqual([])
    await listOf(page).getByRole('button', { name: 'New connection' }).click()
    await typeInto(page, 'Name', 'Third')
    await typeInto(page, 'Account', 'ana')
    await typeInto(page, 'Token', CHILD_ACCOUNT.token)
    await typeInto(page, 'Server', host)
    await dialogOf(page).getByRole('button', { name: 'Add parameter' }).click()
    await testConnection(page)
    await expect(diagnosisOf(page)).toContainText('does not work yet', { timeout: START_LIMIT_MS })
    expect(await violations(page, '[role="dialog"]')).toEqual([])
    await close()
  })
}
