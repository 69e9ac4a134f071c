import type { StoredMembers } from './stored-object.ts'

/** What is allowed at a path and everywhere below it (platform protocol, "Shares"). A right that is missing is not given. */
export interface PathRights {
  /** Read and find what lies there, but for drops. */
  readonly read?: boolean
  /** Make, change and delete it. */
  readonly write?: boolean
  /** Read, find, aggregate and follow drops. */
  readonly dropRead?: boolean
  /** Make, change and delete drops. */
  readonly dropWrite?: boolean
  /** All of the above. */
  readonly administer?: boolean
}

/** Rights by path. */
export type Grants = Readonly<Record<string, PathRights>>

/** What tokens and shares have in common. Neither can be changed: it is deleted and another one made. */
export interface GrantMembers extends StoredMembers {
  readonly issuedBy: string
  /** How long it still lives, milliseconds, at the moment of the answer; absent when it never expires. */
  readonly expiresInMs?: number
}
