import type { Drop } from '../../shared/model/drop.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { badRequest, done, go, okText, refused, stop } from '../answer.ts'
import { joinJson, type JsonText } from '../json-text.ts'
import { encodeValue } from '../store/encoding.ts'
import { AnswerTooLarge, MAX_ANSWER_LENGTH, type Query, type Row } from '../store/query.ts'
import { dropRow } from '../store/rows.ts'
import type { StoredDrop } from '../store/store.ts'
import type { Members } from './body.ts'
import { isMembers, readChanges, readIds, readMembers } from './body.ts'
import { readDropChange, readDropDraft, readMemberChange } from './drop-members.ts'
import type { KnownFlow } from './flow-lookup.ts'
import { flowFor, lookUpFlow, noSuchFlow } from './flow-lookup.ts'
import type { Rights } from './grants.ts'
import { readPresentation, readQuery } from './parameters.ts'
import type { Call, Parts } from './parts.ts'
import { publish, storedDrop } from './publish.ts'
import { presented, presenterOf } from './present.ts'
import { references } from './references.ts'
import type { Service } from './service.ts'

/**
 * The drop service (platform protocol, "Drops"). The flow is `call.flowKey`; creates and finds take a `path`
 * too.
 */
export function createDropService(parts: Parts): Service {
  return {
    read: async (call, id) => {
      const drop = dropFor(parts, call, id, 'dropRead')
      if (drop.kind === 'stop') return drop.answer
      return await presented(parts, call, ({ one }) => one(dropRow(drop.value.stored)))
    },

    find: async (call) => {
      const { path } = call.parameters
      const flow = scope(
        parts,
        typeof path === 'string' ? { ...call, flowKey: call.flowKey ?? path } : call,
        'dropRead'
      )
      if (flow.kind === 'stop') return flow.answer
      const query = readQuery(call)
      if (query.kind === 'stop') return query.answer
      const found = await parts.store.findDrops(flow.value.flow.id, query.value)
      return okText(
        found.bodyText,
        query.value.refs ? references(parts, call.caller, found.mentioned) : undefined
      )
    },

    aggregate: async (call, request) => {
      const flow = scope(parts, call, 'dropRead')
      if (flow.kind === 'stop') return flow.answer
      const aggregated = await parts.store.aggregateDrops(flow.value.flow.id, request)
      return aggregated.kind === 'refused' ? badRequest(aggregated.problem) : okText(aggregated.bodyText)
    },

    readMany: (call, body) =>
      call.flowKey === undefined ? findInMany(parts, call, body) : readInOne(parts, call, body),

    create: async (call, value) => {
      const given = readMembers(value, 'a drop')
      if (given.kind === 'stop') return given.answer
      const flow = flowToEnter(parts, call, given.value)
      if (flow.kind === 'stop') return flow.answer
      const draft = readDropDraft(given.value)
      if (draft.kind === 'stop') return draft.answer
      const presenter = presenterOf(parts, call)
      if (presenter.kind === 'stop') return presenter.answer
      const published = await publish(parts, flow.value, {
        ...draft.value,
        createdBy: call.caller.identityId
      })
      switch (published.kind) {
        case 'entered':
          return presenter.value.created(dropRow(published.drop))
        case 'repeated':
          return {
            ...presenter.value.one(dropRow(published.drop)),
            messages: ['the flow holds a drop with this fhash already; nothing was stored']
          }
        case 'gone':
          return noSuchFlow
        case 'refused':
          return badRequest(`the drop does not match the filter of ${flow.value.flow.path}`)
      }
    },

    update: async (call, id, change) => {
      const given = readMembers(change, 'a change')
      if (given.kind === 'stop') return given.answer
      const planned = plan(parts, call, id, () => go(given.value))
      if (planned.kind === 'stop') return planned.answer
      const presenter = presenterOf(parts, call)
      if (presenter.kind === 'stop') return presenter.answer
      parts.store.replaceDrop(planned.value)
      await parts.store.durable()
      return presenter.value.one(dropRow(planned.value))
    },

    updateMany: async (call, body) => {
      const changes = readChanges(body)
      if (changes.kind === 'stop') return changes.answer
      const presenter = presenterOf(parts, call)
      if (presenter.kind === 'stop') return presenter.answer
      const planned: (readonly [string, StoredDrop])[] = []
      for (const [id, change] of changes.value) {
        const step = plan(parts, call, id, () => go(change))
        if (step.kind === 'stop')
          return { ...step.answer, errors: (step.answer.errors ?? []).map((e) => `${id}: ${e}`) }
        planned.push([id, step.value])
      }
      const fhashes = planned.flatMap(([, drop]) => drop.fhash ?? [])
      if (new Set(fhashes).size < fhashes.length)
        return badRequest('two drops of one flow cannot have the same fhash')
      for (const [, drop] of planned) parts.store.replaceDrop(drop)
      await parts.store.durable()
      return presenter.value.many(planned.map(([id, drop]) => [id, dropRow(drop)]))
    },

    updateMember: async (call, id, member, value) => {
      const presentation = readPresentation(call)
      if (presentation.kind === 'stop') return presentation.answer
      const planned = plan(parts, call, id, (before) => readMemberChange(member, value, before))
      if (planned.kind === 'stop') return planned.answer
      parts.store.replaceDrop(planned.value)
      await parts.store.durable()
      const encoded = encodeValue(dropRow(planned.value).value, presentation.value.encoding)
      const changed = member.startsWith('elems.')
        ? elementNamed(encoded['elems'], member.slice('elems.'.length))
        : encoded[member]
      return okText(writeJson(changed === undefined ? {} : { [member]: changed }))
    },

    remove: async (call, id) => {
      const drop = dropFor(parts, call, id, 'dropWrite')
      if (drop.kind === 'stop') return drop.answer
      parts.store.deleteDrop(drop.value.flow.flow.id, id)
      await parts.store.durable()
      return done
    },

    removeAll: async (call) => {
      const flow = scope(parts, call, 'dropWrite')
      if (flow.kind === 'stop') return flow.answer
      parts.store.deleteDrops(flow.value.flow.id)
      await parts.store.durable()
      return done
    }
  }
}

