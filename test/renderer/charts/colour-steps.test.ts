import { describe, expect, test } from 'vitest'
import { colourSteps, stepOf } from '../../../src/renderer/charts/colour-steps.ts'

describe('shades of a heat map', () => {
  test('go from the one colour to the other', () => {
    expect(colourSteps('#000000', '#ff8000', 3)).toEqual(['rgb(0 0 0)', 'rgb(128 64 0)', 'rgb(255 128 0)'])
  })

  test('nothing takes the first shade alone, the highest the last', () => {
    expect(stepOf(0, 100, 24)).toBe(0)
    expect(stepOf(0.001, 100, 24)).toBe(1)
    expect(stepOf(100, 100, 24)).toBe(23)
    expect(stepOf(5, 0, 24)).toBe(0)
  })
})
