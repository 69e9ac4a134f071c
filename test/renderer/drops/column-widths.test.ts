import { describe, expect, test } from 'vitest'
import { surelyFits } from '../../../src/renderer/drops/column-widths.ts'

describe('a text that surely fits needs no clipping', () => {
  test('a short one in a wide cell', () => {
    expect(surelyFits('21.5', true, 80)).toBe(true)
  })

  test('words need more room than code: their font has wider characters', () => {
    expect(surelyFits('WWWWWWWW', true, 80)).toBe(true)
    expect(surelyFits('WWWWWWWW', false, 80)).toBe(false)
  })

  test('of a text with other characters than those of ASCII it is not known', () => {
    expect(surelyFits('﷽', false, 300)).toBe(false)
  })

  test('a text in a cell without a width does not fit', () => {
    expect(surelyFits('x', true, 0)).toBe(false)
  })
})
