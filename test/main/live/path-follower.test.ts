import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenConnection } from '../../../src/main/connections/connections.ts'
import { openPlatform } from '../../../src/main/connections/open-platform.ts'
import type { OpenPlatform } from '../../../src/main/connections/open-platform.ts'
import { createPathFollower } from '../../../src/main/live/path-follower.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { failure } from '../../../src/shared/failure.ts'
import { failed } from '../../../src/shared/result.ts'
import type { Result } from '../../../src/shared/result.ts'
import { createHandTurnedScheduler } from '../../support/hand-turned-scheduler.ts'
import { createKeptLog } from '../../support/kept-log.ts'
import { serverAt, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

let platform: TestPlatform
let open: OpenPlatform

beforeAll(async () => {
  platform = await startTestPlatform()
  const { account, apiToken, host } = platform
  let lastId = 0
  open = openPlatform({
    connectionId: 'c1',
    client: { server: serverAt(host), credentials: { account, apiToken } },
    sink: {
      drop: () => {},
      marker: () => {},
      whenRoom: () => Promise.resolve(),
      newSubscriptionId: () => ++lastId
    },
    clock: systemClock,
    log: createKeptLog(),
    isReadOnly: () => false,
    onStatus: () => {},
    onLatency: () => {}
  })
  open.socket.start()
})
afterAll(async () => {
  await open.close()
  await platform.close()
})

const connections = {
  use: <T>(connectionId: string, ask: (connection: OpenConnection) => Promise<Result<T>>) =>
    connectionId === 'c1' ? ask(open) : Promise.resolve(failed(failure('network/unreachable')))
}
const makeFlow = async (path: string): Promise<string> => valueOf(await open.api.flow.create({ path })).id

describe('following all below a path', () => {
  test('takes every flow below it and no other, then those that are made later and none that is gone', async () => {
    const scheduler = createHandTurnedScheduler()
    const follower = createPathFollower(connections, scheduler)
    const ids = [await makeFlow('/ana/a.b/one'), await makeFlow('/ana/a.b/two/deep')]
    await makeFlow('/ana/axb/other')
    await makeFlow('/ana/a.bc')
    expect(await follower.follow('c1', '/ana/a.b')).toEqual({
      ok: true,
      value: { flowCount: 2, isCut: false }
    })
    expect([...open.subscriptions.flowIds].sort()).toEqual([...ids].sort())

    const later = await makeFlow('/ana/a.b/three')
    await open.api.flow.delete(ids[0] ?? '')
    scheduler.advance(5000)
    await until('the later flow is followed', () => open.subscriptions.flowIds.includes(later))
    await until('the deleted one is let go', () => open.subscriptions.flowIds.length === 2)

    await follower.unfollow('c1', '/ana/a.b')
    expect(open.subscriptions.flowIds).toEqual([])
  })

  test('leaves a flow followed that somebody else follows too', async () => {
    const follower = createPathFollower(connections, createHandTurnedScheduler())
    const flowId = await makeFlow('/ana/shared/one')
    await open.subscriptions.subscribe({ flowId })
    await follower.follow('c1', '/ana/shared')
    await follower.follow('c1', '/ana/shared')
    await follower.unfollow('c1', '/ana/shared')
    expect(open.subscriptions.flowIds).toEqual([flowId])
    await open.subscriptions.unsubscribe(flowId)
  })

  test('a path with no flow yet is followed; a connection that does not answer is a failure', async () => {
    const follower = createPathFollower(connections, createHandTurnedScheduler())
    expect(await follower.follow('c1', '/ana/nothing')).toMatchObject({ value: { flowCount: 0 } })
    expect(await follower.follow('c2', '/ana/nothing')).toMatchObject({
      failure: { code: 'network/unreachable' }
    })
    expect(await follower.unfollow('c2', '/ana/nothing')).toEqual({ ok: true, value: null })
    follower.forgetAll()
  })
})
