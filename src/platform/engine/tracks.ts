import type { Answer, Step } from '../answer.ts'
import { badRequest, go, ok, refused, stop } from '../answer.ts'
import { filterProblem } from '../filters.ts'
import type { Members } from './body.ts'
import { lookUpFlow } from './flow-lookup.ts'
import { isAnyRight, type Rights } from './grants.ts'
import { masterOnly } from './kept-objects.ts'
import { MemberReader } from './member-values.ts'
import type { Call, Parts } from './parts.ts'
import { createPlacedService } from './placed-objects.ts'
import { checkFlowPath, describeFlowPathProblem, normalizeFlowPath } from '../../shared/model/flow-path.ts'
import type { Service } from './service.ts'
import type { TrackRunner } from './track-runner.ts'
import { simulate } from './transform/simulate.ts'
import type { Transformer } from './transform/transformer.ts'

const TRACK_MEMBERS: ReadonlySet<string> = new Set([
  'source',
  'destination',
  'filter',
  'js',
  'description',
  'disabled',
  'metadata'
])

/** Destinations are looked up for every drop. */
const MAX_DESTINATIONS = 100

/**
 * The track service (platform protocol, "Tracks"). A track lies at its source; whoever writes it needs `write` there and
 * `dropWrite` on the destinations, and it runs with that identity's rights. A function reads with all of an identity's
 * rights, so that only the master token may write one.
 */
export function createTrackService(parts: Parts, runner: TrackRunner, transformer: Transformer): Service {
  return createPlacedService(parts, {
    kind: 'track',
    noun: 'track',
    changeable: TRACK_MEMBERS,
    pathOf: ({ source }) => String(source),
    read: (call, given, before) => readTrackMembers(parts, call, given, before),
    examine: async ({ js }) => {
      if (typeof js !== 'string') return undefined
      const checked = await transformer.check(js)
      return checked.ok ? undefined : answerOf(checked.failure)
    },
    onChange: (id, track) => {
      runner.note(id, track)
    }
  })
}

/** `POST /track/simulate`: tries a function on a drop; stores nothing. */
export async function answerSimulation(
  parts: Parts,
  transformer: Transformer,
  call: Call,
  body: unknown
): Promise<Answer> {
  const master = masterOnly(call)
  if (master.kind === 'stop') return master.answer
  const { identityId } = call.caller
  const simulated = await simulate(transformer, body, {
    asIdentity: identityId,
    clock: parts.clock,
    judge: parts.judge
  })
  return simulated.ok ? ok(simulated.value) : answerOf(simulated.failure)
}

const answerOf = ({ code, message }: { readonly code: string; readonly message: string }): Answer =>
  code === 'platform/bad-request' ? badRequest(message) : refused(500, message)

function readTrackMembers(
  parts: Parts,
  call: Call,
  given: Members,
  before: Members | undefined
): Step<Members> {
  const reader = new MemberReader(given, before)
  const source = reader.requiredPath('source')
  const filter = reader.text('filter')
  const problem = filter === undefined || filter.trim() === '' ? undefined : filterProblem(filter)
  if (problem !== undefined) reader.refuse(problem)
  const js = reader.text('js')
  const hasFunction = js !== undefined && js.trim() !== ''
  const destination = readDestination(
    given['destination'] === undefined ? before?.['destination'] : given['destination']
  )
  if (destination.kind === 'stop') return destination
  if (destination.value === undefined && !hasFunction)
    reader.refuse('a track needs a destination, or js that returns paths')
  const members = reader.finish({
    source,
    destination: destination.value,
    filter,
    js: hasFunction ? js : undefined,
    description: reader.text('description'),
    disabled: reader.flag('disabled', false),
    metadata: reader.anything('metadata')
  })
  if (members.kind === 'stop') return members
  if (hasFunction) {
    const master = masterOnly(call)
    if (master.kind === 'stop') return master
  }
  const known = new Set(before === undefined ? [] : [String(before['source']), ...destinationsOf(before)])
  const ends = [
    [source, 'write'] as const,
    ...destinationsOf(members.value).map((path) => [path, 'dropWrite'] as const)
  ]
  for (const [path, right] of ends) {
    const refusal = endProblem(parts, call, path, right, known.has(path))
    if (refusal !== undefined) return stop(refusal)
  }
  return members
}

/** The destinations of a track's members as stored paths. */
export function destinationsOf({ destination }: Members): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(destination) ? destination : [destination]
  return paths.filter((path) => typeof path === 'string').map(normalizeFlowPath)
}

/** A path or a list of them, in the form given. */
function readDestination(given: unknown): Step<string | readonly string[] | undefined> {
  if (given === undefined || given === null) return go(undefined)
  const paths: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (paths.length > MAX_DESTINATIONS)
    return stop(badRequest(`a track can have ${String(MAX_DESTINATIONS)} destinations at most`))
  for (const path of paths) {
    if (typeof path !== 'string')
      return stop(badRequest('destination must be the path of a flow, or a list of paths'))
    const problem = checkFlowPath(path, true)
    if (problem !== undefined)
      return stop(badRequest(`destination: ${describeFlowPathProblem(path, problem)}`))
  }
  return go(paths.length === 0 ? undefined : (given as string | readonly string[]))
}

/** Why a track may not have this end. A flow that was there once may be missing: then the track waits for it. */
function endProblem(
  parts: Parts,
  call: Call,
  path: string,
  right: keyof Rights,
  isKnown: boolean
): Answer | undefined {
  const rights = parts.authority.rightsOn(call.caller, path)
  const isMissing = lookUpFlow(parts, path) === undefined && !isKnown
  if (isMissing || !isAnyRight(rights)) return badRequest(`there is no flow at ${path}`)
  return rights[right] ? undefined : refused(403, `the token gives no ${right} right on ${path}`)
}
