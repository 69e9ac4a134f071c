import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApi } from '../../../src/main/client/api.ts'
import type { Api } from '../../../src/main/client/api.ts'
import type { SeenFlow } from '../../../src/main/client/subscriptions.ts'
import type { Connections, OpenConnection } from '../../../src/main/connections/connections.ts'
import { flowHandlers } from '../../../src/main/ipc/flow-handlers.ts'
import type { Flow } from '../../../src/shared/model/flow.ts'
import type { Result } from '../../../src/shared/result.ts'
import { ANA, startTestPlatform } from '../../support/platform.ts'
import type { TestPlatform } from '../../support/platform.ts'

const connectionId = 'test'
let platform: TestPlatform
let api: Api
let handlers: ReturnType<typeof flowHandlers>
let seenPaths: string[]

beforeAll(async () => {
  platform = await startTestPlatform()
  const host = new URL(platform.url).host
  api = createApi({
    server: { host, liveHost: host, version: '4.0', isSecure: false },
    credentials: { account: ANA.account, apiToken: ANA.token }
  })
  const flowSeen = ({ path = '' }: SeenFlow): void => {
    seenPaths.push(path)
  }
  const use = <T>(_id: string, ask: (connection: OpenConnection) => Promise<Result<T>>): Promise<Result<T>> =>
    ask({ api, subscriptions: { flowSeen } } as unknown as OpenConnection)
  handlers = flowHandlers({ use } as Connections)
})
beforeEach(() => {
  seenPaths = []
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}
const create = async (path: string, filter?: string): Promise<Flow> =>
  valueOf(
    await handlers.createFlow({
      connectionId,
      path,
      capacity: 10,
      ...(filter === undefined ? {} : { filter })
    })
  )
const addDrops = async (flowId: string, count: number): Promise<void> => {
  for (let index = 0; index < count; index++)
    await platform.request('POST', `/drop/${flowId}`, { elems: { n: index } })
}

describe('flows over the IPC', () => {
  test('are changed by the given members only, and lose what is given as empty', async () => {
    const flow = await create('/ana/changed', 'n > 1')
    const changed = valueOf(
      await handlers.updateFlow({
        connectionId,
        flowId: flow.id,
        changes: { path: '/ana/moved', description: 'Now described', filter: '' }
      })
    )
    expect(changed).toMatchObject({
      id: flow.id,
      path: '/ana/moved',
      capacity: 10,
      description: 'Now described',
      filter: ''
    })
    const cleared = valueOf(
      await handlers.updateFlow({ connectionId, flowId: flow.id, changes: { description: '' } })
    )
    expect(cleared).not.toHaveProperty('description')
  })

  test('that are read or changed tell their path to the live stream, which may follow them', async () => {
    const { id: flowId } = await create('/ana/followed')
    await handlers.readFlow({ connectionId, flow: { flowId } })
    await handlers.updateFlow({ connectionId, flowId, changes: { path: '/ana/renamed' } })
    await handlers.readFlow({ connectionId, flow: { path: '/ana/nowhere' } })
    expect(seenPaths).toEqual(['/ana/followed', '/ana/renamed'])
  })

  test('a path that is taken is refused with its name', async () => {
    const flow = await create('/ana/first')
    await create('/ana/second')
    const refused = await handlers.updateFlow({
      connectionId,
      flowId: flow.id,
      changes: { path: '/ana/second' }
    })
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: 'platform/bad-request', message: expect.stringContaining('/ana/second') as string }
    })
  })

  test('are counted and emptied', async () => {
    const { id: flowId } = await create('/ana/counted')
    expect(await handlers.countFlowDrops({ connectionId, flowId })).toEqual({ ok: true, value: { drops: 0 } })
    await addDrops(flowId, 3)
    expect(await handlers.countFlowDrops({ connectionId, flowId })).toEqual({ ok: true, value: { drops: 3 } })
    expect(await handlers.emptyFlow({ connectionId, flowId })).toEqual({ ok: true, value: null })
    expect(await handlers.countFlowDrops({ connectionId, flowId })).toEqual({ ok: true, value: { drops: 0 } })
  })

  test('tell when their latest drops were created, the newest first, in one request', async () => {
    const full = await create('/ana/full')
    const empty = await create('/ana/empty')
    await addDrops(full.id, 8)
    const rhythms = valueOf(
      await handlers.readFlowRhythms({
        connectionId,
        flowIds: [full.id, empty.id, 'f000000000000000000000000']
      })
    )
    expect(Object.keys(rhythms).sort()).toEqual([full.id, empty.id].sort())
    const dates = rhythms[full.id] ?? []
    expect(dates.length).toBe(6)
    expect([...dates].sort((left, right) => right - left)).toEqual(dates)
    expect(rhythms[empty.id]).toEqual([])
  })

  test('the next read of rhythms cancels one that is under way', async () => {
    const { id } = await create('/ana/twice')
    const [first, second] = await Promise.all([
      handlers.readFlowRhythms({ connectionId, flowIds: [id] }),
      handlers.readFlowRhythms({ connectionId, flowIds: [id] })
    ])
    expect(first).toMatchObject({ ok: false, failure: { code: 'request/cancelled' } })
    expect(second).toEqual({ ok: true, value: { [id]: [] } })
  })
})
