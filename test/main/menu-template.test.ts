import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { menuTemplate } from '../../src/main/menu-template.ts'

const itemsOf = (template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])])

test('every command of the menu stands in the window’s command table under its id', () => {
  const table = readFileSync(
    join(import.meta.dirname, '../../src/renderer/commands/command-table.svelte.ts'),
    'utf8'
  )
  const known = new Set([...table.matchAll(/id: ['`]([\w.]+)/g)].map((match) => match[1]))
  const ids = itemsOf(menuTemplate(() => {}, false)).flatMap(({ id }) => id ?? [])
  // Themes are made in a loop, with their common beginning in the table.
  expect(ids.filter((id) => !known.has(id.replace(/^theme\..+$/, 'theme.')))).toEqual([])
  expect(ids.length).toBeGreaterThan(10)
})

test('choosing an item tells its id', () => {
  const chosen: string[] = []
  const items = itemsOf(menuTemplate((id) => chosen.push(id), true))
  for (const { click } of items) (click as (() => void) | undefined)?.()
  expect(chosen).toEqual(items.flatMap(({ id }) => id ?? []))
})
