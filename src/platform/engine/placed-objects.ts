import { flowPathAccount } from '../../shared/model/flow-path.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { badRequest, done, go, ok, okText, refused, stop } from '../answer.ts'
import type { StoredObject } from '../store/store.ts'
import type { Members } from './body.ts'
import { readChanges, readMembers } from './body.ts'
import { isAnyRight } from './grants.ts'
import type { IdKind } from './ids.ts'
import { findKept, presentKept, presentManyKept, readManyKept, type KeptObject } from './kept-objects.ts'
import { readQuery } from './parameters.ts'
import type { Call, Parts } from './parts.ts'
import { references } from './references.ts'
import type { Service } from './service.ts'

/** An object that lies at a flow's path: who may read that path sees it, who may write there changes it. */
export interface PlacedObject extends KeptObject {
  readonly creationDate: number
  readonly creatorId: string
  readonly lastEditDate?: number
  readonly lastEditorId?: string
}

/** What a kind of placed objects is: tracks, devices, tasks. */
export interface PlacedKind {
  readonly kind: Extract<IdKind, StoredObject['kind']>
  /** As in "no such track". */
  readonly noun: string
  /** The members that can be changed one by one. */
  readonly changeable: ReadonlySet<string>
  /**
   * The members after `given` was applied to `before` (undefined for a fresh object), checked, and with everything that
   * the server sets itself left as it was. Changes nothing.
   */
  readonly read: (call: Call, given: Members, before: PlacedObject | undefined) => Step<Members>
  /** The path at which the object lies. */
  readonly pathOf: (members: Members) => string
  /** What takes time to check; answers the refusal. */
  readonly examine?: (object: PlacedObject) => Promise<Answer | undefined>
  /** What else is made with a fresh object, in the same turn: answers the object with it. */
  readonly complete?: (call: Call, object: PlacedObject) => Step<PlacedObject>
  /** Whether a caller without the right to write at the path may make this change. */
  readonly mayChange?: (call: Call, object: PlacedObject, change: Members) => boolean
  /** Whether the caller may delete; answers the refusal. Then deletes what belongs to the object, in the same turn. */
  readonly dismantle?: (call: Call, object: PlacedObject) => Answer | undefined
  /** The object as a caller sees it now; the object as it is stored unless given. */
  readonly present?: (call: Call, object: PlacedObject) => KeptObject
  /** Hears of every change that is durable. */
  readonly onChange?: (id: string, object: PlacedObject | undefined) => void
}

