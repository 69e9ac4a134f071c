import type { Clock } from '../../shared/clock.ts'
import type { Drop } from '../../shared/model/drop.ts'
import { writeJson } from '../../shared/wire/json.ts'
import { planAggregation } from '../engine/aggregate.ts'
import { zipTable } from '../sample/zip-codes.ts'
import type { RowSource } from './query.ts'

/**
 * What an aggregation answers: the rows as a JSON array, or the sentence that says what is wrong with the
 * request.
 */
export type Aggregated =
  | { readonly kind: 'rows'; readonly bodyText: string }
  | { readonly kind: 'refused'; readonly problem: string }

/** Aggregates drops, oldest first (platform protocol, "Aggregation"). `request` is not checked yet. */
export function aggregateRows(source: RowSource, request: unknown, clock: Clock): Aggregated {
  const plan = planAggregation(request, { clock, zip: zipTable })
  if (!plan.ok) return { kind: 'refused', problem: plan.failure.message }
  for (const row of source(true, 0)) {
    plan.value.add(row.value as unknown as Drop)
    if (plan.value.problem !== undefined) break
  }
  const rows = plan.value.rows()
  return rows.ok
    ? { kind: 'rows', bodyText: writeJson(rows.value) }
    : { kind: 'refused', problem: rows.failure.message }
}
