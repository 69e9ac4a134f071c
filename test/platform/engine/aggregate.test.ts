import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AggregationOptions } from '../../../src/platform/engine/aggregate.ts'
import { MAX_AGGREGATION_ENTRIES, planAggregation } from '../../../src/platform/engine/aggregate.ts'
import type { AggregationRow } from '../../../src/platform/engine/aggregate-run.ts'
import type { Drop } from '../../../src/shared/model/drop.ts'
import type { Elements } from '../../../src/shared/model/elements.ts'
import { writeJson } from '../../../src/shared/wire/json.ts'

const NOW = Date.parse('2015-08-01T00:00:00Z')
const options: AggregationOptions = { clock: { now: () => NOW } }

function drop(elems: Elements, over: Partial<Drop> = {}): Drop {
  return {
    id: 'd000000000000000000000001',
    flowId: 'f000000000000000000000001',
    path: '/ana/attic',
    creationDate: NOW,
    version: 0,
    elems,
    ...over
  }
}

const drops = (...elements: Elements[]): Drop[] => elements.map((elems) => drop(elems))

function rows(
  request: unknown,
  given: readonly Drop[],
  over: Partial<AggregationOptions> = {}
): AggregationRow[] {
  const answer = run(request, given, over)
  if (!answer.ok) throw new Error(answer.failure.message)
  return answer.value
}

function run(request: unknown, given: readonly Drop[], over: Partial<AggregationOptions> = {}) {
  const plan = planAggregation(request, { ...options, ...over })
  if (!plan.ok) return plan
  for (const each of given) plan.value.add(each)
  return plan.value.rows()
}

function problem(request: unknown, given: readonly Drop[] = []): string {
  const answer = run(request, given)
  if (answer.ok) throw new Error('no failure')
  expect(answer.failure.code).toBe('platform/bad-request')
  return answer.failure.message
}

describe('rows', () => {
  test('one row a group holds the group and the outputs under their literal names', () => {
    const given = drops(
      { room: 'cellar', temp: 11 },
      { room: 'attic', temp: 19 },
      { room: 'attic', temp: 20 }
    )
    expect(rows({ output: ['$avg:temp', '$count'], groupBy: ['room'] }, given)).toEqual([
      { room: 'attic', '$avg:temp': 19.5, $count: 2 },
      { room: 'cellar', '$avg:temp': 11, $count: 1 }
    ])
  })

  test.each([undefined, null, []])('groupBy %j makes one group of everything', (groupBy) => {
    expect(rows({ output: ['$count'], groupBy }, drops({}, {}, {}))).toEqual([{ $count: 3 }])
  })

  test('no drop is no row', () => {
    expect(rows({ output: ['$count'] }, [])).toEqual([])
    expect(rows({ output: ['$count'], groupBy: ['room'] }, [])).toEqual([])
  })

  test('only drops that match the filter count', () => {
    const given = drops({ n: 1 }, { n: 5 }, { n: 9 })
    expect(rows({ output: ['$count', '$sum:n'], filter: 'n > 4' }, given)).toEqual([
      { $count: 2, '$sum:n': 14 }
    ])
    expect(rows({ output: ['$count'], filter: '' }, given)).toEqual([{ $count: 3 }])
    expect(rows({ output: ['$count'], filter: 'n > 100' }, given)).toEqual([])
  })

  test('drops without the field form a group with null, after the others', () => {
    const given = drops({}, { room: 'attic' }, { other: 1 })
    expect(rows({ output: ['$count'], groupBy: ['room'] }, given)).toEqual([
      { room: 'attic', $count: 1 },
      { room: null, $count: 2 }
    ])
  })

  test('a group is a value: numbers apart from texts, dates with their milliseconds, maps in any order', () => {
    const given = drops(
      { v: 1 },
      { v: '1' },
      { v: { type: 'long', value: 1 } },
      { v: { type: 'date', value: 5 } },
      { v: 5 },
      { v: { a: 1, b: 2 } },
      { v: { b: 2, a: 1 } },
      { v: true }
    )
    expect(rows({ output: ['$count'], groupBy: ['v'] }, given)).toEqual([
      { v: true, $count: 1 },
      { v: 1, $count: 2 },
      { v: 5, $count: 2 },
      { v: '1', $count: 1 },
      { v: { a: 1, b: 2 }, $count: 2 }
    ])
  })

  test('an integer beyond 2^53 is one group, whether it came as a number or as a bigint', () => {
    const given = drops({ v: 2 ** 60 }, { v: 2n ** 60n }, { v: 2n ** 60n + 1n })
    expect(rows({ output: ['$count'], groupBy: ['v'] }, given).map((row) => row['$count'])).toEqual([2, 1])
    expect(rows({ output: ['$unique:v'] }, given)).toEqual([{ '$unique:v': [2 ** 60, 2n ** 60n + 1n] }])
  })

  test('groups of several texts are kept apart', () => {
    const given = drops({ a: 'x","y', b: 'z' }, { a: 'x', b: 'y","z' }, { a: 'x,y' }, { a: 'x', b: 'y' })
    expect(rows({ output: ['$count'], groupBy: ['a', 'b'] }, given)).toHaveLength(4)
  })

  test('several groupBy entries are ordered by the first, then the next', () => {
    const given = drops({ a: 2, b: 'x' }, { a: 1, b: 'y' }, { a: 1, b: 'x' }, { a: 10, b: 'x' })
    expect(rows({ output: ['$count'], groupBy: ['a', 'b'] }, given).map(({ a, b }) => [a, b])).toEqual([
      [1, 'x'],
      [1, 'y'],
      [2, 'x'],
      [10, 'x']
    ])
  })

  test('an element may be named like a member of every object', () => {
    const given = [drop(JSON.parse('{"__proto__": 1, "constructor": 2}') as Elements), drop({})]
    const [first, second] = rows({ output: ['$sum:constructor'], groupBy: ['__proto__'] }, given)
    expect(writeJson([first, second])).toBe(
      '[{"__proto__":1,"$sum:constructor":2},{"__proto__":null,"$sum:constructor":null}]'
    )
  })
})

