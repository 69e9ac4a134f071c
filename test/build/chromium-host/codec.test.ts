import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCodec } from '../../../build/chromium-host/codec.ts'

const codec = makeCodec()

/** As a value travels: encoded, embedded in JSON, parsed, decoded. */
const travel = (value: unknown): unknown => codec.decode(JSON.parse(codec.encode(value)))

describe('the codec', () => {
  test('carries every value that structured clone carries', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      maxDepth: 4
    })
    fc.assert(
      fc.property(anything, (value) => {
        // A clone has the ordinary prototype where the original had none, and so has what travelled.
        expect(travel(value)).toEqual(structuredClone(value))
      }),
      { numRuns: 500, seed: 1 }
    )
  })

  test('carries JSON values exactly', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(travel(value)).toStrictEqual(value)
      }),
      { numRuns: 300, seed: 2 }
    )
  })

  test.each([
    [undefined],
    [null],
    [-0],
    [Number.NaN],
    [Number.NEGATIVE_INFINITY],
    [12345678901234567890n],
    [new Date(86_400_000)],
    [new Date(Number.NaN)],
    [/a+b/giu],
    [new Uint8Array([0, 127, 255])],
    [new Float64Array([0.1, -0])],
    [new Set([new Map([['k', [1, undefined]]])])],
    [{ toJSON: 'a key like any other' }],
    [JSON.parse('{"__proto__": 1, "a": 2}')],
    [['\u2028', '\0', '\ud800']]
  ])('carries %o', (value) => {
    expect(travel(value)).toStrictEqual(value)
  })

  test('carries a buffer and a view on a part of one', () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5])
    expect(travel(bytes.buffer)).toEqual(bytes.buffer)
    expect(travel(bytes.subarray(1, 3))).toEqual(new Uint8Array([2, 3]))
    expect(travel(Buffer.from('drop'))).toEqual(new Uint8Array([100, 114, 111, 112]))
  })

  test('carries the kind and the words of an error', () => {
    const arrived = travel(new RangeError('too far')) as Error
    expect(arrived).toBeInstanceOf(RangeError)
    expect(arrived.message).toBe('too far')
  })

  test('keeps cycles and shared references', () => {
    const shared = { name: 'shared' }
    const value: Record<string, unknown> = { first: shared, second: shared, list: [shared] }
    value['self'] = value
    const arrived = travel(value) as Record<string, unknown>
    expect(arrived['self']).toBe(arrived)
    expect(arrived['first']).toBe(arrived['second'])
    expect((arrived['list'] as unknown[])[0]).toBe(arrived['first'])
  })

  test('carries a plain value deeper than the plain form goes', () => {
    let deep: unknown = 'bottom'
    for (let depth = 0; depth < 500; depth++) deep = [deep]
    expect(travel(deep)).toEqual(deep)
  })

  test.each([[() => 1], [Symbol('s')], [Promise.resolve()], [{ inner: [() => 1] }], [new WeakMap()]])(
    'refuses %o, which cannot be cloned',
    (value) => {
      expect(() => codec.encode(value)).toThrow('An object could not be cloned.')
    }
  )

  test('names nothing outside its own source, for it is put into the page', () => {
    // The source, run where no import and no Buffer is.
    const source = `'use strict'; const Buffer = undefined; return (${makeCodec.toString()})()`
    // eslint-disable-next-line no-new-func -- this is how the page runs it
    const inPage = new Function(source)() as typeof codec
    const value = { bytes: new Uint8Array(100_000).fill(7), when: new Date(5), map: new Map([[1n, -0]]) }
    expect(inPage.decode(JSON.parse(codec.encode(value)))).toEqual(value)
    expect(codec.decode(JSON.parse(inPage.encode(value)))).toEqual(value)
  })
})
