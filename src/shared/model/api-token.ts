import type { GrantMembers, PathRights } from './grant.ts'

/** A token gives no rights beside these (platform protocol, "Tokens"); `administer` stands for all. */
export type TokenRights = Pick<PathRights, 'dropRead' | 'dropWrite' | 'administer'>

/** What it takes to make a token. */
export interface ApiTokenDraft {
  /** At least one path. */
  readonly paths: Readonly<Record<string, TokenRights>>
  readonly description?: string
  /** Milliseconds that it lives; for ever when left out. */
  readonly duration?: number
}

/** A token as the platform answers it. */
export interface ApiToken extends ApiTokenDraft, GrantMembers {
  /** The credential itself: a secret. */
  readonly tokenString: string
}
