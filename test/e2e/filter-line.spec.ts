import { expect, test, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

/** The filter line by keyboard alone: no test here uses the pointer. */

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

const WANTED = 'elems.mag >= 5 && NOT (elems.place =~ /alaska/i)'

const rowCount = async (page: Page): Promise<number> =>
  Number(await page.getByRole('grid', { name: 'Drops', exact: true }).getAttribute('aria-rowcount')) - 1

const state = (page: Page) => page.getByRole('status', { name: 'Filter state', exact: true })
const box = (page: Page) => page.getByRole('textbox', { name: 'Filter', exact: true })
const lineText = async (page: Page): Promise<string> =>
  ((await page.locator('.line .view-lines').innerText()) ?? '').replaceAll('\u00a0', ' ').trim()
const entry = (page: Page, name: RegExp) =>
  page.locator('.suggest-widget.visible').getByRole('option', { name }).first()

async function openEarthquakes(page: Page): Promise<void> {
  const tree = page.getByRole('tree', { name: 'Flows' })
  await expect(tree.getByRole('treeitem', { name: /^earthquakes/ })).toBeVisible()
  await page.keyboard.press('Control+p')
  await page.keyboard.type('earthquakes')
  await expect(page.getByRole('option', { name: /earthquakes/ }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect.poll(() => rowCount(page)).toBeGreaterThan(1000)
}

/** Chooses an entry of the open list with the arrow keys, and takes it. */
async function take(page: Page, name: RegExp): Promise<void> {
  const wanted = entry(page, name)
  await expect(wanted).toBeVisible()
  for (let step = 0; step < 60; step++) {
    if (((await wanted.getAttribute('class')) ?? '').includes('focused')) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Tab')
}

test('writes a filter with completions, mends a mistake, runs it, names it and finds it after a restart', async () => {
  let running = await launch(profile)
  let { page } = running

  await test.step('opens the flow and the filter line by keys', async () => {
    await openEarthquakes(page)
    await page.keyboard.press('Control+f')
    await expect(box(page)).toBeFocused()
    await expect(page.locator('.line .editor[data-ready=true]')).toBeVisible()
    await expect(state(page)).toContainText(/drops/)
  })

  await test.step('completions know the members of the flow, and each has its help', async () => {
    await page.keyboard.type('elems.mag')
    await expect(entry(page, /^elems\.mag(?![A-Za-z])/)).toBeVisible()
    const help = page.locator('.suggest-details-container')
    await expect(help).toContainText(/in [\d,]+ of [\d,]+ drops/)
    await take(page, /^elems\.mag(?![A-Za-z])/)
    await take(page, /^>=/)
    await expect.poll(() => lineText(page)).toBe('elems.mag >=')
    await expect(state(page)).toContainText(/^\s*incomplete/)
  })

  await test.step('a mistake is named with its place, and the fix mends it', async () => {
    await page.keyboard.type('5 & NOT (elems.place =~ /alaska/i)')
    await expect.poll(() => lineText(page)).toContain('5 & NOT')
    await expect(state(page)).toContainText(/column 16/)
    await expect(page.locator('.line .squiggly-error').first()).toBeAttached()
    await page.keyboard.press('Control+.')
    const fix = page.getByRole('option', { name: /&&/ }).first()
    await expect(fix).toBeVisible()
    await page.keyboard.press('Enter')
    await expect.poll(() => lineText(page)).toBe(WANTED)
    await expect(state(page)).toContainText(/^\s*valid/)
    // The menu has the Enter key until it has gone.
    await expect(fix).toBeHidden()
  })

  await test.step('runs it', async () => {
    const all = await rowCount(page)
    await page.keyboard.press('Enter')
    await expect.poll(() => rowCount(page)).toBeLessThan(all)
    expect(await rowCount(page)).toBeGreaterThan(5)
    await expect(state(page)).toContainText(/^\s*[\d,]+ of [\d,]+ · \d+ ms/)
  })

  await test.step('saves it under a name', async () => {
    const save = page.getByRole('button', { name: 'Save the filter', exact: true })
    for (
      let step = 0;
      step < 4 && !(await save.evaluate((element) => element === document.activeElement));
      step++
    )
      await page.keyboard.press('Tab')
    await expect(save).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('textbox', { name: 'Name of the filter', exact: true })).toBeFocused()
    await page.keyboard.type('strong, not Alaska')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('textbox', { name: 'Name of the filter', exact: true })).toBeHidden()
  })

  const found = await rowCount(page)
  await running.close()
  running = await launch(profile)
  page = running.page

  await test.step('after a restart the name is there and runs', async () => {
    await expect.poll(() => rowCount(page)).toBe(found)
    await page.keyboard.press('Control+f')
    await expect(page.locator('.line .editor[data-ready=true]')).toBeVisible()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Enter')
    await expect.poll(() => rowCount(page)).toBeGreaterThan(1000)
    const menu = page.getByRole('button', { name: 'Saved and recent filters', exact: true })
    for (
      let step = 0;
      step < 4 && !(await menu.evaluate((element) => element === document.activeElement));
      step++
    )
      await page.keyboard.press('Tab')
    await expect(menu).toBeFocused()
    await page.keyboard.press('Enter')
    const item = page.getByRole('menuitem', { name: /^strong, not Alaska/ })
    await expect(item).toBeVisible()
    await page.keyboard.type('strong')
    await page.keyboard.press('Enter')
    await expect.poll(() => rowCount(page)).toBe(found)
    await expect.poll(() => lineText(page)).toBe(WANTED)
  })

  await test.step('the arrow keys walk through what was run', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => lineText(page)).toBe(WANTED)
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => lineText(page)).not.toBe(WANTED)
  })

  await running.close()
})

