import { expect, test } from 'vitest'
import { openDropPort } from '../../../src/main/live/drop-port.ts'
import type { LiveMessage } from '../../../src/shared/ipc/live-port.ts'
import { openNodeChannel } from '../../support/node-port.ts'
import { until } from '../../support/until.ts'

test('drops cross a real port once credit was granted; nonsense from the other end is ignored', async () => {
  const { end, other } = openNodeChannel()
  const port = openDropPort(end, { now: () => 0 })
  const received: LiveMessage[] = []
  other.on('message', (message: LiveMessage) => received.push(message))
  port.sink.drop(1, 1, '{"id":"d1"}')
  for (const nonsense of [
    null,
    7,
    'credit',
    {},
    { kind: 'credit' },
    { kind: 'credit', totalDrops: '9', totalCharacters: 9 }
  ]) {
    other.postMessage(nonsense)
  }
  other.postMessage({ kind: 'credit', totalDrops: 5, totalCharacters: 1000 })
  await until('the drop', () => received.length === 1)
  expect(received).toEqual([
    { kind: 'drops', subscriptionIds: [1], receivedAtMs: [1], texts: ['{"id":"d1"}'] }
  ])
  port.close()
})

test('the end of the window’s side is told once, and nobody is kept waiting', async () => {
  const { end, other } = openNodeChannel()
  let closed = 0
  const port = openDropPort(end, { now: () => 0, maxQueueDrops: 0 }, () => {
    closed += 1
  })
  other.close()
  await until('closed', () => closed === 1)
  await port.sink.whenRoom()
  port.close()
  expect(closed).toBe(1)
})
