import { createHash, timingSafeEqual } from 'node:crypto'

/** Who calls, after the token was checked. */
export interface Caller {
  /** The account of the URL; the caller acts as its identity. */
  readonly account: string
  readonly identityId: string
}

/** An account that the platform serves, from its configuration. */
export interface AccountConfiguration {
  readonly account: string
  /** The account's master token. */
  readonly token: string
}

/** What one caller may do with what lies at a path (platform protocol, "Shares"). */
export interface Rights {
  readonly read: boolean
  readonly write: boolean
  readonly dropRead: boolean
  readonly dropWrite: boolean
}

const ALL: Rights = { read: true, write: true, dropRead: true, dropWrite: true }
const NONE: Rights = { read: false, write: false, dropRead: false, dropWrite: false }

/** Checks tokens and knows the rights they give. */
export interface Authority {
  /**
   * The caller that `token` proves for `account`; undefined when the account is unknown or the token is not one of its. Takes the same time
   * wherever a wrong token differs.
   */
  readonly authenticate: (account: string, token: string | undefined) => Caller | undefined
  readonly rightsOn: (caller: Caller, path: string) => Rights
  /** Paths of other accounts that the caller may see into. */
  readonly foreignPaths: (caller: Caller) => readonly string[]
  /** Whether what the caller proved still holds; asked again before every push. */
  readonly isValid: (caller: Caller) => boolean
}

/** The authority of the configured accounts. `identityOf` gives the identity that stands for an account. */
export function createAuthority(
  accounts: readonly AccountConfiguration[],
  identityOf: (account: string) => string
): Authority {
  const known = new Map(
    accounts.map(({ account, token }) => [
      account,
      { identityId: identityOf(account), digest: digestOf(token) }
    ])
  )
  // Compared against for unknown accounts, so that they take as long as known ones.
  const nobody = digestOf('')
  return {
    authenticate: (account, token) => {
      const entry = known.get(account)
      const isEqual = timingSafeEqual(digestOf(token ?? ''), entry?.digest ?? nobody)
      return entry !== undefined && token !== undefined && isEqual
        ? { account, identityId: entry.identityId }
        : undefined
    },
    rightsOn: (caller, path) => (path.startsWith(`/${caller.account}/`) ? ALL : NONE),
    foreignPaths: () => [],
    isValid: (caller) => known.has(caller.account)
  }
}

/** Digests have one length, as `timingSafeEqual` needs, and tell nothing about where two tokens differ. */
const digestOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest()
