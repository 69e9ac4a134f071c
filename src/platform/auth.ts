import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../shared/clock.ts'
import { parseJson } from '../shared/wire/json.ts'
import type { PathGrants, Rights } from './engine/grants.ts'
import { ALL_RIGHTS, expiresInMs, NO_RIGHTS, rightsFrom, unite } from './engine/grants.ts'
import type { ObjectScope, Store } from './store/store.ts'

/** Who calls, after the token was checked. */
export interface Caller {
  /** The account of the URL; the caller acts as its identity. */
  readonly account: string
  readonly identityId: string
  /** The restricted token that the caller proved itself with; left out for the master token. */
  readonly tokenId?: string
}

/** An account that the platform serves, from its configuration. */
export interface AccountConfiguration {
  readonly account: string
  /** The account's master token. */
  readonly token: string
}

/** Checks tokens and knows the rights they give (platform protocol, "Tokens, shares, groups, identities"). */
export interface Authority {
  /**
   * The caller that `token` proves for `account`: by the master token, or by a token of the account that has
   * not expired. Undefined otherwise. Takes the same time wherever a wrong token differs.
   */
  readonly authenticate: (account: string, token: string | undefined) => Caller | undefined
  /**
   * What the caller may do with what lies at `path`. An identity may do everything below its own account, and
   * elsewhere what shares to it or to its groups give. A token never gives more than its identity has.
   */
  readonly rightsOn: (caller: Caller, path: string) => Rights
  /** Where the caller may find objects that lie at paths. */
  readonly visibleTo: (caller: Caller) => Omit<ObjectScope, 'kind'>
  /** Whether what the caller proved still holds; asked again before every push and every command of a session. */
  readonly isValid: (caller: Caller) => boolean
  /** Takes over tokens, shares and groups from the store, after one of them changed. */
  readonly refresh: () => void
}

interface TokenGrant {
  readonly id: string
  readonly account: string
  readonly tokenString: string
  readonly paths: PathGrants
  readonly creationDate: number
  readonly duration?: number
}

interface ShareGrant {
  readonly issuedTo: string
  readonly paths: PathGrants
  readonly creationDate: number
  readonly duration?: number
}

export interface AuthorityParts {
  readonly accounts: readonly AccountConfiguration[]
  /** The identity that stands for an account. */
  readonly identityOf: (account: string) => string
  readonly store: Pick<Store, 'objectsOf'>
  readonly clock: Clock
}

export function createAuthority({ accounts, identityOf, store, clock }: AuthorityParts): Authority {
  const masters = new Map(
    accounts.map(({ account, token }) => [
      account,
      { identityId: identityOf(account), digest: digestOf(token) }
    ])
  )
  // Compared against for unknown accounts, so that they take as long as known ones.
  const nobody = digestOf('')
  let tokensByDigest = new Map<string, TokenGrant>()
  let tokens = new Map<string, TokenGrant>()
  let shares: readonly ShareGrant[] = []
  let groups = new Map<string, ReadonlySet<string>>()

  const isAlive = (grant: { readonly creationDate: number; readonly duration?: number }): boolean =>
    expiresInMs(grant, clock.now()) !== 0

  const sharesTo = (identityId: string): readonly ShareGrant[] =>
    shares.filter((share) => {
      const isRecipient =
        share.issuedTo === identityId || groups.get(share.issuedTo)?.has(identityId) === true
      return isRecipient && isAlive(share)
    })

  const rightsOfIdentity = ({ account, identityId }: Caller, path: string): Rights => {
    if (path === `/${account}` || path.startsWith(`/${account}/`)) return ALL_RIGHTS
    if (shares.length === 0) return NO_RIGHTS
    return sharesTo(identityId).reduce(
      (rights, share) => unite(rights, rightsFrom(share.paths, path)),
      NO_RIGHTS
    )
  }

  const rightsOn = (caller: Caller, path: string): Rights => {
    const own = rightsOfIdentity(caller, path)
    if (caller.tokenId === undefined) return own
    const token = tokens.get(caller.tokenId)
    return token === undefined || !isAlive(token) ? NO_RIGHTS : common(own, rightsOfToken(token.paths, path))
  }

  const refresh = (): void => {
    const read = <T>(kind: 'token' | 'share' | 'group'): readonly (T & { readonly id: string })[] =>
      store
        .objectsOf(kind)
        .map(({ account, text }) => ({ ...(parseJson(text) as T & { id: string }), account }))
    const known = read<TokenGrant>('token')
    tokens = new Map(known.map((token) => [token.id, token]))
    tokensByDigest = new Map(known.map((token) => [digestOf(token.tokenString).toString('base64'), token]))
    shares = read<ShareGrant>('share')
    groups = new Map(
      read<{ readonly memberIds: readonly string[] }>('group').map(({ id, memberIds }) => [
        id,
        new Set(memberIds)
      ])
    )
  }

  refresh()
  return {
    authenticate: (account, given) => {
      const master = masters.get(account)
      const digest = digestOf(given ?? '')
      const isMaster = timingSafeEqual(digest, master?.digest ?? nobody)
      if (master === undefined || given === undefined) return undefined
      const { identityId } = master
      if (isMaster) return { account, identityId }
      // Looked up by its digest: how long that takes tells nothing about the tokens that exist.
      const token = tokensByDigest.get(digest.toString('base64'))
      return token?.account === account && isAlive(token)
        ? { account, identityId, tokenId: token.id }
        : undefined
    },

    rightsOn,

    visibleTo: (caller) => {
      const isReadable = (path: string): boolean => rightsOn(caller, path).read
      if (caller.tokenId !== undefined) {
        return { paths: Object.keys(tokens.get(caller.tokenId)?.paths ?? {}).filter(isReadable) }
      }
      const shared = sharesTo(caller.identityId).flatMap(({ paths }) => Object.keys(paths))
      return { account: caller.account, paths: [...new Set(shared)].filter(isReadable) }
    },

    isValid: ({ account, tokenId }) => {
      if (tokenId === undefined) return masters.has(account)
      const token = tokens.get(tokenId)
      return token !== undefined && isAlive(token)
    },

    refresh
  }
}

/** A token's holder may read every object under its paths; drops and changes only as the token says. */
function rightsOfToken(paths: PathGrants, path: string): Rights {
  const isUnder = Object.keys(paths).some((root) => path === root || path.startsWith(`${root}/`))
  return isUnder ? unite({ ...NO_RIGHTS, read: true }, rightsFrom(paths, path)) : NO_RIGHTS
}

const common = (a: Rights, b: Rights): Rights => ({
  read: a.read && b.read,
  write: a.write && b.write,
  dropRead: a.dropRead && b.dropRead,
  dropWrite: a.dropWrite && b.dropWrite
})

/** Digests have one length, as `timingSafeEqual` needs, and tell nothing about where two tokens differ. */
const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer')
