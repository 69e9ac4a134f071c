import { parseJson } from '../../shared/wire/json.ts'
import type { Caller } from '../auth.ts'
import { lookUpFlow } from './flow-lookup.ts'
import type { Parts } from './parts.ts'

/**
 * What `head.references` holds for the ids and paths that an answer mentions: by id, a small object with `id`, `kind` and what to show.
 * What the caller may not read is left out. (Platform protocol, "References".)
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
    if (object?.kind !== 'identity') continue
    const { name } = parseJson(object.text) as { name?: unknown }
    found.set(object.id, { id: object.id, kind: 'identity', name })
  }
  return Object.fromEntries(found)
}
