import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { launch, makeProfile, removeProfile, type RunningApp } from './support/launch.ts'
import {
  dropPanel,
  dropsGrid,
  goToFlow,
  makeFlow,
  replaceDropText,
  rowCount,
  runFilter,
  storedDrop
} from './support/drops.ts'

/** The drop editor, by keys and roles: what is saved, what is not, and what is never lost. */

const FLOW = '/local/edited'
let profile: string
let running: RunningApp
let page: Page
let flowId: string

// One app for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  profile = makeProfile()
  running = await launch(profile)
  ;({ page } = running)
  await expect(dropsGrid(page).getByRole('row').nth(3)).toBeVisible({ timeout: 20_000 })
  flowId = await makeFlow(page, FLOW, [
    { elems: { place: 'Oslo', mag: 5, at: { type: 'date', value: 1517966773840 } }, fhash: 'one' },
    '{"elems":{"big":9223372036854775807,"place":"Bergen"},"location":{"lat":1.5,"lon":2.5}}'
  ])
  await goToFlow(page, FLOW)
})
test.afterAll(async () => {
  await running.close()
  removeProfile(profile)
})

const editor = (): ReturnType<Page['getByRole']> =>
  dropPanel(page).getByRole('textbox', { name: 'Drop JSON', exact: true })
const save = (): ReturnType<Page['getByRole']> =>
  dropPanel(page).getByRole('button', { name: 'Save changes' })
