import type { Clock } from '../../shared/clock.ts'
import type { Drop } from '../../shared/model/drop.ts'
import type { ElementValue } from '../../shared/model/elements.ts'
import { normalizeFlowPath } from '../../shared/model/flow-path.ts'
import type { Result } from '../../shared/result.ts'
import { success } from '../../shared/result.ts'
import { parseJson } from '../../shared/wire/json.ts'
import { createAuthority, type Caller } from '../auth.ts'
import { filterProblem } from '../filters.ts'
import type { FlowSource } from '../store/flow-source.ts'
import type { Query, Row } from '../store/query.ts'
import { dropRow } from '../store/rows.ts'
import type { ObjectKind, StoredDrop, StoredObject } from '../store/store.ts'
import type { Rights } from './grants.ts'
import { cut, refuse } from './refusal.ts'
import type { FlowQuery, FlowReader } from './transform/flow-reader.ts'

/** The reader of `Flow.*` over what a store has: the same for a database and for a store in memory. */
export function createStoredFlowReader(source: FlowSource, clock: Clock): FlowReader {
  const authority = createAuthority({ accounts: [], identityOf: () => '', store: source, clock })

  const callerOf = (asIdentity: string): Caller => {
    const identity = source.object(asIdentity)
    const { name } = (identity?.kind === 'identity' ? parseJson(identity.text) : {}) as { name?: string }
    return { account: name ?? '', identityId: asIdentity }
  }

  const rightsOn = (asIdentity: string, path: string): Rights => {
    const caller = callerOf(asIdentity)
    // Shares and groups change; only paths of others depend on them.
    if (!path.startsWith(`/${caller.account}/`)) authority.refresh()
    return authority.rightsOn(caller, path)
  }

  const objects = (
    asIdentity: string,
    kind: ObjectKind,
    query: FlowQuery
  ): Result<readonly Row['value'][]> => {
    const checked = readQuery(query)
    if (!checked.ok) return checked
    authority.refresh()
    const scope = { kind, ...authority.visibleTo(callerOf(asIdentity)) }
    return success(source.objectRows(scope, checked.value).map(({ value }) => value))
  }

  const object = (asIdentity: string, kind: ObjectKind, stored: StoredObject | undefined) =>
    stored?.kind === kind && rightsOn(asIdentity, stored.path ?? '').read
      ? (parseJson(stored.text) as object)
      : undefined

  const flowNamed = (flow: string): StoredObject | undefined =>
    flow.startsWith('/') ? source.flowAt(normalizeFlowPath(flow)) : source.object(flow)

  /** Runs `read` with the id of a flow whose drops the identity may read; for the others there is no such flow. */
  const inFlow = <T>(asIdentity: string, flow: string, read: (flowId: string) => Result<T>): Result<T> => {
    const stored = flowNamed(flow)
    return stored?.kind === 'flow' && rightsOn(asIdentity, stored.path ?? '').dropRead
      ? read(stored.id)
      : refuse(`There is no flow ${cut(flow)}.`)
  }

  return {
    findFlows: (asIdentity, query) => objects(asIdentity, 'flow', query),
    getFlow: (asIdentity, flow) => success(object(asIdentity, 'flow', flowNamed(flow))),
    findTracks: (asIdentity, query) => objects(asIdentity, 'track', query),
    getTrack: (asIdentity, trackId) => success(object(asIdentity, 'track', source.object(trackId))),
    findDrops: (asIdentity, flow, query) =>
      inFlow(asIdentity, flow, (flowId) => {
        const checked = readQuery(query)
        return checked.ok ? success(source.dropRows(flowId, checked.value).map(dropOfRow)) : checked
      }),
    getDrop: (asIdentity, flow, dropId) =>
      inFlow(asIdentity, flow, (flowId) => success(dropOfStored(source.drop(flowId, dropId)))),
    findDropByFhash: (asIdentity, flow, fhash) =>
      inFlow(asIdentity, flow, (flowId) => success(dropOfStored(source.dropByFhash(flowId, fhash)))),
    aggregate: (asIdentity, flow, request) =>
      inFlow(asIdentity, flow, (flowId) => {
        const aggregated = source.aggregated(flowId, request)
        if (aggregated.kind === 'refused') return refuse(aggregated.problem)
        return success(parseJson(aggregated.bodyText) as Readonly<Record<string, ElementValue>>[])
      })
  }
}

const dropOfRow = (row: Row): Drop => row.value as unknown as Drop

const dropOfStored = (stored: StoredDrop | undefined): Drop | undefined =>
  stored && dropOfRow(dropRow(stored))

function readQuery({ filter, ...page }: FlowQuery): Result<Query> {
  const problem = filter === undefined ? undefined : filterProblem(filter)
  if (problem !== undefined) return refuse(problem)
  return success({ ...page, ...(filter === undefined ? {} : { filter }), encoding: 'plain', refs: false })
}
