import type { Drop, Location } from '../../shared/model/drop.ts'
import { canonicalElements, canonicalLocation } from '../../shared/model/element-encoding.ts'
import { isTypedValue } from '../../shared/model/elements.ts'
import type { Step } from '../answer.ts'
import { badRequest, go, stop } from '../answer.ts'
import type { Members } from './body.ts'
import { isMembers } from './body.ts'
import type { DropDraft } from './publish.ts'

/**
 * The draft of a drop from the body of a create (platform protocol, "Drops"). Read-only and unknown members
 * are ignored.
 */
export function readDropDraft(given: Members): Step<DropDraft> {
  return given['elems'] === undefined || given['elems'] === null
    ? stop(badRequest('elems is required: an object of element names and values, which may be empty'))
    : readMembersOver(given, { elems: {}, isPlain: true })
}

/** The draft after a change: given members replace, `null` removes an optional one, others stay. */
export function readDropChange(given: Members, before: Drop, isPlain: boolean): Step<DropDraft> {
  if (given['elems'] === null) return stop(badRequest('elems cannot be removed'))
  return readMembersOver(given, { ...before, isPlain })
}

function readMembersOver(given: Members, before: DropDraft): Step<DropDraft> {
  const elems = given['elems'] === undefined ? undefined : canonicalElements(given['elems'])
  if (elems?.kind === 'invalid') return stop(badRequest(elems.problem))
  const place = readLocation(given['location'], before.location)
  if (place.kind === 'stop') return place
  const { location, isPlain: isPlainLocation } = place.value
  const fhash = given['fhash'] === undefined ? before.fhash : (given['fhash'] ?? undefined)
  if (fhash !== undefined && typeof fhash !== 'string') return stop(badRequest('fhash must be a text'))
  const { parentDropId } = before
  return go({
    elems: elems?.elems ?? before.elems,
    isPlain: (elems?.isPlain ?? before.isPlain) && isPlainLocation,
    ...(location === undefined ? {} : { location }),
    ...(fhash === undefined ? {} : { fhash }),
    ...(parentDropId === undefined ? {} : { parentDropId })
  })
}

interface Place {
  readonly location?: Location
  readonly isPlain: boolean
}

function readLocation(given: unknown, before: Location | undefined): Step<Place> {
  if (given === undefined && before !== undefined)
    // A free map that may hold wrappers is taken for typed: it is answered right in any case.
    return go({ location: before, isPlain: before.specifiers === undefined })
  if (given === undefined || given === null) return go({ isPlain: true })
  const outcome = canonicalLocation(given)
  return outcome.kind === 'invalid' ? stop(badRequest(outcome.problem)) : go(outcome)
}

/**
 * The change that a member update means: `elems`, `location` and `fhash` as they are, `elems.temp` for one
 * element (`null` removes it). Answers 400 for any other name and for an element below something that is no
 * map.
 */
export function readMemberChange(member: string, value: unknown, before: Drop): Step<Members> {
  if (member === 'elems' || member === 'location' || member === 'fhash') return go({ [member]: value })
  if (!member.startsWith('elems.') || member.length === 'elems.'.length) {
    return stop(badRequest(`${member} is not a member of a drop that can be changed`))
  }
  const elems = withElement(before.elems, member.slice('elems.'.length), value)
  return elems === undefined
    ? stop(badRequest(`${member} lies below an element that is no map`))
    : go({ elems })
}

/**
 * A copy of `map` with the element of a dotted name set; a name that holds dots itself is found as a whole
 * first.
 */
function withElement(map: Members, name: string, value: unknown): Members | undefined {
  const dot = name.indexOf('.')
  if (dot === -1 || Object.hasOwn(map, name))
    return Object.fromEntries([...Object.entries(map), [name, value]])
  const first = name.slice(0, dot)
  const inner = Object.hasOwn(map, first) ? map[first] : {}
  const isWrapper = isTypedValue(inner)
  const innerMap: unknown = isWrapper ? inner.value : inner
  if (!isMembers(innerMap)) return undefined
  const changed = withElement(innerMap, name.slice(dot + 1), value)
  if (changed === undefined) return undefined
  return Object.fromEntries([
    ...Object.entries(map),
    [first, isWrapper ? { type: inner.type, value: changed } : changed]
  ])
}