describe('fields', () => {
  test.each(['temp', 'elems.temp'])('%s is the element', (field) => {
    expect(rows({ output: [`$sum:${field}`] }, drops({ temp: 3 }))).toEqual([{ [`$sum:${field}`]: 3 }])
  })

  test('members of the drop come before elements of the same name', () => {
    const given = [drop({ version: 100 }, { version: 2, location: { lat: 1.5, lon: 2 } })]
    expect(
      rows({ output: ['$max:version', '$max:elems.version', '$max:location.lat'], groupBy: ['path'] }, given)
    ).toEqual([
      { path: '/ana/attic', '$max:version': 2, '$max:elems.version': 100, '$max:location.lat': 1.5 }
    ])
  })

  test('dots walk into maps and typed maps, numbers index lists', () => {
    const given = drops({
      m: { type: 'sortedMap', value: { a: { type: 'long', value: 7 } } },
      list: [10, 20]
    })
    expect(rows({ output: ['$sum:m.a', '$sum:list.1'] }, given)).toEqual([
      { '$sum:m.a': 7, '$sum:list.1': 20 }
    ])
  })

  test('a walk through a list by name gives every entry', () => {
    const given = drops({ items: [{ price: 1 }, { price: 2 }, { name: 'x' }] }, { items: [{ price: 4 }] })
    expect(rows({ output: ['$sum:items.price', '$all:items.price'] }, given)).toEqual([
      { '$sum:items.price': 7, '$all:items.price': [1, 2, 4] }
    ])
    expect(
      rows({ output: ['$count'], groupBy: ['items.price'] }, given).map((row) => row['items.price'])
    ).toEqual([4, [1, 2]])
  })
})

