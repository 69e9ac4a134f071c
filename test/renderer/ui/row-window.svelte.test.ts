import { expect, test } from 'vitest'
import { RowWindow } from '../../../src/renderer/ui/row-window.svelte.ts'

/** A list of numbers that answers only when the test lets it. */
function makeSource() {
  const asked: (readonly [number, number])[] = []
  const waiting: (() => void)[] = []
  const fetch = (from: number, to: number): Promise<readonly number[]> =>
    new Promise((resolve) => {
      asked.push([from, to])
      waiting.push(() => {
        resolve(Array.from({ length: to - from }, (_, index) => from + index))
      })
    })
  const answer = async (): Promise<void> => {
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { asked, answer, fetch }
}

test('rows keep standing while others are on their way, and of several wishes only the last is fetched', async () => {
  const { asked, answer, fetch } = makeSource()
  const rows = new RowWindow(fetch)
  rows.show(0, 10)
  await answer()
  expect(rows.at(5)).toBe(5)
  rows.show(1000, 1010)
  rows.show(5000, 5010)
  rows.show(9000, 9010)
  expect(rows.at(5)).toBe(5)
  await answer()
  await answer()
  expect(asked.length).toBe(3)
  expect([rows.at(9005), rows.at(5)]).toEqual([9005, undefined])
})

test('a short scroll asks for nothing: its rows are there already', async () => {
  const { asked, answer, fetch } = makeSource()
  const rows = new RowWindow(fetch)
  rows.show(0, 10)
  await answer()
  rows.show(8, 18)
  expect(asked.length).toBe(1)
})

test('a refresh ends only when rows are there that are not older than it', async () => {
  const { answer, fetch } = makeSource()
  const rows = new RowWindow(fetch)
  rows.show(0, 10)
  let isFresh = false
  void rows.refresh().then(() => {
    isFresh = true
  })
  await answer()
  expect(isFresh).toBe(false)
  await answer()
  expect(isFresh).toBe(true)
})

test('a row that is not on the screen is fetched by itself', async () => {
  const { asked, answer, fetch } = makeSource()
  const rows = new RowWindow(fetch)
  const row = rows.fetchAt(77)
  await answer()
  expect(await row).toBe(77)
  expect(asked).toEqual([[77, 78]])
})

test('rows that were there when they were wanted are fetched again when a slower answer took their place', async () => {
  const { answer, fetch } = makeSource()
  const rows = new RowWindow(fetch)
  rows.show(1000, 1010)
  await answer()
  // A list that is shown again begins at its top, then goes where it stood.
  rows.show(0, 10)
  rows.show(1000, 1010)
  await answer()
  await answer()
  expect(rows.at(1005)).toBe(1005)
})

test('a scroll fetches only the rows that are not here, before they are on the screen', async () => {
  const { asked, answer, fetch } = makeSource()
  const rows = new RowWindow(fetch)
  rows.show(100, 110)
  await answer()
  rows.show(125, 135)
  await answer()
  rows.show(75, 85)
  await answer()
  expect(asked).toEqual([
    [60, 150],
    [150, 175],
    [35, 85]
  ])
  expect([rows.at(35), rows.at(80), rows.at(124)]).toEqual([35, 80, 124])
})

test('a row that is here stays the same object while others come, until a refresh', async () => {
  const rows = new RowWindow((from, to) =>
    Promise.resolve(Array.from({ length: to - from }, (_, index) => ({ place: from + index })))
  )
  const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve))
  rows.show(0, 10)
  await settled()
  const row = rows.at(30)
  rows.show(28, 38)
  await settled()
  expect(rows.at(70)).toEqual({ place: 70 })
  expect(rows.at(30)).toBe(row)
  await rows.refresh()
  expect(rows.at(30)).not.toBe(row)
})

test('at the end of the list nothing is asked for again, and a list that grew shows its new rows after a refresh', async () => {
  let count = 100
  const asked: (readonly [number, number])[] = []
  const rows = new RowWindow((from, to) => {
    asked.push([from, to])
    return Promise.resolve(
      Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, index) => from + index)
    )
  })
  const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve))
  rows.show(80, 90)
  await settled()
  rows.show(90, 100)
  await settled()
  rows.show(85, 95)
  await settled()
  expect(asked).toEqual([[40, 130]])
  count = 110
  await rows.refresh()
  expect(rows.at(109)).toBe(109)
})

test('a list that became shorter is fetched as a whole', async () => {
  let count = 1000
  const rows = new RowWindow((from, to) =>
    Promise.resolve(
      Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, index) => from + index)
    )
  )
  const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve))
  rows.show(300, 310)
  await settled()
  count = 250
  rows.show(260, 270)
  await settled()
  expect([rows.at(249), rows.at(300)]).toEqual([249, undefined])
})
