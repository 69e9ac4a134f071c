import { expect, test } from 'vitest'
import { FlowWords } from '../../../src/renderer/console/flow-words.ts'
import { LiveFeed } from '../../../src/renderer/console/live-feed.ts'

const drop = (id: string, elems: object): string => JSON.stringify({ id, elems })

test('drops that were read and drops that arrived count once each', () => {
  const words = new FlowWords()
  words.addRead([{ id: 'a', elems: { x: 1 } }])
  words.addArrived([drop('a', { x: 1 }), drop('b', { x: 2, y: 'new' }), 'no drop', '7'])
  expect(words.vocabulary.dropCount).toBe(2)
  expect(
    words.vocabulary.members.filter(({ name }) => name !== 'id').map(({ name, count }) => [name, count])
  ).toEqual([
    ['elems.x', 2],
    ['elems.y', 1]
  ])
})

test('the words stay bounded however many drops arrive, and hold the latest', () => {
  const words = new FlowWords()
  for (let number = 0; number < 9000; number++) words.addArrived([drop(String(number), { n: number })])
  expect(words.vocabulary.dropCount).toBeLessThanOrEqual(4000)
  expect(words.vocabulary.members.find(({ name }) => name === 'elems.n')?.max).toBe(8999)
})

test('the stream is sampled per flow, the latest first, and goes on where it ended', () => {
  const feed = new LiveFeed(1_000_000)
  const take = (flowIds: string[], texts: string[]): void => {
    feed.take({ kind: 'drops', flowIds, receivedAtMs: flowIds.map(() => 0), texts } as never, 0)
  }
  take(['f', 'g', 'f'], ['1', '2', '3'])
  expect(feed.latestOf('f', 0, 10, 100)).toEqual({ texts: ['3', '1'], nextSequence: 3 })
  take(['f'], ['4'])
  expect(feed.latestOf('f', 3, 10, 100).texts).toEqual(['4'])
  expect(feed.latestOf('f', 0, 2, 100).texts).toEqual(['4', '3'])
})
