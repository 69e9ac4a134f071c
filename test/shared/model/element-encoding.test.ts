import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalElements,
  canonicalLocation,
  compareCodePoints,
  compareElementValues,
  MAX_NESTING_LEVELS,
  toPlainElements,
  toTypedElements
} from '../../../src/shared/model/element-encoding.ts'
import type { Elements, ElementValue } from '../../../src/shared/model/elements.ts'
import { parseJson, writeJson } from '../../../src/shared/wire/json.ts'

const HEX = '0123456789abcdef01234567'

/** The canonical form of one element. */
function canonical(value: unknown): ElementValue | undefined {
  const outcome = canonicalElements({ e: value })
  if (outcome.kind === 'invalid') throw new Error(outcome.problem)
  return outcome.elems['e']
}

const typed = (type: string, value: unknown): { type: string; value: unknown } => ({ type, value })

describe('reading elements', () => {
  const accepted: readonly (readonly [type: string, sent: unknown, canonical: unknown])[] = [
    ['string', 'a', 'a'],
    ['boolean', true, true],
    ['integer', 5, 5],
    ['integer', -(2 ** 31), -(2 ** 31)],
    ['long', 5, typed('long', 5)],
    ['long', 2 ** 31, 2 ** 31],
    ['long', 2n ** 63n - 1n, 2n ** 63n - 1n],
    ['float', 1.5, 1.5],
    ['float', 1, typed('float', 1)],
    ['date', 1342404840000, typed('date', 1342404840000)],
    ['date', -1, typed('date', -1)],
    ['list', [1, null, typed('string', 'x')], [1, 'x']],
    ['set', [2, 1, 2, typed('integer', 1)], typed('set', [2, 1])],
    ['sortedSet', [10, 9, 'b', 'a', 9, true], typed('sortedSet', [true, 9, 10, 'a', 'b'])],
    ['map', { a: typed('date', 5), b: null }, { a: typed('date', 5) }],
    ['sortedMap', { b: 1, a: 2 }, typed('sortedMap', { a: 2, b: 1 })],
    ['location', { lat: 1, lon: 2, other: 3 }, typed('location', { lat: 1, lon: 2 })],
    [
      'location',
      { lat: 1, lon: 2, specifiers: { floor: typed('integer', 3) } },
      typed('location', { lat: 1, lon: 2, specifiers: { floor: 3 } })
    ],
    ['id', HEX, typed('id', HEX)],
    ['id', `f${HEX}`, typed('id', `f${HEX}`)],
    [
      'dropRef',
      { flowId: `f${HEX}`, dropId: typed('id', HEX) },
      typed('dropRef', { flowId: `f${HEX}`, dropId: HEX })
    ],
    ['email', 'a@b', typed('email', 'a@b')],
    ['uri', 'urn:x', typed('uri', 'urn:x')],
    ['text', 't', typed('text', 't')],
    ['html', '<b>', typed('html', '<b>')],
    ['url', 'http://x', typed('url', 'http://x')],
    ['phone', '+1', typed('phone', '+1')]
  ]

  test.each(accepted.map(([type, sent, expected]) => [type, writeJson(sent), sent, expected] as const))(
    'a typed %s of %s',
    (type, _text, value, expected) => {
      expect(canonical(typed(type, value))).toEqual(expected)
    }
  )

  const refused: readonly (readonly [type: string, sent: unknown])[] = [
    ['string', 5],
    ['boolean', 'true'],
    ['integer', 1.5],
    ['integer', 2 ** 31],
    ['integer', 2n ** 60n],
    ['long', 1.5],
    ['long', 2n ** 63n],
    ['long', 1e300],
    ['float', '1'],
    ['float', Infinity],
    ['date', 1.5],
    ['date', '2020-01-01'],
    ['date', 1e17],
    ['list', {}],
    ['set', 'abc'],
    ['sortedSet', null],
    ['map', []],
    ['sortedMap', 1],
    ['location', { lat: 91, lon: 0 }],
    ['location', { lat: 0, lon: 181 }],
    ['location', { lat: 0 }],
    ['location', { lat: 0, lon: 0, specifiers: [] }],
    ['id', 'xyz'],
    ['id', HEX.toUpperCase()],
    ['dropRef', { flowId: HEX }],
    ['email', 'nobody'],
    ['uri', 5],
    ['phone', 112]
  ]

  test.each(refused.map(([type, sent]) => [type, writeJson(sent), sent] as const))(
    'a %s cannot be %s, and the sentence names the element',
    (type, _text, value) => {
      const outcome = canonicalElements({ deep: { e: typed(type, value) } })
      expect(outcome.kind).toBe('invalid')
      if (outcome.kind === 'invalid') expect(outcome.problem).toContain('elems.deep.e')
    }
  )

  test.each<[unknown]>([[null], [[]], ['text'], [5], [undefined]])('elems cannot be %j', (input) => {
    expect(canonicalElements(input).kind).toBe('invalid')
  })

  test.each<[string, unknown, unknown]>([
    ['an unknown type', { type: 'moon', value: 1 }, { type: 'moon', value: 1 }],
    ['a third member', { type: 'date', value: 1, more: 2 }, { type: 'date', value: 1, more: 2 }],
    ['a type that is no text', { type: 5, value: 1 }, { type: 5, value: 1 }]
  ])('an object with %s is a map', (_name, input, expected) => {
    expect(canonical(input)).toEqual(expected)
  })

  test('a map that would read as a wrapper keeps one of its own, and comes out as it was meant', () => {
    const lookalike = { type: 'date', value: 'not a date' }
    for (const input of [typed('map', lookalike), { ...lookalike, dropped: null }]) {
      expect(canonical(input)).toEqual(typed('map', lookalike))
      const outcome = canonicalElements({ e: input })
      if (outcome.kind === 'invalid') throw new Error(outcome.problem)
      expect(outcome.isPlain).toBe(false)
      expect(toPlainElements(outcome.elems)).toEqual({ e: lookalike })
    }
  })

  test('integers beyond 64 bits and numbers beyond a float are refused, other large numbers are floats', () => {
    expect(canonicalElements(parseJson('{"e":9223372036854775808}')).kind).toBe('invalid')
    expect(canonicalElements(parseJson('{"e":-9223372036854775809}')).kind).toBe('invalid')
    expect(canonicalElements(parseJson('{"e":1e400}')).kind).toBe('invalid')
    expect(toTypedElements({ e: canonical(1e30) ?? null })).toEqual({ e: typed('float', 1e30) })
    // What JavaScript writes for the floats 1e20 and -2^63.
    expect(canonical(parseJson('100000000000000000000'))).toBe(1e20)
    expect(canonical(parseJson('-9223372036854776000'))).toBe(-(2 ** 63))
    expect(canonicalElements(parseJson(`{"e":${'9'.repeat(400)}}`)).kind).toBe('invalid')
  })

  test('a whole that is plain is known to be plain', () => {
    const isPlain = (elems: unknown): unknown => {
      const outcome = canonicalElements(elems)
      return outcome.kind === 'canonical' && outcome.isPlain
    }
    expect(isPlain({ a: 1, b: [{ c: 'x' }], d: typed('integer', 5) })).toBe(true)
    expect(isPlain({ a: [{ b: typed('date', 1) }] })).toBe(false)
  })

  test(`nesting ends at ${String(MAX_NESTING_LEVELS)} levels, for maps, lists and both through wrappers`, () => {
    const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
      levels === 0 ? 1 : wrap(nested(levels - 1, wrap))
    for (const wrap of [
      (inner: unknown) => ({ m: inner }),
      (inner: unknown) => [inner],
      (inner: unknown) => typed('list', [inner]),
      (inner: unknown) => typed('sortedMap', { m: inner })
    ]) {
      expect(canonicalElements({ e: nested(MAX_NESTING_LEVELS, wrap) }).kind).toBe('canonical')
      expect(canonicalElements({ e: nested(MAX_NESTING_LEVELS + 1, wrap) }).kind).toBe('invalid')
    }
  })
})

