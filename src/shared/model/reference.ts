/** What an answer says about an object that it mentions, when it was asked with `refs` (platform protocol, "References"). */
export interface Reference {
  readonly id: string
  readonly kind: string
  readonly name?: string
  readonly path?: string
  readonly displayName?: string
}

/** By id. What the caller may not read is missing. */
export type References = Readonly<Record<string, Reference>>
