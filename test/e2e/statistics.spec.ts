import { expect, test, type Locator, type Page } from '@playwright/test'
import { violations } from './support/axe.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import type { RunningApp } from './support/launch.ts'

/** Statistics against the running local platform: what the screen says is what the platform answers, by keyboard. */

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

/** The app with its tree read and the tabs of the last run back: what is opened then stays in front. */
async function start(): Promise<RunningApp> {
  const running = await launch(profile)
  // A first start writes the sample world.
  await expect(running.page.getByRole('treeitem', { name: /^earthquakes/ })).toBeVisible({ timeout: 20_000 })
  await expect(running.page.getByRole('tab').first()).toBeVisible()
  return running
}

const region = (page: Page): Locator => page.getByRole('region', { name: 'Statistics', exact: true })
const counts = (page: Page): Locator => region(page).getByRole('grid', { name: 'Counts', exact: true })

/** What the platform itself answers to a request that is written by hand. */
async function ask(page: Page, method: string, path: string, data?: unknown): Promise<unknown> {
  const [address = '', query = ''] = path.split('?')
  const parameters = [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }))
  const text = await page.evaluate(
    async ({ asked, body }) => {
      const answer = await window.explorer.sendRequest({
        requestId: crypto.randomUUID(),
        connectionId: 'local',
        request: { ...asked, body }
      })
      if (!answer.ok) throw new Error(answer.failure.message)
      return answer.value.text
    },
    { asked: { method, path: address, parameters }, body: data === undefined ? '' : JSON.stringify(data) }
  )
  const envelope = JSON.parse(text) as { head: { ok: boolean; errors: string[] }; body: unknown }
  if (!envelope.head.ok) throw new Error(envelope.head.errors.join())
  return envelope.body
}

/** The counts of the table as a person gets them from its copy button, one a period. */
async function copiedCounts({ app, page }: RunningApp): Promise<readonly number[]> {
  await app.evaluate(({ clipboard }) => {
    clipboard.writeText('')
  })
  await region(page).getByRole('button', { name: 'Copy as CSV', exact: true }).click()
  await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toContain('(UTC)')
  const text = await app.evaluate(({ clipboard }) => clipboard.readText())
  return text
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]))
}

async function choose(page: Page, name: string, label: string): Promise<void> {
  await region(page).getByRole('combobox', { name, exact: true }).selectOption({ label })
}

