import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFrameReader, readServerFrame } from '../../../src/main/client/push-frame.ts'

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

describe('a reader of many frames', () => {
  const frame = (value: object): string => JSON.stringify({ type: 'message', resource: 'f1', value })
  const usual = (n: number): string =>
    frame({ id: `d${String(n)}`, flowId: 'f1', path: '/a/b', creationDate: n, version: 0, elems: { n } })

  /** One that has seen so many usual frames that it scans. */
  function scanning() {
    const read = createFrameReader()
    for (let n = 0; n < 50; n += 1) read(usual(n))
    return read
  }

  test('reads drops with any members, in any order, as one that parses each does', () => {
    const member = fc.tuple(
      fc.oneof(fc.constantFrom('id', 'creationDate', 'elems', 'path', '"', '\\', ','), fc.string()),
      fc.oneof(fc.jsonValue(), fc.constantFrom('creationDate', '"creationDate":1', '\\'), fc.nat())
    )
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), fc.boolean(), (members, hasId) => {
        const value = { ...(hasId ? { id: 'd1' } : {}), ...Object.fromEntries(members) }
        const text = frame(value)
        expect(scanning()(text)).toEqual(readServerFrame(text))
      }),
      { numRuns: 500 }
    )
  })

  test.each([
    ['a date inside the elements', { id: 'd1', elems: { a: 1, creationDate: 5 }, creationDate: 9 }],
    ['a quote in the path', { id: 'd1', path: '/a"b', creationDate: 9 }],
    ['a path that ends in a backslash', { id: 'd1', path: '/a\\', creationDate: 9 }],
    ['a date that is no whole number', { id: 'd1', creationDate: 9.5 }],
    ['no date', { id: 'd1', elems: { creationDate: 3 } }],
    ['the date as the last member', { id: 'd1', creationDate: 9 }]
  ])('%s', (_what, value) => {
    expect(scanning()(frame(value))).toEqual(readServerFrame(frame(value)))
  })

  test('of a platform that writes further members behind the drop parses every frame', () => {
    const read = createFrameReader()
    for (let n = 0; n < 300; n += 1) {
      const text = usual(n).replace(/}$/, ',"more":{"a":1}}')
      expect(read(text)).toEqual(readServerFrame(text))
    }
  })

  test('keeps the digits of long numbers, as the platform wrote them', () => {
    expect(scanning()(`{"type":"message","resource":"f1","value":${DROP}}`)).toEqual(push)
  })
})
