import type { StoredMembers } from './stored-object.ts'

/** What it takes to make a group (platform protocol, "Groups"). */
export interface GroupDraft {
  /** Identities; a change acts at once on every share to the group. */
  readonly memberIds: readonly string[]
  readonly displayName?: string
  readonly description?: string
}

/** Identities that are shared with together, as the platform answers it. */
export interface Group extends GroupDraft, StoredMembers {}
