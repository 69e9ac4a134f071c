/**
 * What the platform sets on every object itself (platform protocol, "Common members"). In a change these members are ignored,
 * so that a whole object may be sent back.
 */
export interface StoredMembers {
  readonly id: string
  /** Milliseconds since the Unix epoch, as every date of the platform. */
  readonly creationDate: number
  /** The identity that made it. */
  readonly creatorId: string
  /** Absent until the first change. */
  readonly lastEditDate?: number
  readonly lastEditorId?: string
}
