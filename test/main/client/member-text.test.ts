import fc from 'fast-check'
import { expect, test } from 'vitest'
import { itemTexts, memberText } from '../../../src/main/client/member-text.ts'

test('cuts out the text of a member, word for word', () => {
  const body = '{ "n" : 1.0e2, "s":"\\u0041\\"}" , "list":[ 1,{"a":"]"}] }'
  expect(memberText(`{"head":{"body":"no"}, "body" : ${body} }`, 'body')).toBe(body)
})

test('answers undefined when there is no such member or no object', () => {
  expect([
    memberText('{"a":1}', 'b'),
    memberText('[1]', 'a'),
    memberText('{}', 'a'),
    memberText('', 'a')
  ]).toEqual([undefined, undefined, undefined, undefined])
})

test('of any object each member is found, and of any array each item', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.integer({ min: 0, max: 2 }),
      (object, indent) => {
        const text = JSON.stringify(object, null, indent)
        for (const [name, value] of Object.entries(object)) {
          // A name that JSON writes with escapes is not looked for.
          if (JSON.stringify(name) !== `"${name}"`) continue
          expect(JSON.parse(memberText(text, name) ?? '')).toEqual(JSON.parse(JSON.stringify(value)))
        }
        const items = Object.values(object)
        expect(
          itemTexts(JSON.stringify(items, null, indent)).map((item) => JSON.parse(item) as unknown)
        ).toEqual(JSON.parse(JSON.stringify(items)))
      }
    )
  )
})