async function addCharted(page: Page, text: string): Promise<void> {
  await region(page).getByRole('button', { name: 'Add to the chart', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.type(text)
  await expect(page.getByRole('option', { name: new RegExp(text) }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(region(page).getByRole('list', { name: 'Charted', exact: true })).toContainText(/\w/)
}

test('the table says what the platform answers, for every series, level and range', async () => {
  const running = await start()
  const { page, close } = running
  const made = (await ask(page, 'POST', '/flow', { path: '/local/counted' })) as { id: string }
  const target = (await ask(page, 'POST', '/flow', { path: '/local/passed' })) as { id: string }
  const track = (await ask(page, 'POST', '/track', {
    source: '/local/counted',
    destination: '/local/passed',
    filter: 'n > 1'
  })) as { id: string }
  for (const n of [1, 2, 3]) await ask(page, 'POST', `/drop/${made.id}`, { elems: { n } })
  const [me] = (await ask(page, 'GET', '/identity')) as { id: string }[]
  await expect.poll(() => ask(page, 'GET', `/statistics/trackPass/${track.id}?level=YEAR`)).toEqual([2])
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type('flow tree again')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('treeitem', { name: /^counted/ })).toBeVisible()

  await page.keyboard.press('Control+Shift+s')
  await expect(region(page)).toContainText('Nothing is charted yet')
  const now = new Date()
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()]
  const monthLabel = now.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' })

  const series = [
    { label: 'Drops added', type: 'flowDropAdded', id: made.id, find: 'counted' },
    { label: 'Drops tracked', type: 'flowTracked', id: target.id, find: 'passed' },
    { label: 'Track hits', type: 'trackHit', id: track.id, find: 'counted' },
    { label: 'Track passes', type: 'trackPass', id: track.id, find: 'counted' },
    { label: 'API calls', type: 'apiCallByIdentity', id: me?.id ?? '', find: 'local' },
    { label: 'Drops created', type: 'dropCreatedBy', id: me?.id ?? '', find: 'local' }
  ]
  const ranges = [
    { choices: [['Year', 'All years']], path: '', levels: ['Year', 'Month', 'Day', 'Hour'] },
    {
      choices: [
        ['Year', String(year)],
        ['Month', 'All months']
      ],
      path: `/${String(year)}`,
      levels: ['Year', 'Month', 'Day', 'Hour']
    },
    {
      choices: [
        ['Year', String(year)],
        ['Month', monthLabel],
        ['Day', 'All days']
      ],
      path: `/${String(year)}/${String(month)}`,
      levels: ['Month', 'Day', 'Hour']
    },
    {
      choices: [
        ['Year', String(year)],
        ['Month', monthLabel],
        ['Day', String(day)]
      ],
      path: `/${String(year)}/${String(month)}/${String(day)}`,
      levels: ['Day', 'Hour']
    }
  ] as const
  for (const { label, type, id, find } of series) {
    await choose(page, 'Series', label)
    const list = region(page).getByRole('list', { name: 'Charted', exact: true })
    for (const remove of await list.getByRole('button').all()) await remove.click()
    await addCharted(page, find)
    for (const { choices, path, levels } of ranges) {
      for (const [name, value] of choices) await choose(page, name, value)
      for (const level of levels) {
        const address = `/statistics/${type}/${id}${path}?level=${level.toUpperCase()}`
        // Asking is an API call itself: what is shown lies between what was counted before and after.
        const before = (await ask(page, 'GET', address)) as number[]
        await choose(page, 'Level', level)
        await expect(counts(page).getByRole('columnheader').first()).toHaveText(level)
        await expect
          .poll(async () => {
            const shown = await copiedCounts(running)
            return (
              shown.length === before.length && shown.every((count, place) => count >= (before[place] ?? 0))
            )
          })
          .toBe(true)
        const shown = await copiedCounts(running)
        const after = (await ask(page, 'GET', address)) as number[]
        expect(shown.filter((count, place) => count > (after[place] ?? 0))).toEqual([])
        expect(shown.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
      }
    }
  }
  await close()
})

test('by keyboard: from the year to the hour and back, with the points told in words', async () => {
  const { page, close } = await start()
  await page.keyboard.press('Control+Shift+s')
  await expect(region(page)).toBeVisible()
  await choose(page, 'Series', 'Drops added')
  await addCharted(page, 'earthquakes')
  await choose(page, 'Year', String(new Date().getUTCFullYear()))
  await choose(page, 'Month', 'All months')
  await choose(page, 'Level', 'Month')
  const chart = region(page).getByRole('application', { name: /^Drops added, \d{4}/ })
  await chart.focus()
  await page.keyboard.press('Home')
  const point = region(page).getByRole('status', { name: 'Point' })
  await expect(point).toHaveText(/^January \d{4}: earthquakes/)
  for (let step = 0; step < new Date().getUTCMonth(); step++) await page.keyboard.press('ArrowRight')
  await expect(point).toContainText('1,7')
  await page.keyboard.press('Enter')
  await expect(counts(page).getByRole('columnheader').first()).toHaveText('Day')
  await expect(region(page).getByRole('combobox', { name: 'Month', exact: true })).not.toHaveValue('')

  await counts(page).focus()
  for (let step = 0; step < new Date().getUTCDate(); step++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(counts(page).getByRole('columnheader').first()).toHaveText('Hour')
  await page.keyboard.press('Backspace')
  await expect(counts(page).getByRole('columnheader').first()).toHaveText('Day')

  const hours = region(page).getByRole('application', { name: /by day and hour/ })
  await hours.focus()
  await page.keyboard.press('ArrowDown')
  await expect(region(page).getByRole('status', { name: 'Cell' })).toContainText(/00:00: \d/)
  await close()
})

test('nothing counted and an object that is gone are different views, each with a next step', async () => {
  const { page, close } = await start()
  await page.keyboard.press('Control+Shift+s')
  await expect(region(page)).toBeVisible()
  await choose(page, 'Series', 'Drops added')
  const list = region(page).getByRole('list', { name: 'Charted', exact: true })
  for (const remove of await list.getByRole('button').all()) await remove.click()
  await addCharted(page, 'counted')
  await choose(page, 'Year', String(new Date().getUTCFullYear()))
  await region(page).getByRole('button', { name: 'Later', exact: true }).click()
  await expect(region(page)).toContainText(/No drops added in .*\d{4}/)
  await region(page).getByRole('button', { name: 'Earlier', exact: true }).click()
  await expect(counts(page)).toBeVisible()

  const [flow] = (await ask(page, 'GET', '/flow?filter=path%20%3D%3D%20%22%2Flocal%2Fcounted%22')) as {
    id: string
  }[]
  await ask(page, 'DELETE', `/flow/${flow?.id ?? ''}`)
  await choose(page, 'Level', 'Day')
  await expect(region(page).getByRole('alert')).toContainText(/no such|not visible|There is no/i)
  await expect(region(page).getByRole('button', { name: 'Retry', exact: true })).toBeVisible()
  await close()
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in the ${theme} statistics and the overview`, async () => {
    const { page, close } = await start()
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await page.keyboard.press('Control+Shift+s')
    await region(page).getByRole('button', { name: 'Series', exact: true }).click()
    const list = region(page).getByRole('list', { name: 'Charted', exact: true })
    for (const remove of await list.getByRole('button').all()) await remove.click()
    await addCharted(page, 'earthquakes')
    await expect(counts(page)).toBeVisible()
    expect(await violations(page)).toEqual([])
    await region(page).getByRole('button', { name: 'Overview', exact: true }).click()
    await expect(region(page).getByRole('region', { name: 'Busiest flows' })).toContainText('earthquakes')
    expect(await violations(page)).toEqual([])
    await close()
  })
}

test('hits and passes of a track stand in one chart, each with its own name and colour', async () => {
  const { page, close } = await start()
  await ask(page, 'POST', '/flow', { path: '/local/halves' })
  await ask(page, 'POST', '/flow', { path: '/local/even' })
  const track = { source: '/local/halves', destination: '/local/even', filter: 'n % 2 == 0' }
  await ask(page, 'POST', '/track', track)
  const [flow] = (await ask(page, 'GET', '/flow?filter=path%20%3D%3D%20%22%2Flocal%2Fhalves%22')) as {
    id: string
  }[]
  for (const n of [1, 2, 3]) await ask(page, 'POST', `/drop/${flow?.id ?? ''}`, { elems: { n } })
  await page.keyboard.press('Control+Shift+s')
  await region(page).getByRole('button', { name: 'Series', exact: true }).click()
  await choose(page, 'Series', 'Track hits')
  const list = region(page).getByRole('list', { name: 'Charted', exact: true })
  for (const remove of await list.getByRole('button').all()) await remove.click()
  await choose(page, 'Year', String(new Date().getUTCFullYear()))
  await addCharted(page, 'halves')
  await region(page).getByRole('button', { name: 'Add to the chart', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page
    .getByRole('combobox', { name: 'Kind of count', exact: true })
    .selectOption({ label: 'Track passes' })
  await page.getByRole('combobox', { name: 'Search tracks', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(list.getByRole('listitem')).toHaveText([/track hits/, /track passes/])
  const heads = counts(page).getByRole('columnheader')
  await expect(heads.nth(1)).toHaveText(/track hits$/)
  await expect(heads.nth(2)).toHaveText(/track passes$/)
  await close()
})
