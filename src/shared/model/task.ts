import type { StoredMembers } from './stored-object.ts'

/** What may be told about every task (platform protocol, "Common task members"). */
export interface TaskDraft {
  /** At most 2,048 characters. */
  readonly displayName?: string
  readonly description?: string
  readonly disabled?: boolean
}

/** What the platform sets on every task. */
export interface TaskMembers extends StoredMembers {
  /** `OK`, or a word for what is wrong. */
  readonly status: string
  /** The flow in which each run is reported. */
  readonly reportPath: string
  readonly reportFlowId: string
}

export interface PeriodicTaskDraft extends TaskDraft {
  /** Milliseconds between two runs, at least 60,000; an hour when left out. */
  readonly periodicity?: number
}

export interface PeriodicTaskMembers extends TaskMembers {
  /** 0 until the first run. */
  readonly lastRun: number
  /** 0 when no run is planned. */
  readonly nextRun: number
  /** How many times it ran. */
  readonly runCt: number
}
