import { expect, test, type Page } from '@playwright/test'
import { BEN, startTestPlatform } from '../support/platform.ts'
import type { TestPlatform } from '../support/platform.ts'
import { connectTo } from './support/connect.ts'
import { dropPanel, dropsGrid, replaceDropText } from './support/drops.ts'
import { launch, makeProfile, removeProfile, type RunningApp } from './support/launch.ts'

/** What a platform, a connection and a label keep a person from doing to drops: told in words, and nothing typed is lost. */

let profile: string
let running: RunningApp
let page: Page
let platform: TestPlatform

test.beforeEach(async () => {
  profile = makeProfile()
  platform = await startTestPlatform()
  running = await launch(profile)
  ;({ page } = running)
})
test.afterEach(async () => {
  await running.close()
  await platform.close()
  removeProfile(profile)
})

/** Opens a flow by its path through the palette. */
async function openFlow(path: string): Promise<void> {
  await page.keyboard.press('Control+p')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await expect(palette).toBeVisible()
  await page.keyboard.type(path)
  await expect(palette.getByRole('option').first()).toContainText(path)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: path })).toBeVisible()
  await expect(dropsGrid(page).getByRole('row').nth(1)).toBeVisible()
}

async function openFirstDrop(): Promise<void> {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(dropPanel(page).getByRole('textbox', { name: 'Drop JSON', exact: true })).toBeAttached()
}

async function showCommand(words: string): Promise<ReturnType<Page['getByRole']>> {
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type(words)
  return page.getByRole('dialog', { name: 'Command palette' }).getByRole('option').first()
}

test('a right that is missing is told beside the drop, and what was typed stays', async () => {
  await platform.flow('own')
  const asBen = { 'x-auth-token': BEN.token }
  const identities = await platform.request('GET', '/identity')
  const flow = await platform.request('POST', '/v4.0/ben/flow', { path: '/ben/lent' }, asBen)
  const flowId = String(flow.body.id)
  const made = await platform.request('POST', `/v4.0/ben/drop/${flowId}`, { elems: { place: 'Oslo' } }, asBen)
  const share = {
    issuedTo: String(identities.body[0].id),
    paths: { '/ben/lent': { read: true, dropRead: true } }
  }
  expect((await platform.request('POST', '/v4.0/ben/share', share, asBen)).status).toBe(201)
  await connectTo(page, platform)
  await openFlow('/ben/lent')
  await openFirstDrop()
  await replaceDropText(page, '{"elems":{"place":"Bergen"}}')
  await page.keyboard.press('Control+s')
  await expect(dropPanel(page).getByRole('alert')).toContainText(/right/)
  await expect(dropPanel(page).locator('.view-lines')).toContainText('Bergen')
  await expect(dropPanel(page).getByRole('region', { name: 'Changes' })).toContainText('"Oslo"')
  const stored = await platform.request(
    'GET',
    `/v4.0/ben/drop/${flowId}/${String(made.body.id)}`,
    undefined,
    asBen
  )
  expect(stored.body.elems).toMatchObject({ place: 'Oslo' })
})

test('a connection that is lost while a drop is saved is told, and what was typed stays to be saved', async () => {
  const flowId = await platform.flow('attic')
  await platform.request('POST', `/drop/${flowId}`, { elems: { temp: 4 } })
  await connectTo(page, platform)
  await openFlow('/ana/attic')
  await openFirstDrop()
  await replaceDropText(page, '{"elems":{"temp":7}}')
  await platform.close()
  await page.keyboard.press('Control+s')
  await expect(dropPanel(page).getByRole('alert')).toBeVisible({ timeout: 20_000 })
  await expect(dropPanel(page).getByRole('alert')).toContainText(/reach|connection|answer/i)
  await expect(dropPanel(page).locator('.view-lines')).toContainText('7')
  await expect(dropPanel(page).getByRole('button', { name: 'Save changes' })).toBeEnabled()
})

test('on a production connection drops are deleted after the name of their flow was typed', async () => {
  const flowId = await platform.flow('attic')
  for (const temp of [1, 2, 3]) await platform.request('POST', `/drop/${flowId}`, { elems: { temp } })
  await connectTo(page, platform, { environment: 'production' })
  await openFlow('/ana/attic')
  await expect(await showCommand('Delete what the filter shows')).toBeVisible()
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog', { name: 'Delete drops' })
  await expect(question).toContainText('3 drops of /ana/attic would be deleted')
  await expect(question).toContainText('Plant is a production connection')
  const yes = question.getByRole('button', { name: 'Delete 3 drops' })
  await expect(yes).toBeDisabled()
  await expect(yes).toHaveAttribute('title', 'Type the name of the flow first.')
  await question.getByRole('textbox', { name: 'Type the name of the flow' }).focus()
  await page.keyboard.type('atti')
  await expect(yes).toBeDisabled()
  await page.keyboard.type('c')
  await yes.press('Enter')
  await expect(question).toContainText('3 of 3 drops deleted')
  expect((await platform.request('GET', `/drop/${flowId}`)).body).toHaveLength(0)
})

test('on a read-only connection each button and command says why it changes nothing', async () => {
  const flowId = await platform.flow('attic')
  await platform.request('POST', `/drop/${flowId}`, { elems: { temp: 4 } })
  await connectTo(page, platform, { isReadOnly: true })
  await openFlow('/ana/attic')
  const create = page.getByRole('button', { name: 'New drop' })
  await expect(create).toBeDisabled()
  await expect(create).toHaveAttribute('title', /Plant is read-only/)
  await openFirstDrop()
  for (const name of ['Delete this drop', 'Duplicate this drop']) {
    const button = dropPanel(page).getByRole('button', { name })
    await expect(button).toBeDisabled()
    await expect(button).toHaveAttribute('title', /read-only/)
  }
  await dropsGrid(page).focus()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await page.keyboard.press('Shift+F10')
  const remove = page.getByRole('menuitem', { name: 'Delete the drop' })
  await expect(remove).toHaveAttribute('aria-disabled', 'true')
  await expect(remove).toHaveAttribute('title', /read-only/)
  await page.keyboard.press('Escape')
  for (const words of ['New drop in this flow', 'Delete what the filter shows', 'Flow tree: New flow']) {
    const command = await showCommand(words)
    await expect(command).toHaveAttribute('aria-disabled', 'true')
    await expect(command).toContainText(/Plant is read-only/)
    await page.keyboard.press('Escape')
  }
})
