import type { Failure } from '../../shared/failure.ts'
import {
  MAX_KEPT_FILTER_CHARACTERS,
  MAX_LIVE_HIGHLIGHTS,
  MAX_WORKSPACE_FILTER_CHARACTERS
} from '../../shared/ipc/filter-limits.ts'
import type { Workspace } from '../../shared/ipc/settings.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from './drop-worker-client.ts'
import { activityKey, indexActivity, NO_ACTIVITY } from './flow-activity.ts'
import type { ActivityByFlow, FlowActivity } from './flow-activity.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import { LiveChartState } from './live-chart.svelte.ts'
import { elementOf, USUAL_COLUMNS } from './live-columns.ts'
import { movedFollowed, movedKeys, movesIn, secondChips } from './moved-flow.ts'
import type { FlowMove } from './moved-flow.ts'
import { LiveExports } from './live-exports.svelte.ts'
import { SERIES_COLOURS, SeriesColours } from './series-colours.ts'

/** A flow that the console follows, or tries to. */
export interface FollowedFlow {
  readonly connectionId: string
  /** With a star as its last name (`/ana/weather/*`): every flow below, those too that are made later. */
  readonly path: string
  /** Flows below such a path, when it was followed. */
  readonly flowCount?: number
  /** Known once the platform accepted the subscription. */
  readonly flowId?: string
  readonly failure?: Failure
}

/** Rows that a filter is true of get this colour; of several the first counts. */
export interface Highlight {
  readonly id: number
  readonly filter: string
  /** One of the series colours, from 1. */
  readonly colour: number
}

/** What the next run restores. */
export type SavedConsole = Pick<Workspace, 'liveFlows' | 'liveFilter' | 'liveHighlights'>

/** Moments of one drop, milliseconds since the Unix epoch. */
export interface LiveLatency {
  readonly createdAtMs: number
  readonly receivedAtMs: number
  readonly paintedAtMs: number
}

/** A snapshot with what was told last of that which is not told each time. */
export type ShownSnapshot = LiveSnapshot & Required<Pick<LiveSnapshot, 'flows' | 'density'>>

export interface ConsoleServices {
  readonly explorer: Explorer
  readonly worker: DropWorkerClient
  /** Something that the next run restores has changed. */
  changed(): void
  /** The first live drop is about to be drawn. */
  liveDropShown(): void
}

/** The live console: what is followed, and the newest snapshot of the stream. */
export class LiveConsole {
  readonly #services: ConsoleServices
  readonly #colours = new SeriesColours()
  #followed = $state.raw<readonly FollowedFlow[]>([])
  /** What the platform was asked to follow and has not answered. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the screen shows it
  readonly #following = new Map<string, Promise<Result<null>>>()
  #snapshot = $state.raw<ShownSnapshot | undefined>(undefined)
  #activity = $state.raw<ActivityByFlow>(NO_ACTIVITY)
  #isPaused = $state(false)
  #isAtTop = $state(true)
  #isNewestLast = $state(false)
  #heldAt: number | null = null
  #range = { from: 0, to: 0 }
  #columnIds = $state.raw<readonly string[]>(USUAL_COLUMNS)
  #sentView = ''
  #activeSequence = $state<number | undefined>(undefined)
  #anchorSequence = $state<number | undefined>(undefined)
  #filter = $state('')
  /** What stands in the box: it differs from the filter while a person types. */
  filterDraft = $state('')
  #mutedFlows = $state.raw<readonly string[]>([])
  #soloFlows = $state.raw<readonly string[]>([])
  #highlights = $state.raw<readonly Highlight[]>([])
  #lastHighlightId = 0
  #latency = $state.raw<LiveLatency | undefined>(undefined)
  readonly chart: LiveChartState
  readonly exports: LiveExports

  constructor(services: ConsoleServices) {
    this.#services = services
    this.chart = new LiveChartState(services.worker, (path) => this.colourOf(path))
    this.exports = new LiveExports(services.explorer, services.worker)
    services.worker.onLive = (told) => {
      this.#draw(told)
    }
  }

  get followed(): readonly FollowedFlow[] {
    return this.#followed
  }

