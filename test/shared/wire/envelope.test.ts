import { expect, test } from 'vitest'
import { errorEnvelope, isEnvelope, successEnvelope } from '../../../src/shared/wire/envelope.ts'
import { isPushFrame, isReplyFrame } from '../../../src/shared/wire/frames.ts'

test('what the platform builds is recognised as an envelope', () => {
  expect([successEnvelope(201, { id: 'f1' }), errorEnvelope(404, ['no such flow'])].map(isEnvelope)).toEqual([
    true,
    true
  ])
})

test.each([
  [null],
  ['<html>'],
  [{}],
  [{ head: {} }],
  [{ head: { ok: true }, body: {} }],
  [{ head: null, body: {} }]
])('%j is no envelope', (value) => {
  expect(isEnvelope(value)).toBe(false)
})

test('a push has no head and a reply has one', () => {
  const push = { type: 'message', resource: 'f1', value: {} }
  const reply = { head: { ok: true, status: 200, msgId: null }, body: {} }
  expect([isPushFrame(push), isReplyFrame(push), isPushFrame(reply), isReplyFrame(reply)]).toEqual([
    true,
    false,
    false,
    true
  ])
})
