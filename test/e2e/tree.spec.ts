import { expect, test, type Locator, type Page } from '@playwright/test'
import { startTestPlatform } from '../support/platform.ts'
import { violations } from './support/axe.ts'
import { connectTo } from './support/connect.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** The flow tree by keys and roles alone: looking, searching, and changing flows. */

/** The first start writes the sample world before the tree has it. */
const FIRST_START_MS = 30_000

const treeOf = (page: Page): Locator => page.getByRole('tree', { name: 'Flows', exact: true })
const rowOf = (page: Page, name: RegExp): Locator => treeOf(page).getByRole('treeitem', { name })
const stateOf = (page: Page): Locator => page.getByRole('status', { name: 'Flow tree state', exact: true })
const pathField = (page: Page): Locator => page.getByRole('textbox', { name: 'Path', exact: true })

/** What is told to a person, by its words. */
const sentence = (page: Page, words: string): Locator => page.getByRole('alert').filter({ hasText: words })

const activeName = async (page: Page): Promise<string | null> => {
  const id = await treeOf(page).getAttribute('aria-activedescendant')
  return id === null ? null : page.locator(`[id="${id}"]`).getAttribute('aria-label')
}

/** Moves to a row by its name, as people do: by typing it. */
async function goTo(page: Page, name: string): Promise<void> {
  await treeOf(page).focus()
  // A pause begins another word: what was typed before must not join it.
  await expect
    .poll(async () => {
      await page.keyboard.press('Home')
      await page.keyboard.type(name)
      return (await activeName(page))?.split(',')[0]
    })
    .toBe(name)
}

async function chooseInMenu(page: Page, item: string | RegExp): Promise<void> {
  await page.keyboard.press('Shift+F10')
  const wanted = page.getByRole('menuitem', { name: item })
  await expect(wanted).toBeVisible()
  for (let step = 0; step < 15 && (await wanted.getAttribute('data-highlighted')) === null; step++)
    await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
}

async function search(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+Shift+f')
  await expect(page.getByRole('textbox', { name: 'Search flows', exact: true })).toBeFocused()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

test('looks, searches, pins and hides by keys, and stands as it was after a restart', async () => {
  const profile = makeProfile()
  const first = await launch(profile)
  {
    const { page } = first
    await expect(rowOf(page, /^earthquakes/)).toBeVisible({ timeout: FIRST_START_MS })

    await test.step('arrows, Home, End, type-ahead and * move and open', async () => {
      await treeOf(page).focus()
      await page.keyboard.press('Home')
      expect(await activeName(page)).toMatch(/^local(,|$)/)
      await page.keyboard.press('ArrowLeft')
      await expect(rowOf(page, /^local(,|$)/)).toHaveAttribute('aria-expanded', 'false')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => activeName(page)).toMatch(/^sample(,|$)/)
      await goTo(page, 'flights')
      await page.keyboard.press('*')
      await expect(rowOf(page, /^flights/)).toHaveAttribute('aria-expanded', 'true')
      await expect(rowOf(page, /^weather/)).toHaveAttribute('aria-expanded', 'true')
      await page.keyboard.press('End')
      await expect.poll(() => activeName(page)).toMatch(/^seattle/)
    })

    await test.step('a followed flow tells its last value and its rate', async () => {
      await expect(rowOf(page, /^seattle, [\d.]+, [\d.]+\/s$/)).toBeVisible()
    })

    await test.step('a flow that is only looked at tells the age of its last drop', async () => {
      await expect(rowOf(page, /^earthquakes, (now|\d+ (s|min))$/)).toBeVisible()
    })

    await test.step('search finds words, wildcards and expressions, excludes, and says what it cannot read', async () => {
      await search(page, 'sample weather')
      await expect(stateOf(page)).toHaveText(/^\s*1 found of 3 flows\s*$/)
      await search(page, '*quakes')
      await expect(rowOf(page, /^earthquakes/)).toBeVisible()
      await expect(rowOf(page, /^seattle/)).toHaveCount(0)
      await search(page, '/^.local.*(delays|seattle)$/')
      await expect(rowOf(page, /^seattle/)).toBeVisible()
      await search(page, 'sample -weather -flights')
      await expect(stateOf(page)).toHaveText(/1 found of 3 flows/)
      await search(page, 'usgs')
      await expect(rowOf(page, /^earthquakes/)).toBeVisible()
      await search(page, '/(/')
      await expect(page.getByRole('alert').filter({ hasText: 'regular expression' })).toBeVisible()
      await search(page, 'nothing has this')
      await expect(page.getByText(/None of 3 flows has “nothing has this”/)).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(rowOf(page, /^sample/)).toBeVisible()
    })

    await test.step('pins and hides from the menu', async () => {
      await goTo(page, 'earthquakes')
      await chooseInMenu(page, 'Pin')
      await expect(rowOf(page, /^Pinned/)).toBeVisible()
      await expect(rowOf(page, /^earthquakes/)).toHaveCount(2)
      await goTo(page, 'flights')
      await chooseInMenu(page, 'Hide')
      await expect(rowOf(page, /^flights/)).toHaveCount(0)
      await expect(page.getByText('1 hidden')).toBeVisible()
    })
    // What is kept is written a moment after the change.
    await expect
      .poll(() => page.evaluate(async () => JSON.stringify(await window.explorer.readWorkspace())))
      .toContain('"hiddenPaths":["/local/sample/flights"]')
    await first.close()
  }
  const second = await launch(profile)
  const { page } = second
  await expect(rowOf(page, /^Pinned/)).toBeVisible()
  await expect(rowOf(page, /^weather/)).toBeVisible()
  await expect(rowOf(page, /^flights/)).toHaveCount(0)
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type('show hidden rows')
  await page.keyboard.press('Enter')
  await expect(rowOf(page, /^flights, hidden/)).toBeVisible()
  await second.close()
  removeProfile(profile)
})