describe('writing elements', () => {
  const elems: Elements = {
    s: 'a',
    i: 1,
    l: 2 ** 40,
    f: 1.5,
    b: true,
    at: { type: 'date', value: 5 },
    list: [1, { type: 'date', value: 6 }],
    set: { type: 'set', value: [1, { type: 'email', value: 'a@b' }] },
    map: { deep: { type: 'long', value: 1 } },
    place: { type: 'location', value: { lat: 1, lon: 2, specifiers: { n: 3 } } },
    ref: { type: 'dropRef', value: { flowId: `f${HEX}`, dropId: `d${HEX}` } }
  }

  test('plain', () => {
    expect(toPlainElements(elems)).toEqual({
      s: 'a',
      i: 1,
      l: 2 ** 40,
      f: 1.5,
      b: true,
      at: 5,
      list: [1, 6],
      set: [1, 'a@b'],
      map: { deep: 1 },
      place: { lat: 1, lon: 2, specifiers: { n: 3 } },
      ref: { flowId: `f${HEX}`, dropId: `d${HEX}` }
    })
  })

  test('typed', () => {
    expect(toTypedElements(elems)).toEqual({
      s: typed('string', 'a'),
      i: typed('integer', 1),
      l: typed('long', 2 ** 40),
      f: typed('float', 1.5),
      b: typed('boolean', true),
      at: typed('date', 5),
      list: typed('list', [typed('integer', 1), typed('date', 6)]),
      set: typed('set', [typed('integer', 1), typed('email', 'a@b')]),
      map: typed('map', { deep: typed('long', 1) }),
      place: typed('location', { lat: 1, lon: 2, specifiers: { n: typed('integer', 3) } }),
      ref: typed('dropRef', { flowId: `f${HEX}`, dropId: `d${HEX}` })
    })
  })
})

