import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { requestHandlers } from '../../../src/main/ipc/request-handlers.ts'
import type { RequestHandlerParts } from '../../../src/main/ipc/request-handlers.ts'
import { createNotices } from '../../../src/main/notices.ts'
import { openStores } from '../../../src/main/settings.ts'
import { contract } from '../../../src/shared/ipc/contract.ts'
import type { PlatformRequest } from '../../../src/shared/model/platform-request.ts'
import { MAX_SHOWN_ANSWER_BYTES } from '../../../src/shared/model/platform-request.ts'
import { success } from '../../../src/shared/result.ts'
import { MASK } from '../../../src/shared/secret-text.ts'
import { createKeptLog } from '../../support/kept-log.ts'
import { startTestPlatform, TEST_TOKEN } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { createMemoryKeychain } from '../../support/memory-keychain.ts'
import { openTestConnections, profileAt } from '../../support/opened-connections.ts'
import type { TestConnections } from '../../support/opened-connections.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'
import { valueOf } from '../../support/value-of.ts'

const directory = mkdtempSync(join(tmpdir(), 'flowscope-requests-'))
let platform: TestPlatform
let opened: TestConnections
let connectionId: string
let clipboard: string[]
let files: string[]
let progress: number[]

beforeAll(async () => {
  platform = await startTestPlatform()
  opened = openTestConnections(directory, createMemoryKeychain())
  connectionId = (await save('Plant', platform.host)).id
})
afterAll(async () => {
  await opened.close()
  await platform.close()
  rmSync(directory, { recursive: true, force: true })
})
beforeEach(() => {
  clipboard = []
  files = []
  progress = []
})

const save = async (name: string, host: string, isReadOnly = false) =>
  valueOf(await opened.kept.save({ profile: profileAt(host, { name, isReadOnly }), apiToken: TEST_TOKEN }))

const handlers = () =>
  requestHandlers({
    connections: opened.connections,
    stores: openStores({ directory, notices: createNotices(), log: createKeptLog() }),
    desktop: {
      writeClipboard: (text) => clipboard.push(text),
      saveFile: (_name, content) => {
        files.push(String(content))
        return Promise.resolve(success('/home/ana/answer.json'))
      }
    } satisfies RequestHandlerParts['desktop'],
    onBatchProgressed: ({ place }) => progress.push(place)
  })

type Written = Omit<PlatformRequest, 'parameters'> & { parameters: { name: string; value: string }[] }

const get = (path: string, over: Partial<Written> = {}): Written => ({
  method: 'GET',
  path,
  parameters: [],
  body: '',
  ...over
})

test('any status is an answer, told in words when it is no success', async () => {
  const { sendRequest } = handlers()
  const made = valueOf(
    await sendRequest({
      requestId: 'r1',
      connectionId,
      request: get('/flow', { method: 'POST', body: '{"path": "/ana/attic"}' })
    })
  )
  expect(made).toMatchObject({ requestId: 'r1', status: 201, isCut: false })
  expect(made.failure).toBeUndefined()
  expect(made.sizeBytes).toBe(Buffer.byteLength(made.text))
  expect(made.headers.map(({ name }) => name)).toContain('content-type')
  const missing = await sendRequest({ requestId: 'r2', connectionId, request: get('/nothing') })
  expect(missing).toMatchObject({
    value: { status: 404, failure: { code: 'platform/not-found', details: { method: 'GET', status: 404 } } }
  })
})

test('the methods of the protocol that HTTP does not know are sent, with a body', async () => {
  const { sendRequest } = handlers()
  const found = valueOf(
    await sendRequest({
      requestId: 'r1',
      connectionId,
      request: get('/flow', { parameters: [{ name: 'limit', value: '1' }] })
    })
  )
  const [flow] = (JSON.parse(found.text) as { body: { id: string }[] }).body
  const request = get('/flow', { method: 'MGET', body: JSON.stringify([flow?.id]) })
  const read = valueOf(await sendRequest({ requestId: 'r2', connectionId, request }))
  expect(Object.keys((JSON.parse(read.text) as { body: object }).body)).toEqual([flow?.id])
})

test('tokens in an answer are masked, in what is shown, copied and saved', async () => {
  const { sendRequest, copyAnswer, saveAnswer } = handlers()
  const request = get('/token', {
    method: 'POST',
    body: '{"description": "sensor", "paths": {"/ana/attic": {"dropRead": true}}}'
  })
  const made = valueOf(await sendRequest({ requestId: 'r1', connectionId, request }))
  expect(made.status).toBe(201)
  expect(made.text).toContain(`"tokenString":"${MASK}"`)
  await copyAnswer({ requestId: 'r1' })
  expect(await saveAnswer({ requestId: 'r1' })).toEqual(success({ filePath: '/home/ana/answer.json' }))
  expect([clipboard, files]).toEqual([[made.text], [made.text]])
})

