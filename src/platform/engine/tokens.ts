import { randomInt } from 'node:crypto'
import { go, refused, stop } from '../answer.ts'
import { createGrantService } from './grant-service.ts'
import { readGrantLife, readPathGrants } from './grants.ts'
import type { Parts } from './parts.ts'
import type { Service } from './service.ts'

/**
 * The length of the tokens that the documentation shows (platform protocol, "Tokens"): 166 random bits in 62
 * signs.
 */
const TOKEN_LENGTH = 28
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The token service. A token gives at most what its issuer may do: a path beyond that answers 403. */
export function createTokenService(parts: Parts): Service {
  return createGrantService(parts, 'token', (call, given) => {
    const paths = readPathGrants(given['paths'], ['dropRead', 'dropWrite', 'administer'])
    if (paths.kind === 'stop') return paths
    for (const [path, grant] of Object.entries(paths.value)) {
      const own = parts.authority.rightsOn(call.caller, path)
      const isAll = own.read && own.write && own.dropRead && own.dropWrite
      const isCovered =
        own.read &&
        (grant.dropRead !== true || own.dropRead) &&
        (grant.dropWrite !== true || own.dropWrite) &&
        (grant.administer !== true || isAll)
      if (!isCovered) return stop(refused(403, `you have not all of these rights on ${path} yourself`))
    }
    const life = readGrantLife(given)
    return life.kind === 'stop'
      ? life
      : go({ tokenString: mintTokenString(), paths: paths.value, ...life.value })
  })
}

/** A fresh secret of a token. */
export const mintTokenString = (): string =>
  Array.from({ length: TOKEN_LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('')
