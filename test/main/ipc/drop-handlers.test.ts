import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApi } from '../../../src/main/client/api.ts'
import type { Api } from '../../../src/main/client/api.ts'
import type { Connections, OpenConnection } from '../../../src/main/connections/connections.ts'
import { dropHandlers } from '../../../src/main/ipc/drop-handlers.ts'
import type { Result } from '../../../src/shared/result.ts'
import { ANA, startTestPlatform } from '../../support/platform.ts'
import type { Loose, TestPlatform } from '../../support/platform.ts'

const connectionId = 'test'
let platform: TestPlatform
let api: Api
let handlers: ReturnType<typeof dropHandlers>
let flowId: string

beforeAll(async () => {
  platform = await startTestPlatform()
  const host = new URL(platform.url).host
  api = createApi({
    server: { host, liveHost: host, version: '4.0', isSecure: false },
    credentials: { account: ANA.account, apiToken: ANA.token }
  })
  const use = <T>(_id: string, ask: (connection: OpenConnection) => Promise<Result<T>>): Promise<Result<T>> =>
    ask({ api } as OpenConnection)
  handlers = dropHandlers({ use } as Connections)
  flowId = await platform.flow('drops')
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const create = async (text: string): Promise<Loose> => {
  const made = await handlers.createDrop({ connectionId, flowId, text })
  if (!made.ok) throw new Error(made.failure.message)
  return JSON.parse(made.value.text) as Loose
}

test('one element is changed alone: what somebody else changed meanwhile stays', async () => {
  const { id: dropId } = await create('{"elems":{"a":1,"b":2,"big":9223372036854775807}}')
  await platform.request('PUT', `/drop/${flowId}/${String(dropId)}/elems.b`, 20)
  const updated = await handlers.updateDropElement({ connectionId, flowId, dropId, element: 'a', text: '10' })
  expect(updated.ok && updated.value.text).toContain('9223372036854775807')
  const stored = await platform.request('GET', `/drop/${flowId}/${String(dropId)}`)
  expect(stored.body).toMatchObject({ version: 2, elems: { a: 10, b: 20 } })
})

test('a drop whose fhash the flow has is not stored, and that is told', async () => {
  await create('{"elems":{"a":1},"fhash":"key"}')
  const again = await handlers.createDrop({ connectionId, flowId, text: '{"elems":{"a":2},"fhash":"key"}' })
  expect(again).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
  expect(again.ok ? '' : again.failure.message).toContain('"key"')
})

test.each([
  ['{"elems":', 'not valid JSON'],
  ['[]', 'JSON object']
])('%s is told before anything is sent', async (text, sentence) => {
  const made = await handlers.createDrop({ connectionId, flowId, text })
  expect(made).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
  expect(made.ok ? '' : made.failure.message).toContain(sentence)
})

test('what the filter of the flow rejects is a sentence of the platform', async () => {
  const guarded = await platform.flow('guarded', { filter: 'n > 10' })
  const made = await handlers.createDrop({ connectionId, flowId: guarded, text: '{"elems":{"n":1}}' })
  expect(made).toMatchObject({ ok: false, failure: { code: 'platform/bad-request' } })
  expect(made.ok ? '' : made.failure.message).toMatch(/filter/)
})

test('a drop that is gone, and a flow that refuses, are told as such', async () => {
  const gone = 'd00000000000000000000000a'
  const read = await handlers.readDrop({ connectionId, flowId, dropId: gone })
  expect(read).toMatchObject({ ok: false, failure: { code: 'platform/not-found' } })
})