const noSuchDrop: Answer = refused(404, 'no such drop')

function scope(parts: Parts, call: Call, right: keyof Rights): Step<KnownFlow> {
  return call.flowKey === undefined
    ? stop(badRequest('a flow is needed: its id in the URL, or its path'))
    : flowFor(parts, call.caller, call.flowKey, right)
}

/** An unknown id in the URL is 404, an unknown path in the body 400; the URL wins when both are given. */
function flowToEnter(parts: Parts, call: Call, given: Members): Step<KnownFlow> {
  if (call.flowKey !== undefined) return flowFor(parts, call.caller, call.flowKey, 'dropWrite')
  const { path } = given
  if (typeof path !== 'string' || !path.startsWith('/')) {
    return stop(badRequest('a flow is needed: its id in the URL, or its path in the member path'))
  }
  const flow = flowFor(parts, call.caller, path, 'dropWrite')
  return flow.kind === 'stop' && flow.answer.status === 404
    ? stop(badRequest(`there is no flow at ${path}`))
    : flow
}

interface KnownDrop {
  readonly flow: KnownFlow
  readonly stored: StoredDrop
}

function dropFor(parts: Parts, call: Call, id: string, right: keyof Rights): Step<KnownDrop> {
  const flow = scope(parts, call, right)
  if (flow.kind === 'stop') return flow
  const stored = parts.store.drop(flow.value.flow.id, id)
  return stored === undefined ? stop(noSuchDrop) : go({ flow: flow.value, stored })
}