describe('outputs', () => {
  const mixed = drops(
    { v: 3 },
    { v: 'text' },
    { v: 1.5 },
    {},
    { v: true },
    { v: [100] },
    { v: { type: 'date', value: -4 } }
  )

  test('sums and averages skip what is no number', () => {
    expect(rows({ output: ['$sum:v', '$avg:v', '$count'] }, mixed)).toEqual([
      { '$sum:v': 4.5, '$avg:v': 2.25, $count: 7 }
    ])
  })

  test('least and greatest look at numbers and dates', () => {
    expect(rows({ output: ['$min:v', '$max:v'] }, mixed)).toEqual([{ '$min:v': -4, '$max:v': 3 }])
  })

  test('without any number they look at strings, by code point', () => {
    const given = drops({ v: 'b' }, { v: '\u{1F600}' }, { v: '￿' }, { v: { type: 'email', value: 'a@b' } })
    expect(rows({ output: ['$min:v', '$max:v'] }, given)).toEqual([
      { '$min:v': 'a@b', '$max:v': '\u{1F600}' }
    ])
  })

  test('nothing to compute with is null, and an empty list', () => {
    const output = ['$sum:v', '$avg:v', '$min:v', '$max:v', '$unique:v', '$all:v']
    expect(rows({ output }, drops({ other: 1 }))).toEqual([
      { '$sum:v': null, '$avg:v': null, '$min:v': null, '$max:v': null, '$unique:v': [], '$all:v': [] }
    ])
  })

  test('unique lists distinct values as first seen, all lists every one, both plain', () => {
    const given = drops(
      { v: 'b' },
      { v: 'a' },
      { v: 'b' },
      { v: { type: 'set', value: [1, { type: 'date', value: 2 }] } },
      { v: [1, 2] }
    )
    expect(rows({ output: ['$unique:v', '$all:v'] }, given)).toEqual([
      { '$unique:v': ['b', 'a', [1, 2]], '$all:v': ['b', 'a', 'b', [1, 2], [1, 2]] }
    ])
  })

  test('integers beyond 2^53 are added without losing a digit', () => {
    const long = 9007199254740993n
    expect(rows({ output: ['$sum:v'] }, drops({ v: long }, { v: 1 }, { v: long }))).toEqual([
      { '$sum:v': 18014398509481987n }
    ])
    expect(rows({ output: ['$sum:v'] }, drops({ v: 2 ** 53 - 1 }, { v: 2 }))).toEqual([
      { '$sum:v': 2n ** 53n + 1n }
    ])
    expect(rows({ output: ['$sum:v'] }, drops({ v: long }, { v: -long }, { v: 5 }))).toEqual([
      { '$sum:v': 5 }
    ])
    expect(rows({ output: ['$max:v'] }, drops({ v: 2 ** 53 }, { v: long }))).toEqual([{ '$max:v': long }])
  })

  test('a float among integers makes the sum a float', () => {
    expect(rows({ output: ['$sum:v'] }, drops({ v: 1 }, { v: 0.5 }))).toEqual([{ '$sum:v': 1.5 }])
  })

  test('a sum beyond the range of a float is null, as JSON has no number for it', () => {
    expect(rows({ output: ['$sum:v', '$avg:v'] }, drops({ v: 1.5e308 }, { v: 1.5e308 }))).toEqual([
      { '$sum:v': null, '$avg:v': null }
    ])
  })
})

describe('parts of a date', () => {
  const given = [
    drop(
      { t: { type: 'date', value: Date.parse('1969-12-31T23:59:58Z') } },
      { creationDate: Date.parse('2016-02-29T05:06:07Z') }
    )
  ]
  const parts = ['year', 'month', 'day', 'hour', 'minute', 'second']

  test('are those of the creation date in UTC', () => {
    expect(rows({ output: ['$count'], groupBy: parts.map((part) => `$${part}`) }, given)).toEqual([
      { $year: 2016, $month: 2, $day: 29, $hour: 5, $minute: 6, $second: 7, $count: 1 }
    ])
  })

  test('can be those of another date, before 1970 too', () => {
    const groupBy = parts.map((part) => `$${part}:t`)
    expect(Object.values(rows({ output: ['$count'], groupBy }, given)[0] ?? {})).toEqual([
      1969, 12, 31, 23, 59, 58, 1
    ])
  })

  test('are null where there is no date', () => {
    expect(rows({ output: ['$count'], groupBy: ['$year:t'] }, drops({ t: 'May' }, {}))).toEqual([
      { '$year:t': null, $count: 2 }
    ])
  })
})

