import { describe, expect, test } from 'vitest'
import type { LiveMarker, LiveMessage } from '../../../src/shared/ipc/live-port.ts'
import { judgeOf } from '../../../src/renderer/console/drop-judge.ts'
import { LiveFeed } from '../../../src/renderer/console/live-feed.ts'
import { LiveSeries } from '../../../src/renderer/console/live-series.ts'
import type { LiveRow } from '../../../src/renderer/console/live-snapshot.ts'

const BUDGET_BYTES = 10_000_000
const dropText = (number: number): string => JSON.stringify({ id: `d${String(number)}`, elems: { number } })
const drops = (from: number, to: number, subscriptionId = 1): LiveMessage => {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  return {
    kind: 'drops',
    subscriptionIds: numbers.map(() => subscriptionId),
    receivedAtMs: numbers.map(() => 1000),
    texts: numbers.map(dropText)
  }
}
const markerOf = (marker: LiveMarker): LiveMessage => ({ kind: 'marker', marker })
const WEATHER = { subscriptionId: 1, connectionId: 'c1', flowId: 'f1', path: '/a/weather' }
/** The same flow of the same platform, by way of another connection. */
const WEATHER_TOO = { ...WEATHER, subscriptionId: 2, connectionId: 'c2' }
const subscribed = (subscription = WEATHER): LiveMessage =>
  markerOf({ kind: 'subscribed', ...subscription, atMs: 1 })
const gap = (missedDrops: number | 'unknown'): LiveMessage =>
  markerOf({
    kind: 'gap',
    ...WEATHER,
    atMs: 1,
    cause: 'connection-lost',
    downMs: 9,
    filledDrops: 2,
    missedDrops
  })
const idsOf = (rows: readonly LiveRow[]): string[] =>
  rows.map((row) => (row.kind === 'drop' ? row.summary.dropId : row.marker.kind))
const FOLLOWING = { from: 0, to: 100, heldAt: null, isNewestLast: false }

