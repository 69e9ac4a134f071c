import { expect, type Locator, type Page } from '@playwright/test'

/** What tests of the drops of a flow do again and again: by roles and keys, and data through the app's own door. */

export const dropsGrid = (page: Page): Locator => page.getByRole('grid', { name: 'Drops', exact: true })

export const dropPanel = (page: Page): Locator => page.getByRole('region', { name: 'Drop', exact: true })

export const filterState = (page: Page): Locator =>
  page.getByRole('status', { name: 'Filter state', exact: true })

export const rowCount = async (page: Page): Promise<number> =>
  Number(await dropsGrid(page).getAttribute('aria-rowcount')) - 1

/** Makes a flow of the local account and its drops, one after the other. Answers the flow's id. */
export async function makeFlow(
  page: Page,
  path: string,
  drops: readonly unknown[],
  over: { readonly filter?: string } = {}
): Promise<string> {
  return page.evaluate(
    async ({ flow, texts }) => {
      const made = await window.explorer.createFlow({ connectionId: 'local', capacity: 100_000, ...flow })
      if (!made.ok) throw new Error(made.failure.message)
      for (const text of texts) {
        const created = await window.explorer.createDrop({
          connectionId: 'local',
          flowId: made.value.id,
          text
        })
        if (!created.ok) throw new Error(created.failure.message)
      }
      return made.value.id
    },
    {
      flow: { path, ...over },
      texts: drops.map((drop) => (typeof drop === 'string' ? drop : JSON.stringify(drop)))
    }
  )
}

/** The ids of a flow's drops, as the app's own door counts them: what is read is what is stored. */
export async function storedDrop(page: Page, flowId: string, dropId: string): Promise<string | undefined> {
  return page.evaluate(
    async (address) => {
      const read = await window.explorer.readDrop({ connectionId: 'local', ...address })
      return read.ok ? read.value.text : undefined
    },
    { flowId, dropId }
  )
}

/** Goes to a flow by its path, as a person does by keys. */
export async function goToFlow(page: Page, path: string): Promise<void> {
  const name = path.split('/').at(-1) ?? path
  // The tree learns of a flow that was made behind its back when it is read again.
  await page.keyboard.press('Control+Shift+p')
  await page.keyboard.type('Read the flow tree again')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+p')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await expect(palette).toBeVisible()
  await page.keyboard.type(path)
  await expect(palette.getByRole('option').first()).toContainText(name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('tab', { name: new RegExp(name), selected: true })).toBeVisible()
}

export async function runFilter(page: Page, text: string): Promise<void> {
  const line = page.getByRole('textbox', { name: 'Filter', exact: true })
  await line.focus()
  await page.keyboard.press('Control+a')
  if (text === '') await page.keyboard.press('Delete')
  else await page.keyboard.type(text)
  // A list of suggestions would take the first Enter.
  await page.keyboard.press('Escape')
  await line.focus()
  await page.keyboard.press('Enter')
}

/** Puts a whole text into the drop editor, as a paste does. */
export async function replaceDropText(page: Page, text: string): Promise<void> {
  const editor = dropPanel(page).getByRole('textbox', { name: 'Drop JSON', exact: true })
  await editor.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(text)
}
