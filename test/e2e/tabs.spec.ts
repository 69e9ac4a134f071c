import { expect, test } from '@playwright/test'
import { launch, makeProfile, removeProfile } from './support/launch.ts'

const profile = makeProfile()
test.afterAll(() => {
  removeProfile(profile)
})

test('a tab that is looked at again stands where it was left', async () => {
  const { page, close } = await launch(profile)
  const tree = page.getByRole('tree', { name: 'Flows', exact: true })
  const grid = page.getByRole('grid', { name: 'Drops', exact: true })
  const scrollTop = (): Promise<number> => grid.evaluate((element) => element.scrollTop)
  await tree.getByRole('treeitem', { name: /^earthquakes/ }).click()
  await expect(grid.getByRole('row').nth(3)).toBeVisible()
  await grid.evaluate((element) => {
    element.scrollTop = 12_000
  })
  // Place 500 in a grid whose header is row 1.
  const there = grid.locator('[aria-rowindex="502"]')
  await expect(there).toBeVisible()

  await tree.getByRole('treeitem', { name: /^seattle/ }).click()
  await expect(page.getByRole('tab', { name: /seattle/, selected: true })).toBeVisible()
  await expect(grid).toBeVisible()
  expect(await scrollTop()).toBe(0)

  await page.getByRole('tab', { name: /earthquakes/ }).click()
  await expect(there).toBeVisible()
  expect(await scrollTop()).toBe(12_000)
  await close()
})
