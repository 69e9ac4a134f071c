import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDropScanner, placeOfElements } from '../../../src/renderer/console/drop-scan.ts'
import type { WantedMembers } from '../../../src/renderer/console/drop-scan.ts'
import { parseJson, writeJson } from '../../../src/shared/wire/json.ts'

/** The text among others, as it lies in the store. */
const stored = (text: string) => {
  const before = '"elems":{"temp":1},'
  const bytes = new TextEncoder().encode(`${before}${text}{"temp":2}`)
  const start = before.length
  const end = start + new TextEncoder().encode(text).length
  return { bytes, start, end, elements: 0 }
}

const scan = (text: string, wanted: WantedMembers): unknown => createDropScanner(wanted)?.(stored(text))

const NAMES = ['temp', 'place', 'é', 'a b', 'type', 'value', 'nested', 'id']
const WANTED = { members: ['id', 'path', 'location'], elements: ['temp', 'place', 'é', 'nested'] }

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      true,
      false,
      null,
      0,
      -0.5,
      12.25,
      1e21,
      1.5e-7,
      '',
      'Oslo',
      '{"temp":3}',
      'x"y',
      'tab\t'
    ),
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3 })
  )
})).value
const elements = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string({ minLength: 1 })), value)
const dropOf = fc.record(
  { id: value, path: value, version: value, location: value, elems: elements, fhash: value },
  { requiredKeys: [] }
)

describe('reading some members of a drop', () => {
  test('gives the values that parsing the whole drop gives', () => {
    fc.assert(
      fc.property(dropOf, (drop) => {
        const text = writeJson(drop)
        const parsed = parseJson(text) as Record<string, unknown>
        const scanned = scan(text, WANTED) as Record<string, unknown> | undefined
        // A name with an escape is left to the parser.
        if (scanned === undefined) {
          expect(text).toContain('\\')
          return
        }
        const elems = parsed['elems'] as Record<string, unknown> | undefined
        expect(scanned).toEqual({
          ...Object.fromEntries(WANTED.members.map((name) => [name, parsed[name]])),
          elems: elems && Object.fromEntries(WANTED.elements.map((name) => [name, elems[name]]))
        })
      }),
      { numRuns: 2000 }
    )
  })

  test('gives the same where the elements begin is known', () => {
    fc.assert(
      fc.property(dropOf, elements, (drop, elems) => {
        const text = writeJson({ ...drop, elems })
        const at = { ...stored(text), elements: placeOfElements(text) }
        const scanner = createDropScanner({ members: [], elements: WANTED.elements })
        const whole = structuredClone(scanner?.({ ...at, elements: 0 }))
        const scanned = scanner?.(at)
        // Only the walk over all members meets an escape in the name of one of them.
        if (whole !== undefined) expect(scanned).toEqual(whole)
      }),
      { numRuns: 2000 }
    )
  })

  test.each([
    ['{"id":"d1","elems":{"a":1}}', 19],
    ['{"elems":{"a":1}}', 0],
    ['{"location":{"lat":1},"elems":{"a":1}}', 0],
    ['{"location":{"elems":{}},"elems":{"a":1}}', 0],
    ['{"path":"{","elems":{"a":1}}', 0],
    ['{"path":"/é","elems":{"a":1}}', 0],
    [String.raw`{"path":",\"elems\":{","elems":{"a":1}}`, 0],
    ['{"id":"d1","elems":[]}', 0]
  ])('in %s the elements begin at %i', (text, place) => {
    expect(placeOfElements(text)).toBe(place)
  })

  test('takes a name for itself only where it is one', () => {
    const text = '{"path":"\\"temp\\":9","elems":{"a":{"temp":1},"b":[{"temp":2}],"c":"temp","temp":3}}'
    expect(scan(text, { members: [], elements: ['temp'] })).toEqual({ elems: { temp: 3 } })
    expect(scan('{"temp":1,"elems":{}}', { members: [], elements: ['temp'] })).toEqual({
      elems: { temp: undefined }
    })
  })

  test('finds members behind the elements', () => {
    expect(
      scan('{"elems":{"temp":1,"x":2},"fhash":"h"}', { members: ['fhash'], elements: ['temp'] })
    ).toEqual({ fhash: 'h', elems: { temp: 1 } })
  })

  test.each([
    ['white space', '{ "elems":{"temp":1}}'],
    ['white space around a value', '{"elems":{"temp": 1 }}'],
    ['white space before an object', '{"elems":{"x": {},"temp":1}}'],
    ['a name with an escape', String.raw`{"elems":{"te\u006dp":1}}`],
    ['elements that are no object', '{"elems":[1]}'],
    ['a text that ends too early', '{"elems":{"x":1'],
    ['a value that is none', '{"elems":{"temp":nope}}'],
    ['no object', '[1]'],
    ['nothing', '']
  ])('leaves to the parser: %s', (_, text) => {
    expect(scan(text, { members: [], elements: ['temp'] })).toBeUndefined()
  })

  test('is not made for names that every object has, nor for all elements', () => {
    expect(createDropScanner({ members: [], elements: ['constructor'] })).toBeUndefined()
    expect(createDropScanner({ members: ['elems'], elements: [] })).toBeUndefined()
  })
})
