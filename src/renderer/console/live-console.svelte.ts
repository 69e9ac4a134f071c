import type { Failure } from '../../shared/failure.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from './drop-worker-client.ts'
import { activityKey, indexActivity, NO_ACTIVITY } from './flow-activity.ts'
import type { ActivityByFlow, FlowActivity } from './flow-activity.ts'
import type { LiveSnapshot } from './live-feed.ts'
import { SeriesColours } from './series-colours.ts'

/** A flow that the console follows, or tries to. */
export interface FollowedFlow {
  readonly connectionId: string
  readonly path: string
  /** Known once the platform accepted the subscription. */
  readonly flowId?: string
  readonly failure?: Failure
}

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
  #snapshot = $state.raw<LiveSnapshot | undefined>(undefined)
  #activity = $state.raw<ActivityByFlow>(NO_ACTIVITY)
  #isPaused = $state(false)
  #isAtTop = $state(true)
  #heldAt: number | null = null
  #range = { from: 0, to: 0 }
  #activeSequence = $state<number | undefined>(undefined)

  constructor(services: ConsoleServices) {
    this.#services = services
    services.worker.onLive = (snapshot) => {
      this.#draw(snapshot)
    }
  }

  get followed(): readonly FollowedFlow[] {
    return this.#followed
  }

  get snapshot(): LiveSnapshot | undefined {
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
  async follow(connectionId: string, path: string): Promise<Result<null>> {
    const before = this.#followed.find((flow) => flow.path === path && flow.connectionId === connectionId)
    if (before?.flowId !== undefined) return { ok: true, value: null }
    this.colourOf(path)
    if (before === undefined) this.#followed = [...this.#followed, { connectionId, path }]
    this.#services.changed()
    const result = await this.#services.explorer.subscribe({ connectionId, flow: { path } })
    this.#replace(
      path,
      connectionId,
      result.ok ? { flowId: result.value.flowId } : { failure: result.failure }
    )
    return result.ok ? { ok: true, value: null } : failed(result.failure)
  }

  async unfollow(flow: FollowedFlow): Promise<void> {
    this.#followed = this.#followed.filter((other) => other !== flow)
    this.#services.changed()
    const { connectionId, flowId } = flow
    if (flowId !== undefined) await this.#services.explorer.unsubscribe({ connectionId, flowId })
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
  }

  setAtTop(isAtTop: boolean): void {
    this.#isAtTop = isAtTop
    this.#hold()
  }

  showRange(from: number, to: number): void {
    this.#range = { from, to }
    this.#sendView()
  }

  clear(): void {
    this.#heldAt = null
    this.#activeSequence = undefined
    this.#services.worker.post({ kind: 'clearLive' })
    if (this.isHeld) this.#hold()
    this.#sendView()
  }

  #hold(): void {
    if (!this.isHeld) this.#heldAt = null
    else this.#heldAt ??= this.#snapshot?.headSequence ?? null
    this.#sendView()
  }

  #sendView(): void {
    const { from, to } = this.#range
    this.#services.worker.post({ kind: 'liveView', view: { from, to, heldAt: this.#heldAt } })
  }

  /** At most once a frame: the worker waits for `liveShown`, and a hidden window asks for no frames. */
  #draw(snapshot: LiveSnapshot): void {
    requestAnimationFrame(() => {
      this.#snapshot = snapshot
      this.#activity = indexActivity(snapshot.flows)
      if (snapshot.rows.some(({ kind }) => kind === 'drop')) this.#services.liveDropShown()
      this.#services.worker.post({ kind: 'liveShown' })
    })
  }

  #replace(path: string, connectionId: string, outcome: { flowId: string } | { failure: Failure }): void {
    this.#followed = this.#followed.map((flow) =>
      flow.path === path && flow.connectionId === connectionId ? { connectionId, path, ...outcome } : flow
    )
  }
}
