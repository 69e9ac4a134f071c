import { STATISTICS_OBJECTS, type StatisticsType } from '../../shared/model/statistics.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { Answer, Step } from '../answer.ts'
import { badRequest, go, ok, refused, stop } from '../answer.ts'
import { isAnyRight } from './grants.ts'
import { flowFor } from './flow-lookup.ts'
import type { Call, Parts } from './parts.ts'
import { fillSeries, isStatisticsType, planStatistics } from './statistics.ts'

/** What a statistics URL names, as texts. */
export interface StatisticsPath {
  readonly type: string
  readonly objectId: string
  readonly year?: string | undefined
  readonly month?: string | undefined
  readonly day?: string | undefined
}

/**
 * The statistics service (platform protocol, "Statistics"): an array of counts, one a period. A flow's path
 * does in place of its id. Flows and tracks need the right to read them, identities may only ask for themselves.
 */
export async function answerStatistics(parts: Parts, call: Call, path: StatisticsPath): Promise<Answer> {
  const { type, objectId, year, month, day } = path
  const object = isStatisticsType(type) ? countedObject(parts, call, type, objectId) : undefined
  if (object?.kind === 'stop') return object.answer
  const { level } = call.parameters
  const plan = planStatistics({
    type,
    year,
    month,
    day,
    level: typeof level === 'string' ? level : undefined,
    creationDate: object?.value.creationDate ?? 0,
    now: parts.clock.now()
  })
  if (!plan.ok || object === undefined)
    return badRequest(plan.ok ? 'unknown statistics' : plan.failure.message)
  const { fromMs, toMs } = plan.value
  const counts = await parts.store.countsBetween(plan.value.type, object.value.id, fromMs, toMs)
  return ok(fillSeries(plan.value, counts))
}

interface CountedObject {
  readonly id: string
  readonly creationDate: number
}

function countedObject(
  parts: Parts,
  call: Call,
  type: StatisticsType,
  objectId: string
): Step<CountedObject> {
  const kind = STATISTICS_OBJECTS[type]
  if (kind === 'flow') {
    const flow = flowFor(parts, call.caller, objectId, 'read')
    return flow.kind === 'stop' ? flow : go(flow.value.flow)
  }
  const stored = parts.store.object(objectId)
  if (stored?.kind !== kind) return stop(refused(404, `no such ${kind}`))
  if (kind === 'track') {
    const rights = parts.authority.rightsOn(call.caller, stored.path ?? '')
    if (rights.read) return go({ id: objectId, creationDate: stored.creationDate })
    return stop(
      isAnyRight(rights)
        ? refused(403, 'the token gives no read right on the source of the track')
        : refused(404, 'no such track')
    )
  }
  if (objectId !== call.caller.identityId)
    return stop(refused(403, 'an identity sees only its own statistics'))
  return go({ id: objectId, creationDate: (parseJson(stored.text) as CountedObject).creationDate })
}
