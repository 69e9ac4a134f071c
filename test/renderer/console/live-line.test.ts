import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cutPath,
  cutToWidth,
  fitSummary,
  moreText,
  padToWidth,
  widthOf
} from '../../../src/renderer/console/live-line.ts'

const part = (place: number, name: string, text: string) => ({ place, name, kind: 'text', text }) as const
const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.string({ maxLength: 30 }))

describe('a line of characters', () => {
  test('takes letters of other scripts for twice as wide, and no text is wider than it was cut to', () => {
    expect([widthOf('abc'), widthOf('日本'), widthOf('…')]).toEqual([3, 4, 1])
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (text, width) => {
        const cut = cutToWidth(text, width)
        expect(widthOf(cut)).toBeLessThanOrEqual(width)
        if (widthOf(text) <= width) expect(cut).toBe(text)
        else expect(cut.endsWith('…')).toBe(true)
      })
    )
  })

  test('pads to a width at either side', () => {
    expect([padToWidth('ab', 5, 'left'), padToWidth('ab', 5, 'right'), padToWidth('ab', 5, 'both')]).toEqual([
      'ab   ',
      '   ab',
      ' ab  '
    ])
    expect(padToWidth('abcdef', 4, 'right')).toBe('abc…')
  })

  test('of a path that is too long the end stays', () => {
    expect([cutPath('/ana/weather/oslo', 30), cutPath('/ana/weather/oslo', 10)]).toEqual([
      '/ana/weather/oslo',
      '…ther/oslo'
    ])
  })
})

describe('the elements that fit a line', () => {
  const parts = [part(0, 'temp', '21.5'), part(1, 'place', 'a room with a view'), part(2, 'n', '7')]

  test('are all of them where there is room', () => {
    expect(fitSummary(parts, 0, 100)).toEqual({ parts, leftOut: 0 })
    expect(fitSummary(parts, 5, 100)).toEqual({ parts, leftOut: 5 })
  })

  test('are cut where there is none, and what is left out is counted', () => {
    expect(fitSummary(parts, 0, 27)).toEqual({
      parts: [parts[0], part(1, 'place', 'a room…')],
      leftOut: 1
    })
    expect(fitSummary(parts, 4, 14)).toEqual({ parts: [parts[0]], leftOut: 6 })
  })

  test('where not even the first fits, are its beginning', () => {
    expect(fitSummary(parts, 0, 9)).toEqual({ parts: [part(0, 'temp', '21.…')], leftOut: 0 })
    expect(fitSummary([part(0, 'a long name', 'a long value')], 0, 12)).toEqual({
      parts: [part(0, 'a lon…', 'a lo…')],
      leftOut: 0
    })
  })

  test('never take more than the room', () => {
    const anyParts = fc
      .array(fc.tuple(words, words), { minLength: 1, maxLength: 8 })
      .map((pairs) => pairs.map(([name, text], place) => part(place, name, text)))
    fc.assert(
      fc.property(anyParts, fc.nat(20), fc.integer({ min: 14, max: 120 }), (given, leftOut, width) => {
        const fitted = fitSummary(given, leftOut, width)
        const taken = fitted.parts.reduce((sum, { name, text }) => sum + widthOf(name) + 1 + widthOf(text), 0)
        const gaps = Math.max(0, fitted.parts.length - 1) * 1.25
        const more = fitted.leftOut > 0 ? 1.25 + moreText(fitted.leftOut).length : 0
        expect(taken + gaps + more).toBeLessThanOrEqual(width)
        const isCounted = fitted.parts.length + fitted.leftOut === given.length + leftOut
        expect(isCounted || (fitted.parts.length === 1 && fitted.parts[0]?.text.includes('…') === true)).toBe(
          true
        )
      })
    )
  })
})
