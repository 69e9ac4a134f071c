import { parseJson } from '../../shared/wire/json.ts'
import type { Caller } from '../auth.ts'
import type { StoredObject } from '../store/store.ts'
import type { Members } from './body.ts'
import { lookUpFlow } from './flow-lookup.ts'
import type { Parts } from './parts.ts'

/**
 * What `head.references` holds for the ids and paths that an answer mentions: by id, a small object with
 * `id`, `kind` and what to show. What the caller may not read is left out. (Platform protocol, "References".)
 */
export function references(
  parts: Parts,
  caller: Caller,
  mentioned: readonly string[]
): Readonly<Record<string, unknown>> {
  const found = new Map<string, unknown>()
  for (const mention of mentioned) {
    const flow = lookUpFlow(parts, mention)?.flow
    if (flow !== undefined) {
      if (parts.authority.rightsOn(caller, flow.path).read) {
        found.set(flow.id, { id: flow.id, kind: 'flow', path: flow.path })
      }
      continue
    }
    const object = parts.store.object(mention)
    const reference = object === undefined ? undefined : shownOf(object, caller)
    if (reference !== undefined) found.set(mention, reference)
  }
  return Object.fromEntries(found)
}

/** What a caller may know of an object that is no flow: identities by name, its own groups, tokens and shares. */
function shownOf({ id, kind, account, text }: StoredObject, caller: Caller): object | undefined {
  const { name, displayName, description } = parseJson(text) as Members
  if (kind === 'identity') return { id, kind, name }
  if (account !== caller.account || caller.tokenId !== undefined) return undefined
  const shown = displayName ?? description
  return { id, kind, ...(shown === undefined ? {} : { displayName: shown }) }
}
