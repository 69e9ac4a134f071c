import { describe, expect, test } from 'vitest'
import { describeFlowAge } from '../../../src/renderer/flows/flow-age.ts'

const NOW = 1_000_000_000
const MINUTE = 60_000
const every = (gapMs: number, lastAgoMs: number, count = 6): number[] =>
  Array.from({ length: count }, (_, index) => NOW - lastAgoMs - index * gapMs)

describe('the age of a flow', () => {
  test('says nothing when nothing is known, and that it is empty when that is known', () => {
    expect(describeFlowAge(undefined, 0, NOW)).toEqual({ text: '', isSilent: false, reason: '' })
    expect(describeFlowAge([], 0, NOW)).toMatchObject({ text: '', reason: 'It holds no drops.' })
  })

  test('is silent when a flow with a rhythm lost it', () => {
    expect(describeFlowAge(every(30_000, 120 * MINUTE), 0, NOW)).toEqual({
      text: 'silent 2 h',
      isSilent: true,
      reason: 'No drop for 2 h; the ones before came about every 30 s.'
    })
  })

  test('is an age while the rhythm goes on, and for some gaps after', () => {
    expect(describeFlowAge(every(30_000, 31_000), 0, NOW)).toMatchObject({ text: '31 s', isSilent: false })
    expect(describeFlowAge(every(30_000, 4 * MINUTE), 0, NOW)).toMatchObject({
      text: '4 min',
      isSilent: false
    })
  })

  test('is never silent within a minute', () => {
    expect(describeFlowAge(every(1000, 59_000), 0, NOW).isSilent).toBe(false)
  })

  test('an import is no rhythm, nor are drops at odd times or too few', () => {
    expect(describeFlowAge(every(3, 120 * MINUTE), 0, NOW)).toMatchObject({ text: '2 h', isSilent: false })
    const odd = [120, 121, 180, 181, 900].map((minutes) => NOW - minutes * MINUTE)
    expect(describeFlowAge(odd, 0, NOW).isSilent).toBe(false)
    expect(describeFlowAge(every(30_000, 120 * MINUTE, 3), 0, NOW).isSilent).toBe(false)
  })

  test('counts from the last live drop when that is later', () => {
    expect(describeFlowAge(every(30_000, 120 * MINUTE), NOW - 5000, NOW)).toMatchObject({
      text: '5 s',
      isSilent: false
    })
  })
})