describe('rules', () => {
  const given = drops({ n: 1 }, { n: 5 }, { n: 9 }, { n: 7 })

  test('are fields that are 1 or 0', () => {
    expect(rows({ output: ['$avg:high', '$sum:high'], rules: { high: 'n > 4' } }, given)).toEqual([
      { '$avg:high': 0.75, '$sum:high': 3 }
    ])
  })

  test('can be grouped by', () => {
    expect(rows({ output: ['$sum:n'], groupBy: ['high'], rules: { high: 'n > 4' } }, given)).toEqual([
      { high: 0, '$sum:n': 1 },
      { high: 1, '$sum:n': 21 }
    ])
  })

  test('measure age from the clock that is given', () => {
    const old = [drop({}, { creationDate: NOW - 5000 }), drop({}, { creationDate: NOW - 50 })]
    expect(rows({ output: ['$sum:fresh'], rules: { fresh: 'AGE < 1000' } }, old)).toEqual([
      { '$sum:fresh': 1 }
    ])
  })

  test('a name that is an element of a matching drop is refused', () => {
    expect(problem({ output: ['$count'], rules: { n: 'n > 4' } }, given)).toContain('"n"')
    expect(run({ output: ['$count'], rules: { n: 'x > 4' }, filter: 'n > 100' }, given).ok).toBe(true)
  })

  test('the clash is known before the last drop', () => {
    const plan = planAggregation({ output: ['$count'], rules: { n: 'x > 4' } }, options)
    if (!plan.ok) throw new Error(plan.failure.message)
    plan.value.add(drop({ x: 1 }))
    expect(plan.value.problem).toBeUndefined()
    plan.value.add(drop({ n: 1 }))
    expect(plan.value.problem?.failure.message).toContain('"n"')
  })
})

describe('distances', () => {
  const oslo = { lat: 59.9139, lon: 10.7522 }
  const bergen = { lat: 60.3913, lon: 5.3221 }
  const rules = { near: 'location WITHIN 10 KM OF [59.9139, 10.7522]' }
  const given = [drop({ n: 1 }, { location: oslo }), drop({ n: 2 }, { location: bergen }), drop({ n: 3 })]

  test('are averaged over the drops that have a place, in the unit of the rule', () => {
    const [kilometres] = rows({ output: ['$distance:near'], rules }, given)
    // Oslo to Bergen is 305 km as the crow flies.
    expect(kilometres?.['$distance:near']).toBeCloseTo(305 / 2, 0)
    const inMiles = { near: rules.near.replace('KM', 'MILES') }
    const [miles] = rows({ output: ['distance:near'], rules: inMiles }, given)
    expect(Number(miles?.['distance:near']) * 1.609344).toBeCloseTo(Number(kilometres?.['$distance:near']), 6)
  })

  test('can be grouped and sorted by', () => {
    const grouped = rows({ output: ['$sum:n'], groupBy: ['$distance:near'], rules }, given)
    expect(grouped.map((row) => row['$sum:n'])).toEqual([1, 2, 3])
    expect(grouped[2]).toEqual({ '$distance:near': null, '$sum:n': 3 })
    const sorted = rows({ output: ['$count'], groupBy: ['n'], sorts: ['$distance:near:desc'], rules }, given)
    expect(sorted).toEqual([
      { n: 2, $count: 1 },
      { n: 1, $count: 1 },
      { n: 3, $count: 1 }
    ])
  })

  test('are found by a sort with and without the sign', () => {
    const request = { output: ['$distance:near'], groupBy: ['n'], sorts: ['distance:near:desc'], rules }
    expect(rows(request, given).map(({ n }) => n)).toEqual([2, 1, 3])
  })

  test('from a ZIP code need a table', () => {
    const zipped = { output: ['$distance:near'], rules: { near: 'location WITHIN 10 KM OF [ZIP=10001]' } }
    expect(problem(zipped)).toContain('near')
    const zip = (code: string) => (code === '10001' ? oslo : undefined)
    expect(rows(zipped, given.slice(0, 1), { zip })).toEqual([{ '$distance:near': 0 }])
  })

  test.each([
    ['a rule that is missing', {}, 'rules'],
    ['a rule of two terms', { near: `${rules.near} && n == 1` }, 'WITHIN'],
    ['a rule of another kind', { near: 'n == 1' }, 'WITHIN'],
    ['a negated rule', { near: `NOT ${rules.near}` }, 'WITHIN']
  ])('%s is refused', (_name, wrong, part) => {
    expect(problem({ output: ['$distance:near'], rules: wrong })).toContain(part)
  })
})

