import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../src/renderer/console/drop-judge.ts'
import { activityKey } from '../../../src/renderer/console/flow-activity.ts'
import { LiveExport } from '../../../src/renderer/console/live-export.ts'
import type { LiveExportFormat } from '../../../src/renderer/console/live-export.ts'
import { LiveFeed } from '../../../src/renderer/console/live-feed.ts'
import type { SieveRules } from '../../../src/renderer/console/live-feed.ts'
import { searchLive } from '../../../src/renderer/console/live-search.ts'
import { LiveSeries } from '../../../src/renderer/console/live-series.ts'
import type { LiveRow } from '../../../src/renderer/console/live-snapshot.ts'

const FOLLOWING = { from: 0, to: 100, heldAt: null, isNewestLast: false }
const NO_RULES: SieveRules = { judge: undefined, mutedFlows: new Set(), soloFlows: new Set() }
const never = (): boolean => false

/** Two flows in turn: `/a/even` has even numbers, `/a/odd` odd ones. */
function makeFeed(count: number): LiveFeed {
  const feed = new LiveFeed(10_000_000)
  for (const [subscriptionId, path] of [
    [1, '/a/even'],
    [2, '/a/odd']
  ] as const) {
    const marker = {
      kind: 'subscribed',
      subscriptionId,
      connectionId: 'c',
      flowId: path,
      path,
      atMs: 1
    } as const
    feed.take({ kind: 'marker', marker }, 1000)
  }
  for (let n = 0; n < count; n++)
    takeDrop(feed, (n % 2) + 1, { n, name: `Ä ${String(n)} "quoted"` }, 1000 + n)
  return feed
}

function takeDrop(feed: LiveFeed, subscriptionId: number, elems: object, atMs: number): void {
  const text = JSON.stringify({ id: `d${String(atMs)}`, creationDate: 1_700_000_000_000, elems })
  feed.take({ kind: 'drops', subscriptionIds: [subscriptionId], receivedAtMs: [atMs], texts: [text] }, 1000)
}

const namesOf = (rows: readonly LiveRow[]): string[] =>
  rows.map((row) => (row.kind === 'drop' ? row.summary.dropId : row.marker.kind))

describe('what of the stream is shown', () => {
  test('a filter counts what it hides, of what is kept and of what arrives', async () => {
    const feed = makeFeed(10)
    feed.setRules({ ...NO_RULES, judge: await judgeOf('n >= 8') })
    takeDrop(feed, 1, { n: 100 }, 5000)
    takeDrop(feed, 1, { n: 1 }, 5001)
    feed.sift(never)
    const { rows, hiddenDrops, undecidedDrops, keptDrops } = feed.snapshot(FOLLOWING, 1000)
    expect([namesOf(rows), hiddenDrops, undecidedDrops, keptDrops]).toEqual([
      ['d5000', 'd1009', 'd1008', 'subscribed', 'subscribed'],
      9,
      0,
      12
    ])
  })

  test('mute hides a flow, solo all others, and rows that are no drops stay', () => {
    const feed = makeFeed(4)
    feed.setRules({ ...NO_RULES, mutedFlows: new Set([activityKey('c', '/a/even')]) })
    feed.sift(never)
    const muted = namesOf(feed.snapshot(FOLLOWING, 1000).rows)
    feed.setRules({ ...NO_RULES, soloFlows: new Set([activityKey('c', '/a/even')]) })
    feed.sift(never)
    const solo = namesOf(feed.snapshot(FOLLOWING, 1000).rows)
    expect([muted, solo]).toEqual([
      ['d1003', 'd1001', 'subscribed', 'subscribed'],
      ['d1002', 'd1000', 'subscribed', 'subscribed']
    ])
  })

  test('a drop on which a hostile pattern would take too long is shown, and counted as undecided', async () => {
    const feed = makeFeed(0)
    takeDrop(feed, 1, { text: 'a'.repeat(900_000) }, 2000)
    feed.setRules({ ...NO_RULES, judge: await judgeOf(String.raw`text =~ /(a|aa|\w)*(b|c\w){1,90}$/`) })
    feed.sift(never)
    const { undecidedDrops, rows } = feed.snapshot(FOLLOWING, 1000)
    expect([undecidedDrops, namesOf(rows)[0]]).toEqual([1, 'd2000'])
  })

  test('a filter with a mistake, and none, judge nothing', async () => {
    expect([await judgeOf('n >'), await judgeOf('  ')]).toEqual([undefined, undefined])
  })

  test('the first highlight rule that is true colours a row', async () => {
    const feed = makeFeed(3)
    const [over0, over1] = await Promise.all([judgeOf('n > 0'), judgeOf('n > 1')])
    if (over0 === undefined || over1 === undefined) throw new Error('These filters have no mistakes.')
    feed.setHighlights([
      { judge: over1, colour: 3 },
      { judge: over0, colour: 5 }
    ])
    const { rows } = feed.snapshot(FOLLOWING, 1000)
    expect(rows.map((row) => (row.kind === 'drop' ? row.highlight : -1))).toEqual([3, 5, 0, -1, -1])
  })

  test('with the newest last a view that follows gets the end, a held one its own places', () => {
    const feed = makeFeed(10)
    const follows = feed.snapshot({ from: 0, to: 3, heldAt: null, isNewestLast: true }, 1000)
    const held = feed.snapshot({ from: 2, to: 4, heldAt: follows.headSequence, isNewestLast: true }, 1000)
    expect([follows.from, namesOf(follows.rows), held.from, namesOf(held.rows)]).toEqual([
      9,
      ['d1007', 'd1008', 'd1009'],
      2,
      ['d1000', 'd1001']
    ])
  })

  test('a drop comes with the one before it in its own flow', () => {
    const feed = makeFeed(4)
    const newest = feed.ring.nextSequence - 1
    const ids = [newest, newest - 3].map((sequence) => {
      const { text = '{}', previousText = '{"id":"none"}' } = feed.dropWithPrevious(sequence) ?? {}
      return [text, previousText].map((each) => (JSON.parse(each) as { id: string }).id)
    })
    expect(ids).toEqual([
      ['d1003', 'd1001'],
      ['d1000', 'none']
    ])
  })
})