test('the form opens what stands in the line, and builds another filter from fields', async () => {
  const { page, close } = await launch(profile)
  await expect.poll(() => rowCount(page)).toBeGreaterThan(5)
  await page.keyboard.press('Control+f')
  await expect(page.locator('.line .editor[data-ready=true]')).toBeVisible()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(WANTED)
  const opener = page.getByRole('button', { name: 'Build the filter', exact: true })
  await page.keyboard.press('Escape')
  await opener.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Build the filter', exact: true })
  const outcome = dialog.getByRole('status', { name: 'Built filter', exact: true })
  await expect(outcome).toContainText('elems.mag >= 5 && NOT elems.place =~ /alaska/i')

  await test.step('another value, another operator, another group', async () => {
    const rules = dialog.getByRole('group', { name: 'Rule', exact: true })
    await rules.nth(0).getByRole('textbox', { name: 'Value', exact: true }).fill('6')
    await dialog.getByRole('button', { name: 'Rule', exact: true }).click()
    await rules.nth(2).getByRole('combobox', { name: 'Operator', exact: true }).selectOption('EXISTS')
    await expect(outcome).toContainText('expected a member')
    await rules.nth(2).getByRole('combobox', { name: 'Member', exact: true }).fill('elems.sig')
    await expect(outcome).toContainText('elems.mag >= 6 && NOT elems.place =~ /alaska/i && EXISTS elems.sig')
  })

  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(state(page)).toContainText(/^\s*[\d,]+ of [\d,]+/)
  await expect.poll(() => lineText(page)).toMatch(/^elems\.mag >= 6 && NOT/)
  await close()
})

test('what is typed before the editor is there gets its list as soon as it is', async () => {
  const ownProfile = makeProfile()
  const { page, close } = await launch(ownProfile)
  await openEarthquakes(page)
  await box(page).focus()
  await page.keyboard.type('mag')
  await expect(entry(page, /^mag(?![A-Za-z])/)).toBeVisible()
  await expect(page.locator('.suggest-details-container')).toContainText('median')
  // Members come before keywords, and the first is chosen.
  await page.keyboard.press('Backspace')
  await expect(entry(page, /^MATCHES/)).toBeVisible()
  const names = await page.locator('.suggest-widget.visible').getByRole('option').allInnerTexts()
  expect(names.findIndex((name) => name.startsWith('MATCHES'))).toBeGreaterThan(
    names.findIndex((name) => name.startsWith('magType'))
  )
  await close()
  removeProfile(ownProfile)
})

test('suggestions can be switched off, and Shift+Alt+F writes the canonical text', async () => {
  const { page, close } = await launch(profile)
  // Few, when the filter of the tests before is restored with its tab.
  await expect.poll(() => rowCount(page)).toBeGreaterThan(1)
  await page.keyboard.press('Control+f')
  await expect(page.locator('.line .editor[data-ready=true]')).toBeVisible()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('ma')
  await expect(entry(page, /^mag(?![A-Za-z])/)).toBeVisible()
  await page.keyboard.press('Escape')

  await page.evaluate(() => window.explorer.changeSettings({ suggestions: false }))
  await page.keyboard.press('Control+a')
  await page.keyboard.type("elems.mag>=5&&place=='x'")
  await expect(state(page)).toContainText(/^\s*valid/)
  await expect(page.locator('.suggest-widget.visible')).toHaveCount(0)

  await page.keyboard.press('Shift+Alt+F')
  await expect.poll(() => lineText(page)).toBe('elems.mag >= 5 && place == "x"')
  await close()
})