describe('the stream that the console shows', () => {
  test('has the newest drop first', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(drops(0, 3), 1000)
    expect(idsOf(feed.snapshot(FOLLOWING, 1000).rows)).toEqual(['d2', 'd1', 'd0'])
  })

  test('gives only the rows that are looked at', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(drops(0, 50), 1000)
    const { rows, rowCount } = feed.snapshot({ from: 10, to: 12, heldAt: null, isNewestLast: false }, 1000)
    expect([idsOf(rows), rowCount]).toEqual([['d39', 'd38'], 50])
  })

  test('a held view stands still while drops are received, and says how many are new', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(drops(0, 3), 1000)
    const heldAt = feed.snapshot(FOLLOWING, 1000).headSequence
    feed.take(drops(3, 8), 1000)
    const held = feed.snapshot({ ...FOLLOWING, heldAt }, 1000)
    expect([idsOf(held.rows), held.rowCount, held.newEntries, held.receivedDrops]).toEqual([
      ['d2', 'd1', 'd0'],
      3,
      5,
      8
    ])
  })

  test('a held view whose drops left the ring is empty, not wrong', () => {
    const feed = new LiveFeed(BUDGET_BYTES, 4)
    feed.take(drops(0, 2), 1000)
    feed.take(drops(2, 20), 1000)
    const held = feed.snapshot({ ...FOLLOWING, heldAt: 1 }, 1000)
    expect([held.rows, held.rowCount, held.newEntries]).toEqual([[], 0, 18])
  })

  test('a flow that was renamed has its path of now in all its rows and counters, and a marker at the place', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(subscribed(), 1000)
    feed.take(drops(0, 1), 1000)
    feed.snapshot(FOLLOWING, 1000)
    const path = '/a/climate'
    feed.take(markerOf({ kind: 'renamed', ...WEATHER, path, previousPath: WEATHER.path, atMs: 2 }), 1001)
    feed.take(drops(1, 2), 1001)
    const { rows, flows } = feed.snapshot(FOLLOWING, 1001)
    expect({
      ids: idsOf(rows),
      paths: rows.map(({ subscription }) => subscription?.path),
      flows
    }).toMatchObject({
      ids: ['d1', 'renamed', 'd0', 'subscribed'],
      paths: [path, path, path, path],
      flows: [{ flowId: 'f1', path, receivedDrops: 2 }]
    })
  })

  test('counts what was skipped and what is missing, and keeps both as rows in their place', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(drops(0, 1), 1000)
    feed.take(gap(4), 1000)
    feed.take(markerOf({ kind: 'skipped', subscriptionId: 1, atMs: 2, drops: 30, where: 'window' }), 1000)
    feed.take(drops(1, 2), 1000)
    const { rows, missedDrops, skippedDrops, receivedDrops, isMissedUncertain } = feed.snapshot(
      FOLLOWING,
      1000
    )
    expect({ ids: idsOf(rows), missedDrops, skippedDrops, receivedDrops, isMissedUncertain }).toEqual({
      ids: ['d1', 'skipped', 'gap', 'd0'],
      missedDrops: 4,
      skippedDrops: 30,
      receivedDrops: 2,
      isMissedUncertain: false
    })
  })

  test('an uncounted gap makes the number of missed drops a lower bound', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(gap(4), 1000)
    feed.take(gap('unknown'), 1000)
    const { missedDrops, isMissedUncertain } = feed.snapshot(FOLLOWING, 1000)
    expect([missedDrops, isMissedUncertain]).toEqual([4, true])
  })

  test('tells the activity of each subscription apart, of one flow by two connections too', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    for (const subscription of [WEATHER, WEATHER_TOO]) feed.take(subscribed(subscription), 1000)
    feed.take(drops(0, 10, 1), 1000)
    feed.take(drops(0, 5, 2), 1000)
    const { flows = [] } = feed.snapshot(FOLLOWING, 1000)
    expect(
      flows.map(({ connectionId, flowId, receivedDrops }) => [connectionId, flowId, receivedDrops])
    ).toEqual([
      ['c1', 'f1', 10],
      ['c2', 'f1', 5]
    ])
  })

  test('each row says by which connection and from which flow it came, after that was let go too', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(subscribed(WEATHER_TOO), 1000)
    feed.take(drops(0, 1, 2), 1000)
    feed.take(markerOf({ kind: 'skipped', subscriptionId: 2, atMs: 2, drops: 3, where: 'platform' }), 1000)
    feed.take(markerOf({ kind: 'unsubscribed', ...WEATHER_TOO, atMs: 3 }), 1000)
    feed.take(markerOf({ kind: 'connection-lost', connectionId: 'c2', atMs: 4, reason: 'cut' }), 1000)
    const { rows, flows } = feed.snapshot(FOLLOWING, 1000)
    expect(rows.map((row) => row.subscription)).toEqual([
      undefined,
      WEATHER_TOO,
      WEATHER_TOO,
      WEATHER_TOO,
      WEATHER_TOO
    ])
    expect(flows).toEqual([])
  })

  test('the latest drops of a flow come from all its subscriptions', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    for (const subscription of [WEATHER, WEATHER_TOO]) feed.take(subscribed(subscription), 1000)
    feed.take(subscribed({ ...WEATHER, subscriptionId: 3, flowId: 'f3' }), 1000)
    feed.take(drops(0, 1, 1), 1000)
    feed.take(drops(1, 2, 2), 1000)
    feed.take(drops(2, 3, 3), 1000)
    expect(feed.latestOf('f1', 0, 10, 10).texts).toEqual([dropText(1), dropText(0)])
  })

  test('clearing takes rows and counters away, and the stream goes on', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take(drops(0, 3), 1000)
    feed.clear()
    expect(feed.snapshot(FOLLOWING, 1000)).toMatchObject({ rowCount: 0, receivedDrops: 0, headSequence: -1 })
    feed.take(drops(3, 4), 1000)
    expect(idsOf(feed.snapshot(FOLLOWING, 1000).rows)).toEqual(['d3'])
  })

  test('shows a text that is no drop as text', () => {
    const feed = new LiveFeed(BUDGET_BYTES)
    feed.take({ kind: 'drops', subscriptionIds: [1], receivedAtMs: [1], texts: ['<img onerror=x>'] }, 1000)
    expect(feed.snapshot(FOLLOWING, 1000).rows).toMatchObject([
      { kind: 'drop', summary: { parts: [{ name: 'unreadable', text: '<img onerror=x>' }] } }
    ])
  })
})

