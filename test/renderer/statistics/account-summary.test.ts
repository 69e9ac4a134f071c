import { describe, expect, test } from 'vitest'
import { summarizeAccount } from '../../../src/renderer/statistics/account-summary.ts'

const range = { year: 2024, month: 2 }
const hoursWith = (counts: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: 29 * 24 }, (_, place) => counts[place] ?? 0)
const flow = (name: string) => ({ id: `f-${name}`, name })
const end = Date.UTC(2024, 2, 1)

describe('the account at a glance', () => {
  test('the busiest flow is first, one without drops is not there', () => {
    const summary = summarizeAccount(
      range,
      [
        { flow: flow('/a'), hours: hoursWith({ 0: 2, 695: 1 }) },
        { flow: flow('/b'), hours: hoursWith({ 695: 9 }) },
        { flow: flow('/c'), hours: hoursWith({}) }
      ],
      [],
      end
    )
    expect(summary.totalDrops).toBe(12)
    expect(summary.busiest.map(({ flow: { name }, drops }) => [name, drops])).toEqual([
      ['/b', 9],
      ['/a', 3]
    ])
    expect(summary.days).toHaveLength(29)
    expect(summary.hours[0]).toBe(2)
    expect(summary.hours[695]).toBe(10)
  })

  test('a flow is silent when its last day had no drop, and hours to come are no silence', () => {
    const flows = [
      { flow: flow('/early'), hours: hoursWith({ 10: 1 }) },
      { flow: flow('/late'), hours: hoursWith({ 690: 1 }) }
    ]
    const atEnd = summarizeAccount(range, flows, [], end)
    expect(atEnd.silent.map(({ flow: { name } }) => name)).toEqual(['/early'])
    expect(atEnd.silent[0]?.lastHourMs).toBe(Date.UTC(2024, 1, 1, 10))
    expect(summarizeAccount(range, flows, [], Date.UTC(2024, 1, 1, 12)).silent).toEqual([])
  })

  test('tracks come with the lowest share of passes first; one that was never reached has none', () => {
    const track = (name: string) => ({ id: name, name })
    const summary = summarizeAccount(
      range,
      [],
      [
        { track: track('all'), hits: 4, passes: 4 },
        { track: track('few'), hits: 10, passes: 1 },
        { track: track('never'), hits: 0, passes: 0 }
      ],
      end
    )
    expect(summary.tracks.map(({ track: { name }, share }) => [name, share])).toEqual([
      ['few', 0.1],
      ['all', 1]
    ])
  })
})