  /** A filter or rule that is longer than the workspace can hold is left out: it would keep all else from being saved. */
  get saved(): SavedConsole {
    return {
      liveFlows: this.#followed.map((flow) => ({
        connectionId: flow.connectionId,
        path: flow.path,
        isMuted: this.isMuted(flow),
        isSolo: this.isSolo(flow)
      })),
      liveFilter: this.#filter.length > MAX_WORKSPACE_FILTER_CHARACTERS ? '' : this.#filter,
      liveHighlights: this.#highlights
        .filter(({ filter }) => filter.length <= MAX_KEPT_FILTER_CHARACTERS)
        .map(({ filter, colour }) => ({ filter, colour }))
    }
  }

  /** Puts filter and highlights of the last run in force. */
  restoreRules({ liveFilter, liveHighlights }: Omit<SavedConsole, 'liveFlows'>): void {
    this.filterDraft = liveFilter
    this.setFilter(liveFilter)
    this.#changeHighlights(liveHighlights.map((rule) => ({ id: ++this.#lastHighlightId, ...rule })))
  }

  /** Follows the flows of the last run; the muted and solo ones are so before their first drop comes. */
  restoreFlows(flows: SavedConsole['liveFlows']): void {
    const keysOf = (some: SavedConsole['liveFlows']): string[] =>
      some.map(({ connectionId, path }) => activityKey(connectionId, path))
    this.#mutedFlows = keysOf(flows.filter(({ isMuted }) => isMuted))
    this.#soloFlows = keysOf(flows.filter(({ isSolo }) => isSolo))
    this.#sendRules()
    for (const { connectionId, path } of flows) void this.follow(connectionId, path)
  }

  get snapshot(): ShownSnapshot | undefined {
    return this.#snapshot
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Whether drops that arrive wait below "N new": the view is paused or scrolled away. */
  get isHeld(): boolean {
    return this.#isPaused || !this.#isAtTop
  }

  get activeSequence(): number | undefined {
    return this.#activeSequence
  }

  set activeSequence(sequence: number | undefined) {
    this.#activeSequence = sequence
  }

  /** What the console received of a flow; undefined when it is not followed. */
  activityOf(connectionId: string, flowId: string): FlowActivity | undefined {
    return this.#activity.get(activityKey(connectionId, flowId))
  }

  /** 1 to 8. */
  colourOf(path: string): number {
    return this.#colours.colourOf(path)
  }

  isFollowing(path: string): boolean {
    return this.#followed.some((flow) => flow.path === path)
  }

  /** Follows a flow by its path. A refused one stays among the chips with its failure, so that it can be tried again. */
  follow(connectionId: string, path: string): Promise<Result<null>> {
    const before = this.#followed.find((flow) => flow.path === path && flow.connectionId === connectionId)
    if (before?.flowId !== undefined || before?.flowCount !== undefined) return Promise.resolve(success(null))
    this.colourOf(path)
    if (before === undefined) this.#followed = [...this.#followed, { connectionId, path }]
    this.#services.changed()
    // Whoever lets a flow go and follows it again, before it was answered, is answered by the same.
    const key = activityKey(connectionId, path)
    const following = this.#following.get(key) ?? this.#ask(connectionId, path)
    this.#following.set(key, following)
    return following
  }

  async #ask(connectionId: string, path: string): Promise<Result<null>> {
    const { explorer } = this.#services
    const result = isBelow(path)
      ? await explorer.followBelow({ connectionId, path: path.slice(0, -BELOW.length) })
      : await explorer.subscribe({ connectionId, flow: { path } })
    this.#following.delete(activityKey(connectionId, path))
    const isWanted = this.#followed.some((flow) => flow.path === path && flow.connectionId === connectionId)
    // It was let go before it was followed: what only now succeeded is taken back.
    if (!isWanted && result.ok && 'flowId' in result.value)
      await explorer.unsubscribe({ connectionId, flowId: result.value.flowId })
    else if (!result.ok) this.#replace(path, connectionId, { failure: result.failure })
    else if ('flowId' in result.value) this.#replace(path, connectionId, { flowId: result.value.flowId })
    else this.#replace(path, connectionId, { flowCount: result.value.flowCount })
    return result.ok ? success(null) : failed(result.failure)
  }

  /** Lets a flow go, with its mute and solo: no rule is in force that no chip shows. */
  async unfollow(flow: FollowedFlow): Promise<void> {
    const { connectionId, flowId, path } = flow
    this.#followed = this.#followed.filter((other) => other !== flow)
    const isElsewhere = this.#followed.some(
      (other) => other.path === path && other.connectionId === connectionId
    )
    if (!isElsewhere && this.isMuted(flow)) this.toggleMute(flow)
    if (!isElsewhere && this.isSolo(flow)) this.toggleSolo(flow)
    this.#services.changed()
    if (isBelow(path)) {
      await this.#services.explorer.unfollowBelow({ connectionId, path: path.slice(0, -BELOW.length) })
    }
    if (flowId !== undefined) await this.#services.explorer.unsubscribe({ connectionId, flowId })
  }

  /** Lets go every flow of a connection that is gone. */
  async forgetConnection(connectionId: string): Promise<void> {
    const gone = this.#followed.filter((flow) => flow.connectionId === connectionId)
    await Promise.all(gone.map((flow) => this.unfollow(flow)))
  }

  /** Tries again what was refused. */
  async retryRefused(): Promise<void> {
    const refused = this.#followed.filter(({ failure }) => failure !== undefined)
    await Promise.all(refused.map(({ connectionId, path }) => this.follow(connectionId, path)))
  }

  /** Freezes the view, or lets it follow again; drops are received all the same. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#hold()
    this.chart.pause(isPaused ? Date.now() : null)
  }

  /** Whether the view stands where the newest rows come: at the top, or with the newest last at the bottom. */
  setAtTop(isAtTop: boolean): void {
    this.#isAtTop = isAtTop
    this.#hold()
  }

  get isNewestLast(): boolean {
    return this.#isNewestLast
  }

  set isNewestLast(isNewestLast: boolean) {
    this.#isNewestLast = isNewestLast
    this.#sendView()
  }

  /** The columns of the rows, see `live-columns.ts`. */
  get columnIds(): readonly string[] {
    return this.#columnIds
  }

  set columnIds(ids: readonly string[]) {
    this.#columnIds = ids
    this.#sendView()
  }

  showRange(from: number, to: number): void {
    this.#range = { from, to }
    this.#sendView()
  }

  clear(): void {
    this.#heldAt = null
    this.#activeSequence = undefined
    this.#anchorSequence = undefined
    this.#services.worker.post({ kind: 'clearLive' })
    this.chart.reread()
    if (this.isHeld) this.#hold()
    this.#sendView()
  }

  /** The rows from the anchor to the active one, by their sequence numbers; undefined when no more than one is chosen. */
  get selection(): { readonly oldest: number; readonly newest: number } | undefined {
    const [anchor, active] = [this.#anchorSequence, this.#activeSequence]
    return anchor === undefined || active === undefined || anchor === active
      ? undefined
      : { oldest: Math.min(anchor, active), newest: Math.max(anchor, active) }
  }

  isSelected(sequence: number): boolean {
    const { selection } = this
    return selection === undefined
      ? sequence === this.#activeSequence
      : sequence >= selection.oldest && sequence <= selection.newest
  }

  /** Makes a row the active one; with `extends` the rows from the one before to it are chosen. */
  choose(sequence: number, isExtending: boolean): void {
    if (!isExtending) this.#anchorSequence = undefined
    else this.#anchorSequence ??= this.#activeSequence
    this.#activeSequence = sequence
  }

  /** Where the view is held; null while it follows. */
  get heldAt(): number | null {
    return this.isHeld ? this.#heldAt : null
  }

  get filter(): string {
    return this.#filter
  }

  setFilter(filter: string): void {
    this.#filter = filter
    this.#sendRules()
  }

  /** Takes away filter, mute and solo. */
  showAll(): void {
    this.#filter = ''
    this.filterDraft = ''
    this.#mutedFlows = []
    this.#soloFlows = []
    this.#sendRules()
  }

  isMuted(flow: FollowedFlow): boolean {
    return this.#mutedFlows.includes(activityKey(flow.connectionId, flow.path))
  }

  isSolo(flow: FollowedFlow): boolean {
    return this.#soloFlows.includes(activityKey(flow.connectionId, flow.path))
  }

  toggleMute(flow: FollowedFlow): void {
    this.#mutedFlows = toggled(this.#mutedFlows, activityKey(flow.connectionId, flow.path))
    this.#sendRules()
  }

  toggleSolo(flow: FollowedFlow): void {
    this.#soloFlows = toggled(this.#soloFlows, activityKey(flow.connectionId, flow.path))
    this.#sendRules()
  }

  get highlights(): readonly Highlight[] {
    return this.#highlights
  }

  get hasRoomForHighlight(): boolean {
    return this.#highlights.length < MAX_LIVE_HIGHLIGHTS
  }

  addHighlight(filter = ''): void {
    if (!this.hasRoomForHighlight) return
    const colour = (this.#highlights.length % SERIES_COLOURS) + 1
    this.#changeHighlights([...this.#highlights, { id: ++this.#lastHighlightId, filter, colour }])
  }

  changeHighlight(id: number, change: Partial<Omit<Highlight, 'id'>>): void {
    this.#changeHighlights(this.#highlights.map((rule) => (rule.id === id ? { ...rule, ...change } : rule)))
  }

  removeHighlight(id: number): void {
    this.#changeHighlights(this.#highlights.filter((rule) => rule.id !== id))
  }

  /** Of the newest drop on the screen; undefined when it does not say when it was created. */
  get latency(): LiveLatency | undefined {
    return this.#latency
  }

  #changeHighlights(rules: readonly Highlight[]): void {
    this.#highlights = rules
    this.#services.changed()
    void this.#services.worker.call('setHighlights', {
      rules: rules.map(({ filter, colour }) => ({ filter, colour }))
    })
  }

  #sendRules(): void {
    this.#services.changed()
    void this.#services.worker.call('setLiveRules', {
      filter: this.#filter,
      mutedFlows: this.#mutedFlows,
      soloFlows: this.#soloFlows
    })
  }

  #hold(): void {
    if (!this.isHeld) this.#heldAt = null
    else this.#heldAt ??= this.#snapshot?.headSequence ?? null
    this.#sendView()
  }

  #sendView(): void {
    const view = {
      ...this.#range,
      heldAt: this.#heldAt,
      isNewestLast: this.#isNewestLast,
      elementNames: this.#columnIds.flatMap((id) => elementOf(id) ?? [])
    }
    const text = JSON.stringify(view)
    if (text === this.#sentView) return
    this.#sentView = text
    this.#services.worker.post({ kind: 'liveView', view })
  }

  /**
   * Drawn when it comes, between two frames: what a frame's callbacks do delays the frame. At most once a frame all the same,
   * for the worker waits for `liveShown`, and a hidden window asks for no frames.
   */
  #draw(told: LiveSnapshot): void {
    const { flows, density } = told
    this.#snapshot = {
      ...told,
      flows: flows ?? this.#snapshot?.flows ?? [],
      density: density ?? this.#snapshot?.density ?? []
    }
    if (flows !== undefined) {
      this.#follow(movesIn(flows, this.#activity, this.#followed))
      this.#activity = indexActivity(flows)
    }
    this.chart.arrived()
    if (told.rows.some(({ kind }) => kind === 'drop')) this.#services.liveDropShown()
    requestAnimationFrame(() => {
      this.#painted(told.latency)
      this.#services.worker.post({ kind: 'liveShown' })
    })
  }

  /** A drop is painted once: what is drawn again later says nothing of it. */
  #painted(latency: LiveSnapshot['latency']): void {
    if (latency === undefined || latency.receivedAtMs === this.#latency?.receivedAtMs || this.isHeld) return
    this.#latency = { ...latency, paintedAtMs: Date.now() }
  }

  /** Flows that were renamed keep their chips, colours, mute and solo. */
  #follow(moves: readonly FlowMove[]): void {
    if (moves.length === 0) return
    this.#colours.move(moves)
    this.#followed = movedFollowed(this.#followed, moves)
    this.#mutedFlows = movedKeys(this.#mutedFlows, moves)
    this.#soloFlows = movedKeys(this.#soloFlows, moves)
    this.#keepOneChip()
    this.chart.move(moves)
    this.#sendRules()
    this.#services.changed()
  }

  /** A flow that was followed at its old path and at its new one, before it was known to be the same, has one chip. */
  #keepOneChip(): void {
    for (const flow of secondChips(this.#followed)) void this.unfollow(flow)
  }

  #replace(
    path: string,
    connectionId: string,
    outcome: { flowId: string } | { flowCount: number } | { failure: Failure }
  ): void {
    this.#followed = this.#followed.map((flow) =>
      flow.path === path && flow.connectionId === connectionId ? { connectionId, path, ...outcome } : flow
    )
    this.#keepOneChip()
  }
}

/** The end of a path that means every flow below. */
export const BELOW = '/*'

export const isBelow = (path: string): boolean => path.endsWith(BELOW)

const toggled = (keys: readonly string[], key: string): readonly string[] =>
  keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key]