describe('search in the stream', () => {
  const find = (feed: LiveFeed, text: string, fromSequence: number, isNewer: boolean) => {
    const steps = searchLive(feed, { text, fromSequence, isNewer })
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
    }
  }

  test('goes to the next older or newer one, around the ends, and counts all', () => {
    const feed = makeFeed(20)
    // Two markers come first: the drop with n has the sequence number n + 2.
    expect([
      find(feed, 'ä 1', 1000, false),
      find(feed, 'ä 1', 12, false).sequence,
      find(feed, 'ä 1', 3, false).sequence,
      find(feed, 'ä 1', 21, true).sequence,
      find(feed, '7 "quoted"', -1, true),
      find(feed, 'a.*', -1, true).foundDrops
    ]).toEqual([
      { sequence: 21, foundDrops: 11, searchedDrops: 20 },
      3,
      21,
      3,
      { sequence: 9, foundDrops: 2, searchedDrops: 20 },
      0
    ])
  })
})

describe('exporting the stream', () => {
  function textOf(feed: LiveFeed, format: LiveExportFormat): string {
    const opened = new LiveExport(feed, feed.shownSequences(null), format)
    for (const step of opened.findColumns()) void step
    let text = ''
    for (;;) {
      const piece = opened.next()
      text += piece.text
      if (piece.isLast) return text
    }
  }

  test('writes a line a drop with its receive time, and a line for each marker, the oldest first', () => {
    const feed = makeFeed(2)
    feed.take(
      { kind: 'marker', marker: { kind: 'skipped', subscriptionId: 1, atMs: 9, drops: 30, where: 'window' } },
      1000
    )
    const lines = textOf(feed, 'ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines.slice(2)).toEqual([
      expect.objectContaining({ kind: 'drop', receivedAtMs: 1000, path: '/a/even' }),
      expect.objectContaining({ kind: 'drop', receivedAtMs: 1001, path: '/a/odd' }),
      { kind: 'skipped', subscriptionId: 1, atMs: 9, drops: 30, where: 'window' }
    ])
    expect(JSON.parse(textOf(feed, 'json'))).toEqual(lines)
  })

  test('makes a table with a column for each element, and keeps digits and line breaks', () => {
    const feed = makeFeed(0)
    const text = '{"id":"d1","creationDate":0,\n"elems":{"big":9007199254740993,"note":"a\\nb","=1":true}}'
    feed.take({ kind: 'drops', subscriptionIds: [2], receivedAtMs: [0], texts: [text] }, 1000)
    const rows = textOf(feed, 'csv').split('\r\n')
    expect([rows[0], rows[3], textOf(feed, 'ndjson').split('\n').length]).toEqual([
      "received,connection,path,event,id,created,big,note,'=1",
      '1970-01-01T00:00:00.000Z,c,/a/odd,drop,d1,1970-01-01T00:00:00.000Z,9007199254740993,"a\nb",true',
      4
    ])
  })

  test('says how many rows left before they were written', () => {
    const feed = makeFeed(4)
    const opened = new LiveExport(feed, feed.shownSequences(null), 'ndjson')
    feed.clear()
    expect([opened.next(), opened.lostEntries]).toEqual([{ text: '', drops: 0, isLast: true }, 6])
  })
})

describe('numbers of the stream as lines', () => {
  test('are read from what is kept and from what arrives, until a moment', () => {
    const feed = makeFeed(4)
    const series = new LiveSeries(feed)
    series.set([
      { connectionId: 'c', path: '/a/even', name: 'n' },
      { connectionId: 'c', path: '/a/odd', name: 'n' }
    ])
    series.work(never)
    takeDrop(feed, 1, { n: 50 }, 9000)
    series.work(never)
    const { columns } = series.points(Infinity)
    const highest = columns.map((column) =>
      Math.max(...Array.from(column, (value) => value ?? NaN).filter((value) => !Number.isNaN(value)))
    )
    const held = series.points(1003)
    expect([highest, Array.from(held.columns[0] ?? []).at(-1)]).toEqual([[50, 3], 2])
  })
})
