import type { Flow } from '../../shared/model/flow.ts'
import { flowPathAccount } from '../../shared/model/flow-path.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { badRequest, done, go, ok, okText, refused, stop } from '../answer.ts'
import type { Caller } from '../auth.ts'
import { objectRow } from '../store/rows.ts'
import type { StoredObject } from '../store/store.ts'
import type { Members } from './body.ts'
import { isMembers, readChanges, readIds, readMembers } from './body.ts'
import { FLOW_MEMBERS, readFlowMembers } from './flow-members.ts'
import { flowFor, lookUpFlow } from './flow-lookup.ts'
import { readQuery } from './parameters.ts'
import type { Parts } from './parts.ts'
import { presented, presenterOf } from './present.ts'
import { references } from './references.ts'
import type { Service } from './service.ts'

/** The flow service (platform protocol, "Flows"). Wherever an id is expected, the flow's path does as well. */
export function createFlowService(parts: Parts): Service {
  return {
    read: async (call, id) => {
      const flow = flowFor(parts, call.caller, id, 'read')
      if (flow.kind === 'stop') return flow.answer
      return await presented(parts, call, ({ one }) => one(objectRow(flow.value.stored)))
    },

    find: async (call) => {
      const query = readQuery(call)
      if (query.kind === 'stop') return query.answer
      const scope = { kind: 'flow', ...parts.authority.visibleTo(call.caller) } as const
      const found = await parts.store.findObjects(scope, query.value)
      return okText(
        found.bodyText,
        query.value.refs ? references(parts, call.caller, found.mentioned) : undefined
      )
    },

    readMany: async (call, body) => {
      const ids = readIds(body)
      if (ids.kind === 'stop') return ids.answer
      const rows = [...new Set(ids.value)].flatMap((id) => {
        const flow = flowFor(parts, call.caller, id, 'read')
        return flow.kind === 'stop' ? [] : [[id, objectRow(flow.value.stored)] as const]
      })
      return await presented(parts, call, ({ many }) => many(rows))
    },

    create: async (call, value) => {
      const given = readMembers(value, 'a flow')
      if (given.kind === 'stop') return given.answer
      const members = readFlowMembers(given.value, {})
      if (members.kind === 'stop') return members.answer
      const { path } = members.value
      const problem = pathProblem(parts, call.caller, path)
      if (problem !== undefined) return problem
      const presenter = presenterOf(parts, call)
      if (presenter.kind === 'stop') return presenter.answer
      const creationDate = parts.clock.now()
      const id = parts.ids.mint('flow', creationDate)
      const { path: _path, capacity, ...optional } = members.value
      const flow: Flow = { id, path, capacity, ...optional, creationDate, creatorId: call.caller.identityId }
      const stored = storedFlow(flow)
      parts.store.putObject(stored)
      await parts.store.durable()
      return presenter.value.created(objectRow(stored))
    },

    update: async (call, id, change) => {
      const given = readMembers(change, 'a change')
      if (given.kind === 'stop') return given.answer
      const planned = plan(parts, call.caller, id, given.value, new Set())
      if (planned.kind === 'stop') return planned.answer
      const presenter = presenterOf(parts, call)
      if (presenter.kind === 'stop') return presenter.answer
      apply(parts, planned.value)
      await parts.store.durable()
      return presenter.value.one(objectRow(planned.value))
    },

    updateMany: async (call, body) => {
      const changes = readChanges(body)
      if (changes.kind === 'stop') return changes.answer
      const takenPaths = new Set<string>()
      const planned: (readonly [string, StoredObject])[] = []
      for (const [id, change] of changes.value) {
        const step = plan(parts, call.caller, id, change, takenPaths)
        if (step.kind === 'stop')
          return { ...step.answer, errors: (step.answer.errors ?? []).map((e) => `${id}: ${e}`) }
        takenPaths.add(step.value.path ?? '')
        planned.push([id, step.value])
      }
      const presenter = presenterOf(parts, call)
      if (presenter.kind === 'stop') return presenter.answer
      for (const [, stored] of planned) apply(parts, stored)
      await parts.store.durable()
      return presenter.value.many(planned.map(([id, stored]) => [id, objectRow(stored)]))
    },

    updateMember: async (call, id, member, value) => {
      if (!FLOW_MEMBERS.has(member))
        return badRequest(`${member} is not a member of a flow that can be changed`)
      const planned = plan(parts, call.caller, id, { [member]: value }, new Set())
      if (planned.kind === 'stop') return planned.answer
      apply(parts, planned.value)
      await parts.store.durable()
      const flow: unknown = objectRow(planned.value).value
      const name = member === 'publicFlow' ? 'public' : member
      return ok(isMembers(flow) && flow[name] !== undefined ? { [member]: flow[name] } : {})
    },

    remove: async (call, id) => {
      const flow = flowFor(parts, call.caller, id, 'write')
      if (flow.kind === 'stop') return flow.answer
      parts.store.deleteObject(flow.value.flow.id)
      await parts.store.durable()
      return done
    }
  }
}

/** The flow after a change, or the answer that refuses it. Changes nothing. */
function plan(
  parts: Parts,
  caller: Caller,
  key: string,
  change: Members,
  takenPaths: ReadonlySet<string>
): Step<StoredObject> {
  const found = flowFor(parts, caller, key, 'write')
  if (found.kind === 'stop') return found
  const before = found.value.flow
  const members = readFlowMembers(change, before)
  if (members.kind === 'stop') return members
  const { path, capacity, ...optional } = members.value
  if (path !== before.path) {
    const problem = takenPaths.has(path) ? duplicate(path) : pathProblem(parts, caller, path)
    if (problem !== undefined) return stop(problem)
  }
  const { id, creationDate, creatorId } = before
  const lastEditDate = parts.clock.now()
  return go(
    storedFlow({
      id,
      path,
      capacity,
      ...optional,
      creationDate,
      creatorId,
      lastEditDate,
      lastEditorId: caller.identityId
    })
  )
}

function apply(parts: Parts, stored: StoredObject): void {
  parts.store.putObject(stored)
  const { capacity } = objectRow(stored).value as { capacity?: number }
  if (capacity !== undefined && parts.store.dropCount(stored.id) > capacity)
    parts.store.trimDrops(stored.id, capacity)
}

function pathProblem(parts: Parts, caller: Caller, path: string): Answer | undefined {
  if (!parts.authority.rightsOn(caller, path).write)
    return refused(403, `the token gives no write right on ${path}`)
  return lookUpFlow(parts, path) === undefined ? undefined : duplicate(path)
}

const duplicate = (path: string): Answer => badRequest(`a flow with the path ${path} exists already`)

/** A flow as the store keeps it. */
export const storedFlow = (flow: Flow): StoredObject => ({
  id: flow.id,
  kind: 'flow',
  account: flowPathAccount(flow.path),
  path: flow.path,
  creationDate: flow.creationDate,
  text: writeJson(flow)
})
