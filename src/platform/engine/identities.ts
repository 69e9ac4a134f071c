import type { Clock } from '../../shared/clock.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { badRequest, go, ok, refused, stop } from '../answer.ts'
import type { Store } from '../store/store.ts'
import type { Members } from './body.ts'
import { readMembers } from './body.ts'
import type { IdMint } from './ids.ts'
import { findKept, masterOnly, presentKept, readManyKept, type KeptObject } from './kept-objects.ts'
import type { Call, Parts } from './parts.ts'
import type { Service } from './service.ts'

/** What an identity may change about itself. Its `name` is the account and stays. */
const OWN_MEMBERS = [
  'email',
  'firstName',
  'middleName',
  'lastName',
  'displayName',
  'salutation',
  'icon'
] as const

/** What everyone sees of an identity. */
const PUBLIC_MEMBERS = ['id', 'name', 'displayName', 'creationDate'] as const

/**
 * The identity service (platform protocol, "Identities"). An identity sees itself whole when it calls with
 * its master token, and of others what is public. Without a filter a find answers the caller alone.
 */
export function createIdentityService(parts: Parts): Service {
  const look = (call: Call, id: string): KeptObject | undefined => {
    const stored = parts.store.object(id)
    if (stored?.kind !== 'identity') return undefined
    const identity = parseJson(stored.text) as KeptObject
    return isSelf(call, id) ? whole(parts, identity) : publicPart(identity)
  }

  const change = async (call: Call, id: string, given: Members): Promise<Step<KeptObject>> => {
    const stored = parts.store.object(id)
    if (stored?.kind !== 'identity') return stop(noSuchIdentity)
    if (id !== call.caller.identityId) return stop(refused(403, 'an identity can be changed by itself only'))
    const master = masterOnly(call)
    if (master.kind === 'stop') return master
    const before = parseJson(stored.text) as KeptObject
    const after = new Map(Object.entries(before))
    for (const name of OWN_MEMBERS) {
      const value = given[name]
      if (value === undefined) continue
      if (value === null) after.delete(name)
      else if (typeof value === 'string') after.set(name, value)
      else return stop(badRequest(`${name} must be a text`))
    }
    after.set('lastEditDate', parts.clock.now()).set('lastEditorId', id)
    const identity = Object.fromEntries(after) as KeptObject
    parts.store.putObject({ ...stored, text: writeJson(identity) })
    await parts.store.durable()
    return go(whole(parts, identity))
  }

  const reserved: Answer = refused(
    403,
    'identities are made and deleted by the configuration of the platform'
  )

  return {
    read: async (call, id) => {
      const identity = look(call, id)
      return identity === undefined ? noSuchIdentity : await presentKept(parts, call, identity)
    },

    find: (call) => {
      const { filter } = call.parameters
      const hasFilter = typeof filter === 'string' && filter.trim() !== ''
      const ids = hasFilter ? parts.store.objectsOf('identity').map(({ id }) => id) : [call.caller.identityId]
      // Filters see public members only: they must not tell what may not be read.
      const identities = ids.flatMap((id) => {
        const identity = look(call, id)
        return identity === undefined ? [] : [hasFilter ? publicPart(identity) : identity]
      })
      return findKept(parts, call, identities)
    },

    readMany: (call, body) => readManyKept(parts, call, body, (id) => look(call, id)),

    create: () => Promise.resolve(reserved),
    remove: () => Promise.resolve(reserved),

    update: async (call, id, value) => {
      const given = readMembers(value, 'a change')
      if (given.kind === 'stop') return given.answer
      const changed = await change(call, id, given.value)
      return changed.kind === 'stop' ? changed.answer : await presentKept(parts, call, changed.value)
    },

    updateMember: async (call, id, member, value) => {
      if (!(OWN_MEMBERS as readonly string[]).includes(member)) {
        return badRequest(`${member} is not a member of an identity that can be changed`)
      }
      const changed = await change(call, id, { [member]: value })
      if (changed.kind === 'stop') return changed.answer
      return ok(changed.value[member] === undefined ? {} : { [member]: changed.value[member] })
    }
  }
}

const noSuchIdentity: Answer = refused(404, 'no such identity')

const isSelf = ({ caller }: Call, id: string): boolean =>
  caller.identityId === id && caller.tokenId === undefined

const publicPart = (identity: KeptObject): KeptObject =>
  Object.fromEntries(
    PUBLIC_MEMBERS.flatMap((name) => (identity[name] === undefined ? [] : [[name, identity[name]]]))
  ) as unknown as KeptObject

/** An identity as it sees itself: with the groups it belongs to and the shares it was given. */
function whole(parts: Parts, identity: KeptObject): KeptObject {
  const { store } = parts
  const groupIds = store
    .objectsOf('group')
    .filter(({ text }) =>
      (parseJson(text) as { memberIds: readonly string[] }).memberIds.includes(identity.id)
    )
    .map(({ id }) => id)
  const shares = store.objectsOf('share').flatMap(({ id, text }) => {
    const { issuedTo, paths } = parseJson(text) as { issuedTo: string; paths: unknown }
    return issuedTo === identity.id || groupIds.includes(issuedTo) ? [[id, { paths }] as const] : []
  })
  const masterToken = parts.masterTokenOf(String(identity['name']))
  return {
    ...identity,
    groupIds,
    shares: Object.fromEntries(shares),
    ...(masterToken === undefined ? {} : { masterToken })
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
    const text = writeJson({ id, name: account, creationDate })
    store.putObject({ id, kind: 'identity', account, creationDate, text })
    known.set(account, id)
  }
  await store.durable()
  return known
}
