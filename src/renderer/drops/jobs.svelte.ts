import type { Job } from '../../shared/ipc/jobs.ts'
import type { Explorer } from '../bridge.ts'

/** Jobs that ended stay until they are dismissed; of many, the last ones. */
const MAX_JOBS = 8

/** Exports and deletes of many drops, as main tells of them. */
export class Jobs {
  readonly #explorer: Explorer
  #all = $state.raw<readonly Job[]>([])
  // Nothing on the screen shows it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #onEnd = new Map<string, (job: Job) => void>()

  constructor(explorer: Explorer) {
    this.#explorer = explorer
    explorer.on('jobChanged', (job) => {
      this.#take(job)
    })
  }

  get all(): readonly Job[] {
    return this.#all
  }

  of(jobId: string): Job | undefined {
    return this.#all.find(({ id }) => id === jobId)
  }

  /** A job was started; `onEnd` is told when it has ended, however it did. */
  started(job: Job, onEnd?: (job: Job) => void): void {
    if (onEnd !== undefined) this.#onEnd.set(job.id, onEnd)
    // It may have ended before its start was answered.
    const known = this.of(job.id)
    if (known === undefined || known.state.kind !== 'running') this.#put(known ?? job)
    if (known !== undefined && known.state.kind !== 'running') this.#ended(known)
  }

  cancel(jobId: string): void {
    void this.#explorer.cancelJob({ jobId })
  }

  dismiss(jobId: string): void {
    this.#all = this.#all.filter(({ id }) => id !== jobId)
  }

  #take(job: Job): void {
    this.#put(job)
    if (job.state.kind !== 'running') this.#ended(job)
  }

  #put(job: Job): void {
    const isKnown = this.#all.some(({ id }) => id === job.id)
    this.#all = isKnown
      ? this.#all.map((known) => (known.id === job.id ? job : known))
      : [...this.#all, job].slice(-MAX_JOBS)
  }

  #ended(job: Job): void {
    const onEnd = this.#onEnd.get(job.id)
    this.#onEnd.delete(job.id)
    onEnd?.(job)
  }
}
