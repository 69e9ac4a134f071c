import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { bodyItems } from './body-items.ts'
import type { CallParameters } from './call-parameters.ts'
import type { Face, FaceName } from './face.ts'
import { filterText, isFilterObject } from './filter-text.ts'
import type { Filter } from './filter-text.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { isModification } from './modification.ts'
import { oneByOne } from './one-by-one.ts'
import type { Call, Requests } from './requests.ts'
import type { FixedService, Service, Streaming } from './service-verbs.ts'

/** What a service is made of: how it asks and how it answers. */
export interface Speech<F extends FaceName> {
  readonly requests: Requests
  readonly face: Face<F>
}

/** The platform gives no more objects in one answer. */
const PAGE_OBJECTS = 100_000

/** `base` is the service's path below the account, such as `/flow`. */
export function createService<F extends FaceName, Model extends { readonly id: string }, Draft>(
  speech: Speech<F>,
  base: string
): Service<F, Model, Draft> & Streaming<F> {
  const { face } = speech
  const ask = asking(speech)
  const at = (id: string): string => `${base}/${encodeURIComponent(id)}`
  const memberAt = (id: string, member: string): string => `${at(id)}/${encodeURIComponent(member)}`

  const updateOne = async (target: unknown, changes: object, parameters: CallParameters | undefined) =>
    typeof target === 'string' && target !== ''
      ? await ask('PUT', at(target), { parameters, data: changes })
      : face.settle<never>(withoutId)

  const update = (first: string | object, second?: object, third?: CallParameters) => {
    if (typeof first === 'string') return updateOne(first, second ?? {}, third)
    const { id, changes } = changeOf(first)
    return updateOne(id, changes, second as CallParameters | undefined)
  }

  const updateMany = async (models: readonly object[], parameters?: CallParameters) => {
    const changes = models.map(changeOf)
    return changes.every(({ id }) => typeof id === 'string')
      ? await ask('MPUT', base, {
          parameters,
          data: Object.fromEntries(changes.map(({ id, changes: change }) => [id, change]))
        })
      : face.settle<never>(withoutId)
  }

  const fixed = createFixedService<F, Model, Draft>(speech, base)
  const service = {
    ...fixed,
    update,
    updateMany,
    updateMember: (id: string, member: string, value: unknown, parameters?: CallParameters) =>
      ask('PUT', memberAt(id, member), { parameters, text: writeJson(value ?? null) }),
    save: (model: object, parameters?: CallParameters) => {
      if (Array.isArray(model)) return updateMany(model as object[], parameters)
      return isModification(model) || 'id' in model
        ? update(model, parameters)
        : ask('POST', base, { parameters, data: model })
    },
    asText: {
      ...fixed.asText,
      update: async (id: string, text: string, parameters?: CallParameters) =>
        face.settle(await speech.requests.bodyText('PUT', at(id), { parameters, text })),
      updateMember: async (id: string, member: string, text: string, parameters?: CallParameters) =>
        face.settle(await speech.requests.bodyText('PUT', memberAt(id, member), { parameters, text }))
    }
  }
  return service as unknown as Service<F, Model, Draft> & Streaming<F>
}

