import type { Failure } from '../../shared/failure.ts'
import type { ViewTab } from '../../shared/ipc/settings.ts'
import type { StatisticsAnswer, StatisticsQuery } from '../../shared/ipc/statistics-requests.ts'
import { STATISTICS_OBJECTS } from '../../shared/model/statistics.ts'
import type { StatisticsLevel, StatisticsRange, StatisticsType } from '../../shared/model/statistics.ts'
import type { Explorer } from '../bridge.ts'
import type { ChartPoints, ChartSeries, TimeRange } from '../charts/points.ts'
import type { Tab } from '../window/tab.ts'
import { AccountOverview } from './account-overview.svelte.ts'
import { joinCounts } from './joined-counts.ts'
import type { ObjectCounts } from './joined-counts.ts'
import {
  describeRange,
  holdsMoment,
  levelsOf,
  rangeAround,
  rangeBeside,
  rangeOfPeriod,
  thisYear,
  usualLevel
} from './periods.ts'
import {
  distinct,
  OTHER_WORDS,
  readView,
  SERIES_NAMES,
  seriesKey,
  shortName,
  writeView
} from './saved-view.ts'
import type { ChartedObject, ChartedSeries, StatisticsView } from './saved-view.ts'

export interface StatisticsServices {
  readonly explorer: Explorer
  /** Something that the next run restores has changed. */
  changed(): void
  /** The flows of the tree, the first `limit` in its order, and how many there are in all. */
  listFlows(limit: number): Promise<{ readonly flows: readonly ChartedObject[]; readonly totalFlows: number }>
  /** The colour that a flow has everywhere, from 1. */
  colourOf(name: string): number
}

