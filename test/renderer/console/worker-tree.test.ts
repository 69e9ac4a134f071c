import { beforeEach, describe, expect, test } from 'vitest'
import { FlowPulses } from '../../../src/renderer/flows/flow-pulses.ts'
import { PendingReads } from '../../../src/renderer/console/pending-reads.ts'
import type { ReadPort } from '../../../src/renderer/console/read-answer.ts'
import type { FlowsRead, TreeNews } from '../../../src/renderer/console/worker-protocol.ts'
import { WorkerTree } from '../../../src/renderer/console/worker-tree.ts'
import { failure } from '../../../src/shared/failure.ts'
import type { ReadMessage } from '../../../src/shared/ipc/read-port.ts'
import type { Result } from '../../../src/shared/result.ts'
import { until } from '../../support/until.ts'

const NOW = 1_700_000_000_000
const LOCAL = { connectionId: 'local', account: 'ana' }

let reads: PendingReads
let pulses: FlowPulses
let news: TreeNews[]
let tree: WorkerTree
beforeEach(() => {
  reads = new PendingReads()
  pulses = new FlowPulses()
  news = []
  tree = new WorkerTree(reads, pulses, (told) => news.push(told))
  tree.change({ kind: 'show', ...LOCAL })
})

/** Begins a read; the test speaks as main. */
function begin(over: { sessionId?: string; isFirst?: boolean; limit?: number } = {}): {
  say: (data: ReadMessage) => void
  result: Promise<Result<FlowsRead>>
  readId: string
} {
  const readId = crypto.randomUUID()
  const port: ReadPort = { onmessage: null, postMessage: () => {}, close: () => {} }
  const result = tree.read({ readId, ...LOCAL, sessionId: 's1', isFirst: true, limit: 10_000, ...over })
  reads.connect(readId, port)
  return { say: (data) => port.onmessage?.({ data } as MessageEvent<ReadMessage>), result, readId }
}

const END: ReadMessage = { kind: 'end', sizeBytes: 1, durationMs: 1 }
const flow = (path: string): string => JSON.stringify({ id: `f${path}`, path, capacity: 5 })
const chunk = (text: string): ReadMessage => ({ kind: 'chunk', text })
const names = (): string[] => tree.model.rows(0, 100).map(({ name }) => name)

async function readAll(...paths: readonly string[]): Promise<void> {
  const { say, result } = begin({ sessionId: paths.join() })
  say(chunk(`{"head":{},"body":[${paths.map(flow).join(',')}]}`))
  say(END)
  expect(await result).toMatchObject({ ok: true, value: { hasMore: false } })
}

