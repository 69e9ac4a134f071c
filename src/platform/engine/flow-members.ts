import type { Flow } from '../../shared/model/flow.ts'
import { DEFAULT_CAPACITY_DROPS, MAX_CAPACITY_DROPS } from '../../shared/model/flow.ts'
import { checkFlowPath, describeFlowPathProblem, normalizeFlowPath } from '../../shared/model/flow-path.ts'
import type { Step } from '../answer.ts'
import { badRequest, go, stop } from '../answer.ts'
import { filterProblem } from '../filters.ts'
import type { Members } from './body.ts'

/** The members of a flow that a caller may set (platform protocol, "Flows"). */
export type FlowMembers = Omit<Flow, 'id' | 'creationDate' | 'creatorId' | 'lastEditDate' | 'lastEditorId'>

/** The names under which the members may be changed one by one. */
export const FLOW_MEMBERS: ReadonlySet<string> = new Set([
  'path',
  'capacity',
  'description',
  'filter',
  'name',
  'displayName',
  'public',
  'publicFlow'
])

/**
 * The members of a flow after `given` was applied to `before`. Members that are not given stay, `null`
 * removes an optional one, unknown and read-only ones are ignored. Answers 400 with a sentence for the first
 * that cannot be accepted.
 */
export function readFlowMembers(given: Members, before: Partial<FlowMembers>): Step<FlowMembers> {
  const path = readPath(given, before.path)
  if (path.kind === 'stop') return path
  const capacity = readCapacity(given['capacity'], before.capacity)
  if (capacity.kind === 'stop') return capacity
  const filter = readText(given, 'filter', before.filter)
  if (filter.kind === 'stop') return filter
  const problem = (filter.value ?? '').trim() === '' ? undefined : filterProblem(filter.value ?? '')
  if (problem !== undefined) return stop(badRequest(problem))
  const description = readText(given, 'description', before.description)
  if (description.kind === 'stop') return description
  const name = readText(given, 'name', before.name)
  if (name.kind === 'stop') return name
  const displayName = readText(given, 'displayName', before.displayName)
  if (displayName.kind === 'stop') return displayName
  // The Java client writes `publicFlow`, the platform answers `public`.
  const isPublic = given['public'] === undefined ? given['publicFlow'] : given['public']
  if (isPublic !== undefined && isPublic !== null && typeof isPublic !== 'boolean') {
    return stop(badRequest('public must be true or false'))
  }
  return go({
    path: path.value,
    capacity: capacity.value,
    ...member('description', description.value),
    ...member('filter', filter.value),
    ...member('name', name.value),
    ...member('displayName', displayName.value),
    ...member('public', isPublic === undefined ? before.public : (isPublic ?? undefined))
  })
}

function readPath(given: Members, before: string | undefined): Step<string> {
  const path = given['path'] === undefined ? before : given['path']
  if (typeof path !== 'string')
    return stop(badRequest('path is required and must be a text such as /account/name'))
  if (path === before) return go(before)
  const problem = checkFlowPath(path)
  return problem === undefined
    ? go(normalizeFlowPath(path))
    : stop(badRequest(describeFlowPathProblem(path, problem)))
}

function readCapacity(given: unknown, before: number | undefined): Step<number> {
  if (given === undefined) return go(before ?? DEFAULT_CAPACITY_DROPS)
  if (given === null) return go(DEFAULT_CAPACITY_DROPS)
  return typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= MAX_CAPACITY_DROPS
    ? go(given)
    : stop(badRequest(`capacity must be a whole number from 0 to ${String(MAX_CAPACITY_DROPS)}`))
}

function readText(given: Members, name: string, before: string | undefined): Step<string | undefined> {
  const value = given[name]
  if (value === undefined) return go(before)
  if (value === null) return go(undefined)
  return typeof value === 'string' ? go(value) : stop(badRequest(`${name} must be a text`))
}

const member = <Name extends string, Value>(
  name: Name,
  value: Value | undefined
): Record<Name, Value> | Record<never, never> =>
  value === undefined ? {} : ({ [name]: value } as Record<Name, Value>)
