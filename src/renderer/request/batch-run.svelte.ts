import type { Failure } from '../../shared/failure.ts'
import { MAX_BATCH_CONCURRENCY } from '../../shared/model/platform-request.ts'
import type { BatchOutcome, PlatformRequest, RequestAnswer } from '../../shared/model/platform-request.ts'
import type { Explorer } from '../bridge.ts'
import { readBatch } from './batch-text.ts'
import type { ReadBatch } from './batch-text.ts'
import type { BatchSettings } from './request-state.ts'

/** One request of a batch that runs or ran. */
export interface BatchRow {
  readonly request: PlatformRequest
  /** Undefined while it waits or is under way. */
  readonly outcome: BatchOutcome | undefined
}

/** A list of requests as text, and what became of it when it was run. */
export class BatchRun {
  readonly #explorer: Explorer
  readonly #connectionId: string
  readonly #changed: () => void
  #settings = $state.raw<BatchSettings>() as BatchSettings
  readonly read: ReadBatch = $derived(readBatch(this.#settings.text))
  #batchId = $state('')
  #rows = $state.raw<readonly BatchRow[]>([])
  #isRunning = $state(false)
  #failure = $state.raw<Failure | undefined>(undefined)
  #place = $state(-1)
  #answer = $state.raw<RequestAnswer | undefined>(undefined)

  constructor(explorer: Explorer, connectionId: string, settings: BatchSettings, changed: () => void) {
    this.#explorer = explorer
    this.#connectionId = connectionId
    this.#changed = changed
    this.#settings = settings
  }

  get settings(): BatchSettings {
    return this.#settings
  }

  change(change: Partial<BatchSettings>): void {
    this.#settings = { ...this.#settings, ...change }
    this.#changed()
  }

  append(line: string): void {
    const text = this.#settings.text.trimEnd()
    this.change({ text: text === '' ? line : `${text}\n${line}` })
  }

  get rows(): readonly BatchRow[] {
    return this.#rows
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Why the batch itself could not be run. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** The place of the row whose answer is looked at, -1 for none. */
  get place(): number {
    return this.#place
  }

  get answer(): RequestAnswer | undefined {
    return this.#answer
  }

  async run(): Promise<void> {
    const { requests, problems } = this.read
    if (this.#isRunning || problems.length > 0 || requests.length === 0) return
    const batchId = crypto.randomUUID()
    this.#batchId = batchId
    this.#isRunning = true
    this.#failure = undefined
    this.#place = -1
    this.#answer = undefined
    const outcomes: (BatchOutcome | undefined)[] = requests.map(() => undefined)
    const show = (): void => {
      this.#rows = requests.map((request, place) => ({ request, outcome: outcomes[place] }))
    }
    show()
    const stopListening = this.#explorer.on('batchProgressed', (progress) => {
      if (progress.batchId !== batchId) return
      outcomes[progress.place] = progress.outcome
      show()
    })
    const result = await this.#explorer.runBatch({
      batchId,
      connectionId: this.#connectionId,
      requests: requests.map(({ parameters, ...request }) => ({
        ...request,
        parameters: parameters.map(({ name, value }) => ({ name, value }))
      })),
      concurrency: Math.max(1, Math.min(MAX_BATCH_CONCURRENCY, Math.trunc(this.#settings.concurrency))),
      stopsAtFailure: this.#settings.stopsAtFailure
    })
    stopListening()
    this.#isRunning = false
    if (result.ok) {
      outcomes.splice(0, outcomes.length, ...result.value.outcomes)
      show()
    } else this.#failure = result.failure
  }

  cancel(): void {
    if (this.#isRunning) void this.#explorer.cancelBatch({ batchId: this.#batchId })
  }

  /** Looks at the answer of a row; nothing when it has none. */
  async look(place: number): Promise<void> {
    this.#place = place
    this.#answer = undefined
    const outcome = this.#rows[place]?.outcome
    if (outcome === undefined || outcome.kind === 'skipped' || outcome.status === undefined) return
    const result = await this.#explorer.readAnswer({ requestId: `${this.#batchId}/${String(place)}` })
    if (!result.ok) this.#failure = result.failure
    else if (this.#place === place) this.#answer = result.value
  }
}
