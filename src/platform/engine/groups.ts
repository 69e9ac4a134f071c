import { parseJson, writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { badRequest, done, go, ok, refused, stop } from '../answer.ts'
import type { StoredObject } from '../store/store.ts'
import type { Members } from './body.ts'
import { readChanges, readMembers } from './body.ts'
import {
  findKept,
  masterOnly,
  presentKept,
  presentManyKept,
  readManyKept,
  type KeptObject
} from './kept-objects.ts'
import type { Call, Parts } from './parts.ts'
import type { Service } from './service.ts'

/** Members of a group are looked at whenever rights are: a bound for that. */
const MAX_MEMBERS = 10_000

const GROUP_MEMBERS: ReadonlySet<string> = new Set(['memberIds', 'displayName', 'description'])

interface Group extends KeptObject {
  readonly memberIds: readonly string[]
  readonly creationDate: number
  readonly creatorId: string
}

/**
 * The group service: sets of identities to share with. The creator edits, members may read; to others it is not there. All
 * of it needs the master token: a restricted one reaches only what lies at its paths. A change acts at once on every share to the group. (Platform protocol,
 * "Groups".)
 */
export function createGroupService(parts: Parts): Service {
  const look = (call: Call, id: string): Group | undefined => {
    const stored = parts.store.object(id)
    const group = stored?.kind === 'group' ? (parseJson(stored.text) as Group) : undefined
    return group !== undefined && isVisible(call, group) ? group : undefined
  }

  const keep = async (group: Group, account: string): Promise<void> => {
    parts.store.putObject(storedGroup(group, account))
    await parts.store.durable()
    parts.authority.refresh()
  }

  /** The group after a change, or the answer that refuses it. Changes nothing. */
  const plan = (call: Call, id: string, change: Members): Step<Group> => {
    const group = look(call, id)
    if (group === undefined) return stop(noSuchGroup)
    const editor = mayEdit(call, group)
    if (editor.kind === 'stop') return editor
    const members = readGroupMembers(parts, change, group)
    if (members.kind === 'stop') return members
    const { id: groupId, creationDate, creatorId } = group
    const lastEdit = { lastEditDate: parts.clock.now(), lastEditorId: call.caller.identityId }
    return go({ id: groupId, ...members.value, creationDate, creatorId, ...lastEdit })
  }

  return {
    read: async (call, id) => {
      const master = masterOnly(call)
      if (master.kind === 'stop') return master.answer
      const group = look(call, id)
      return group === undefined ? noSuchGroup : await presentKept(parts, call, group)
    },

    find: async (call) => {
      const master = masterOnly(call)
      if (master.kind === 'stop') return master.answer
      const groups = parts.store.objectsOf('group').map(({ text }) => parseJson(text) as Group)
      return await findKept(
        parts,
        call,
        groups.filter((group) => isVisible(call, group))
      )
    },

    readMany: async (call, body) => {
      const master = masterOnly(call)
      if (master.kind === 'stop') return master.answer
      return await readManyKept(parts, call, body, (id) => look(call, id))
    },

    create: async (call, value) => {
      const master = masterOnly(call)
      if (master.kind === 'stop') return master.answer
      const given = readMembers(value, 'a group')
      if (given.kind === 'stop') return given.answer
      const members = readGroupMembers(parts, given.value, undefined)
      if (members.kind === 'stop') return members.answer
      const creationDate = parts.clock.now()
      const id = parts.ids.mint('group', creationDate)
      const group: Group = { id, ...members.value, creationDate, creatorId: call.caller.identityId }
      await keep(group, call.caller.account)
      return await presentKept(parts, call, group, 201)
    },

    update: async (call, id, change) => {
      const given = readMembers(change, 'a change')
      if (given.kind === 'stop') return given.answer
      const planned = plan(call, id, given.value)
      if (planned.kind === 'stop') return planned.answer
      await keep(planned.value, call.caller.account)
      return await presentKept(parts, call, planned.value)
    },

    updateMany: async (call, body) => {
      const changes = readChanges(body)
      if (changes.kind === 'stop') return changes.answer
      const planned: Group[] = []
      for (const [id, change] of changes.value) {
        const step = plan(call, id, change)
        if (step.kind === 'stop')
          return { ...step.answer, errors: (step.answer.errors ?? []).map((e) => `${id}: ${e}`) }
        planned.push(step.value)
      }
      for (const group of planned) parts.store.putObject(storedGroup(group, call.caller.account))
      await parts.store.durable()
      parts.authority.refresh()
      return await presentManyKept(
        parts,
        call,
        planned.map((group) => [group.id, group])
      )
    },

    updateMember: async (call, id, member, value) => {
      if (!GROUP_MEMBERS.has(member))
        return badRequest(`${member} is not a member of a group that can be changed`)
      const planned = plan(call, id, { [member]: value })
      if (planned.kind === 'stop') return planned.answer
      await keep(planned.value, call.caller.account)
      const changed = planned.value[member]
      return ok(changed === undefined ? {} : { [member]: changed })
    },

    remove: async (call, id) => {
      const group = look(call, id)
      if (group === undefined) return noSuchGroup
      const editor = mayEdit(call, group)
      if (editor.kind === 'stop') return editor.answer
      parts.store.deleteObject(id)
      await parts.store.durable()
      parts.authority.refresh()
      return done
    }
  }
}

const noSuchGroup: Answer = refused(404, 'no such group')

const isVisible = ({ caller }: Call, group: Group): boolean =>
  group.creatorId === caller.identityId || group.memberIds.includes(caller.identityId)

function mayEdit(call: Call, group: Group): Step<undefined> {
  return group.creatorId === call.caller.identityId
    ? masterOnly(call)
    : stop(refused(403, 'only the identity that made a group may change it'))
}

interface GroupMembers extends Members {
  readonly memberIds: readonly string[]
}

function readGroupMembers(parts: Parts, given: Members, before: Group | undefined): Step<GroupMembers> {
  const memberIds = given['memberIds'] === undefined ? before?.memberIds : given['memberIds']
  if (!Array.isArray(memberIds) || memberIds.length > MAX_MEMBERS) {
    return stop(badRequest(`memberIds must be a list of at most ${String(MAX_MEMBERS)} identity ids`))
  }
  const isIdentity = (id: unknown): id is string =>
    typeof id === 'string' && parts.store.object(id)?.kind === 'identity'
  if (!memberIds.every(isIdentity)) return stop(badRequest('memberIds holds an id of no identity'))
  const texts: [string, string][] = []
  for (const name of ['displayName', 'description']) {
    const text = given[name] === undefined ? before?.[name] : given[name]
    if (text === undefined || text === null) continue
    if (typeof text !== 'string') return stop(badRequest(`${name} must be a text`))
    texts.push([name, text])
  }
  return go({ memberIds: [...new Set(memberIds)], ...Object.fromEntries(texts) })
}

const storedGroup = (group: Group, account: string): StoredObject => ({
  id: group.id,
  kind: 'group',
  account,
  creationDate: group.creationDate,
  text: writeJson(group)
})
