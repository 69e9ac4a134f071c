import { expect, test, type Page } from '@playwright/test'
import { makeFlow } from './support/drops.ts'
import { launch, makeProfile, removeProfile } from './support/launch.ts'
import { allRows, followByKeys, liveConsole, liveCounts, liveGrid, liveStatus } from './support/live.ts'

/** Flows that come and move while the live console follows them: nothing of them is missed silently. */

let profile: string
let page: Page
let close: () => Promise<void>

// One app for all: each test goes on where the one before ended.
test.describe.configure({ mode: 'serial', timeout: 90_000 })

test.beforeAll(async () => {
  profile = makeProfile()
  ;({ page, close } = await launch(profile, { args: ['--window-size', '1440x900'] }))
  await expect(liveStatus(page)).toContainText(/[1-9]\d* received/)
  await page.evaluate(() => window.explorer.changeReplay({ isPaused: true }))
})
test.afterAll(async () => {
  await close()
  removeProfile(profile)
})

const button = (name: string | RegExp) => liveConsole(page).getByRole('button', { name, exact: true })

async function clear(): Promise<void> {
  await button('Clear').click()
  await expect(liveStatus(page)).toContainText(/^0 received/)
}

/** Creates drops from `from` on until `stopWriting`; the flow has then as many as that answers. */
const startWriting = (flowId: string, from: number): Promise<void> =>
  page.evaluate(
    ({ id, first }) => {
      let isStopped = false
      let n = first
      const work = async (): Promise<number> => {
        for (; !isStopped; n++) {
          const text = JSON.stringify({ elems: { n } })
          const made = await window.explorer.createDrop({ connectionId: 'local', flowId: id, text })
          if (!made.ok) throw new Error(made.failure.message)
        }
        return n
      }
      const writing = work()
      Object.assign(window, {
        stopWriting: () => {
          isStopped = true
          return writing
        }
      })
    },
    { id: flowId, first: from }
  )

const stopWriting = (): Promise<number> =>
  page.evaluate(() => (window as unknown as { stopWriting: () => Promise<number> }).stopWriting())

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** The n of each drop on the screen, the oldest first. */
const shownNumbers = async (): Promise<number[]> => {
  await button('Pause').click()
  const rows = await allRows(page)
  await button('Resume').click()
  return rows
    .flatMap((text) => {
      const n = /\bn (\d+)/.exec(text)?.[1]
      return n === undefined ? [] : [Number(n)]
    })
    .reverse()
}

const shownPaths = (): Promise<(string | null)[]> =>
  liveGrid(page)
    .locator('.flow')
    .evaluateAll((cells) => [...new Set(cells.map((cell) => cell.getAttribute('title')))])

test('a flow made below a followed path joins with all its drops, once and in order', async () => {
  await followByKeys(page, '/local/joins/*')
  await expect(button(/^joins\/\*$/)).toBeVisible()
  await clear()
  const flowId = await makeFlow(
    page,
    '/local/joins/later',
    upTo(40).map((n) => ({ elems: { n } }))
  )
  await startWriting(flowId, 40)
  // Flows below the path are looked for every five seconds.
  await expect(liveStatus(page)).toContainText(/^[1-9][\d,]* received/, { timeout: 15_000 })
  const written = await stopWriting()
  expect(written).toBeGreaterThan(40)
  await expect.poll(async () => liveCounts(page)).toMatchObject({ received: written, missed: 0, skipped: 0 })
  expect(await shownNumbers()).toEqual(upTo(written))
  expect(await allRows(page)).toContainEqual(
    expect.stringMatching(
      /later: followed after its first drops · [1-9][\d,]* drops filled from history · none missing$/
    )
  )
})

test('a flow that is renamed is followed on, with its colour, solo and rows', async () => {
  await button(/^Stop following joins/).click()
  const flowId = await makeFlow(page, '/local/moves/before', [])
  await followByKeys(page, '/local/moves/before')
  await button('Solo before').click()
  const colourOf = (name: string) =>
    liveConsole(page)
      .locator('.chip')
      .filter({ has: page.getByRole('button', { name: `Solo ${name}`, exact: true }) })
      .getAttribute('style')
  const colour = await colourOf('before')
  await clear()
  await startWriting(flowId, 0)
  await expect(liveStatus(page)).toContainText(/^[1-9]\d[\d,]* received/)
  const renamed = await page.evaluate(
    (id) =>
      window.explorer.updateFlow({
        connectionId: 'local',
        flowId: id,
        changes: { path: '/local/moves/after' }
      }),
    flowId
  )
  expect(renamed).toMatchObject({ ok: true })
  await expect(button('Stop following after')).toBeVisible()
  await expect(button('Stop following before')).toHaveCount(0)
  await expect(button('Solo after')).toHaveAttribute('aria-pressed', 'true')
  expect(await colourOf('after')).toBe(colour)
  const written = await stopWriting()
  await expect.poll(async () => liveCounts(page)).toMatchObject({ received: written, missed: 0, skipped: 0 })
  expect(await shownNumbers()).toEqual(upTo(written))
  expect(await shownPaths()).toEqual(['/local/moves/after'])
  expect(await allRows(page)).toContainEqual(
    expect.stringContaining('/local/moves/before was renamed to /local/moves/after and is still followed')
  )
})

test('a rename by somebody else is seen when the tree is read again', async () => {
  const body = JSON.stringify({ path: '/local/moves/elsewhere' })
  const { value: flow } = (await page.evaluate(() =>
    window.explorer.readFlow({ connectionId: 'local', flow: { path: '/local/moves/after' } })
  )) as { value: { id: string } }
  const answer = await page.evaluate(
    (request) => window.explorer.sendRequest({ requestId: 'rename', connectionId: 'local', request }),
    { method: 'PUT', path: `/flow/${flow.id}`, parameters: [], body }
  )
  expect(answer).toMatchObject({ ok: true, value: { status: 200 } })
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type('Read the flow tree again')
  await page.keyboard.press('Enter')
  await expect(button('Stop following elsewhere')).toBeVisible()
  await expect(button('Solo elsewhere')).toHaveAttribute('aria-pressed', 'true')
})
