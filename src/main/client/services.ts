import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { HttpStream } from './http.ts'
import type { RequestParameters } from './server.ts'

/** How a service asks: one call below `/v{version}/{account}`. */
export interface Caller {
  /** The body of a successful answer, parsed. 64-bit integers beyond 2^53 are bigint. */
  body(method: string, path: string, call?: Call): Promise<Result<unknown>>
  /** The body of a successful answer, word for word. */
  bodyText(method: string, path: string, call?: Call): Promise<Result<string>>
  /** The whole answer, envelope and all, in pieces. */
  stream(path: string, call?: Call): Promise<Result<HttpStream>>
}

export interface Call {
  readonly parameters?: RequestParameters | undefined
  /** The request's body as JSON text. */
  readonly text?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface CallOptions {
  readonly parameters?: RequestParameters
  readonly signal?: AbortSignal
}

/**
 * One service of the platform (platform protocol, "Generic endpoints"). `Model` is what it answers, `Draft` what it takes to
 * create one. Answers are believed to be what the protocol says once their envelope was checked.
 */
export interface Service<Model, Draft> {
  read(id: string, options?: CallOptions): Promise<Result<Model>>
  /** Objects by id; ids that are unknown or invisible are missing from the answer. */
  readMany(ids: readonly string[], options?: CallOptions): Promise<Result<Readonly<Record<string, Model>>>>
  /** At most `limit` objects, 20 unless told. */
  find(parameters?: RequestParameters, options?: CallOptions): Promise<Result<readonly Model[]>>
  /** As `find`, as the text of the whole answer in pieces: for reads that should not be held in memory. */
  findStream(parameters?: RequestParameters, options?: CallOptions): Promise<Result<HttpStream>>
  create(draft: Draft, options?: CallOptions): Promise<Result<Model>>
  /** Changes the given members, the others stay; null removes an optional one. Answers the whole object. */
  update(id: string, changes: Partial<Draft>, options?: CallOptions): Promise<Result<Model>>
  delete(id: string, options?: CallOptions): Promise<Result<null>>
  /** The same as JSON texts, as the platform sent them; `find` answers the text of an array. */
  readonly asText: {
    find(parameters?: RequestParameters, options?: CallOptions): Promise<Result<string>>
    read(id: string, options?: CallOptions): Promise<Result<string>>
    create(text: string, options?: CallOptions): Promise<Result<string>>
    update(id: string, text: string, options?: CallOptions): Promise<Result<string>>
  }
}

/** The drops of one flow. */
export interface DropService<Model, Draft> extends Service<Model, Draft> {
  /** Empties the flow. */
  deleteAll(options?: CallOptions): Promise<Result<null>>
}

/** `base` is the service's path below the account, such as `/flow`. */
export function createService<Model, Draft>(caller: Caller, base: string): Service<Model, Draft> {
  const at = (id: string): string => `${base}/${encodeURIComponent(id)}`
  const ask = async <T>(method: string, path: string, call: Call): Promise<Result<T>> =>
    (await caller.body(method, path, call)) as Result<T>
  return {
    read: (id, options) => ask('GET', at(id), { ...options }),
    readMany: (ids, options) => ask('MGET', base, { ...options, text: writeJson(ids) }),
    find: (parameters, options) =>
      ask('GET', base, { ...options, parameters: { ...options?.parameters, ...parameters } }),
    findStream: (parameters, options) =>
      caller.stream(base, { ...options, parameters: { ...options?.parameters, ...parameters } }),
    create: (draft, options) => ask('POST', base, { ...options, text: writeJson(draft) }),
    update: (id, changes, options) => ask('PUT', at(id), { ...options, text: writeJson(changes) }),
    delete: async (id, options) => emptied(await caller.body('DELETE', at(id), { ...options })),
    asText: {
      find: (parameters, options) =>
        caller.bodyText('GET', base, { ...options, parameters: { ...options?.parameters, ...parameters } }),
      read: (id, options) => caller.bodyText('GET', at(id), { ...options }),
      create: (text, options) => caller.bodyText('POST', base, { ...options, text }),
      update: (id, text, options) => caller.bodyText('PUT', at(id), { ...options, text })
    }
  }
}

/** The service of one flow's drops; see `createService`. */
export function createDropService<Model, Draft>(caller: Caller, flowId: string): DropService<Model, Draft> {
  const base = `/drop/${encodeURIComponent(flowId)}`
  return {
    ...createService<Model, Draft>(caller, base),
    deleteAll: async (options) => emptied(await caller.body('DELETE', base, { ...options }))
  }
}

const emptied = (result: Result<unknown>): Result<null> => (result.ok ? success(null) : result)
