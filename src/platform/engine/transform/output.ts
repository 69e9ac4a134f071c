import { canonicalElements, canonicalLocation } from '../../../shared/model/element-encoding.ts'
import type { Location } from '../../../shared/model/drop.ts'
import type { Elements } from '../../../shared/model/elements.ts'
import { isTypedValue } from '../../../shared/model/elements.ts'
import { checkFlowPath, describeFlowPathProblem, normalizeFlowPath } from '../../../shared/model/flow-path.ts'
import type { Failed, Result } from '../../../shared/result.ts'
import { success } from '../../../shared/result.ts'
import { cut, refuse } from '../refusal.ts'

/** What one drop may become: as many as a flow keeps unless it is told otherwise. Tracks may follow tracks. */
export const MAX_DROPS_A_CALL = 1000

/** A drop that a track's function made: what is copied into the destination flow. Elements are canonical. */
export interface TransformedDrop {
  readonly elems: Elements
  readonly location?: Location
  readonly fhash?: string
}

/** What the result of a track's function means (platform protocol, "Tracks"). */
export type TransformOutput =
  | { readonly kind: 'none' }
  /** At least one drop, in order; each goes to every destination of the track. */
  | { readonly kind: 'drops'; readonly drops: readonly TransformedDrop[] }
  /** By the path of the flow, without a trailing slash, in the order of the function; at least one drop each. */
  | { readonly kind: 'paths'; readonly byPath: ReadonlyMap<string, readonly TransformedDrop[]> }

/**
 * Reads what a track's function returned, as parsed JSON.
 *
 * Null, false and an empty object are nothing, in an array too. Fails with a sentence for everything that the protocol
 * gives no meaning: texts, numbers, true, objects without `elems`, bad paths, and elements that do not fit their type.
 */
export function readOutput(returned: unknown): Result<TransformOutput> {
  if (isNothing(returned)) return success({ kind: 'none' })
  if (isPathMap(returned)) return readPaths(returned)
  const drops = readDrops(returned, 'The function returned')
  if (!drops.ok) return drops
  return success(drops.value.length === 0 ? { kind: 'none' } : { kind: 'drops', drops: drops.value })
}

/** The failure of a function that was ended because of its time. */
export const overtime = (deadlineMs: number): Failed =>
  refuse(`The function of the track was ended: it ran for more than ${String(deadlineMs)} ms.`)

function readPaths(returned: Readonly<Record<string, unknown>>): Result<TransformOutput> {
  const byPath = new Map<string, TransformedDrop[]>()
  let count = 0
  for (const [path, given] of Object.entries(returned)) {
    const problem = checkFlowPath(path, true)
    if (problem !== undefined) {
      return refuse(`The function returned drops for a path: ${describeFlowPathProblem(cut(path), problem)}`)
    }
    if (isNothing(given)) continue
    const drops = readDrops(given, `For ${cut(path)} the function returned`)
    if (!drops.ok) return drops
    count += drops.value.length
    if (count > MAX_DROPS_A_CALL) return tooMany()
    const name = normalizeFlowPath(path)
    if (drops.value.length > 0) byPath.set(name, [...(byPath.get(name) ?? []), ...drops.value])
  }
  return success(byPath.size === 0 ? { kind: 'none' } : { kind: 'paths', byPath })
}

/** One drop, or an array of drops in which nothings are skipped. */
function readDrops(given: unknown, subject: string): Result<TransformedDrop[]> {
  const drops: TransformedDrop[] = []
  for (const entry of Array.isArray(given) ? (given as unknown[]) : [given]) {
    if (isNothing(entry)) continue
    const drop = readDrop(entry, subject)
    if (!drop.ok) return drop
    if (drops.push(drop.value) > MAX_DROPS_A_CALL) return tooMany()
  }
  return success(drops)
}

function readDrop(given: unknown, subject: string): Result<TransformedDrop> {
  if (!isRecord(given) || !Object.hasOwn(given, 'elems')) {
    return refuse(
      `${subject} ${describe(given)}, which is neither a drop (an object with elems) nor nothing.`
    )
  }
  const elems = canonicalElements(given['elems'])
  if (elems.kind === 'invalid') return unfit(subject, elems.problem)
  const location = readLocation(given['location'])
  if (location?.kind === 'invalid') return unfit(subject, location.problem)
  const fhash = unwrapped(given['fhash'])
  if (fhash !== undefined && fhash !== null && typeof fhash !== 'string') {
    return unfit(subject, `fhash must be a string, not ${describe(fhash)}`)
  }
  return success({
    elems: elems.elems,
    ...(location === undefined ? {} : { location: location.location }),
    ...(typeof fhash === 'string' ? { fhash } : {})
  })
}

function readLocation(given: unknown) {
  const location = unwrapped(given)
  return location === undefined || location === null ? undefined : canonicalLocation(location)
}

const unwrapped = (value: unknown): unknown => (isTypedValue(value) ? value.value : value)

const tooMany = (): Failed =>
  refuse(`The function returned more than ${String(MAX_DROPS_A_CALL)} drops for one.`)

const unfit = (subject: string, problem: string): Failed =>
  refuse(`${subject} a drop that cannot be stored: ${problem}.`)

/** An empty array counts too: it holds no drop. */
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPathMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && !Object.hasOwn(value, 'elems') && Object.keys(value).some((name) => name.startsWith('/'))

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text "${cut(value)}"`
    case 'number':
    case 'bigint':
      return `the number ${String(value)}`
    case 'boolean':
      return String(value)
    default:
      if (Array.isArray(value)) return 'an array within an array'
      return `an object with the members ${cut(Object.keys(value ?? {}).join(', '))}`
  }
}
