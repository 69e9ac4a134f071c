/** A flow as the platform answers it (platform protocol, "Flows"). Members without a value are left out. */
export interface Flow {
  readonly id: string
  readonly path: string
  /** How many drops the flow keeps, 0 to 100,000; 0 keeps none, its drops are still pushed. */
  readonly capacity: number
  readonly description?: string
  /** Only drops that match this filter may enter. */
  readonly filter?: string
  readonly name?: string
  readonly displayName?: string
  readonly public?: boolean
  /** Milliseconds since the Unix epoch. */
  readonly creationDate: number
  readonly creatorId: string
  readonly lastEditDate?: number
  readonly lastEditorId?: string
}

/** What it takes to make a flow. */
export type FlowDraft = Pick<Flow, 'path'> &
  Partial<Pick<Flow, 'capacity' | 'description' | 'filter' | 'name' | 'displayName' | 'public'>>

export const DEFAULT_CAPACITY_DROPS = 1000
export const MAX_CAPACITY_DROPS = 100_000
