import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConnections } from '../../../src/main/connections/connections.ts'
import type { ConnectionSource } from '../../../src/main/connections/connections.ts'
import { statisticsHandlers } from '../../../src/main/ipc/statistics-handlers.ts'
import {
  DATE_PARTS,
  draftOf,
  groupText,
  outputText
} from '../../../src/renderer/aggregate/aggregation-form.ts'
import type {
  AggregationForm,
  DatePart,
  OutputLine
} from '../../../src/renderer/aggregate/aggregation-form.ts'
import { success } from '../../../src/shared/result.ts'
import { parseJson } from '../../../src/shared/wire/json.ts'
import { createTestApi, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { valueOf } from '../../support/value-of.ts'

/**
 * Random aggregations, built as the form builds them and answered by a real platform, beside a plain computation over the
 * same drops that shares no line with it.
 */
let platform: TestPlatform
let api: ReturnType<typeof createTestApi>
let handlers: ReturnType<typeof statisticsHandlers>

beforeAll(async () => {
  platform = await startTestPlatform()
  api = createTestApi(platform, platform.host)
  const source = {
    current: () => ({ id: 'test' }),
    open: () => Promise.resolve(success({ api })),
    opened: () => undefined,
    close: () => Promise.resolve()
  } as unknown as ConnectionSource
  handlers = statisticsHandlers(createConnections([source]))
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

interface Made {
  readonly room?: string
  readonly n?: number
  readonly born?: number
  readonly place?: { readonly lat: number; readonly lon: number }
}
interface Stored extends Made {
  readonly creationDate: number
}
type Value = number | string | null | readonly Value[]

const anyMade: fc.Arbitrary<Made> = fc.record(
  {
    room: fc.constantFrom('attic', 'cellar', 'hall'),
    n: fc.integer({ min: -20, max: 20 }),
    born: fc.integer({ min: Date.UTC(1969, 0, 1), max: Date.UTC(2030, 0, 1) }),
    place: fc.record({ lat: fc.integer({ min: 45, max: 55 }), lon: fc.integer({ min: 5, max: 15 }) })
  },
  { requiredKeys: [] }
)

const RULES = [
  { name: 'strong', filter: 'n >= 5' },
  { name: 'near', filter: 'location WITHIN 400 KM OF [50, 10]' }
]
const FILTERS: readonly (readonly [string, (drop: Stored) => boolean])[] = [
  ['', () => true],
  ['n > 0', ({ n }) => n !== undefined && n > 0],
  ['room == "attic" || NOT (EXISTS n)', ({ room, n }) => room === 'attic' || n === undefined]
]

const anyOutput: fc.Arbitrary<OutputLine> = fc.oneof(
  fc.constant({ kind: 'count', field: '' } as const),
  fc.record({
    kind: fc.constantFrom('sum' as const, 'avg' as const),
    field: fc.constantFrom('n', 'strong', 'near')
  }),
  fc.record({
    kind: fc.constantFrom('min' as const, 'max' as const),
    field: fc.constantFrom('n', 'born', 'room')
  }),
  fc.record({
    kind: fc.constantFrom('unique' as const, 'all' as const),
    field: fc.constantFrom('n', 'room')
  }),
  fc.constant({ kind: 'distance', field: 'near' } as const)
)

const anyForm: fc.Arbitrary<{ form: AggregationForm; filterPlace: number }> = fc
  .record({
    outputs: fc.uniqueArray(anyOutput, { minLength: 1, maxLength: 4, selector: outputText }),
    groups: fc.uniqueArray(
      fc.oneof(
        fc.record({
          kind: fc.constant('field' as const),
          field: fc.constantFrom('room', 'n', 'strong', 'near')
        }),
        fc.record({ kind: fc.constantFrom(...DATE_PARTS), field: fc.constantFrom('', 'born') })
      ),
      { maxLength: 3, selector: groupText }
    ),
    filterPlace: fc.nat(FILTERS.length - 1),
    sortSeeds: fc.array(fc.record({ seed: fc.nat(), isDescending: fc.boolean() }), { maxLength: 2 })
  })
  .map(({ outputs, groups, filterPlace, sortSeeds }) => {
    const entries = [...groups.map(groupText), ...outputs.filter(isSortable).map(outputText)]
    const sorts = sortSeeds.flatMap(({ seed, isDescending }) => {
      const entry = entries[seed % Math.max(1, entries.length)]
      return entry === undefined ? [] : [{ entry, isDescending }]
    })
    const filter = FILTERS[filterPlace]?.[0] ?? ''
    return { form: { outputs, groups, filter, rules: RULES, sorts }, filterPlace }
  })

/** Lists have no order that a reader expects. */
const isSortable = ({ kind }: OutputLine): boolean => kind !== 'unique' && kind !== 'all'

test('a platform answers what a plain computation over the same drops answers', async () => {
  let flows = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyMade, { maxLength: 14 }),
      fc.array(anyForm, { minLength: 12, maxLength: 12 }),
      async (made, forms) => {
        const flowId = valueOf(await api.flow.create({ path: `/ana/p${String(flows++)}` })).id
        const drops: Stored[] = []
        for (const drop of made) {
          const { room, n, born, place } = drop
          const stored = valueOf(
            await api.drop(flowId).create({
              elems: {
                ...(room === undefined ? {} : { room }),
                ...(n === undefined ? {} : { n }),
                ...(born === undefined ? {} : { born: { type: 'date', value: born } })
              },
              ...(place === undefined ? {} : { location: place })
            } as never)
          )
          drops.push({ ...drop, creationDate: stored.creationDate })
        }
        for (const { form, filterPlace } of forms) {
          const { output, groupBy, filter, rules, sorts } = draftOf(form)
          const answer = valueOf(
            await handlers.runAggregation({
              connectionId: 'test',
              requestId: 'property',
              flowId,
              aggregation: {
                output: [...output],
                ...(groupBy === undefined ? {} : { groupBy: [...groupBy] }),
                ...(filter === undefined ? {} : { filter }),
                ...(rules === undefined ? {} : { rules }),
                ...(sorts === undefined ? {} : { sorts: [...sorts] })
              }
            })
          )
          const matches = FILTERS[filterPlace]?.[1] ?? (() => true)
          expectRows(
            parseJson(answer.rowsText) as Record<string, Value>[],
            plainRows(form, drops.filter(matches))
          )
        }
      }
    ),
    { numRuns: 25 }
  )
}, 60_000)