describe('sorts', () => {
  const given = drops({ room: 'a', n: 1 }, { room: 'b', n: 3 }, { room: 'c', n: 2 }, { room: 'd' })
  const sorted = (...sorts: string[]) =>
    rows({ output: ['$sum:n', '$count'], groupBy: ['room'], sorts }, given)
      .map(({ room }) => room)
      .join('')

  test('are ascending unless they say otherwise, null last', () => {
    expect(sorted('$sum:n')).toBe('acbd')
    expect(sorted('$sum:n:asc')).toBe('acbd')
    expect(sorted('$sum:n:desc')).toBe('bcad')
    expect(sorted('room:desc')).toBe('dcba')
  })

  test('that tie leave the order to the next, then to the groups', () => {
    expect(sorted('$count')).toBe('abcd')
    expect(sorted('$count', 'room:desc')).toBe('dcba')
  })

  test.each(['temp', '$sum:temp', 'room:down', '$sum', 'desc', ''])(
    '"%s" names no entry and is refused',
    (sort) => {
      expect(problem({ output: ['$sum:n', '$count'], groupBy: ['room'], sorts: [sort] })).toMatch(
        /sorts.*room, \$sum:n, \$count/
      )
    }
  )
})

describe('requests that are refused', () => {
  test.each([
    ['no object', 'text', 'object'],
    ['a list', [], 'object'],
    ['no output', {}, 'output'],
    ['an empty output', { output: [] }, 'output'],
    ['an output that is a text', { output: '$count' }, 'output'],
    ['an output of numbers', { output: [1] }, 'output'],
    ['a selector that does not exist', { output: ['$stddev:x'] }, '$stddev:x'],
    ['a selector without its field', { output: ['$sum'] }, '$avg:field'],
    ['a selector with an empty field', { output: ['$sum:'] }, '$sum:'],
    ['a field with an empty segment', { output: ['$sum:a..b'] }, '$sum:a..b'],
    ['a count of a field', { output: ['$count:x'] }, '$count:x'],
    ['a bare field as output', { output: ['room'] }, 'room'],
    ['an output selector as group', { output: ['$count'], groupBy: ['$sum:x'] }, '$year'],
    ['an unknown part of a date', { output: ['$count'], groupBy: ['$week'] }, '$week'],
    ['groups that are a text', { output: ['$count'], groupBy: 'room' }, 'groupBy'],
    ['an empty group', { output: ['$count'], groupBy: [''] }, 'groupBy'],
    ['rules that are a list', { output: ['$count'], rules: [] }, 'rules'],
    ['a rule that is no text', { output: ['$count'], rules: { a: 1 } }, '"a"'],
    ['a rule that does not parse', { output: ['$count'], rules: { a: 'n >' } }, 'olumn 4'],
    ['a rule named like a selector', { output: ['$count'], rules: { $a: 'n > 1' } }, '"$a"'],
    ['a rule named like a member', { output: ['$count'], rules: { location: 'n > 1' } }, '"location"'],
    ['a filter that does not parse', { output: ['$count'], filter: 'n = 1' }, 'olumn 3'],
    ['a filter that is no text', { output: ['$count'], filter: 1 }, 'filter'],
    ['sorts that are a text', { output: ['$count'], sorts: '$count' }, 'sorts'],
    ['too many outputs', { output: Array(MAX_AGGREGATION_ENTRIES + 1).fill('$count') }, 'entries']
  ])('%s is named in the sentence', (_name, request, part) => {
    expect(problem(request)).toContain(part)
  })

  test('an unknown selector is answered with the known ones', () => {
    const message = problem({ output: ['$median:x'] })
    for (const known of ['$count', '$sum:', '$avg:', '$min:', '$max:', '$unique:', '$all:', '$distance:']) {
      expect(message).toContain(known)
    }
  })
})

