import type { Location } from './drop.ts'
import type { Elements } from './elements.ts'
import type { StoredMembers } from './stored-object.ts'

/** What it takes to make a track (platform protocol, "Tracks"): at least one of `destination` and `js`. */
export interface TrackDraft {
  /** The path of the flow whose drops it takes. */
  readonly source: string
  /** Where they go; answered in the form that was given. */
  readonly destination?: string | readonly string[]
  /** Only drops that match go on. */
  readonly filter?: string
  /** The text of one JavaScript function expression from a drop to drops. */
  readonly js?: string
  readonly description?: string
  readonly disabled?: boolean
  /** Anything; the platform keeps it unread. */
  readonly metadata?: unknown
}

/** A route between flows, as the platform answers it. */
export interface Track extends TrackDraft, StoredMembers {}

/** What a function is tried on; nothing of it is stored. */
export interface SimulationDraft {
  readonly drop: SimulationInput
  /** As a track's `js`. */
  readonly js: string
  /** Tested first, as a track's. */
  readonly filter?: string
}

export interface SimulationInput {
  readonly elems: Elements
  readonly location?: Location
  readonly fhash?: string
  readonly [member: string]: unknown
}

/** What became of it. A function that fails is no failed request: `errors` says why and `drops` is empty. */
export interface Simulation {
  readonly drops: readonly SimulatedDrop[]
  /** What went in and what came out, with typed elements. */
  readonly log: readonly SimulationStep[]
  readonly errors: readonly string[]
}

export interface SimulatedDrop {
  readonly elems: Elements
  /** The flow that the function chose; the track's destinations otherwise. */
  readonly path?: string
  readonly location?: Location
  readonly fhash?: string
}

/** A 1-based line of the function and the variables that were set there. */
export interface SimulationStep {
  readonly line_no: number
  readonly [variable: string]: unknown
}
