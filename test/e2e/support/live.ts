import { expect, type Locator, type Page } from '@playwright/test'

/** What tests of the live console do again and again. */

export const liveConsole = (page: Page): Locator => page.getByRole('region', { name: 'Live console' })

export const liveGrid = (page: Page): Locator => page.getByRole('grid', { name: 'Live drops' })

export const liveStatus = (page: Page): Locator => page.getByRole('status', { name: 'Live status' })

type PlatformAddress = Readonly<Record<'name' | 'host' | 'account' | 'token', string>>

/** Makes a connection to another platform, as its dialog does. Answers its id. */
export async function saveConnection(
  page: Page,
  { name, host, account, token }: PlatformAddress
): Promise<string> {
  const profile = {
    name,
    account,
    host,
    liveHost: host,
    version: '4.0',
    isSecure: false,
    verifyCertificate: true,
    parameters: [],
    colour: 0 as const,
    environment: '',
    isReadOnly: false
  }
  return page.evaluate(
    async (input) => {
      const saved = await window.explorer.saveConnection(input)
      if (!saved.ok) throw new Error(saved.failure.message)
      return saved.value.id
    },
    { profile, apiToken: token }
  )
}

/** Connects the app to another platform. Answers the connection's id. */
export async function connectTo(page: Page, address: PlatformAddress): Promise<string> {
  const connectionId = await saveConnection(page, address)
  await page.evaluate(async (id) => {
    const opened = await window.explorer.openConnection({ connectionId: id })
    if (!opened.ok) throw new Error(opened.failure.message)
  }, connectionId)
  return connectionId
}

export async function subscribe(page: Page, connectionId: string, path: string): Promise<void> {
  await page.evaluate(
    async (input) => {
      const followed = await window.explorer.subscribe(input)
      if (!followed.ok) throw new Error(followed.failure.message)
    },
    { connectionId, flow: { path } }
  )
}

/** Follows by the console's own field, with keys alone. */
export async function followByKeys(page: Page, path: string): Promise<void> {
  await liveConsole(page).getByRole('button', { name: 'Follow a flow' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Follow a flow' })).toBeFocused()
  await page.keyboard.type(path)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Follow a flow' })).toBeHidden()
}

/** Puts a filter into the console's own field and runs it, with keys alone. */
export async function typeLiveFilter(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Live drops that match' }).first()
  await field.focus()
  // The editor takes the place of the plain field when it is loaded.
  await expect(liveConsole(page).locator('.toolbar .editor[data-ready="true"]')).toBeVisible()
  await field.focus()
  await page.keyboard.press('Control+a')
  if (text === '') await page.keyboard.press('Delete')
  else await page.keyboard.insertText(text)
  await page.keyboard.press('Escape')
  await field.focus()
  await page.keyboard.press('Enter')
}

export interface LiveCounts {
  readonly received: number
  readonly missed: number
  readonly skipped: number
  /** Whether there are more missed ones than could be counted. */
  readonly isUncertain: boolean
}

export async function liveCounts(page: Page): Promise<LiveCounts> {
  const text = await liveConsole(page).locator('header').innerText()
  const count = (pattern: RegExp): number => Number((pattern.exec(text)?.[1] ?? '0').replaceAll(',', ''))
  return {
    received: count(/([\d,]+) received/),
    missed: count(/([\d,]+)\+? missed/),
    skipped: count(/([\d,]+) skipped/),
    isUncertain: /\d\+ missed/.test(text)
  }
}

/** All rows from the newest to the oldest, read as a person would who scrolls through them. */
export async function allRows(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const grid = document.querySelector<HTMLElement>('[role=grid][aria-label="Live drops"]')
    if (grid === null) throw new Error('There is no grid of live drops.')
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
    const count = (): number => Number(grid.getAttribute('aria-rowcount'))
    const texts = new Map<number, string>()
    grid.scrollTop = 0
    let waits = 0
    while (texts.size < count() && waits < 200) {
      await nextFrame()
      const before = texts.size
      let last = 0
      for (const row of grid.querySelectorAll('[role=row]')) {
        const place = Number(row.getAttribute('aria-rowindex')) - 1
        texts.set(place, row.textContent)
        last = Math.max(last, place)
      }
      if (texts.size > before) grid.scrollTop = Math.max(0, (last - 4) * 22)
      waits = texts.size > before ? 0 : waits + 1
    }
    return Array.from({ length: count() }, (_, place) => texts.get(place) ?? '')
  })
}