test('makes, changes, empties and deletes a flow by keys; bad input is told at its place', async () => {
  const profile = makeProfile()
  const { page, close } = await launch(profile)
  await expect(rowOf(page, /^earthquakes/)).toBeVisible({ timeout: FIRST_START_MS })

  await test.step('creates one', async () => {
    await goTo(page, 'sample')
    await page.keyboard.press('Insert')
    await expect(pathField(page)).toBeFocused()
    await expect(pathField(page)).toHaveValue('/local/sample/')
    await page.keyboard.type('earthquakes')
    await page.keyboard.press('Enter')
    await expect(sentence(page, 'There is a flow at /local/sample/earthquakes already')).toBeVisible()
    await expect(pathField(page)).toBeFocused()
    await page.keyboard.type(' <b>')
    await page.keyboard.press('Enter')
    await expect(sentence(page, 'may hold only letters')).toBeVisible()
    await page.keyboard.press('Control+a')
    await page.keyboard.type(`/local/${'long'.repeat(40)}`)
    await page.keyboard.press('Enter')
    await expect(sentence(page, '128 are allowed')).toBeVisible()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('/local/sample/attic')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('5')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Under the ‮roof <b>')
    await page.keyboard.press('Tab')
    await page.keyboard.type('temp = 3')
    await page.keyboard.press('Enter')
    await expect(sentence(page, 'Column 6')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Filter', exact: true }).last()).toBeFocused()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('temp > 3')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('tab', { name: /attic/, selected: true })).toBeVisible()
    await expect(rowOf(page, /^attic/)).toBeVisible()
  })

  await test.step('renames it and lowers its capacity', async () => {
    await page.keyboard.press('Control+Shift+l')
    await expect(page.getByRole('button', { name: 'Stop following attic', exact: true })).toBeVisible()
    await goTo(page, 'attic')
    await page.keyboard.press('F2')
    await expect(pathField(page)).toHaveValue('/local/sample/attic')
    await page.keyboard.type('s')
    await expect(page.getByText('Tracks that name the old path stop working')).toBeVisible()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('2')
    await expect(page.getByText('The oldest drops beyond 2 are deleted at once.')).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(rowOf(page, /^attics/)).toBeVisible()
    await expect(rowOf(page, /^attic$/)).toHaveCount(0)
    await expect(page.getByRole('tab', { name: 'attics', exact: true, selected: true })).toHaveAttribute(
      'title',
      '/local/sample/attics'
    )
    await expect(page.getByRole('heading', { name: '/local/sample/attics' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Stop following attics' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Stop following attic', exact: true })).toHaveCount(0)
    const flow = await page.evaluate(() =>
      window.explorer.readFlow({ connectionId: 'local', flow: { path: '/local/sample/attics' } })
    )
    expect(flow).toMatchObject({ ok: true, value: { capacity: 2, filter: 'temp > 3' } })
  })

  await test.step('empties and deletes it, the number of its drops named', async () => {
    await page.evaluate(async () => {
      const flow = await window.explorer.readFlow({
        connectionId: 'local',
        flow: { path: '/local/sample/attics' }
      })
      if (!flow.ok) return
      const { id: flowId } = flow.value
      for (const temp of [4, 5])
        await window.explorer.createDrop({
          connectionId: 'local',
          flowId,
          text: JSON.stringify({ elems: { temp } })
        })
    })
    await goTo(page, 'attics')
    await chooseInMenu(page, 'Empty…')
    const question = page.getByRole('alertdialog')
    await expect(question).toContainText('All 2 drops of /local/sample/attics are deleted')
    await page.keyboard.press('Escape')
    await expect(question).toHaveCount(0)
    await goTo(page, 'attics')
    await page.keyboard.press('Delete')
    await expect(question).toContainText('/local/sample/attics and its 2 drops are deleted')
    await page.getByRole('button', { name: 'Delete flow', exact: true }).focus()
    await page.keyboard.press('Enter')
    await expect(rowOf(page, /^attics/)).toHaveCount(0)
    await expect(rowOf(page, /^earthquakes/)).toBeVisible()
  })
  await close()
  removeProfile(profile)
})

test('on a production connection a folder is deleted after its path was typed, each flow with a result', async () => {
  const platform = await startTestPlatform()
  for (let index = 0; index < 12; index++) await platform.flow(`line/sensor-${String(index)}`)
  await platform.flow('other')
  const profile = makeProfile()
  const { page, close } = await launch(profile)
  await connectTo(page, platform, { environment: 'production' })
  await treeOf(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await goTo(page, 'line')
  await page.keyboard.press('Delete')
  const question = page.getByRole('alertdialog')
  await expect(question).toContainText('12 flows in /ana/line and all their drops are deleted')
  await expect(question.getByRole('listitem')).toHaveCount(9)
  const yes = question.getByRole('button', { name: 'Delete 12 flows', exact: true })
  await expect(yes).toBeDisabled()
  await question.getByRole('textbox', { name: 'Type the path to confirm' }).focus()
  await page.keyboard.type('/ana/line')
  await expect(yes).toBeEnabled()
  await page.keyboard.press('Enter')
  await expect(question).toHaveCount(0)
  await expect(rowOf(page, /^line/)).toHaveCount(0)
  await expect(rowOf(page, /^other/)).toBeVisible()
  const left = await platform.request('GET', '/flow?limit=100')
  expect((left.body as readonly { path: string }[]).map(({ path }) => path)).toEqual(['/ana/other'])
  await close()
  await platform.close()
  removeProfile(profile)
})

test('a refused right and a lost connection leave what was typed, with a sentence', async () => {
  const platform = await startTestPlatform()
  await platform.flow('attic')
  const profile = makeProfile()
  const { page, close } = await launch(profile)
  await connectTo(page, platform)
  await treeOf(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Insert')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('/ben/mine')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'no write right on /ben/mine' })).toBeVisible()
  await expect(pathField(page)).toHaveValue('/ben/mine')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('/ana/cellar')
  await platform.close()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'The flow was not created.' })).toBeVisible({
    timeout: 20_000
  })
  await expect(pathField(page)).toHaveValue('/ana/cellar')
  await close()
  removeProfile(profile)
})