export type SeriesPhase =
  | { readonly kind: 'empty' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'shown' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What was read of one object. */
interface ReadObject {
  readonly object: ChartedSeries
  readonly answer: StatisticsAnswer
  /** The period before; undefined when it was not asked for. */
  readonly before: StatisticsAnswer | undefined
}

/** How often what is looked at is read again while it holds the present. */
const REFRESH_MS = 5000
/** More lines than colours cannot be told apart. */
export const MAX_CHARTED_OBJECTS = 8
const COLOURS = [0, 1, 2, 3, 4, 5, 6, 7]

/** Counts of flows, tracks and identities over time, as a chart and a table (platform protocol, "Statistics"). */
export class StatisticsTab implements Tab {
  readonly kind = 'statistics'
  readonly id = crypto.randomUUID()
  readonly connectionId: string
  readonly name = 'Statistics'
  readonly hasUnsavedEdit = false
  readonly overview: AccountOverview
  readonly #services: StatisticsServices
  #view = $state.raw<StatisticsView>(readView(''))
  #phase = $state.raw<SeriesPhase>({ kind: 'empty' })
  /** What the chart shows, and the view that it was read for: it stays until the next one is there. */
  #shown = $state.raw<{ readonly view: StatisticsView; readonly read: readonly ReadObject[] }>({
    view: this.#view,
    read: []
  })
  #hours = $state.raw<ObjectCounts | undefined>(undefined)
  /** Hits and passes of the first track, whichever of the two is charted. */
  #passes = $state.raw<{ readonly hits: number; readonly passes: number } | undefined>(undefined)
  #firstYear = $state(thisYear())
  #zoom = $state.raw<TimeRange | null>(null)
  #reading = 0
  #wasOpened = false
  markedPlace = $state(-1)

  constructor(services: StatisticsServices, saved: ViewTab) {
    this.#services = services
    this.connectionId = saved.connectionId
    this.#view = readView(saved.state)
    this.overview = new AccountOverview({
      explorer: services.explorer,
      connectionId: saved.connectionId,
      listFlows: (limit) => services.listFlows(limit)
    })
  }

  get title(): string {
    const names = distinct(this.#view.objects.map(({ name }) => name)).join(', ')
    return names === '' ? 'Statistics' : `Statistics of ${names}, ${describeRange(this.#view.range)}`
  }

  get saved(): ViewTab {
    return { kind: 'statistics', connectionId: this.connectionId, state: writeView(this.#view) }
  }

  get view(): StatisticsView {
    return this.#view
  }

  get phase(): SeriesPhase {
    return this.#phase
  }

  get zoom(): TimeRange | null {
    return this.#zoom
  }

  set zoom(range: TimeRange | null) {
    this.#zoom = range
  }

  /** What could not be read: one unknown flow does not hide the others. */
  readonly failures: readonly { readonly key: string; readonly failure: Failure }[] = $derived(
    this.#shown.read.flatMap(({ object, answer }) =>
      answer.ok ? [] : [{ key: seriesKey(object), failure: answer.failure }]
    )
  )

  /** The counts of the objects that were read, on one time axis. */
  readonly counts = $derived.by(() => {
    const { range, level } = this.#shown.view
    const there = this.#shown.read.flatMap(({ object, answer, before }) =>
      answer.ok
        ? [{ object, counts: answer.counts, before: before?.ok === true ? before.counts : undefined }]
        : []
    )
    return joinCounts(there, range, level, thisYear())
  })

  /** The same as lines; those of the period before are dashed. */
  readonly points: ChartPoints = $derived({
    atMs: this.counts.starts,
    columns: [
      ...this.counts.objects.map(({ counts }) => counts.map((count, place) => this.#drawn(count, place))),
      ...this.counts.objects.flatMap(({ before }) => (before === undefined ? [] : [before]))
    ]
  })

  readonly series: readonly ChartSeries[] = $derived([
    ...this.counts.objects.map(({ object }) => ({
      name: this.nameOf(object),
      colour: this.colourOf(object)
    })),
    ...this.counts.objects.flatMap(({ object, before }) =>
      before === undefined
        ? []
        : [
            {
              name: `${this.nameOf(object)}, ${this.beforeWords}`,
              colour: this.colourOf(object),
              isDashed: true
            }
          ]
    )
  ])

  /** Whether nothing was counted in the range that is shown. */
  readonly isAllZero: boolean = $derived(
    this.counts.objects.length > 0 &&
      this.counts.objects.every(({ counts, before }) => sumOf(counts) === 0 && sumOf(before ?? []) === 0)
  )

  /** The first year that any object was seen to have counts of. */
  get firstYear(): number {
    return this.#firstYear
  }

  /** Counts by hour of the first object, when the range has days to show. */
  get hours(): ObjectCounts | undefined {
    return this.#hours
  }

  get passes(): { readonly hits: number; readonly passes: number } | undefined {
    return this.#passes
  }

  /** The view that is drawn: the chosen one, or the one before while that is read. */
  get shownView(): StatisticsView {
    return this.#shown.view
  }

  /** What the range is compared with: `October 2026`. */
  get beforeWords(): string {
    const before = rangeBeside(this.#shown.view.range, -1)
    return before === undefined ? 'before' : describeRange(before)
  }

  /** The object in a word, with its series where there are several. */
  nameOf(object: ChartedSeries): string {
    const hasSeveral = this.#view.objects.some(({ type }) => type !== this.#view.objects[0]?.type)
    return hasSeveral ? `${shortName(object)}, ${SERIES_NAMES[object.type].toLowerCase()}` : shortName(object)
  }

  /** What is counted, in the plural: the series, or counts where there are several. */
  get words(): string {
    const [only, ...others] = distinct(this.#shown.view.objects.map(({ type }) => type))
    return only !== undefined && others.length === 0 ? OTHER_WORDS[only] : 'counts'
  }

  /** Flows keep the colour that they have in the tree and the console; no two lines share one while colours last. */
  colourOf(wanted: ChartedSeries): number {
    const used: number[] = []
    for (const object of this.#view.objects) {
      const own = STATISTICS_OBJECTS[object.type] === 'flow' ? this.#services.colourOf(object.name) : 1
      const free = COLOURS.map((step) => ((own - 1 + step) % COLOURS.length) + 1)
      const colour = free.find((candidate) => !used.includes(candidate)) ?? own
      if (seriesKey(object) === seriesKey(wanted)) return colour
      used.push(colour)
    }
    return 1
  }

  open(): void {
    if (this.#wasOpened) return
    this.#wasOpened = true
    void this.refresh()
  }

  close(): void {
    this.#reading++
    this.overview.cancel()
  }

  /** Reads again while somebody looks at a range that holds the present; answers how to stop. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (
        document.visibilityState === 'visible' &&
        holdsMoment(this.#view.range, Date.now()) &&
        this.#view.mode === 'series'
      ) {
        void this.refresh()
      }
    }, REFRESH_MS)
    return () => {
      clearInterval(timer)
    }
  }

  /** Shows another series of what is charted. Objects of another kind leave: a track has no drops added. */
  setType(type: StatisticsType): void {
    const before = this.#view.type
    const isSameKind = STATISTICS_OBJECTS[type] === STATISTICS_OBJECTS[before]
    const objects = this.#view.objects.flatMap((object) => {
      if (object.type !== before) return [object]
      return isSameKind ? [{ ...object, type }] : []
    })
    const keys = objects.map(seriesKey)
    this.#change({ type, objects: objects.filter((_, place) => keys.indexOf(keys[place] ?? '') === place) })
  }

  addObject(object: ChartedSeries): void {
    const { objects } = this.#view
    if (objects.length >= MAX_CHARTED_OBJECTS) return
    if (objects.some((charted) => seriesKey(charted) === seriesKey(object))) return
    this.#change({ objects: [...objects, object], mode: 'series' })
  }

  /** Shows drops added to a flow, alone. */
  showFlow(flow: ChartedObject): void {
    const type = 'flowDropAdded'
    this.#change({ type, objects: [{ ...flow, type }], mode: 'series' })
  }

  /** Shows what passes a track, alone. */
  showTrack(track: ChartedObject): void {
    const type = 'trackPass'
    this.#change({ type, objects: [{ ...track, type }], mode: 'series' })
  }

  removeObject(removed: ChartedSeries): void {
    const objects = this.#view.objects.filter((object) => seriesKey(object) !== seriesKey(removed))
    this.#change({ objects })
  }

  setRange(range: StatisticsRange): void {
    const { level } = this.#view
    this.#change({ range, level: levelsOf(range).includes(level) ? level : usualLevel(range) })
  }

  /** Goes to a range with the level that suits it. */
  enter(range: StatisticsRange): void {
    this.#change({ range, level: usualLevel(range) })
  }

  setLevel(level: StatisticsLevel): void {
    this.#change({ level })
  }

  setCompared(isCompared: boolean): void {
    this.#change({ isCompared })
  }

  setMode(mode: StatisticsView['mode']): void {
    this.#change({ mode })
  }

  /** The range `steps` later. */
  step(steps: number): void {
    const range = rangeBeside(this.#view.range, steps)
    if (range !== undefined) this.#change({ range })
  }

  /** Whether a period can be gone into. */
  canEnter(place: number): boolean {
    return this.#rangeAt(place) !== undefined
  }

  /** Goes into the period at a place of the chart: from year to month to day. */
  enterPeriod(place: number): void {
    const range = this.#rangeAt(place)
    if (range !== undefined) this.enter(range)
  }

  /** Goes out to the range around. */
  leave(): void {
    const around = rangeAround(this.#view.range)
    if (around !== undefined) this.enter(around)
  }

  async refresh(): Promise<void> {
    const reading = ++this.#reading
    const view = this.#view
    const { objects, range, level, isCompared, mode } = view
    if (mode === 'overview') {
      await this.overview.read(range)
      return
    }
    if (objects.length === 0) {
      this.#shown = { view, read: [] }
      this.#hours = undefined
      this.#passes = undefined
      this.#phase = { kind: 'empty' }
      return
    }
    if (this.#shown.read.length === 0) this.#phase = { kind: 'reading' }
    const before = isCompared ? rangeBeside(range, -1) : undefined
    const of = (object: ChartedSeries, at: StatisticsRange, by: StatisticsLevel): StatisticsQuery => ({
      type: object.type,
      objectId: object.id,
      level: by,
      ...at
    })
    const queries = [
      ...objects.map((object) => of(object, range, level)),
      ...(before === undefined ? [] : objects.map((object) => of(object, before, level)))
    ]
    const result = await this.#services.explorer.readStatistics({
      connectionId: this.connectionId,
      queries
    })
    // A later read took this one's place.
    if (reading !== this.#reading) return
    if (!result.ok) {
      this.#phase = { kind: 'failed', failure: result.failure }
      return
    }
    const read = objects.flatMap((object, index) => {
      const answer = result.value[index]
      return answer === undefined
        ? []
        : [
            {
              object,
              answer,
              before: before === undefined ? undefined : result.value[objects.length + index]
            }
          ]
    })
    if (this.#shown.view !== view) {
      this.#zoom = null
      this.markedPlace = -1
    }
    this.#shown = { view, read }
    const first = read.find(({ answer }) => !answer.ok)
    const allFailed = read.every(({ answer }) => !answer.ok)
    this.#phase =
      allFailed && first?.answer.ok === false
        ? { kind: 'failed', failure: first.answer.failure }
        : { kind: 'shown' }
    await this.#readBeside(reading)
  }

  /** What stands beside the chart: the hours of the first object, and what share of its drops a track passes. */
  async #readBeside(reading: number): Promise<void> {
    const { range } = this.#shown.view
    const object = this.#shown.read.find(({ answer }) => answer.ok)?.object
    if (object === undefined) {
      this.#hours = undefined
      this.#passes = undefined
      return
    }
    const { type } = object
    const isTrack = STATISTICS_OBJECTS[type] === 'track'
    const total = { objectId: object.id, level: usualTotal(range), ...range }
    const result = await this.#services.explorer.readStatistics({
      connectionId: this.connectionId,
      queries: [
        ...(range.year === undefined
          ? []
          : [{ type, objectId: object.id, level: 'HOUR' as const, ...range }]),
        ...(isTrack
          ? [
              { type: 'trackHit' as const, ...total },
              { type: 'trackPass' as const, ...total }
            ]
          : []),
        // The object's years, for the list of years: an answer without a year begins with the first one.
        { type, objectId: object.id, level: 'YEAR' as const }
      ]
    })
    if (reading !== this.#reading || !result.ok) return
    const [hours] = range.year === undefined ? [] : result.value
    this.#hours = hours?.ok === true ? { object, counts: hours.counts } : undefined
    const years = result.value.at(-1)
    if (years?.ok === true) {
      this.#firstYear = Math.min(this.#firstYear, thisYear() - years.counts.length + 1)
    }
    const [hits, passes] = isTrack ? result.value.slice(-3) : []
    this.#passes =
      hits?.ok === true && passes?.ok === true
        ? { hits: sumOf(hits.counts), passes: sumOf(passes.counts) }
        : undefined
  }

  /** A period that is still to come has a count of zero in the table, and no point on a line. */
  #drawn(count: number | null, place: number): number | null {
    return (this.counts.starts[place] ?? 0) > Date.now() ? null : count
  }

  #rangeAt(place: number): StatisticsRange | undefined {
    const startMs = this.counts.starts[place]
    const { level, range: whole } = this.#shown.view
    const range = startMs === undefined ? undefined : rangeOfPeriod(startMs, level)
    // A total is the range itself: there is nothing to go into.
    return JSON.stringify(range) === JSON.stringify(whole) ? undefined : range
  }

  #change(change: Partial<StatisticsView>): void {
    this.#view = { ...this.#view, ...change }
    this.#services.changed()
    void this.refresh()
  }
}

/** The level that answers a range as few numbers. */
const usualTotal = (range: StatisticsRange): StatisticsLevel => levelsOf(range)[0] ?? 'YEAR'

export const sumOf = (counts: readonly (number | null)[]): number =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
