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

  test('a long integer is found at any place, beside any digits', () => {
    for (let before = 0; before < 40; before += 1) {
      for (const digits of [16, 17, 19]) {
        const long = `9${'0'.repeat(digits - 2)}1`
        const expected = Number.isSafeInteger(Number(long)) ? Number(long) : BigInt(long)
        const text = `{"s":"${'x'.repeat(before)}","d":${'1'.repeat(15)},"n": -${long} , "e":2}`
        expect(parseJson(text)).toEqual({
          s: 'x'.repeat(before),
          d: 111_111_111_111_111,
          n: -expected,
          e: 2
        })
      }
    }
  })

  test('a long integer among any values keeps its digits', () => {
    const values = fc.array(
      fc.oneof(
        fc.integer(),
        fc.string(),
        fc.stringMatching(/^d[0-9]{0,40}$/),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n })
      )
    )
    fc.assert(
      fc.property(values, (list) => {
        expect(parseJson(writeJson({ list }))).toEqual({ list })
      })
    )
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
