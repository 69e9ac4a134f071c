import { planAggregation } from '../../../src/platform/engine/aggregate.ts'
import type {
  CreateFlowReader,
  FlowQuery,
  FlowReader
} from '../../../src/platform/engine/transform/flow-reader.ts'
import { compileFilter, parseFilter } from '../../../src/shared/filter/index.ts'
import { failure } from '../../../src/shared/failure.ts'
import type { Drop } from '../../../src/shared/model/drop.ts'
import type { Result } from '../../../src/shared/result.ts'
import { failed, success } from '../../../src/shared/result.ts'

/** One flow with the given drops and one track, visible to everyone but `stranger`. */
export interface FixedFlow {
  readonly id: string
  readonly path: string
  readonly drops: readonly Drop[]
}

const clock = { now: () => 0 }

/** Runs inside the worker, as the platform's own reader does. */
export const createFlowReader: CreateFlowReader = (readerData) => {
  const flow = readerData as FixedFlow
  const open = (asIdentity: string, name: string): Result<readonly Drop[]> =>
    asIdentity !== 'stranger' && (name === flow.id || name === flow.path)
      ? success(flow.drops)
      : failed(
          failure('platform/not-found', {
            message: `There is no flow ${name}.`,
            details: { errors: ['not visible'] }
          })
        )
  const select = (drops: readonly Drop[], { filter, start, limit, order }: FlowQuery): Drop[] => {
    const matches = compileFilter(parseFilter(filter ?? '').tree, { clock })
    const found = drops.filter((drop) => matches(drop))
    return (order === 'asc' ? found : found.reverse()).slice(start, start + limit)
  }
  const reader: FlowReader = {
    findFlows: () => success([{ id: flow.id, path: flow.path }]),
    getFlow: (_asIdentity, name) =>
      success(name === flow.id || name === flow.path ? { id: flow.id, path: flow.path } : undefined),
    findTracks: (_asIdentity, query) => success([{ id: 't1', source: flow.path, query }]),
    getTrack: (_asIdentity, id) => success(id === 't1' ? { id, source: flow.path } : undefined),
    findDrops: (asIdentity, name, query) => {
      const drops = open(asIdentity, name)
      return drops.ok ? success(select(drops.value, query)) : drops
    },
    getDrop: (asIdentity, name, id) => {
      const drops = open(asIdentity, name)
      return drops.ok ? success(drops.value.find((drop) => drop.id === id)) : drops
    },
    findDropByFhash: (asIdentity, name, fhash) => {
      const drops = open(asIdentity, name)
      return drops.ok ? success(drops.value.find((drop) => drop.fhash === fhash)) : drops
    },
    aggregate: (asIdentity, name, request) => {
      const drops = open(asIdentity, name)
      if (!drops.ok) return drops
      const plan = planAggregation(request, { clock })
      if (!plan.ok) return plan
      for (const drop of drops.value) plan.value.add(drop)
      return plan.value.rows()
    }
  }
  return reader
}