describe('the flow trees of the worker', () => {
  test('an empty tree shows flows while they still come', async () => {
    const { say, result } = begin()
    say(chunk(`{"head":{},"body":[${flow('/ana/a')},${flow('/ana/b')},`))
    expect(news).toMatchObject([
      { connectionId: 'local', readFlows: 2, shape: { rowCount: 1, flowCount: 2 } }
    ])
    say(chunk(`${flow('/ben/c')}]}`))
    say(END)
    expect(await result).toMatchObject({ ok: true, value: { hasMore: false, flowCount: 3 } })
    expect(names()).toEqual(['ana', 'ben'])
  })

  test('a tree that is there stays until the next one is whole, and keeps what is open', async () => {
    await readAll('/ana/a', '/ana/gone')
    tree.change({ kind: 'expand', key: '/ana', isExpanded: true })
    const { say, result } = begin({ sessionId: 's2' })
    say(chunk(`{"head":{},"body":[${flow('/ana/a')},${flow('/ana/b')},`))
    expect(names()).toEqual(['ana', 'a', 'gone'])
    say(chunk(`${flow('/ana/c')}]}`))
    say(END)
    await result
    expect(names()).toEqual(['ana', 'a', 'b', 'c'])
  })

  test('a read that breaks off leaves the tree that was there, or what came of the first', async () => {
    const first = begin()
    first.say(chunk(`{"head":{},"body":[${flow('/ana/a')},${flow('/ana/b')},`))
    first.say({ kind: 'failure', failure: failure('network/closed') })
    expect(await first.result).toMatchObject({ ok: false, failure: { code: 'network/closed' } })
    expect(tree.model.shape.flowCount).toBe(2)
    const second = begin({ sessionId: 's2' })
    second.say(chunk(`{"head":{},"body":[${flow('/ana/x')},`))
    reads.cancel(second.readId)
    expect(await second.result).toMatchObject({ ok: false, failure: { code: 'request/cancelled' } })
    expect(tree.model.shape.flowCount).toBe(2)
  })

  test('a full page is followed by another one of the same tree', async () => {
    const first = begin({ limit: 2 })
    first.say(chunk(`[${flow('/ana/a')},${flow('/ana/b')}]`))
    first.say(END)
    expect(await first.result).toMatchObject({ value: { hasMore: true, flowCount: 2 } })
    const second = begin({ limit: 2, isFirst: false })
    second.say(chunk(`[${flow('/ana/c')}]`))
    second.say(END)
    expect(await second.result).toMatchObject({ value: { hasMore: false, flowCount: 3 } })
  })

  test('each connection has a tree of its own', async () => {
    await readAll('/ana/a')
    tree.change({ kind: 'show', connectionId: 'other', account: 'ben' })
    expect(names()).toEqual([])
    tree.change({ kind: 'put', connectionId: 'local', flow: { id: 'f9', path: '/ana/z', capacity: 1 } })
    tree.change({ kind: 'show', ...LOCAL })
    tree.change({ kind: 'expand', key: '/ana', isExpanded: true })
    expect(names()).toEqual(['ana', 'a', 'z'])
  })

  test('a search answers with its first rows and tells how it goes on', async () => {
    const paths = Array.from({ length: 3000 }, (_, index) => `/ana/n${String(index).padStart(4, '0')}`)
    await readAll(...paths)
    news.length = 0
    const answer = tree.change({ kind: 'search', text: 'n' })
    expect(answer.ok && answer.value.rowCount).toBeGreaterThan(0)
    await until('all is searched', () => news.at(-1)?.shape.search?.isDone === true)
    expect(tree.model.shape).toMatchObject({
      rowCount: 3001,
      search: { matchingFlows: 3000, searchedFlows: 3000 }
    })
    expect(tree.change({ kind: 'search', text: '/(/' })).toMatchObject({
      ok: false,
      failure: { code: 'input/invalid' }
    })
    expect(tree.model.shape.rowCount).toBe(3001)
  })

  test('live traffic is told of the rows that are asked for, added up in folders', async () => {
    await readAll('/ana/room/a', '/ana/room/b')
    tree.change({ kind: 'expand', key: '/ana', isExpanded: true })
    for (const [subscriptionId, path] of [
      [1, '/ana/room/a'],
      [2, '/ana/room/b']
    ] as const) {
      const flowId = `f${path}`
      pulses.take(
        {
          kind: 'marker',
          marker: { kind: 'subscribed', subscriptionId, connectionId: 'local', flowId, path, atMs: NOW }
        },
        Date.now()
      )
    }
    const texts = [1, 2, 3].map((n) => JSON.stringify({ id: 'd', elems: { n } }))
    pulses.take(
      { kind: 'drops', subscriptionIds: [1, 2, 2], receivedAtMs: [NOW, NOW, NOW], texts },
      Date.now()
    )
    expect(tree.pulses(0, 10)).toMatchObject({ '/ana/room': { receivedDrops: 3 } })
    tree.change({ kind: 'expand', key: '/ana/room', isExpanded: true })
    expect(tree.pulses(2, 10)).toMatchObject({
      '/ana/room/a': { receivedDrops: 1, lastValue: { name: 'n', text: '1' } },
      '/ana/room/b': { receivedDrops: 2, lastValue: { name: 'n', text: '3' } }
    })
    tree.change({ kind: 'sort', sort: 'received' })
    expect(names()).toEqual(['ana', 'room', 'b', 'a'])
  })
})
