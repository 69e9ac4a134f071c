import type { Flow } from '../../shared/model/flow.ts'
import { normalizeFlowPath } from '../../shared/model/flow-path.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { go, refused, stop } from '../answer.ts'
import type { Caller } from '../auth.ts'
import { dropFilter, type DropFilter } from '../filters.ts'
import type { StoredObject } from '../store/store.ts'
import { isAnyRight, type Rights } from './grants.ts'
import type { Parts } from './parts.ts'

/** A flow ready for use: parsed, its filter compiled. */
export interface KnownFlow {
  readonly flow: Flow
  readonly stored: StoredObject
  /** What a drop must pass to enter; undefined when the flow has no filter. */
  readonly filter: DropFilter | undefined
}

// The store hands out the same object until it changes, so that what was read from it can hang on it.
const known = new WeakMap<StoredObject, KnownFlow>()

/** The flow with an id, or at a path; undefined when there is none. Says nothing about rights. */
export function lookUpFlow(parts: Parts, key: string): KnownFlow | undefined {
  const stored = key.startsWith('/') ? parts.store.flowAt(normalizeFlowPath(key)) : parts.store.object(key)
  if (stored?.kind !== 'flow') return undefined
  const before = known.get(stored)
  if (before !== undefined) return before
  const flow = parseJson(stored.text) as Flow
  const entry: KnownFlow = { flow, stored, filter: dropFilter(flow.filter, parts.clock) }
  known.set(stored, entry)
  return entry
}

export const noSuchFlow: Answer = refused(404, 'no such flow')

/**
 * The flow that a caller may use with `right`. Answers 404 when there is none or the caller may see nothing
 * of it, and 403 when the caller may see it but lacks the right.
 */
export function flowFor(parts: Parts, caller: Caller, key: string, right: keyof Rights): Step<KnownFlow> {
  const found = lookUpFlow(parts, key)
  if (found === undefined) return stop(noSuchFlow)
  const rights = parts.authority.rightsOn(caller, found.flow.path)
  if (rights[right]) return go(found)
  return stop(
    isAnyRight(rights) ? refused(403, `the token gives no ${right} right on ${found.flow.path}`) : noSuchFlow
  )
}
