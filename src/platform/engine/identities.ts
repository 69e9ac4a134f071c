import { writeJson } from '../../shared/wire/json.ts'
import { okText, refused } from '../answer.ts'
import type { Clock } from '../../shared/clock.ts'
import { encodeRow } from '../store/encoding.ts'
import { objectRow } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { IdMint } from './ids.ts'
import { readPresentation, readQuery } from './parameters.ts'
import type { Parts } from './parts.ts'
import type { Service } from './service.ts'

/** The identity service as far as a caller sees itself (platform protocol, "Identities"). */
export function createIdentityService(parts: Parts): Service {
  return {
    read: async (call, id) => {
      const presentation = readPresentation(call)
      if (presentation.kind === 'stop') return presentation.answer
      const stored = id === call.caller.identityId ? parts.store.object(id) : undefined
      if (stored === undefined) return refused(404, 'no such identity')
      const { encoding, only } = presentation.value
      return await Promise.resolve(okText(encodeRow(objectRow(stored), encoding, only)))
    },

    find: async (call) => {
      const query = readQuery(call)
      if (query.kind === 'stop') return query.answer
      const scope = { kind: 'identity', account: call.caller.account, paths: [] } as const
      return okText((await parts.store.findObjects(scope, query.value)).bodyText)
    }
  }
}

/** The identity of each account, made when the store has none yet. Durable when the promise resolves. */
export async function ensureIdentities(
  store: Store,
  ids: IdMint,
  clock: Clock,
  accounts: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const known = new Map(store.objectsOf('identity').map(({ account, id }) => [account, id]))
  for (const account of accounts) {
    if (known.has(account)) continue
    const creationDate = clock.now()
    const id = ids.mint('identity', creationDate)
    store.putObject({
      id,
      kind: 'identity',
      account,
      creationDate,
      text: writeJson({ id, name: account, creationDate })
    })
    known.set(account, id)
  }
  await store.durable()
  return known
}
