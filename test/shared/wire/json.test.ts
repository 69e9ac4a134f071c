import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson, writeJson } from '../../../src/shared/wire/json.ts'

describe('parseJson', () => {
  test('an integer beyond 2^53 becomes a bigint with all its digits', () => {
    expect(parseJson('{"n":9007199254740993,"list":[-9223372036854775808]}')).toEqual({
      n: 9007199254740993n,
      list: [-9223372036854775808n]
    })
  })

  test('a long integer at the start of the text counts too', () => {
    expect(parseJson(' 9007199254740993')).toBe(9007199254740993n)
  })

  test('an integer that a number holds exactly stays a number', () => {
    expect(parseJson('[1, 9007199254740991, 0]')).toEqual([1, 9007199254740991, 0])
  })

  test('a long fraction stays a number', () => {
    expect(parseJson('[123456789012.3456, 1234567890123456e-3]')).toEqual([
      123456789012.3456, 1234567890123.456
    ])
  })

  test('digits in a string are left alone', () => {
    expect(parseJson('{"id":"d66a0c1df0000000000000002","s":": 12345678901234567"}')).toEqual({
      id: 'd66a0c1df0000000000000002',
      s: ': 12345678901234567'
    })
  })

  test('a member named __proto__ stays a member', () => {
    expect(Object.keys(parseJson('{"__proto__":1,"n":12345678901234567890}') as object)).toEqual([
      '__proto__',
      'n'
    ])
  })

  test('a text that is not JSON throws a SyntaxError', () => {
    expect(() => parseJson('{"a":')).toThrow(SyntaxError)
  })
})

describe('writeJson', () => {
  test('keeps the digits of a bigint and leaves undefined members out', () => {
    expect(writeJson({ a: 12345678901234567890n, b: undefined, c: [1n] })).toBe(
      '{"a":12345678901234567890,"c":[1]}'
    )
  })

  test('what is written is read again, whatever the value', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 })
      )
    })).value
    fc.assert(
      fc.property(value, (given) => {
        expect(parseJson(writeJson(given))).toEqual(given)
      })
    )
  })
})
