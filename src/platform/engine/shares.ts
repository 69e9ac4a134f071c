import { badRequest, go, refused, stop } from '../answer.ts'
import { createGrantService } from './grant-service.ts'
import { readGrantLife, readPathGrants } from './grants.ts'
import type { Parts } from './parts.ts'
import type { Service } from './service.ts'

/**
 * The share service: rights below one's own account, given to an identity or a group. Paths of others answer
 * 403.
 */
export function createShareService(parts: Parts): Service {
  return createGrantService(parts, 'share', (call, given) => {
    const { issuedTo } = given
    const recipient = typeof issuedTo === 'string' ? parts.store.object(issuedTo) : undefined
    if (recipient?.kind !== 'identity' && recipient?.kind !== 'group') {
      return stop(badRequest('issuedTo must be the id of an identity or a group'))
    }
    const paths = readPathGrants(given['paths'], ['read', 'write', 'dropRead', 'dropWrite', 'administer'])
    if (paths.kind === 'stop') return paths
    const { account } = call.caller
    const foreign = Object.keys(paths.value).find(
      (path) => path !== `/${account}` && !path.startsWith(`/${account}/`)
    )
    if (foreign !== undefined) return stop(refused(403, `${foreign} does not belong to ${account}`))
    const life = readGrantLife(given)
    return life.kind === 'stop' ? life : go({ issuedTo: recipient.id, paths: paths.value, ...life.value })
  })
}
