import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TextStore } from '../../../src/renderer/console/text-store.ts'

const MEBIBYTE = 1_048_576

describe('a store of texts', () => {
  test('gives every text back that was not forgotten, whatever its length and letters', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 50 }),
      fc.nat(3 * MEBIBYTE).map((length) => 'é'.repeat(length / 8)),
      fc.nat(3 * MEBIBYTE).map((length) => 'x'.repeat(length))
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), fc.nat(29), (texts, forgotten) => {
        const store = new TextStore()
        const places = texts.map((each) => ({ text: each, at: store.add(each), length: store.lastLength }))
        const kept = places.slice(forgotten)
        for (const { at } of places.slice(0, forgotten)) store.forget(at)
        kept.push({ text: 'later', at: store.add('later'), length: store.lastLength })
        expect(kept.map(({ at, length }) => store.read(at, length))).toEqual(kept.map((each) => each.text))
        const into = { bytes: new Uint8Array(0), start: 0, end: 0 }
        for (const { text: each, at, length } of kept) {
          store.find(at, length, into)
          expect(new TextDecoder().decode(into.bytes.subarray(into.start, into.end))).toBe(each)
        }
      }),
      { numRuns: 40 }
    )
  })

  test('a text that leaves takes none with it that came later, however large it was', () => {
    const store = new TextStore()
    const large = store.add('x'.repeat(5 * MEBIBYTE))
    const small = Array.from(
      { length: 3 },
      (_, index) => [store.add(String(index)), store.lastLength] as const
    )
    store.forget(large)
    expect(small.map(([at, length]) => store.read(at, length))).toEqual(['0', '1', '2'])
  })

  test('an empty text lies in a chunk like any other', () => {
    const store = new TextStore()
    for (let count = 0; count < 17; count++) store.add('x'.repeat(61_680))
    const empty = store.add('')
    const after = store.add('y'.repeat(60_000))
    store.forget(empty)
    expect(store.read(after, 60_000)).toBe('y'.repeat(60_000))
  })

  test('after it is cleared a position never means two texts', () => {
    const store = new TextStore()
    const before = store.add('a')
    store.clear()
    const after = store.add('b')
    expect([after > before, store.read(after, 1), store.read(before, 1)]).toEqual([true, 'b', ''])
  })
})