/** The generic endpoints for objects that lie at a path (platform protocol, "Generic endpoints"). */
export function createPlacedService(parts: Parts, placed: PlacedKind): Service {
  const { kind, noun } = placed
  const noSuch = refused(404, `no such ${noun}`)
  const present = placed.present ?? ((_call: Call, object: PlacedObject): KeptObject => object)

  const look = (call: Call, id: string, right: 'read' | 'write' | 'any'): Step<PlacedObject> => {
    const stored = parts.store.object(id)
    if (stored?.kind !== kind) return stop(noSuch)
    const path = stored.path ?? ''
    const rights = parts.authority.rightsOn(call.caller, path)
    if (right === 'any' ? isAnyRight(rights) : rights[right])
      return go(parseJson(stored.text) as PlacedObject)
    return stop(isAnyRight(rights) ? refused(403, `the token gives no ${right} right on ${path}`) : noSuch)
  }

  const keep = (object: PlacedObject): void => {
    const { id, creationDate } = object
    const path = placed.pathOf(object)
    const text = writeJson(object)
    parts.store.putObject({ id, kind, account: flowPathAccount(path), path, creationDate, text })
  }

  const keepAll = async (objects: readonly PlacedObject[]): Promise<void> => {
    objects.forEach(keep)
    await parts.store.durable()
    for (const object of objects) placed.onChange?.(object.id, object)
  }

  const plan = async (call: Call, id: string, change: Members): Promise<Step<PlacedObject>> => {
    const found = look(call, id, 'any')
    if (found.kind === 'stop') return found
    const before = found.value
    if (placed.mayChange?.(call, before, change) !== true) {
      const writable = look(call, id, 'write')
      if (writable.kind === 'stop') return writable
    }
    const members = placed.read(call, change, before)
    if (members.kind === 'stop') return members
    const { creationDate, creatorId } = before
    const lastEdit = { lastEditDate: parts.clock.now(), lastEditorId: call.caller.identityId }
    const object = { id: before.id, ...members.value, creationDate, creatorId, ...lastEdit }
    const refusal = await placed.examine?.(object)
    if (refusal !== undefined) return stop(refusal)
    // It took time to examine: meanwhile it may have been deleted.
    return parts.store.object(id) === undefined ? stop(noSuch) : go(object)
  }

  return {
    read: async (call, id) => {
      const object = look(call, id, 'read')
      return object.kind === 'stop'
        ? object.answer
        : await presentKept(parts, call, present(call, object.value))
    },

    find: async (call) => {
      if (placed.present !== undefined) {
        const visible = parts.store
          .objectsOf(kind)
          .filter(({ path }) => parts.authority.rightsOn(call.caller, path ?? '').read)
        return await findKept(
          parts,
          call,
          visible.map(({ text }) => present(call, parseJson(text) as PlacedObject))
        )
      }
      const query = readQuery(call)
      if (query.kind === 'stop') return query.answer
      const scope = { kind, ...parts.authority.visibleTo(call.caller) }
      const found = await parts.store.findObjects(scope, query.value)
      const mentioned = query.value.refs ? references(parts, call.caller, found.mentioned) : undefined
      return okText(found.bodyText, mentioned)
    },

    readMany: (call, body) =>
      readManyKept(parts, call, body, (id) => {
        const object = look(call, id, 'read')
        return object.kind === 'stop' ? undefined : present(call, object.value)
      }),

    create: async (call, value) => {
      const given = readMembers(value, `a ${noun}`)
      if (given.kind === 'stop') return given.answer
      const members = placed.read(call, given.value, undefined)
      if (members.kind === 'stop') return members.answer
      const creationDate = parts.clock.now()
      const id = parts.ids.mint(kind, creationDate)
      const fresh = { id, ...members.value, creationDate, creatorId: call.caller.identityId }
      const refusal = await placed.examine?.(fresh)
      if (refusal !== undefined) return refusal
      const object = placed.complete?.(call, fresh) ?? go(fresh)
      if (object.kind === 'stop') return object.answer
      await keepAll([object.value])
      return await presentKept(parts, call, present(call, object.value), 201)
    },

    update: async (call, id, change) => {
      const given = readMembers(change, 'a change')
      if (given.kind === 'stop') return given.answer
      const planned = await plan(call, id, given.value)
      if (planned.kind === 'stop') return planned.answer
      await keepAll([planned.value])
      return await presentKept(parts, call, present(call, planned.value))
    },

    updateMany: async (call, body) => {
      const changes = readChanges(body)
      if (changes.kind === 'stop') return changes.answer
      const planned: PlacedObject[] = []
      for (const [id, change] of changes.value) {
        const step = await plan(call, id, change)
        if (step.kind === 'stop')
          return { ...step.answer, errors: (step.answer.errors ?? []).map((e) => `${id}: ${e}`) }
        planned.push(step.value)
      }
      await keepAll(planned)
      return await presentManyKept(
        parts,
        call,
        planned.map((object) => [object.id, present(call, object)])
      )
    },

    updateMember: async (call, id, member, value) => {
      if (!placed.changeable.has(member))
        return badRequest(`${member} is not a member of a ${noun} that can be changed`)
      const planned = await plan(call, id, { [member]: value })
      if (planned.kind === 'stop') return planned.answer
      await keepAll([planned.value])
      const changed = present(call, planned.value)[member]
      return ok(changed === undefined ? {} : { [member]: changed })
    },

    remove: async (call, id) => {
      const object = look(call, id, 'write')
      if (object.kind === 'stop') return object.answer
      const refusal = placed.dismantle?.(call, object.value)
      if (refusal !== undefined) return refusal
      parts.store.deleteObject(id)
      await parts.store.durable()
      placed.onChange?.(id, undefined)
      return done
    }
  }
}