/** The drop after a change, or the answer that refuses it. Changes nothing. */
function plan(
  parts: Parts,
  call: Call,
  id: string,
  readChange: (before: Drop) => Step<Members>
): Step<StoredDrop> {
  const found = dropFor(parts, call, id, 'dropWrite')
  if (found.kind === 'stop') return found
  const before = dropRow(found.value.stored).value as unknown as Drop
  const change = readChange(before)
  if (change.kind === 'stop') return change
  const draft = readDropChange(change.value, before, found.value.stored.isPlain)
  if (draft.kind === 'stop') return draft
  const { isPlain, elems, ...members } = draft.value
  const holder =
    members.fhash === undefined ? undefined : parts.store.dropByFhash(before.flowId, members.fhash)
  if (holder !== undefined && holder.id !== id)
    return stop(badRequest('another drop of the flow has this fhash'))
  const { id: dropId, flowId, path, creationDate } = before
  const drop: Drop = {
    id: dropId,
    flowId,
    path,
    creationDate,
    version: before.version + 1,
    lastEditDate: parts.clock.now(),
    lastEditorId: call.caller.identityId,
    ...(members.location === undefined ? {} : { location: members.location }),
    ...(members.fhash === undefined ? {} : { fhash: members.fhash }),
    ...(members.parentDropId === undefined ? {} : { parentDropId: members.parentDropId }),
    elems
  }
  return go(storedDrop(drop, isPlain))
}

/** How many single reads are made in one turn of the loop: about a millisecond. */
const READS_A_TURN = 200

/** Several drops of one flow by their ids; unknown ones are left out. */
async function readInOne(parts: Parts, call: Call, body: unknown): Promise<Answer> {
  const flow = scope(parts, call, 'dropRead')
  if (flow.kind === 'stop') return flow.answer
  const ids = readIds(body)
  if (ids.kind === 'stop') return ids.answer
  const rows: (readonly [string, Row])[] = []
  let length = 0
  for (const [index, id] of [...new Set(ids.value)].entries()) {
    if (index % READS_A_TURN === READS_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve))
    const drop = parts.store.drop(flow.value.flow.id, id)
    if (drop === undefined) continue
    length += drop.text.length
    if (length > MAX_ANSWER_LENGTH) throw new AnswerTooLarge()
    rows.push([id, dropRow(drop)])
  }
  return await presented(parts, call, ({ many }) => many(rows))
}

/** Finds in several flows at once: `[{flowId, params}]`, a path does as well. Unknown flows are left out. */
async function findInMany(parts: Parts, call: Call, body: unknown): Promise<Answer> {
  if (!Array.isArray(body)) return badRequest('the body must be a JSON array of {flowId, params}')
  const finds = new Map<string, Query>()
  for (const entry of body as readonly unknown[]) {
    const { flowId, path, params } = isMembers(entry) ? entry : {}
    const flowKey = flowId ?? path
    if (typeof flowKey !== 'string' || (params !== undefined && params !== null && !isMembers(params))) {
      return badRequest('each entry must be {flowId, params}, with params, if any, an object')
    }
    const flow = lookUpFlow(parts, flowKey)
    if (flow === undefined || !parts.authority.rightsOn(call.caller, flow.flow.path).dropRead) continue
    const parameters = { ...call.parameters, ...(params ?? {}) }
    const query = readQuery({ ...call, parameters })
    if (query.kind === 'stop') return query.answer
    finds.set(flow.flow.id, query.value)
  }
  const pieces: JsonText[] = []
  const mentioned: string[] = []
  let length = 0
  // One after the other: what they answer together must not outgrow what one may answer.
  for (const [id, query] of finds) {
    const found = await parts.store.findDrops(id, query)
    length += found.bodyText.length
    if (length > MAX_ANSWER_LENGTH) throw new AnswerTooLarge()
    pieces.push(`${pieces.length === 0 ? '' : ','}${writeJson(id)}:`, found.bodyText)
    mentioned.push(...found.mentioned)
  }
  const hasReferences = [...finds.values()].some(({ refs }) => refs)
  return okText(
    joinJson(['{', ...pieces, '}']),
    hasReferences ? references(parts, call.caller, mentioned) : undefined
  )
}

/** The element that a member update meant: a name that holds dots itself is found as a whole first. */
function elementNamed(map: unknown, name: string): unknown {
  if (!isMembers(map)) return undefined
  if (Object.hasOwn(map, name)) return map[name]
  const dot = name.indexOf('.')
  if (dot === -1) return undefined
  const inner = map[name.slice(0, dot)]
  return elementNamed(isTypedValue(inner) ? inner.value : inner, name.slice(dot + 1))
}
