import { expect, test } from 'vitest'
import { answerRequest } from '../../../src/main/ipc/answer-request.ts'
import type { Handlers } from '../../../src/main/ipc/answer-request.ts'
import { MASK } from '../../../src/main/secrets.ts'
import { REQUEST_NAMES } from '../../../src/shared/ipc/channels.ts'
import type { RequestName } from '../../../src/shared/ipc/channels.ts'
import { failure } from '../../../src/shared/failure.ts'
import { success } from '../../../src/shared/result.ts'
import { createKeptLog } from '../../support/kept-log.ts'

function ask(name: RequestName, input: unknown, over: Partial<Handlers> = {}, isOurs = true) {
  const calls: unknown[] = []
  const remember = (given: unknown): never => {
    calls.push(given)
    return success(null) as never
  }
  const handlers = {
    ...(Object.fromEntries(REQUEST_NAMES.map((each) => [each, remember])) as unknown as Handlers),
    ...over
  }
  const log = createKeptLog()
  return { calls, log, answer: answerRequest(name, input, isOurs, handlers, log) }
}

test('a request that fits is handled with its parsed input', async () => {
  const { calls, answer } = ask('deleteFlow', { connectionId: 'local', flowId: 'f1' })
  expect(await answer).toEqual({ ok: true, value: null })
  expect(calls).toEqual([{ connectionId: 'local', flowId: 'f1' }])
})

test('a request from elsewhere is refused before anything of it is looked at', async () => {
  const { calls, log, answer } = ask('readAppState', undefined, {}, false)
  expect(await answer).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
  expect(calls).toEqual([])
  expect(log.lines).toMatchObject([{ level: 'error', phrase: 'request from elsewhere refused' }])
})

test.each<[RequestName, unknown]>([
  ['readAppState', {}],
  ['deleteFlow', { connectionId: 'local' }],
  ['deleteFlow', { connectionId: 'local', flowId: 'f1', more: 1 }],
  ['deleteFlow', { connectionId: 'local', flowId: 'f'.repeat(257) }],
  ['deleteFlow', null],
  ['copyText', { text: 7 }],
  ['changeReplay', { ratePerSecond: 1e9 }],
  ['openRead', { readId: '', connectionId: 'local', target: { kind: 'flows' }, parameters: {} }],
  ['openRead', { readId: 'r', connectionId: 'local', target: { kind: 'tokens' }, parameters: {} }],
  ['changeSettings', { theme: 'pink' }],
  ['changeSettings', { __proto__: null, constructor: 1 }],
  ['reportPainted', { what: 'everything' }]
])('an input of %s that does not fit is refused with the place: %j', async (name, input) => {
  const { calls, answer } = ask(name, input)
  const result = await answer
  expect(result).toMatchObject({ ok: false, failure: { code: 'input/invalid', details: { name } } })
  expect(calls).toEqual([])
})

test('a fault of a handler is a failure for the window and a line for the log, and does not show its text', async () => {
  const { log, answer } = ask('readSettings', undefined, {
    readSettings: () => {
      throw new Error('secret path')
    }
  })
  const result = await answer
  expect(result).toMatchObject({ ok: false })
  expect(JSON.stringify(result)).not.toContain('secret path')
  expect(log.lines).toMatchObject([{ level: 'error', phrase: 'handler failed' }])
})

test('a token that main knows is in no answer, but in a drop that is saved back it stays what it is', async () => {
  const token = 'a-token-that-main-knows'
  const said = { ok: false, failure: failure('platform/refused', { message: `It said: ${token}` }) } as const
  const { log, answer } = ask('testConnection', {}, { testConnection: () => success({ token } as never) })
  log.protect(token)
  expect(await answer).toEqual({ ok: true, value: { token: MASK } })
  const refused = ask('readFlow', { connectionId: 'c', flow: { flowId: 'f' } }, { readFlow: () => said })
  refused.log.protect(token)
  expect(await refused.answer).toMatchObject({ ok: false, failure: { message: `It said: ${MASK}` } })
  const text = JSON.stringify({ elems: { token } })
  const drop = { connectionId: 'c', flowId: 'f', dropId: 'd' }
  const kept = ask('readDrop', drop, { readDrop: () => success({ text }) })
  kept.log.protect(token)
  expect(await kept.answer).toEqual({ ok: true, value: { text } })
})

test('secret members of an answer never reach the window', async () => {
  const { answer } = ask(
    'readFlow',
    { connectionId: 'local', flow: { flowId: 'f1' } },
    {
      readFlow: () => success({ id: 'f1', masterToken: 'a', nested: [{ tokenString: 'b' }] } as never)
    }
  )
  expect(await answer).toEqual({
    ok: true,
    value: { id: 'f1', masterToken: MASK, nested: [{ tokenString: MASK }] }
  })
})
