import { describe, expect, test } from 'vitest'
import { compileFilter, parseFilter } from '../../../src/shared/filter/index.ts'
import { runMetered, spendWork, timeLimit, TooMuchWork, workLimit } from '../../../src/shared/filter/work.ts'

const MILLISECOND = 1_000_000

const runs = (filter: string, elems: object, maxNanoseconds = MILLISECOND): boolean | 'too much' => {
  const predicate = compileFilter(parseFilter(filter).tree, { clock: { now: () => 0 } })
  try {
    return runMetered(workLimit(maxNanoseconds), () => predicate({ elems }))
  } catch (error) {
    if (error instanceof TooMuchWork) return 'too much'
    throw error
  }
}

const megabyte = 'a'.repeat(2 ** 20)
const long = Array.from({ length: 3000 }, (_, index) => index)

describe('a filter under a limit', () => {
  test('runs on the drops of everyday', () => {
    const elems = { place: '10 km S of Nome, Alaska', tags: ['a', 'b'], other: ['b', 'c'], n: 5 }
    const filters = [
      'place =~ /(k|l|a)+ska$/',
      'MATCHES /no?me\\b/i',
      'tags == other',
      'tags CONTAINS ["a", "b"] && place CONTAINS ["Nome"]',
      'n IN [1, 2, 5] && HAS list'
    ]
    expect(filters.map((filter) => runs(filter, elems))).toEqual(filters.map(() => true))
  })

  test.each([
    ['a search in a long text', 't =~ /(a|b)*c/', { t: megabyte }],
    ['a search in many texts', 'MATCHES /(a|b)*c/', { t: long.map((n) => `some text ${String(n)}`) }],
    [
      'a search of the native subset',
      't =~ /a*[bc]$/',
      { t: Array.from({ length: 50 }, () => 'a'.repeat(900)) }
    ],
    ['pieces of a long text', `t CONTAINS ["${'a'.repeat(500)}b"]`, { t: megabyte }],
    ['a list against a list', 'a == b', { a: long, b: long.toReversed().map((value) => -1 - value) }],
    [
      'a walk against a walk',
      'a.n < b.n',
      { a: long.map((n) => ({ n })), b: long.map((n) => ({ n: -1 - n })) }
    ],
    [
      'a list that holds a list',
      `a CONTAINS [${Array.from({ length: 90 }, () => '-1').join()}]`,
      { a: long }
    ],
    ['a list in a list', `a IN [${Array.from({ length: 90 }, (_, n) => String(-1 - n)).join()}]`, { a: long }]
  ])(
    'is refused before %s that would take too long',
    (_what, filter, elems) => {
      expect(runs(filter, elems)).toBe('too much')
      expect(runs(filter, elems, Number.POSITIVE_INFINITY)).toBe(false)
    },
    60_000
  )

  test('knows nothing of limits that have ended', () => {
    expect(() => {
      runMetered(workLimit(0), () => {
        spendWork(1)
      })
    }).toThrow(TooMuchWork)
    spendWork(Number.POSITIVE_INFINITY)
  })
})

describe('a limit of time', () => {
  test('refuses at once what may take longer in one piece', () => {
    const meter = timeLimit({ endsAtMs: 10, nowMs: () => 0, maxPieceMs: 5 })
    meter.spend(5 * MILLISECOND)
    expect(() => {
      meter.spend(6 * MILLISECOND)
    }).toThrow(TooMuchWork)
  })

  test('asks the clock for everything else, now and then', () => {
    let now = 0
    let looks = 0
    const meter = timeLimit({ endsAtMs: 10, nowMs: () => ((looks += 1), now), maxPieceMs: 5 })
    for (let index = 0; index < 10_000; index += 1) meter.spend(1000)
    expect(looks).toBe(10)
    now = 11
    expect(() => {
      meter.spend(MILLISECOND)
    }).toThrow(TooMuchWork)
  })
})