test('a read-only connection says why nothing can be changed', async () => {
  const platform = await startTestPlatform()
  await platform.flow('attic')
  const profile = makeProfile()
  const { page, close } = await launch(profile)
  await connectTo(page, platform, { isReadOnly: true })
  await treeOf(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await goTo(page, 'attic')
  await page.keyboard.press('Shift+F10')
  const remove = page.getByRole('menuitem', { name: 'Delete…' })
  await expect(remove).toHaveAttribute('aria-disabled', 'true')
  await expect(remove).toHaveAttribute('title', /read-only/)
  await expect(page.getByRole('menuitem', { name: 'Copy the path' })).not.toHaveAttribute(
    'aria-disabled',
    'true'
  )
  await page.keyboard.press('Escape')
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await close()
  await platform.close()
  removeProfile(profile)
})

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing in menu, forms and questions of the ${theme} tree`, async () => {
    const profile = makeProfile()
    const { page, close } = await launch(profile)
    await page.evaluate((wanted) => window.explorer.changeSettings({ theme: wanted }), theme)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await expect(rowOf(page, /^earthquakes/)).toBeVisible({ timeout: FIRST_START_MS })
    await goTo(page, 'earthquakes')
    await page.keyboard.press('Shift+F10')
    await expect(page.getByRole('menu')).toBeVisible()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(page.getByRole('menu')).toHaveCount(0)
    await page.keyboard.press('F2')
    await expect(pathField(page)).toBeFocused()
    await page.keyboard.type(' ?')
    await page.keyboard.press('Enter')
    await expect(sentence(page, 'may hold only letters')).toBeVisible()
    expect(await violations(page, '[role=dialog]')).toEqual([])
    await page.keyboard.press('Escape')
    await goTo(page, 'sample')
    await page.keyboard.press('Delete')
    await expect(page.getByRole('alertdialog')).toBeVisible()
    expect(await violations(page, '[role=alertdialog]')).toEqual([])
    await page.keyboard.press('Escape')
    await search(page, 'sea')
    await expect(stateOf(page)).toContainText('found')
    expect(await violations(page)).toEqual([])
    await close()
    removeProfile(profile)
  })
}
