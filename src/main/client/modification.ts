/** Changes to members: a value, or null, which removes an optional one; undefined is no change. */
export type Changes<Draft> = { readonly [Member in keyof Draft]?: Draft[Member] | null | undefined }

/**
 * Changes to a model that are gathered before they are sent (platform protocol, "Update semantics"). `update`, `updateMany` and
 * `save` take one in place of a model, and send only what was changed.
 *
 * Neither the model nor the values given are touched or kept: both are copied, 64-bit integers and elements with them.
 */
export interface Modification<Model extends object> {
  /** Sets a member; null removes it. The last value of a member counts. Answers the same modification. */
  modify<Member extends keyof Model>(member: Member, value: Model[Member] | null): Modification<Model>
  /**
   * The model as it is after the changes, and the changes alone. A member that was set is part of the difference even if its
   * value is the old one. Copies each time; more changes may follow.
   */
  done(): readonly [model: Model, difference: Changes<Model>]
}

/**
 * Begins changes to `model`: `modify(flow, { capacity: 10 }).modify('description', null)`.
 *
 * @throws DataCloneError for values that are no data, such as functions.
 */
export const modify = <Model extends object>(
  model: Model,
  changes: Changes<Model> = {}
): Modification<Model> => new GatheredChanges(model, changes)

export const isModification = (value: unknown): value is Modification<object> =>
  value instanceof GatheredChanges

class GatheredChanges<Model extends object> implements Modification<Model> {
  readonly #model: Model
  /** A map, because `__proto__` would be no member of an object that it is assigned to. */
  readonly #changes = new Map<PropertyKey, unknown>()

  constructor(model: Model, changes: Changes<Model>) {
    this.#model = structuredClone(model)
    for (const [member, value] of Object.entries(structuredClone(changes))) {
      if (value !== undefined) this.#changes.set(member, value)
    }
  }

  modify<Member extends keyof Model>(member: Member, value: Model[Member] | null): this {
    this.#changes.set(member, structuredClone(value))
    return this
  }

  done(): readonly [Model, Changes<Model>] {
    const difference = Object.fromEntries(this.#changes)
    const merged = Object.entries({ ...this.#model, ...difference })
    const model = Object.fromEntries(merged.filter(([member, value]) => !this.#isRemoved(member, value)))
    return structuredClone([model, difference]) as unknown as [Model, Changes<Model>]
  }

  #isRemoved(member: string, value: unknown): boolean {
    return value === null && this.#changes.has(member)
  }
}
