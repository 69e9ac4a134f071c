import { expect, test } from 'vitest'
import { FlowWords } from '../../../src/renderer/console/flow-words.ts'
import { LiveFeed } from '../../../src/renderer/console/live-feed.ts'
import type { LiveMessage } from '../../../src/shared/ipc/live-port.ts'

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
  const numberOf: Readonly<Record<string, number>> = { f: 1, g: 2 }
  for (const [flowId, subscriptionId] of Object.entries(numberOf)) {
    const marker = { kind: 'subscribed', subscriptionId, connectionId: 'c1', flowId, path: '/a/b', atMs: 0 }
    feed.take({ kind: 'marker', marker } as LiveMessage, 0)
  }
  const first = feed.latestOf('f', 0, 10, 100).nextSequence
  const take = (flowIds: string[], texts: string[]): void => {
    const subscriptionIds = flowIds.map((flowId) => numberOf[flowId] ?? 0)
    feed.take({ kind: 'drops', subscriptionIds, receivedAtMs: flowIds.map(() => 0), texts }, 0)
  }
  take(['f', 'g', 'f'], ['1', '2', '3'])
  expect(feed.latestOf('f', 0, 10, 100)).toEqual({ texts: ['3', '1'], nextSequence: first + 3 })
  take(['f'], ['4'])
  expect(feed.latestOf('f', first + 3, 10, 100).texts).toEqual(['4'])
  expect(feed.latestOf('f', 0, 2, 100).texts).toEqual(['4', '3'])
})