/** A service whose objects are made and deleted but never changed; see `createService`. */
export function createFixedService<F extends FaceName, Model extends { readonly id: string }, Draft>(
  speech: Speech<F>,
  base: string
): FixedService<F, Model, Draft> & Streaming<F> {
  const { requests, face } = speech
  const ask = asking(speech)
  const at = (id: string): string => `${base}/${encodeURIComponent(id)}`

  const read = (id: string, parameters?: CallParameters) => ask('GET', at(id), { parameters })
  const readMany = (ids: readonly string[], parameters?: CallParameters) =>
    ask('MGET', base, { parameters, data: ids })
  const findMany = async (...terms: readonly unknown[]) => {
    const parameters = await findParameters(terms)
    return parameters.ok
      ? await ask('GET', base, { parameters: parameters.value })
      : face.settle<never>(parameters)
  }

  const service = {
    read,
    readOrElse: async (id: string, otherwise: unknown, parameters?: CallParameters) => {
      const found = await requests.body('GET', at(id), { parameters })
      const isMissing = !found.ok && found.failure.code === 'platform/not-found'
      return face.settle(isMissing ? success(otherwise) : found)
    },
    readMany,
    findMany,
    find: (...terms: readonly unknown[]) => {
      const [first, second] = terms
      if (typeof first === 'string')
        return NO_ID.test(first) ? face.settle(notAnId(first)) : read(first, second as CallParameters)
      if (Array.isArray(first)) return readMany(first as string[], second as CallParameters)
      return findMany(...terms)
    },
    all: (parameters: CallParameters = {}) => allObjects(speech, base, parameters),
    findStream: async (parameters?: CallParameters) =>
      face.settle(await requests.stream('GET', base, { parameters })),
    create: (draft: unknown, parameters?: CallParameters) => ask('POST', base, { parameters, data: draft }),
    delete: async (id: string, data?: unknown, parameters?: CallParameters) =>
      face.settle(emptied(await requests.body('DELETE', at(id), { parameters, data }))),
    asText: {
      find: async (parameters?: CallParameters) =>
        face.settle(await requests.bodyText('GET', base, { parameters })),
      read: async (id: string, parameters?: CallParameters) =>
        face.settle(await requests.bodyText('GET', at(id), { parameters })),
      create: async (text: string, parameters?: CallParameters) =>
        face.settle(await requests.bodyText('POST', base, { parameters, text }))
    }
  }
  return service as unknown as FixedService<F, Model, Draft> & Streaming<F>
}

/** What stands in every filter but the shortest, and in no id. */
const NO_ID = /[\s=<>!~&|()"]/

const notAnId = (text: string): Result<never> =>
  failed(
    failure('input/invalid', {
      message: `find("${text.length > 80 ? `${text.slice(0, 80)}…` : text}") reads one object by its id, and this is no id.`,
      hint: 'If it is a filter, give it to findMany, or build it with member().'
    })
  )

/** Asks, and answers as the face does; the answer is believed to be what the protocol says. */
export const asking =
  <F extends FaceName>({ requests, face }: Speech<F>) =>
  async (method: string, path: string, call: Call) =>
    face.settle((await requests.body(method, path, call)) as Result<never>)

export const emptied = (result: Result<unknown>): Result<null> => (result.ok ? success(null) : result)

/** `findMany(filter, filter, parameters)`: the filters of both kinds must all match. */
async function findParameters(terms: readonly unknown[]): Promise<Result<CallParameters>> {
  const last = terms.at(-1)
  const hasParameters = typeof last === 'object' && last !== null && !isFilterObject(last)
  const { filter = [], ...others } = (hasParameters ? last : {}) as CallParameters
  const filters = (hasParameters ? terms.slice(0, -1) : terms) as readonly Filter[]
  const more = typeof filter === 'string' || isFilterObject(filter) ? [filter] : filter
  if (filters.length + more.length === 0) return success(others)
  const text = await filterText([...filters, ...more])
  return text.ok ? success({ ...others, filter: text.value }) : text
}

const allObjects = <F extends FaceName>(...request: Parameters<typeof objectGroups<F>>) =>
  oneByOne(objectGroups(...request))

async function* objectGroups<F extends FaceName>(
  { requests, face }: Speech<F>,
  base: string,
  { start = 0, limit = Infinity, refs: _refs, ...parameters }: CallParameters
) {
  let count = 0
  while (count < limit) {
    const wanted = Math.min(limit - count, PAGE_OBJECTS)
    const page = { ...parameters, start: start + count, limit: wanted }
    const opened = await requests.stream('GET', base, { parameters: page })
    if (!opened.ok) {
      yield [face.settle<unknown>(opened)]
      return
    }
    const before = count
    for await (const items of bodyItems(opened.value)) {
      if (!items.ok) {
        yield [face.settle<unknown>(items)]
        return
      }
      yield items.value.map((item) => face.settle(success(item)))
      count += items.value.length
    }
    if (count - before < wanted) return
  }
}

const withoutId = failed(
  failure('input/invalid', { message: 'A model needs its id to be updated.', hint: null })
)

function changeOf(model: object): { readonly id: unknown; readonly changes: object } {
  if (!isModification(model)) return { id: (model as { readonly id?: unknown }).id, changes: model }
  const [changed, difference] = model.done()
  return { id: (changed as { readonly id?: unknown }).id, changes: difference }
}
