import type { Elements, ElementValue } from './elements.ts'

/** A drop as the platform answers it (platform protocol, "Drops"). Members without a value are left out. */
export interface Drop {
  readonly id: string
  readonly flowId: string
  readonly path: string
  /** Milliseconds since the Unix epoch; never goes backwards within a flow. */
  readonly creationDate: number
  readonly elems: Elements
  readonly location?: Location
  /** A key that is unique within the flow. */
  readonly fhash?: string
  /** The drop that a track made this one from. */
  readonly parentDropId?: { readonly flowId: string; readonly dropId: string }
  /** 0 on creation, one more with every update. */
  readonly version: number
  readonly lastEditDate?: number
  readonly lastEditorId?: string
  readonly creatorId?: string
}

/** What it takes to make a drop. */
export type DropDraft = Pick<Drop, 'elems' | 'location' | 'fhash'>

export interface Location {
  /** Degrees, -90 to 90. */
  readonly lat: number
  /** Degrees, -180 to 180. */
  readonly lon: number
  readonly specifiers?: Readonly<Record<string, ElementValue>>
}
