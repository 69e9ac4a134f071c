import type { GrantMembers, Grants } from './grant.ts'

/** What it takes to make a share (platform protocol, "Shares"). */
export interface ShareDraft {
  /** An identity or a group. */
  readonly issuedTo: string
  /** At least one path. */
  readonly paths: Grants
  readonly description?: string
  /** Milliseconds that it lives; for ever when left out. */
  readonly duration?: number
}

/** Rights for somebody else, as the platform answers it. */
export interface Share extends ShareDraft, GrantMembers {}