const openRow = async (place: number): Promise<string> => {
  await dropsGrid(page).focus()
  await page.keyboard.press('Home')
  for (let row = 0; row < place; row++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(editor()).toBeAttached()
  return (await dropPanel(page).locator('.id').getAttribute('title')) ?? ''
}
const discard = async (): Promise<void> => {
  await dropPanel(page).getByRole('button', { name: 'Discard changes' }).press('Enter')
}
/** Changes a drop behind the editor's back. */
const changeElsewhere = (dropId: string, text: string): Promise<unknown> =>
  page.evaluate((input) => window.explorer.updateDrop(input), { connectionId: 'local', flowId, dropId, text })

test('a changed element is shown before and after, and is all that is sent', async () => {
  const dropId = await openRow(1)
  await replaceDropText(
    page,
    '{"elems":{"place":"Trondheim","mag":5,"at":{"type":"date","value":1517966773840}},"fhash":"one"}'
  )
  const changes = dropPanel(page).getByRole('region', { name: 'Changes' })
  await expect(changes).toContainText('elems.place')
  await expect(changes).toContainText('"Oslo"')
  await expect(changes).toContainText('"Trondheim"')
  await expect(dropPanel(page)).toContainText('sends only elems.place')
  await changes.getByRole('button', { name: 'Whole text' }).press('Enter')
  await expect(changes.getByRole('textbox', { name: 'Edited text' })).toBeAttached()
  await editor().focus()
  await page.keyboard.press('Control+s')
  await expect(save()).toBeDisabled()
  await expect.poll(() => storedDrop(page, flowId, dropId)).toContain('Trondheim')
  const stored = JSON.parse((await storedDrop(page, flowId, dropId)) ?? '{}') as {
    version: number
    elems: object
  }
  expect(stored.version).toBe(1)
  expect(stored.elems).toMatchObject({ at: { type: 'date', value: 1517966773840 } })
})

test('all digits of a 64-bit integer and a location survive an edit beside them', async () => {
  const dropId = await openRow(0)
  await replaceDropText(
    page,
    '{"elems":{"big":9223372036854775806,"place":"Stavanger"},"location":{"lat":1.5,"lon":3}}'
  )
  await expect(dropPanel(page)).toContainText('sends only elems, location')
  await page.keyboard.press('Control+s')
  await expect.poll(() => storedDrop(page, flowId, dropId)).toContain('9223372036854775806')
  expect(await storedDrop(page, flowId, dropId)).toContain('"lon":3')
})

for (const [what, text, sentence] of [
  ['invalid JSON', '{"elems": {"a": }}', /not JSON yet, the place is marked: Unexpected token '}'\.$/],
  ['a value that does not fit its type', '{"elems":{"at":{"type":"date","value":"today"}}}', /elems\.at/],
  ['a place that is none', '{"elems":{},"location":{"lat":91,"lon":0}}', /lat within -90/],
  ['a member that cannot be changed', '{"elems":{},"version":7}', /"version" is no member/]
] as const) {
  test(`${what} is told at once, cannot be saved, and stays as it was typed`, async () => {
    await openRow(0)
    await replaceDropText(page, text)
    await expect(dropPanel(page).getByRole('status').first()).toContainText(sentence)
    await expect(save()).toBeDisabled()
    await expect(dropPanel(page).locator('.view-lines')).toContainText(text.slice(2, 8))
    await discard()
  })
}

test('an unknown element type is said to become a map, with the one that was meant', async () => {
  await openRow(0)
  await replaceDropText(page, '{"elems":{"at":{"type":"dat","value":1}}}')
  await expect(dropPanel(page)).toContainText(
    '"dat" is no element type, so this is stored as a map. Did you mean "date"?'
  )
  await discard()
})

test('a drop that somebody else changed meanwhile shows both versions, and the person chooses', async () => {
  const dropId = await openRow(1)
  await replaceDropText(
    page,
    '{"elems":{"place":"Mine","mag":6,"at":{"type":"date","value":1517966773840}},"fhash":"one"}'
  )
  await changeElsewhere(
    dropId,
    '{"elems":{"place":"Theirs","mag":5,"at":{"type":"date","value":1517966773840}}}'
  )
  await page.keyboard.press('Control+s')
  const conflict = dropPanel(page).getByRole('region', { name: 'Conflict' })
  await expect(conflict.getByRole('alert')).toContainText('changed by somebody else')
  const saveChosen = conflict.getByRole('button', { name: 'Save chosen' })
  await expect(saveChosen).toBeDisabled()
  expect(await storedDrop(page, flowId, dropId)).toContain('Theirs')
  const place = conflict.getByRole('group', { name: 'elems.place' })
  await place.getByRole('radio', { name: /Stored/ }).focus()
  await page.keyboard.press('Space')
  await saveChosen.press('Enter')
  await expect(conflict).toBeHidden()
  await expect.poll(() => storedDrop(page, flowId, dropId)).toContain('"value":6')
  expect(await storedDrop(page, flowId, dropId)).toContain('Theirs')
})

test('a drop that was deleted meanwhile can be made again of what was typed', async () => {
  const dropId = await openRow(0)
  await replaceDropText(page, '{"elems":{"place":"Again"}}')
  await page.evaluate((input) => window.explorer.deleteDrop(input), { connectionId: 'local', flowId, dropId })
  await page.keyboard.press('Control+s')
  await expect(dropPanel(page).getByRole('alert')).toContainText('was deleted meanwhile: nothing was saved')
  await dropPanel(page).getByRole('button', { name: 'Create it again from this text' }).press('Enter')
  await expect(dropsGrid(page)).toContainText('Again')
  await expect(dropPanel(page).getByRole('alert')).toBeHidden()
})

test('a duplicate is another drop without the fhash', async () => {
  await openRow(1)
  await dropPanel(page).getByRole('button', { name: 'Duplicate this drop' }).press('Enter')
  await expect(dropPanel(page).getByRole('heading', { name: 'New drop' })).toBeVisible()
  await save().press('Enter')
  await expect.poll(() => rowCount(page)).toBe(3)
})

test('an fhash that the flow has is told, and nothing is stored', async () => {
  const before = await rowCount(page)
  await page.keyboard.press('Control+Alt+n')
  await replaceDropText(page, '{"elems":{"place":"Elsewhere"},"fhash":"one"}')
  await page.keyboard.press('Control+s')
  await expect(dropPanel(page).getByRole('alert')).toContainText('holds a drop with the fhash "one" already')
  expect(await rowCount(page)).toBe(before)
  await discard()
  await dropPanel(page).getByRole('button', { name: 'Close the drop panel' }).press('Enter')
})

test('a drop that the filter of the flow rejects is told beside the text, which stays', async () => {
  await makeFlow(page, '/local/guarded', [], { filter: 'n > 10' })
  await goToFlow(page, '/local/guarded')
  await page.keyboard.press('Control+Alt+n')
  await replaceDropText(page, '{"elems":{"n":1}}')
  await page.keyboard.press('Control+s')
  await expect(dropPanel(page).getByRole('alert')).toContainText(/filter/i)
  await expect(dropPanel(page).locator('.view-lines')).toContainText('"n"')
  await discard()
  await page.keyboard.press('Control+w')
})

test('a deleted drop can be made again, with another id', async () => {
  await goToFlow(page, FLOW)
  const before = await rowCount(page)
  const dropId = await openRow(0)
  await dropPanel(page).getByRole('button', { name: 'Delete this drop' }).press('Enter')
  await page.getByRole('button', { name: 'Delete drop', exact: true }).press('Enter')
  await expect.poll(() => rowCount(page)).toBe(before - 1)
  await expect(page.getByText('it gets another id and date')).toBeVisible()
  await page.getByRole('button', { name: 'Undo the delete' }).press('Enter')
  await expect.poll(() => rowCount(page)).toBe(before)
  expect(await storedDrop(page, flowId, dropId)).toBeUndefined()
})

test('markup and right-to-left text in a drop are text', async () => {
  await page.keyboard.press('Control+Alt+n')
  const markup = '<img src=x onerror=alert(1)>'
  await replaceDropText(page, JSON.stringify({ elems: { [markup]: markup, rtl: 'שלום \u202eevil' } }))
  await page.keyboard.press('Control+s')
  await runFilter(page, 'EXISTS rtl')
  await expect.poll(() => rowCount(page)).toBe(1)
  expect(await page.locator('img[src=x]').count()).toBe(0)
  await runFilter(page, '')
})

test('what was typed survives a kill, and is offered again', async () => {
  await openRow(1)
  await replaceDropText(page, '{"elems":{"place":"Draft"}}')
  const file = join(profile, 'drafts.json')
  await expect
    .poll(() => (readdirSync(profile).includes('drafts.json') ? readFileSync(file, 'utf8') : ''))
    .toContain('Draft')
  const killed = running.app.process()
  const ended = new Promise((resolve) => killed.once('exit', resolve))
  killed.kill('SIGKILL')
  await ended

  running = await launch(profile)
  ;({ page } = running)
  const drafts = page.getByRole('region', { name: 'Unsaved drops' })
  await expect(drafts).toContainText('edited', { timeout: 20_000 })
  await drafts.getByRole('button', { name: /^Go on with/ }).press('Enter')
  await expect(dropPanel(page).getByRole('region', { name: 'Changes' })).toContainText('"Draft"')
  await expect(drafts).toBeHidden()
  await page.keyboard.press('Control+s')
  await expect(dropsGrid(page)).toContainText('Draft')
  await expect.poll(() => readFileSync(file, 'utf8')).not.toContain('"Draft"')
})
