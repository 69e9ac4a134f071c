import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '../../../src/main/client/api.ts'
import { createBatch } from '../../../src/main/client/batch.ts'
import type { BatchOptions } from '../../../src/main/client/batch.ts'
import { errorOf, LocalError } from '../../../src/main/client/errors.ts'
import { throwingFace } from '../../../src/main/client/face.ts'
import { failure } from '../../../src/shared/failure.ts'
import type { Flow } from '../../../src/shared/model/flow.ts'
import type { Result } from '../../../src/shared/result.ts'
import { createTestApi, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import { valueOf } from '../../support/value-of.ts'

/** A batch of calls that the test ends itself; the signal of the batch is what they get to work with. */
const batchOf = (options?: BatchOptions) =>
  createBatch<'throwing', AbortSignal, number>(options, undefined, throwingFace, (signal) => signal)

function held() {
  const calls: PromiseWithResolvers<number>[] = []
  return {
    calls,
    call: () => {
      const gate = Promise.withResolvers<number>()
      calls.push(gate)
      return gate.promise
    }
  }
}

const refusal = (code: 'platform/not-found' | 'platform/server-error' = 'platform/not-found') =>
  errorOf(failure(code))

describe('a batch', () => {
  test('begins at once, runs as many as it may, and answers in the order of the calls', async () => {
    const { calls, call } = held()
    const batch = batchOf({ concurrency: 2 })
    for (let n = 0; n < 4; n += 1) batch.add(call)
    expect(calls).toHaveLength(2)
    calls[1]!.resolve(1)
    await expect.poll(() => calls.length).toBe(3)
    calls[2]!.resolve(2)
    await expect.poll(() => calls.length).toBe(4)
    calls[3]!.resolve(3)
    calls[0]!.resolve(0)
    expect(await batch.results()).toEqual([0, 1, 2, 3])
  })

  test('throws the first failure in the order of the calls, cancels what is left and is empty then', async () => {
    const batch = batchOf({ concurrency: 2 })
    const second = Promise.withResolvers<number>()
    let isThirdBegun = false
    const signals: AbortSignal[] = []
    batch.add(async (signal) => {
      signals.push(signal)
      await second.promise.catch(() => undefined)
      throw refusal()
    })
    batch.add(() => second.promise)
    second.reject(refusal('platform/server-error'))
    batch.add(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(errorOf(failure('request/cancelled')))
          })
        })
    )
    batch.add((signal) => new Promise(() => signals.push(signal)))
    batch.add(() => {
      isThirdBegun = true
      return Promise.resolve(0)
    })
    await expect(batch.results()).rejects.toMatchObject({ code: 'platform/not-found' })
    expect([signals[0]?.aborted, isThirdBegun]).toEqual([true, false])
    batch.add((signal) => Promise.resolve(signal.aborted ? -1 : 7))
    expect(await batch.results()).toEqual([7])
  })

  test('gives failures their places on request, and throws what is a bug either way', async () => {
    const batch = batchOf()
    batch.add(() => Promise.resolve(1))
    batch.add(() => Promise.reject(refusal()))
    const outcomes = await batch.results({ withExceptions: true })
    expect(outcomes.map(([error, value]) => error?.code ?? value)).toEqual([1, 'platform/not-found'])
    batch.add(() => Promise.reject(new TypeError('a bug')))
    await expect(batch.results({ withExceptions: true })).rejects.toThrow(TypeError)
    expect(await batch.results({ withExceptions: true })).toEqual([])
  })

  test('that is cancelled begins nothing more', async () => {
    const controller = new AbortController()
    const { calls, call } = held()
    const batch = batchOf({ concurrency: 1, signal: controller.signal })
    batch.add(call)
    batch.add(call)
    controller.abort()
    calls[0]!.resolve(5)
    const outcomes = await batch.results({ withExceptions: true })
    expect(outcomes.map(([error, value]) => error ?? value)).toEqual([5, expect.any(LocalError)])
    expect([calls.length, outcomes[1]?.[0]?.code]).toEqual([1, 'request/cancelled'])
  })

  test('tells after each call how many are done, and how many of those failed', async () => {
    const told: unknown[] = []
    const batch = batchOf({ concurrency: 1, onProgress: (progress) => told.push(progress) })
    batch.add(() => Promise.resolve(1))
    batch.add(() => Promise.reject(refusal()))
    await batch.results({ withExceptions: true })
    batch.add(() => Promise.resolve(1))
    await batch.results()
    expect(told).toEqual([
      { done: 1, failed: 0, total: 2 },
      { done: 2, failed: 1, total: 2 },
      { done: 1, failed: 0, total: 1 }
    ])
  })
})

describe('a batch of the app’s own client', () => {
  let platform: TestPlatform
  let api: Api

  beforeAll(async () => {
    platform = await startTestPlatform()
    api = createTestApi(platform, platform.host)
  })
  afterAll(async () => {
    await api.close()
    await platform.close()
  })

  test('answers a result for each call, failures among them, and throws nothing', async () => {
    const flow = valueOf(await api.flow.create({ path: '/ana/batch' }))
    let failures = 0
    const batch = api.batch<Result<Flow>>({ onProgress: ({ failed }) => (failures = failed) })
    batch.add((verbs) => verbs.flow.read('f000000000000000000000000'))
    batch.add((verbs) => verbs.flow.read(flow.id))
    expect(await batch.results()).toMatchObject([
      { failure: { code: 'platform/not-found' } },
      { value: flow }
    ])
    expect(failures).toBe(1)
  })

  test('cancels a call at its socket', async () => {
    const proxy = await openTcpProxy(platform.host)
    const slow = createTestApi(platform, proxy.host)
    proxy.freeze()
    const controller = new AbortController()
    const batch = slow.batch<Result<unknown>>({ concurrency: 1, signal: controller.signal })
    batch.add((verbs) => verbs.flow.find())
    batch.add((verbs) => verbs.drop('f000000000000000000000000').deleteAll())
    setImmediate(() => {
      controller.abort()
    })
    expect(await batch.results()).toMatchObject([
      { failure: { code: 'request/cancelled' } },
      { failure: { code: 'request/cancelled' } }
    ])
    await slow.close()
    await proxy.close()
  })
})