test('elements whose names look the same once they are cut stay two', () => {
  const feed = new LiveFeed(BUDGET_BYTES)
  const name = 'n'.repeat(100)
  const text = JSON.stringify({ id: 'd1', elems: { [`${name}1`]: 1, [`${name}2`]: 2 } })
  feed.take({ kind: 'drops', subscriptionIds: [1], receivedAtMs: [1], texts: [text] }, 1000)
  const [row] = feed.snapshot(FOLLOWING, 1000).rows
  expect(
    row?.kind === 'drop' ? row.summary.parts.map(({ place, text: shown }) => [place, shown]) : []
  ).toEqual([
    [0, '1'],
    [1, '2']
  ])
})

test('a drop that is nested very deep shows its other elements', () => {
  const feed = new LiveFeed(BUDGET_BYTES)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const text = `{"id":"d1","elems":{"deep":${deep},"mag":5}}`
  feed.take({ kind: 'drops', subscriptionIds: [1], receivedAtMs: [1], texts: [text] }, 1000)
  const [row] = feed.snapshot(FOLLOWING, 1000).rows
  expect(row?.kind === 'drop' ? row.summary.parts.map(({ text: shown }) => shown) : []).toEqual([
    '(nested too deep to show)',
    '5'
  ])
})

test('a drop without elements stops neither filter, highlight nor chart', async () => {
  const feed = new LiveFeed(BUDGET_BYTES)
  feed.take(subscribed(), 1)
  const text = '{"id":"d1","elems":null}'
  feed.take({ kind: 'drops', subscriptionIds: [1], receivedAtMs: [1], texts: [text] }, 1)
  feed.take(drops(0, 2), 1)
  const judge = (await judgeOf('number >= 0')) ?? (() => 'no' as const)
  feed.setHighlights([{ judge, colour: 3 }])
  const series = new LiveSeries(feed)
  series.set([{ connectionId: 'c1', path: '/a/weather', name: 'number' }])
  expect(series.work(() => false)).toBe(false)
  const { rows } = feed.snapshot(FOLLOWING, 1)
  expect(rows.map((row) => (row.kind === 'drop' ? row.highlight : row.kind))).toEqual([3, 3, 0, 'marker'])
  feed.setRules({ judge, mutedFlows: new Set(), soloFlows: new Set() })
  feed.sift(() => false)
  expect(idsOf(feed.snapshot(FOLLOWING, 1).rows)).toEqual(['d1', 'd0', 'subscribed'])
})

test('rows that are looked at again are not parsed again, unless other elements are wanted', () => {
  const feed = new LiveFeed(BUDGET_BYTES)
  feed.take(drops(0, 3), 1)
  const look = (elementNames: readonly string[]) => feed.snapshot({ ...FOLLOWING, elementNames }, 1).rows
  const [first, again, other] = [look(['number']), look(['number']), look(['absent'])]
  expect([again[0] === first[0], other[0] === first[0]]).toEqual([true, false])
  expect(other[0]).toMatchObject({ summary: { cells: [{ kind: 'none', text: '' }] } })
})

test('names the elements that the latest drops have', () => {
  const feed = new LiveFeed(BUDGET_BYTES)
  const texts = ['{"elems":{"b":1,"a":2}}', '{"elems":null}', 'no drop', '{"elems":{"c":1}}']
  feed.take({ kind: 'drops', subscriptionIds: [1, 1, 1, 1], receivedAtMs: [1, 1, 1, 1], texts }, 1)
  expect(feed.elementNames()).toEqual(['a', 'b', 'c'])
})