describe('for any elements', () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 4 }),
    fc.constantFrom('type', 'value', '__proto__', 'lat')
  )
  const scalar = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
    fc.constantFrom('date', 'list', 'map'),
    fc.integer().map((value) => typed('date', value)),
    fc.integer().map((value) => typed('long', value)),
    fc.integer().map((value) => typed('float', value)),
    fc.string().map((value) => typed('html', value))
  )
  const { element } = fc.letrec<{ element: unknown }>((tie) => ({
    element: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.array(tie('element'), { maxLength: 4 }),
      fc.dictionary(name, tie('element'), { maxKeys: 4 }),
      fc.array(tie('element'), { maxLength: 4 }).map((value) => typed('set', value)),
      fc.array(tie('element'), { maxLength: 4 }).map((value) => typed('sortedSet', value)),
      fc.dictionary(name, tie('element'), { maxKeys: 4 }).map((value) => typed('sortedMap', value)),
      fc.dictionary(name, tie('element'), { maxKeys: 4 }).map((value) => typed('map', value))
    )
  }))
  const anyElems = fc.dictionary(name, element, { maxKeys: 5 })

  const canonicalOf = (
    input: unknown
  ): { readonly elems: Elements; readonly isPlain: boolean } | undefined => {
    const outcome = canonicalElements(input)
    return outcome.kind === 'canonical' ? outcome : undefined
  }

  test('the canonical form is its own canonical form, also after a trip through JSON', () => {
    fc.assert(
      fc.property(anyElems, (input) => {
        const once = canonicalOf(input)
        if (once === undefined) return
        expect(writeJson(canonicalOf(once.elems)?.elems)).toBe(writeJson(once.elems))
        expect(writeJson(canonicalOf(parseJson(writeJson(once.elems)))?.elems)).toBe(writeJson(once.elems))
      })
    )
  })

  test('the typed form reads back to the same canonical form', () => {
    fc.assert(
      fc.property(anyElems, (input) => {
        const once = canonicalOf(input)
        if (once === undefined) return
        expect(writeJson(canonicalOf(toTypedElements(once.elems))?.elems)).toBe(writeJson(once.elems))
      })
    )
  })

  test('what is known to be plain is its own plain form', () => {
    fc.assert(
      fc.property(anyElems, (input) => {
        const once = canonicalOf(input)
        if (once?.isPlain !== true) return
        expect(writeJson(toPlainElements(once.elems))).toBe(writeJson(once.elems))
      })
    )
  })

  test('values and texts have one order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const points = (text: string): number[] => [...text].map((sign) => sign.codePointAt(0) ?? 0)
        const [left, right] = [points(a), points(b)]
        const first = left.findIndex((point, index) => point !== right[index])
        const expected =
          first === -1 || first >= right.length
            ? left.length - right.length
            : (left[first] ?? 0) - (right[first] ?? 0)
        expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(expected))
        expect(Math.sign(compareElementValues(a, b))).toBe(Math.sign(expected))
      })
    )
  })
})

describe('the location of a drop', () => {
  test('keeps latitude, longitude and the free map', () => {
    expect(canonicalLocation({ lat: 1, lon: 2, specifiers: { a: null, b: 1 }, other: 5 })).toEqual({
      kind: 'location',
      location: { lat: 1, lon: 2, specifiers: { b: 1 } },
      isPlain: true
    })
  })

  test.each([[5], [{ lat: 1 }], [{ lat: -91, lon: 0 }], [{ lat: 0, lon: 0, specifiers: 5 }]])(
    'cannot be %j',
    (input) => {
      expect(canonicalLocation(input).kind).toBe('invalid')
    }
  )
})
