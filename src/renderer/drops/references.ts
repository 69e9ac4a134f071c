import { isTypedValue } from '../../shared/model/elements.ts'

/** What an id leads to. */
export type ReferenceTarget =
  | { readonly kind: 'flow'; readonly flowId: string }
  | { readonly kind: 'drop'; readonly dropId: string; readonly flowId?: string }

/** What the head of an answer says of an id (platform protocol, "References"). */
export interface ReferenceInfo {
  readonly id: string
  readonly kind?: string
  readonly name?: string
  readonly path?: string
  readonly displayName?: string
}

export type References = Readonly<Record<string, ReferenceInfo>>

const ID = /^[a-z]?[0-9a-f]{24}$/

/** The id that a value holds: an element of the type `id` or `dropRef`, or a plain text that `references` knows. */
export function referenceOf(
  value: unknown,
  references: References
): { readonly id: string; readonly target: ReferenceTarget | undefined } | undefined {
  if (isTypedValue(value)) {
    if (value.type === 'id') return idReference(value.value)
    if (value.type === 'dropRef') return dropReference(value.value)
    return undefined
  }
  if (typeof value === 'string') return Object.hasOwn(references, value) ? idReference(value) : undefined
  return dropReference(value)
}

/** What to show beside an id; undefined when nothing is known of it. */
export function referenceLabel(id: string, references: References): string | undefined {
  const info = Object.hasOwn(references, id) ? references[id] : undefined
  return info?.path ?? info?.displayName ?? info?.name
}

function idReference(value: unknown) {
  if (typeof value !== 'string' || !ID.test(value)) return undefined
  const target: ReferenceTarget | undefined = value.startsWith('f')
    ? { kind: 'flow', flowId: value }
    : value.startsWith('d')
      ? { kind: 'drop', dropId: value }
      : undefined
  return { id: value, target }
}

/** `{flowId, dropId}`, each bare or wrapped; a kind letter may be missing. */
function dropReference(value: unknown) {
  if (typeof value !== 'object' || value === null) return undefined
  const { flowId, dropId } = value as { flowId?: unknown; dropId?: unknown }
  const [flow, drop] = [idText(flowId, 'f'), idText(dropId, 'd')]
  if (flow === undefined || drop === undefined || Object.keys(value).length !== 2) return undefined
  const target: ReferenceTarget = { kind: 'drop', flowId: flow, dropId: drop }
  return { id: drop, target }
}

function idText(value: unknown, letter: string): string | undefined {
  const plain = isTypedValue(value) ? value.value : value
  if (typeof plain !== 'string' || !ID.test(plain)) return undefined
  return plain.length === 24 ? letter + plain : plain
}
