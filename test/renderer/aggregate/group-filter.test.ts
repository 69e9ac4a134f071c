import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planAggregation } from '../../../src/platform/engine/aggregate.ts'
import { DATE_PARTS, draftOf } from '../../../src/renderer/aggregate/aggregation-form.ts'
import type { AggregationForm, GroupLine } from '../../../src/renderer/aggregate/aggregation-form.ts'
import { datesIn, groupFilter, looseDates } from '../../../src/renderer/aggregate/group-filter.ts'
import type { Row } from '../../../src/renderer/aggregate/group-filter.ts'
import { compileFilter, parseFilter } from '../../../src/shared/filter/index.ts'
import type { Drop } from '../../../src/shared/model/drop.ts'
import { valueOf } from '../../support/value-of.ts'

const clock = { now: () => 0 }

function rowsOf(form: AggregationForm, drops: readonly Drop[]): readonly Row[] {
  const plan = valueOf(planAggregation(draftOf(form), { clock }))
  for (const drop of drops) plan.add(drop)
  return valueOf(plan.rows())
}

const matching = (filter: string, drops: readonly Drop[]): number => {
  const { tree, diagnostics } = parseFilter(filter)
  expect(diagnostics).toEqual([])
  const matches = compileFilter(tree, { clock })
  return drops.filter((drop) => matches(drop)).length
}

const form = (groups: readonly GroupLine[], over: Partial<AggregationForm> = {}): AggregationForm => ({
  outputs: [{ kind: 'count', field: '' }],
  groups,
  filter: '',
  rules: [],
  sorts: [],
  ...over
})

const year2024 = Date.UTC(2024, 0, 1)
const year2026 = Date.UTC(2026, 0, 1)

const anyValue = fc.oneof(
  fc.constantFrom('attic', 'a "b"\n', "it's", 'ünïcode ✓', ''),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  fc.boolean()
)

const anyDrop = fc.record({
  creationDate: fc.integer({ min: year2024, max: year2026 }),
  room: fc.option(anyValue, { nil: undefined }),
  born: fc.option(
    fc.oneof(
      fc.integer({ min: year2024, max: year2026 }),
      fc.integer({ min: year2024, max: year2026 }).map((value) => ({ type: 'date', value })),
      fc.constant('yesterday')
    ),
    { nil: undefined }
  )
})

const dropsOf = (
  made: readonly { creationDate: number; room?: unknown; born?: unknown }[]
): readonly Drop[] =>
  made.map(({ creationDate, ...elems }, place) => ({
    id: `d${String(place)}`,
    flowId: 'f1',
    path: '/ana/attic',
    version: 0,
    creationDate,
    elems: Object.fromEntries(Object.entries(elems).filter(([, value]) => value !== undefined))
  })) as unknown as readonly Drop[]

const anyGroups: fc.Arbitrary<GroupLine[]> = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('field' as const, ...DATE_PARTS),
    field: fc.constantFrom('', 'born', 'room')
  }),
  { maxLength: 3, selector: ({ kind, field }) => `${kind}:${field}` }
)

describe('from a group to its drops', () => {
  test('the filter of a row selects exactly the drops that were counted', () => {
    fc.assert(
      fc.property(
        fc.array(anyDrop, { maxLength: 30 }),
        anyGroups,
        fc.boolean(),
        (made, lines, isNarrowed) => {
          const drops = dropsOf(made)
          const groups = lines.map((line) => (line.kind === 'field' ? { ...line, field: 'room' } : line))
          const built = form(groups, {
            ...(isNarrowed ? { filter: 'room > 0 || EXISTS born' } : {}),
            rules: [{ name: 'young', filter: 'born > 1735689600000' }]
          })
          const names = ['creationDate', 'born', 'room']
          const ends = names.flatMap((field) => [
            { kind: 'min', field } as const,
            { kind: 'max', field } as const
          ])
          for (const row of rowsOf({ ...built, outputs: [...built.outputs, ...ends] }, drops)) {
            const dates = datesIn(row, names)
            const found = groupFilter(built, row, dates)
            if (found.ok) expect(matching(found.filter, drops)).toBe(row['$count'])
            else expect(found.reason).toMatch(/\.$/)
          }
        }
      ),
      { numRuns: 300 }
    )
  })

  test('a month of a year is one range, and a rule is itself or its negation', () => {
    const built = form(
      [
        { kind: 'year', field: '' },
        { kind: 'month', field: '' },
        { kind: 'field', field: 'warm' }
      ],
      { rules: [{ name: 'warm', filter: 'temp > 20' }] }
    )
    const filter = (warm: number) => groupFilter(built, { $year: 2024, $month: 2, warm }, new Map())
    const range = `creationDate >= ${String(Date.UTC(2024, 1, 1))} && creationDate < ${String(Date.UTC(2024, 2, 1))}`
    expect(filter(1)).toEqual({ ok: true, filter: `(temp > 20) && ${range}` })
    expect(filter(0)).toEqual({ ok: true, filter: `NOT (temp > 20) && ${range}` })
  })

  test('an hour of any day is a range for each day of the group, if they are not too many', () => {
    const built = form([{ kind: 'hour', field: '' }])
    expect(looseDates(built)).toEqual(['creationDate'])
    const within = (days: number) =>
      new Map([
        ['creationDate', { firstMs: Date.UTC(2024, 1, 27), lastMs: Date.UTC(2024, 1, 27 + days) - 1 }]
      ])
    const three = groupFilter(built, { $hour: 9 }, within(3))
    expect(three.ok && three.filter.split('||')).toHaveLength(3)
    expect(groupFilter(built, { $hour: 9 }, within(400))).toMatchObject({ ok: false })
    expect(looseDates(form([{ kind: 'year', field: 'born' }]))).toEqual([])
  })

  test('an integer beyond 2^53 that came as a float is named by its exact digits', () => {
    const drops = dropsOf([{ creationDate: year2024, room: 34758035629883310 }])
    const built = form([{ kind: 'field', field: 'room' }])
    const found = groupFilter(built, { room: 34758035629883310 }, new Map())
    expect(found.ok && matching(found.filter, drops)).toBe(1)
  })

  test('a list and a distance are said to have no filter', () => {
    const listed = groupFilter(form([{ kind: 'field', field: 'tags' }]), { tags: ['a'] }, new Map())
    expect(listed).toMatchObject({ ok: false })
    const far = groupFilter(form([{ kind: 'distance', field: 'near' }]), { '$distance:near': 1.5 }, new Map())
    expect(far).toMatchObject({ ok: false })
  })
})
