import { expect, test } from 'vitest'
import { readServerFrame } from '../../../src/main/client/push-frame.ts'

const DROP =
  '{"id":"d1","flowId":"f1","path":"/a/b","creationDate":5,"elems":{"n":9007199254740993,"t":"}\\"{"}}'
const push = { kind: 'push', push: { flowId: 'f1', dropId: 'd1', creationDate: 5, text: DROP } }

test('the text of a pushed drop is the one that the platform sent', () => {
  expect(readServerFrame(`{"type":"message","resource":"f1","value":${DROP}}`)).toEqual(push)
})

test('the order of the members, their spaces and further members do not matter', () => {
  expect(readServerFrame(`{"resource":"f1", "value": ${DROP} ,"type":"message"}`)).toEqual(push)
  expect(readServerFrame(`{"type":"message","resource":"f1","value":${DROP},"more":{"a":1}}`)).toEqual(push)
})

test('a frame with a head is a reply, also when it looks like a push', () => {
  const head = { msgId: 1, ok: true, status: 200, messages: [], errors: [], references: {} }
  expect(readServerFrame(JSON.stringify({ head, body: {} }))).toEqual({
    kind: 'reply',
    reply: { head, body: {} }
  })
})

test('anything else is told with a reason', () => {
  expect(
    [
      '',
      'x',
      '1',
      '{}',
      '{"type":"message","resource":"f1","value":7}',
      '{"type":"message","resource":"f1"}'
    ].map((text) => readServerFrame(text).kind)
  ).toEqual(Array(6).fill('unknown'))
})
