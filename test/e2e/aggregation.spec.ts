import { expect, test, type Locator, type Page } from '@playwright/test'
import { violations } from './support/axe.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import type { RunningApp } from './support/launch.ts'

/** Aggregations against the running local platform, by keyboard. */

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

async function start(): Promise<RunningApp> {
  const running = await launch(profile)
  // A first start writes the sample world.
  await expect(running.page.getByRole('treeitem', { name: /^earthquakes/ })).toBeVisible({ timeout: 20_000 })
  await expect(running.page.getByRole('tab').first()).toBeVisible()
  return running
}

const region = (page: Page): Locator => page.getByRole('region', { name: 'Aggregation', exact: true })
const groups = (page: Page): Locator => region(page).getByRole('grid', { name: 'Groups', exact: true })

/** Presses a button as a keyboard does. */
async function press(target: Locator): Promise<void> {
  await target.focus()
  await target.press('Enter')
}

/** Opens the aggregation of the earthquakes, with no rule in its form. */
async function openAggregation(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+a')
  await press(region(page).getByRole('button', { name: /^Flow: / }))
  await page.keyboard.type('earthquakes')
  await expect(page.getByRole('option', { name: /earthquakes/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(region(page).getByRole('button', { name: /^Flow: .*earthquakes/ })).toBeVisible()
  for (const remove of await region(page)
    .getByRole('button', { name: /^Remove rule/ })
    .all())
    await press(remove)
}

async function cells(page: Page): Promise<readonly (readonly string[])[]> {
  return groups(page)
    .getByRole('row')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('[role=columnheader], [role=gridcell]')].map((cell) => cell.textContent)
      )
    )
}

test('builds an aggregation, sees it in several shapes, and opens the drops of a group', async () => {
  const { page, close } = await start()
  await page.keyboard.press('Control+Shift+a')
  await press(region(page).getByRole('button', { name: /^Aggregate earthquakes/ }))

  await press(region(page).getByRole('button', { name: 'Add a group', exact: true }))
  await region(page).getByLabel('Name for group 1', { exact: true }).focus()
  await page.keyboard.type('magType')
  await press(region(page).getByRole('button', { name: 'Add a rule', exact: true }))
  await region(page).getByLabel('Name of rule 1', { exact: true }).focus()
  await page.keyboard.type('strong')
  await region(page).getByRole('textbox', { name: 'Rule 1', exact: true }).focus()
  await page.keyboard.type('mag >= 5')
  await press(region(page).getByRole('button', { name: 'Add an output', exact: true }))
  await region(page).getByLabel('Name for output 2', { exact: true }).focus()
  await page.keyboard.type('strong')
  await page.keyboard.press('Control+Enter')
  await expect(region(page).getByRole('status', { name: 'Aggregation state' })).toContainText(
    /\d+ groups · \d+ ms/
  )

  const bars = region(page).getByRole('listbox', { name: /^\$count by magType/ })
  await expect(bars.getByRole('option').first()).toBeVisible()
  await press(region(page).getByRole('button', { name: 'Table', exact: true }))
  const [head, ...rows] = await cells(page)
  expect(head).toEqual(['magType', '$count', '$avg:strong'])
  expect(rows.length).toBeGreaterThan(3)

  // Adding up by hand what the flow answers: the table must say the same.
  const text = await page.evaluate(async () => {
    const answer = await window.explorer.readFlow({
      connectionId: 'local',
      flow: { path: '/local/sample/earthquakes' }
    })
    if (!answer.ok) throw new Error(answer.failure.message)
    const found = await window.explorer.sendRequest({
      requestId: crypto.randomUUID(),
      connectionId: 'local',
      request: {
        method: 'GET',
        path: `/drop/${answer.value.id}`,
        parameters: [
          { name: 'limit', value: '100000' },
          { name: 'only', value: 'elems.magType,elems.mag' }
        ],
        body: ''
      }
    })
    if (!found.ok) throw new Error(found.failure.message)
    return found.value.text
  })
  const drops = (JSON.parse(text) as { body: { elems: { magType?: string; mag?: number } }[] }).body
  for (const [magType, count, share] of rows) {
    const own = drops.filter(({ elems }) => (elems.magType ?? 'none') === magType)
    const strong = own.filter(({ elems }) => (elems.mag ?? 0) >= 5).length
    expect(Number(count)).toBe(own.length)
    expect(Number(share)).toBeCloseTo(strong / own.length, 6)
  }

  await groups(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('tab', { name: /earthquakes/, selected: true })).toBeVisible()
  const grid = page.getByRole('grid', { name: 'Drops', exact: true })
  await expect(grid).toHaveAttribute('aria-rowcount', String(Number(rows[0]?.[1]) + 1))
  await expect(page.getByRole('status', { name: 'Filter state', exact: true })).toContainText(/ of /)
  await close()
})

