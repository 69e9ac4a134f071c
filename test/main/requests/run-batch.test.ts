import { expect, test } from 'vitest'
import { runBatch } from '../../../src/main/requests/run-batch.ts'
import { failure } from '../../../src/shared/failure.ts'
import type { BatchOutcome } from '../../../src/shared/model/platform-request.ts'

const answered = (status: number): BatchOutcome => ({ kind: 'answered', status, sizeBytes: 0, durationMs: 0 })
const broken: BatchOutcome = { kind: 'failed', failure: failure('network/closed'), durationMs: 0 }

/** Requests that are answered when the test says so. */
function makeGates(count: number) {
  const gates = Array.from({ length: count }, () => Promise.withResolvers<BatchOutcome>())
  const started: number[] = []
  return {
    started,
    settle: (place: number, outcome: BatchOutcome) => gates[place]?.resolve(outcome),
    send: (_request: number, place: number, signal: AbortSignal): Promise<BatchOutcome> => {
      started.push(place)
      signal.addEventListener('abort', () =>
        gates[place]?.resolve({ kind: 'failed', failure: failure('request/cancelled'), durationMs: 0 })
      )
      return gates[place]?.promise ?? Promise.resolve(broken)
    }
  }
}

const options = (over: object = {}) => ({
  concurrency: 2,
  stopsAtFailure: false,
  signal: new AbortController().signal,
  onOutcome: () => {},
  ...over
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('never more than so many are under way, and outcomes stand in the order of the call', async () => {
  const { started, settle, send } = makeGates(4)
  const told: number[] = []
  const running = runBatch([0, 1, 2, 3], send, options({ onOutcome: (place: number) => told.push(place) }))
  expect(started).toEqual([0, 1])
  settle(1, answered(201))
  await turn()
  expect(started).toEqual([0, 1, 2])
  settle(2, broken)
  settle(3, answered(203))
  settle(0, answered(200))
  expect(await running).toEqual([answered(200), answered(201), broken, answered(203)])
  expect(told).toEqual([1, 2, 0, 3])
})

test('the first failure ends it when it shall: what waits is skipped, what is under way is given up', async () => {
  const { settle, send } = makeGates(4)
  const running = runBatch([0, 1, 2, 3], send, options({ stopsAtFailure: true }))
  settle(0, broken)
  expect(await running).toMatchObject([
    { kind: 'failed', failure: { code: 'network/closed' } },
    { kind: 'failed', failure: { code: 'request/cancelled' } },
    { kind: 'skipped' },
    { kind: 'skipped' }
  ])
})

test('a batch that is cancelled answers, and what was answered before stays', async () => {
  const { settle, send } = makeGates(3)
  const controller = new AbortController()
  const running = runBatch([0, 1, 2], send, options({ concurrency: 1, signal: controller.signal }))
  settle(0, answered(200))
  await turn()
  controller.abort()
  expect((await running).map(({ kind }) => kind)).toEqual(['answered', 'failed', 'skipped'])
})