test('a long answer is shown from its beginning, and copied and saved whole, all digits kept', async () => {
  const flow = await opened.connections.use(connectionId, ({ api }) => api.flow.create({ path: '/ana/long' }))
  const { id } = valueOf(flow)
  const text = 'x'.repeat(MAX_SHOWN_ANSWER_BYTES)
  const { sendRequest, copyAnswer, readAnswer } = handlers()
  const request = get(`/drop/${id}`, {
    method: 'POST',
    body: `{"elems": {"n": 9007199254740993, "text": "${text}"}}`
  })
  const answer = valueOf(await sendRequest({ requestId: 'r1', connectionId, request }))
  expect(answer.isCut).toBe(true)
  expect(Buffer.byteLength(answer.text)).toBe(MAX_SHOWN_ANSWER_BYTES)
  expect(answer.sizeBytes).toBeGreaterThan(MAX_SHOWN_ANSWER_BYTES)
  await copyAnswer({ requestId: 'r1' })
  expect(clipboard[0]).toContain('9007199254740993')
  expect(clipboard[0]).toContain(text)
  expect(valueOf(await readAnswer({ requestId: 'r1' })).text).toBe(answer.text)
  expect(await readAnswer({ requestId: 'other' })).toMatchObject({ failure: { code: 'input/invalid' } })
})

test('what was sent is in the history, failures too', async () => {
  const { sendRequest, listRequestHistory, clearRequestHistory } = handlers()
  await clearRequestHistory({ connectionId })
  await sendRequest({ requestId: 'r1', connectionId, request: get('/flow') })
  await sendRequest({ requestId: 'r2', connectionId: 'nobody', request: get('/flow') })
  expect(await listRequestHistory({ connectionId })).toMatchObject({
    value: [{ request: { path: '/flow' }, status: 200 }]
  })
  expect(await listRequestHistory({ connectionId: 'nobody' })).toMatchObject({
    value: [{ failureCode: 'input/invalid' }]
  })
})

test('a request that is cancelled ends at once, however dead the way to the platform is', async () => {
  const proxy = await openTcpProxy(platform.host)
  const { id } = await save('Behind a proxy', proxy.host)
  const { sendRequest, cancelRequest } = handlers()
  await sendRequest({ requestId: 'r0', connectionId: id, request: get('/flow') })
  proxy.freeze()
  const waiting = sendRequest({ requestId: 'r1', connectionId: id, request: get('/flow') })
  await new Promise((resolve) => setImmediate(resolve))
  await cancelRequest({ requestId: 'r1' })
  expect(await waiting).toMatchObject({ ok: false, failure: { code: 'request/cancelled' } })
  await opened.kept.remove(id)
  await proxy.close()
})

test('a batch answers in the order of the call and tells each outcome, and its answers can be read', async () => {
  const { runBatch, readAnswer } = handlers()
  const requests = Array.from({ length: 20 }, (_, place) => get(place === 7 ? '/nothing' : '/flow'))
  const { outcomes } = valueOf(
    await runBatch({ batchId: 'b1', connectionId, requests, concurrency: 4, stopsAtFailure: false })
  )
  expect(outcomes.map(({ kind }) => kind)).toEqual(
    requests.map((_, place) => (place === 7 ? 'failed' : 'answered'))
  )
  expect(outcomes[7]).toMatchObject({ status: 404, failure: { code: 'platform/not-found' } })
  expect([...progress].sort((left, right) => left - right)).toEqual(requests.map((_, place) => place))
  expect(await readAnswer({ requestId: 'b1/7' })).toMatchObject({ value: { status: 404 } })
})

test('a read-only connection refuses what writes, before it is sent, and sends what reads', async () => {
  const { id } = await save('Only read', platform.host, true)
  const { sendRequest } = handlers()
  const request = get('/flow', { method: 'POST', body: '{"path": "/ana/never"}' })
  expect(await sendRequest({ requestId: 'r1', connectionId: id, request })).toMatchObject({
    ok: false,
    failure: { code: 'request/read-only' }
  })
  expect(await sendRequest({ requestId: 'r2', connectionId: id, request: get('/flow') })).toMatchObject({
    value: { status: 200 }
  })
})

test('a frame is answered word for word, secrets masked', async () => {
  const { sendFrame } = handlers()
  await until(
    'the connection is open',
    () => opened.connections.find(connectionId)?.status.kind === 'connected'
  )
  const frame =
    '{"type": "create", "object": "token", "value": {"paths": {"/ana/attic": {"dropRead": true}}}}'
  const reply = valueOf(await sendFrame({ connectionId, text: frame }))
  expect(reply.text).toContain('"head"')
  expect(reply.text).toContain(`"tokenString":"${MASK}"`)
  expect(reply).toMatchObject({ isCut: false, sizeBytes: Buffer.byteLength(reply.text) })
})

test('the ids of a service come with what a person calls them', async () => {
  const { listServiceIds } = handlers()
  const ids = valueOf(await listServiceIds({ connectionId, service: 'flow' }))
  expect(ids.map(({ label }) => label)).toContain('/ana/attic')
})

test('what is no token of HTTP, and a path with a query, do not pass the door', () => {
  const { input } = contract.sendRequest
  const fits = (request: object): boolean =>
    input.safeParse({ requestId: 'r', connectionId, request: { ...get('/flow'), ...request } }).success
  expect(fits({})).toBe(true)
  expect(fits({ method: 'GET /x' })).toBe(false)
  expect(fits({ method: 'get' })).toBe(false)
  expect(fits({ path: '/flow?limit=1' })).toBe(false)
  expect(fits({ path: '/flow\r\nX-Other: 1' })).toBe(false)
})