test('form and JSON stay in step, a mistake keeps its text, and a name brings it back', async () => {
  const running = await start()
  const { page, close } = running
  await openAggregation(page)
  await press(region(page).getByRole('button', { name: 'JSON', exact: true }))
  const json = region(page).getByRole('textbox', { name: 'Aggregation JSON', exact: true })
  await json.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('{"output":["$stddev:mag"]}')
  await expect(region(page).getByRole('status', { name: 'Aggregation state' })).toContainText(
    '$stddev:mag is no output'
  )
  await expect(region(page).getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('{"output":["$max:mag"],"groupBy":["$year:time","$month:time"]')
  await press(region(page).getByRole('button', { name: 'Form', exact: true }))
  await expect(region(page).getByRole('combobox', { name: 'Output 1', exact: true })).toHaveValue('max')
  await expect(region(page).getByRole('combobox', { name: 'Group 2', exact: true })).toHaveValue('month')
  await page.keyboard.press('Control+Enter')
  await expect(region(page).getByRole('application', { name: /^\$max:mag by \$year:time/ })).toBeVisible()

  await press(region(page).getByRole('button', { name: 'Save under a name', exact: true }))
  await page.keyboard.type('strongest a month')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeHidden()
  await press(region(page).getByRole('button', { name: 'Remove group 2', exact: true }))
  await press(region(page).getByRole('button', { name: 'Aggregations that were run or named', exact: true }))
  await page.getByRole('menuitem', { name: /^strongest a month/ }).press('Enter')
  await expect(region(page).getByRole('combobox', { name: 'Group 2', exact: true })).toHaveValue('month')

  await press(region(page).getByRole('button', { name: 'Copy the request', exact: true }))
  await page.getByRole('menuitem', { name: 'Copy as curl' }).press('Enter')
  await expect
    .poll(() => running.app.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/\$FLOWTHINGS_TOKEN[\s\S]*\$max:mag/)
  await close()
})

test('what the platform refuses is told in its words, and nothing typed is lost', async () => {
  const { page, close } = await start()
  await openAggregation(page)
  // A rule called like an element: only the platform sees the drops.
  await press(region(page).getByRole('button', { name: 'Add a rule', exact: true }))
  await region(page).getByLabel('Name of rule 1', { exact: true }).focus()
  await page.keyboard.type('mag')
  await region(page).getByRole('textbox', { name: 'Rule 1', exact: true }).focus()
  await page.keyboard.type('mag > 1')
  await page.keyboard.press('Control+Enter')
  await expect(region(page).getByRole('alert')).toContainText('needs another name')
  await expect(region(page).getByLabel('Name of rule 1', { exact: true })).toHaveValue('mag')
  await close()
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the ${theme} aggregation`, async () => {
    const { page, close } = await start()
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await openAggregation(page)
    await press(region(page).getByRole('button', { name: 'Add a group', exact: true }))
    await region(page)
      .getByLabel(/^Name for group/)
      .last()
      .focus()
    await page.keyboard.type('magType')
    await page.keyboard.press('Control+Enter')
    await expect(region(page).getByRole('button', { name: 'Table', exact: true })).toBeVisible()
    expect(await violations(page)).toEqual([])
    await press(region(page).getByRole('button', { name: 'Table', exact: true }))
    await expect(groups(page)).toBeVisible()
    expect(await violations(page)).toEqual([])
    await close()
  })
}
