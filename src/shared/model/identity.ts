import type { Grants } from './grant.ts'
import type { StoredMembers } from './stored-object.ts'

/** What an identity may change about itself (platform protocol, "Identities"). */
export interface IdentityDraft {
  readonly email?: string
  readonly firstName?: string
  readonly middleName?: string
  readonly lastName?: string
  readonly displayName?: string
  readonly salutation?: string
  readonly icon?: string
}

/** Somebody who makes requests, as the platform answers it. */
export interface Identity extends IdentityDraft, StoredMembers {
  /** The account; it never changes. */
  readonly name: string
  readonly groupIds?: readonly string[]
  /** Shares to this identity by their id; shown to itself only. */
  readonly shares?: Readonly<Record<string, { readonly paths: Grants }>>
  /** A secret, shown to the identity itself only. */
  readonly masterToken?: string
}
