import type { HttpStream } from './http.ts'
import type { Answer, FaceName } from './face.ts'
import type { CallParameters, WithReferences } from './call-parameters.ts'
import type { Filter, FilterObject } from './filter-text.ts'
import type { Changes, Modification } from './modification.ts'

/**
 * The verbs of a service (platform protocol, "Generic endpoints"). `F` is the face, `Model` what the service answers, `Draft`
 * what it takes to create one. Any verb takes parameters; `refs: true` makes it answer `[body, references]`, in its type
 * too. Answers are believed to be what the protocol says once their envelope was checked; `only` leaves members out that the
 * types still name.
 */
export interface Service<F extends FaceName, Model, Draft> extends FixedService<F, Model, Draft> {
  /** Changes the given members, the others stay; null removes an optional one. Answers the whole object. */
  update<P extends CallParameters = NoParameters>(
    id: string,
    changes: Changes<Draft>,
    parameters?: P
  ): Reply<F, P, Model>
  /** The same by the model's own id. A modification sends its difference only, a model all that it has. */
  update<P extends CallParameters = NoParameters>(
    model: Updated<Model, Draft>,
    parameters?: P
  ): Reply<F, P, Model>
  /** Several at once, all or none; answers them by id. */
  updateMany<P extends CallParameters = NoParameters>(
    models: readonly Updated<Model, Draft>[],
    parameters?: P
  ): Reply<F, P, ById<Model>>
  /** Changes one member, or one element by `elems.name`; answers an object with that member alone. */
  updateMember<P extends CallParameters = NoParameters>(
    id: string,
    member: (keyof Draft & string) | `elems.${string}`,
    value: unknown,
    parameters?: P
  ): Reply<F, P, Readonly<Record<string, unknown>>>
  /** A list is `updateMany`, a modification or what has an id is `update`, anything else is `create`. */
  save<P extends CallParameters = NoParameters>(
    models: readonly Updated<Model, Draft>[],
    parameters?: P
  ): Reply<F, P, ById<Model>>
  save<P extends CallParameters = NoParameters>(
    model: Draft | Updated<Model, Draft>,
    parameters?: P
  ): Reply<F, P, Model>
  readonly asText: FixedTexts<F> & {
    update(id: string, text: string, parameters?: CallParameters): Promise<Answer<F, string>>
    updateMember(
      id: string,
      member: string,
      text: string,
      parameters?: CallParameters
    ): Promise<Answer<F, string>>
  }
}

/** A service whose objects are never changed. */
export interface FixedService<F extends FaceName, Model, Draft> {
  read<P extends CallParameters = NoParameters>(id: string, parameters?: P): Reply<F, P, Model>
  /** As `read`; an object that is not there, or not visible, is `otherwise`. Every other failure stays one. */
  readOrElse<Other, P extends CallParameters = NoParameters>(
    id: string,
    otherwise: Other,
    parameters?: P
  ): Promise<Answer<F, WithReferences<P, Model> | Other>>
  /** Objects by id; ids that are unknown or invisible are missing from the answer. */
  readMany<P extends CallParameters = NoParameters>(
    ids: readonly string[],
    parameters?: P
  ): Reply<F, P, ById<Model>>
  /** What matches all filters: at most `limit` objects, 20 unless told. */
  findMany(...filters: readonly Filter[]): Promise<Answer<F, readonly Model[]>>
  findMany<P extends CallParameters>(
    ...filtersAndParameters: readonly [...filters: readonly Filter[], parameters: P]
  ): Reply<F, P, readonly Model[]>
  /** An id is `read`, a list of ids `readMany`, anything else `findMany`. */
  find<P extends CallParameters = NoParameters>(id: string, parameters?: P): Reply<F, P, Model>
  find<P extends CallParameters = NoParameters>(
    ids: readonly string[],
    parameters?: P
  ): Reply<F, P, ById<Model>>
  find(...filters: readonly FilterObject[]): Promise<Answer<F, readonly Model[]>>
  find<P extends CallParameters>(
    ...filtersAndParameters: readonly [...filters: readonly FilterObject[], parameters: P]
  ): Reply<F, P, readonly Model[]>
  /**
   * All that match, for `for await`: any number of them, without holding more than a piece of the answer. What is made or
   * deleted meanwhile may be missed or seen twice beyond the first 100,000.
   */
  all(parameters?: CallParameters): AsyncGenerator<Answer<F, Model>, void>
  create<P extends CallParameters = NoParameters>(draft: Draft, parameters?: P): Reply<F, P, Model>
  /** `data` becomes the request's body, which today's platforms ignore. */
  delete(id: string, data?: unknown, parameters?: CallParameters): Promise<Answer<F, null>>
  /** The same as JSON texts, as the platform sent them; `find` answers the text of an array. */
  readonly asText: FixedTexts<F>
}

export interface FixedTexts<F extends FaceName> {
  find(parameters?: CallParameters): Promise<Answer<F, string>>
  read(id: string, parameters?: CallParameters): Promise<Answer<F, string>>
  create(text: string, parameters?: CallParameters): Promise<Answer<F, string>>
}

/** For who passes an answer on without reading it. */
export interface Streaming<F extends FaceName> {
  /** As `findMany`, as the text of the whole answer in pieces. */
  findStream(parameters?: CallParameters): Promise<Answer<F, HttpStream>>
}

/** Without parameters there are no references. */
export type NoParameters = Readonly<Record<never, never>>

export type Reply<F extends FaceName, P, T> = Promise<Answer<F, WithReferences<P, T>>>

export type ById<Model> = Readonly<Record<string, Model>>

/** What `update` takes: changes with the id of what they change, or a modification. */
export type Updated<Model, Draft> = (Changes<Draft> & { readonly id: string }) | Modification<Model & object>
