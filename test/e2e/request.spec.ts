import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { violations } from './support/axe.ts'
import { launch, makeProfile, removeProfile, type RunningApp } from './support/launch.ts'

/** The request console by keys alone. */

/** A first start makes the sample world, also on a machine that has other things to do. */
const START_LIMIT_MS = 20_000

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

const consoleOf = (page: Page): Locator => page.getByRole('region', { name: 'Request', exact: true })
const statusOf = (page: Page): Locator => page.getByRole('status', { name: 'Answer status', exact: true })
const clipboardOf = ({ app }: RunningApp): Promise<string> =>
  app.evaluate(({ clipboard }) => clipboard.readText())

async function openConsole(running: RunningApp): Promise<void> {
  const { page } = running
  const tree = page.getByRole('tree', { name: 'Flows', exact: true })
  await expect(tree.getByRole('treeitem').first()).toBeVisible({ timeout: START_LIMIT_MS })
  await page.keyboard.press('Control+Alt+r')
  await expect(consoleOf(page)).toBeVisible()
}

async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await field.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

const pathOf = (page: Page): Locator => consoleOf(page).getByRole('combobox', { name: 'Path', exact: true })
const methodOf = (page: Page): Locator =>
  consoleOf(page).getByRole('combobox', { name: 'Method', exact: true })

test('a request is written, sent and answered; an error keeps what was typed; the history brings it back', async () => {
  const running = await launch(profile)
  const { page } = running
  await openConsole(running)

  await test.step('completes a path and sends it', async () => {
    await typeInto(page, pathOf(page), '/fl')
    await expect(consoleOf(page).getByRole('option', { name: /^\/flow/ })).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(pathOf(page)).toHaveValue('/flow')
    await page.keyboard.press('Control+Enter')
    await expect(statusOf(page)).toHaveText('200 OK')
    await expect(consoleOf(page).getByRole('region', { name: 'Answer' })).toContainText('"path"')
  })

  await test.step('copies it as a command line, without the token', async () => {
    await page.keyboard.press('Control+Alt+u')
    await expect
      .poll(() => clipboardOf(running))
      .toMatch(/^curl -X GET 'http:\/\/127\.0\.0\.1:\d+\/v4\.0\/local\/flow\?limit=20'/)
    expect(await clipboardOf(running)).toContain('"X-Auth-Token: $FLOWTHINGS_TOKEN"')
  })

  await test.step('an id is offered for a service, and a wrong one is told with its code', async () => {
    await typeInto(page, pathOf(page), '/flow/')
    await expect(consoleOf(page).getByRole('option', { name: /sample\/earthquakes/ })).toBeVisible()
    await page.keyboard.type('f000000000000000000000000')
    await page.keyboard.press('Enter')
    await expect(statusOf(page)).toHaveText('404 Not Found')
    await expect(consoleOf(page)).toContainText('platform/not-found')
    await expect(pathOf(page)).toHaveValue('/flow/f000000000000000000000000')
  })

  await test.step('what cannot be sent is told at its field', async () => {
    await typeInto(page, pathOf(page), 'flow')
    await page.keyboard.press('Control+Enter')
    await expect(consoleOf(page).getByRole('alert').first()).toContainText('starts with a slash')
    await expect(pathOf(page)).toHaveAttribute('aria-invalid', 'true')
  })

  await test.step('a request with a body makes a flow', async () => {
    await typeInto(page, methodOf(page), 'post')
    await typeInto(page, pathOf(page), '/flow')
    await consoleOf(page).getByRole('textbox', { name: 'Request body' }).focus()
    await page.keyboard.type('{"path": "/local/by-hand"}')
    await page.keyboard.press('Control+Enter')
    await expect(statusOf(page)).toHaveText('201 Created')
  })

  await test.step('the history opens an earlier one again', async () => {
    await page.getByRole('button', { name: 'History of requests' }).focus()
    await page.keyboard.press('Enter')
    const history = page.getByRole('dialog', { name: 'History of requests' })
    await expect(history.getByRole('button', { name: /^POST/ })).toBeVisible()
    await history.getByRole('button', { name: /^GET \/flow\?limit=20/ }).focus()
    await page.keyboard.press('Enter')
    await expect(methodOf(page)).toHaveValue('GET')
    await expect(pathOf(page)).toHaveValue('/flow')
  })
  await running.close()
})