describe('any drops', () => {
  const room = fc.constantFrom('attic', 'cellar', undefined)
  const number = fc.oneof(
    fc.integer(),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((long) => (Number.isSafeInteger(Number(long)) ? Number(long) : long)),
    fc.constant('no number'),
    fc.constant(undefined)
  )
  const anyDrops = fc.array(
    fc.record({ room, n: number, creationDate: fc.integer({ min: -1e12, max: 4e12 }) }),
    { maxLength: 30 }
  )
  const built = (entries: { room: string | undefined; n: unknown; creationDate: number }[]): Drop[] =>
    entries.map(({ room: name, n, creationDate }) =>
      drop(
        { ...(name === undefined ? {} : { room: name }), ...(n === undefined ? {} : { n: n as number }) },
        { creationDate }
      )
    )

  test('give the rows that a plain computation over the whole list gives', () => {
    fc.assert(
      fc.property(anyDrops, (entries) => {
        const names = [...new Set(entries.map((entry) => entry.room ?? null))].sort((a, b) =>
          a === null ? 1 : b === null ? -1 : a < b ? -1 : 1
        )
        const expected = names.map((name) => {
          const members = entries.filter((entry) => (entry.room ?? null) === name)
          const longs = members
            .map(({ n }) => n)
            .filter((n) => typeof n === 'number' || typeof n === 'bigint')
            .map(BigInt)
          const texts = members.map(({ n }) => n).filter((n) => typeof n === 'string')
          const ordered = [...longs].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
          const fallback = texts[0] ?? null
          return {
            room: name,
            $count: members.length,
            '$sum:n': longs.length === 0 ? null : longs.reduce((a, b) => a + b, 0n),
            '$min:n': ordered[0] ?? fallback,
            '$max:n': ordered.at(-1) ?? fallback,
            '$unique:n': [
              ...new Set(
                members
                  .map(({ n }) => n)
                  .filter((n) => n !== undefined)
                  .map(String)
              )
            ],
            '$all:n': members.map(({ n }) => n).filter((n) => n !== undefined)
          }
        })
        const output = ['$count', '$sum:n', '$min:n', '$max:n', '$unique:n', '$all:n']
        const actual = rows({ output, groupBy: ['room'] }, built(entries)).map((row) => ({
          ...row,
          '$unique:n': (row['$unique:n'] as unknown[]).map(String)
        }))
        // JSON text makes 5 and 5n the same, and shows every digit.
        expect(writeJson(actual)).toBe(writeJson(expected))
      })
    )
  })

  test('have each drop in exactly one group of its date', () => {
    fc.assert(
      fc.property(anyDrops, (entries) => {
        const counts = new Map<string, number>()
        for (const { creationDate } of entries) {
          const month = new Date(creationDate).toISOString().replace(/-\d\dT.*/, '')
          counts.set(month, (counts.get(month) ?? 0) + 1)
        }
        const actual = rows({ output: ['$count'], groupBy: ['$year', '$month'] }, built(entries)).map(
          (row) => [
            `${String(row['$year']).padStart(4, '0')}-${String(row['$month']).padStart(2, '0')}`,
            row['$count']
          ]
        )
        expect(new Map(actual as [string, number][])).toEqual(counts)
      })
    )
  })
})
