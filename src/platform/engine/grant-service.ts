import { parseJson, writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { done, refused } from '../answer.ts'
import type { StoredObject } from '../store/store.ts'
import type { Members } from './body.ts'
import { readMembers } from './body.ts'
import { expiresInMs } from './grants.ts'
import { findKept, masterOnly, presentKept, readManyKept, type KeptObject } from './kept-objects.ts'
import type { Call, Parts } from './parts.ts'
import type { Service } from './service.ts'

/**
 * What tokens and shares have in common: they are made, read, found and deleted by the identity that issued
 * them, with its master token, and never changed. `readGrant` gives the members of a fresh one, without those
 * that the server sets.
 */
export function createGrantService(
  parts: Parts,
  kind: 'token' | 'share',
  readGrant: (call: Call, given: Members) => Step<Members>
): Service {
  const noSuch: Answer = refused(404, `no such ${kind}`)

  const present = (stored: StoredObject): KeptObject => {
    const object = parseJson(stored.text) as KeptObject & {
      readonly creationDate: number
      readonly duration?: number
    }
    const leftMs = expiresInMs(object, parts.clock.now())
    return leftMs === undefined ? object : { ...object, expiresInMs: leftMs }
  }

  const own = (call: Call, id: string): StoredObject | undefined => {
    const stored = parts.store.object(id)
    return stored?.kind === kind && stored.account === call.caller.account ? stored : undefined
  }

  /** Runs `work` for a caller with the master token. */
  const asMaster = async (call: Call, work: () => Promise<Answer>): Promise<Answer> => {
    const master = masterOnly(call)
    return master.kind === 'stop' ? master.answer : await work()
  }

  return {
    read: (call, id) =>
      asMaster(call, async () => {
        const stored = own(call, id)
        return stored === undefined ? noSuch : await presentKept(parts, call, present(stored))
      }),

    find: (call) =>
      asMaster(call, async () => {
        const issued = parts.store.objectsOf(kind).filter(({ account }) => account === call.caller.account)
        return await findKept(parts, call, issued.map(present))
      }),

    readMany: (call, body) =>
      asMaster(call, () =>
        readManyKept(parts, call, body, (id) => {
          const stored = own(call, id)
          return stored && present(stored)
        })
      ),

    create: (call, value) =>
      asMaster(call, async () => {
        const given = readMembers(value, `a ${kind}`)
        if (given.kind === 'stop') return given.answer
        const grant = readGrant(call, given.value)
        if (grant.kind === 'stop') return grant.answer
        const creationDate = parts.clock.now()
        const { account, identityId } = call.caller
        const id = parts.ids.mint(kind, creationDate)
        const object = { id, ...grant.value, issuedBy: identityId, creationDate, creatorId: identityId }
        const stored: StoredObject = { id, kind, account, creationDate, text: writeJson(object) }
        parts.store.putObject(stored)
        await parts.store.durable()
        parts.authority.refresh()
        return await presentKept(parts, call, present(stored), 201)
      }),

    remove: (call, id) =>
      asMaster(call, async () => {
        if (own(call, id) === undefined) return noSuch
        parts.store.deleteObject(id)
        await parts.store.durable()
        parts.authority.refresh()
        return done
      })
  }
}