test('a draft and the history are there after a restart, and no secret of a body', async () => {
  const first = await launch(profile)
  await openConsole(first)
  await typeInto(first.page, methodOf(first.page), 'PUT')
  await typeInto(first.page, pathOf(first.page), '/mqtt/m1')
  const body = consoleOf(first.page).getByRole('textbox', { name: 'Request body' })
  await body.focus()
  await first.page.keyboard.press('Control+a')
  await first.page.keyboard.type('{"password": "hidden-word"}')
  const file = join(profile, 'workspace.json')
  const kept = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  await expect.poll(kept).toContain('password')
  expect(kept()).not.toContain('hidden-word')
  await first.close()

  const second = await launch(profile)
  const { page } = second
  await expect(methodOf(page)).toHaveValue('PUT')
  await expect(pathOf(page)).toHaveValue('/mqtt/m1')
  await expect(consoleOf(page)).toContainText('"password"')
  await expect(consoleOf(page)).not.toContainText('hidden-word')
  await page.keyboard.press('Control+Enter')
  await expect(consoleOf(page).getByRole('alert')).toContainText('secret')
  await page.getByRole('button', { name: 'History of requests' }).click()
  await expect(page.getByRole('dialog', { name: 'History of requests' })).toContainText('/flow?limit=20')
  await second.close()
})

test('a batch of 20 with one that fails has an outcome for each, in order, and stops when it is told to', async () => {
  const running = await launch(profile)
  const { page } = running
  await openConsole(running)
  const lines = Array.from({ length: 20 }, (_, place) =>
    place === 11 ? 'GET /flow/f000000000000000000000000' : `GET /flow?limit=${String(place + 1)}`
  )
  const outcomes = page.getByRole('listbox', { name: 'Batch outcomes' })
  const state = page.getByRole('status', { name: 'Batch status' })

  await consoleOf(page).getByRole('tab', { name: 'Request', exact: true }).focus()
  await page.keyboard.press('ArrowRight')
  const text = page.getByRole('textbox', { name: 'Batch requests' })
  await text.focus()
  await page.keyboard.insertText(lines.join('\n'))
  await page.keyboard.press('Control+Enter')
  await expect(state).toHaveText('20 of 20 requests answered · 1 failed')
  await expect(outcomes.getByRole('option')).toHaveCount(20)
  await expect(outcomes.getByRole('option').nth(11)).toContainText('404 Not Found')
  await expect(outcomes.getByRole('option').nth(19)).toContainText('200 OK')

  await test.step('shows the answer of the one that failed', async () => {
    await outcomes.focus()
    await page.keyboard.press('Home')
    for (let place = 0; place < 11; place++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(statusOf(page)).toHaveText('404 Not Found')
  })

  await test.step('one at a time, it stops at the first failure', async () => {
    await typeInto(page, page.getByRole('spinbutton', { name: 'Requests at once' }), '1')
    await page.getByRole('checkbox', { name: 'Stop at the first failure' }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Control+Enter')
    await expect(state).toHaveText('12 of 20 requests answered · 1 failed · 8 skipped')
  })

  await test.step('a line that is no request is told with its number', async () => {
    await text.focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('\nGET')
    await expect(page.getByRole('list', { name: 'Problems of the batch' })).toContainText('Line 21')
    await expect(page.getByRole('button', { name: 'Run batch' })).toBeDisabled()
  })
  await running.close()
})

test('a frame of the live connection is answered', async () => {
  const running = await launch(profile)
  const { page } = running
  await openConsole(running)
  await consoleOf(page)
    .getByRole('tab', { name: /^Batch/ })
    .focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('status', { name: 'Live status' })).toBeVisible()
  await consoleOf(page).getByRole('textbox', { name: 'Frame text' }).focus()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('status', { name: 'Reply status' })).toContainText('Reply after')
  await expect(consoleOf(page).getByRole('region', { name: 'Reply' })).toContainText('"head"')
  await running.close()
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the request console, ${theme}`, async () => {
    const running = await launch(profile)
    const { page } = running
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await openConsole(running)
    await consoleOf(page).getByRole('tab', { name: 'Request', exact: true }).click()
    await typeInto(page, methodOf(page), 'GET')
    await typeInto(page, pathOf(page), '/nothing')
    await consoleOf(page).getByRole('textbox', { name: 'Request body' }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Control+Enter')
    await expect(statusOf(page)).toHaveText('404 Not Found')
    await expect(consoleOf(page).getByRole('textbox', { name: 'Answer body' })).toBeAttached()
    expect(await violations(page, '[aria-label="Request"]')).toEqual([])
    await consoleOf(page)
      .getByRole('tab', { name: /^Batch/ })
      .click()
    await expect(page.getByRole('textbox', { name: 'Batch requests' })).toBeVisible()
    expect(await violations(page, '[aria-label="Request"]')).toEqual([])
    await running.close()
  })
}