function expectRows(
  actual: readonly Record<string, Value>[],
  expected: readonly Record<string, Value>[]
): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((row, place) => {
    for (const [entry, value] of Object.entries(expected[place] ?? {})) {
      if (typeof value === 'number' && typeof row[entry] === 'number') {
        // Averages and distances are floats: their last digits depend on the order of adding.
        expect(Math.abs(row[entry] - value)).toBeLessThanOrEqual(Math.max(1e-6, Math.abs(value) * 0.003))
      } else expect([entry, row[entry]]).toEqual([entry, value])
    }
    expect(Object.keys(row).sort()).toEqual(Object.keys(expected[place] ?? {}).sort())
  })
}

function plainRows(form: AggregationForm, drops: readonly Stored[]): readonly Record<string, Value>[] {
  const groups = new Map<string, { key: Value[]; drops: Stored[] }>()
  for (const drop of drops) {
    const key = form.groups.map((line) =>
      line.kind === 'field'
        ? fieldOf(line.field, drop)
        : partOf(line.kind as DatePart, line.field === 'born' ? drop.born : drop.creationDate)
    )
    const known = groups.get(JSON.stringify(key)) ?? { key, drops: [] }
    known.drops.push(drop)
    groups.set(JSON.stringify(key), known)
  }
  const rows = [...groups.values()].map((group) => ({
    key: group.key,
    row: Object.fromEntries([
      ...form.outputs.map((line) => [outputText(line), fold(line, group.drops)] as const),
      ...form.groups.map((line, place) => [groupText(line), group.key[place] ?? null] as const)
    ])
  }))
  rows.sort((left, right) => {
    for (const { entry, isDescending } of form.sorts) {
      const order = compare(left.row[entry] ?? null, right.row[entry] ?? null, isDescending)
      if (order !== 0) return order
    }
    for (let place = 0; place < left.key.length; place++) {
      const order = compare(left.key[place] ?? null, right.key[place] ?? null, false)
      if (order !== 0) return order
    }
    return 0
  })
  return rows.map(({ row }) => row)
}

/** Null is last, whatever the direction; numbers come before texts. */
function compare(left: Value, right: Value, isDescending: boolean): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  if (left === right) return 0
  const isLess = typeof left === typeof right ? left < right : typeof left === 'number'
  return isLess === isDescending ? 1 : -1
}

const fieldOf = (field: string, drop: Stored): Value => {
  if (field === 'strong') return drop.n !== undefined && drop.n >= 5 ? 1 : 0
  if (field === 'near') return distanceOf(drop) <= 400 ? 1 : 0
  if (field === 'room') return drop.room ?? null
  if (field === 'n') return drop.n ?? null
  return drop.born ?? null
}

function partOf(part: DatePart, atMs: number | undefined): Value {
  if (atMs === undefined) return null
  const text = new Date(atMs).toISOString()
  const [year, month, day, hour, minute, second] = text.split(/[-T:.]/).map(Number)
  return { year, month, day, hour, minute, second }[part] ?? null
}

function fold({ kind, field }: OutputLine, drops: readonly Stored[]): Value {
  if (kind === 'count') return drops.length
  if (kind === 'distance') {
    const far = drops.map(distanceOf).filter(Number.isFinite)
    return far.length === 0 ? null : far.reduce((sum, one) => sum + one, 0) / far.length
  }
  const values = drops.map((drop) => fieldOf(field, drop)).filter((value) => value !== null)
  const numbers = values.filter((value) => typeof value === 'number')
  switch (kind) {
    case 'sum':
      return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0)
    case 'avg':
      return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length
    case 'min':
      return values.toSorted((a, b) => compare(a, b, false))[0] ?? null
    case 'max':
      return values.toSorted((a, b) => compare(a, b, true))[0] ?? null
    case 'all':
      return values
    case 'unique':
      return [...new Set(values)]
  }
}

/** Great circle from the rule's point in kilometres; infinite without a place. */
function distanceOf({ place }: Stored): number {
  if (place === undefined) return Infinity
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const [lat1, lat2] = [radians(50), radians(place.lat)]
  const cosine =
    Math.sin(lat1) * Math.sin(lat2) + Math.cos(lat1) * Math.cos(lat2) * Math.cos(radians(place.lon - 10))
  return 6371 * Math.acos(Math.min(1, Math.max(-1, cosine)))
}
