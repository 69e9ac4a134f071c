import { failure } from '../../shared/failure.ts'
import { MAX_AGGREGATION_HISTORY, MAX_SAVED_AGGREGATIONS } from '../../shared/ipc/aggregations.ts'
import type { AggregationsFile, KeptAggregations } from '../../shared/ipc/aggregations.ts'
import { failed, success } from '../../shared/result.ts'
import type { Store } from '../settings.ts'
import type { HandlersOf } from './answer-request.ts'

export interface AggregationHandlerParts {
  readonly stores: { readonly aggregations: Store<AggregationsFile> }
  readonly now?: () => number
}

type AggregationRequest = 'listAggregations' | 'rememberAggregation' | 'saveAggregation' | 'deleteAggregation'

/** Aggregations that were run or named, kept per connection; every answer is the whole of that connection. */
export const aggregationHandlers = ({
  stores: { aggregations },
  now = Date.now
}: AggregationHandlerParts): HandlersOf<AggregationRequest> => {
  const keptOf = (connectionId: string): KeptAggregations =>
    aggregations.read()?.connections.find((kept) => kept.connectionId === connectionId) ?? {
      connectionId,
      history: [],
      saved: []
    }
  const keep = (kept: KeptAggregations) => {
    const others = (aggregations.read()?.connections ?? []).filter(
      ({ connectionId }) => connectionId !== kept.connectionId
    )
    aggregations.write({ connections: [...others, kept] })
    return success(kept)
  }
  return {
    listAggregations: ({ connectionId }) => success(keptOf(connectionId)),
    rememberAggregation: ({ connectionId, aggregation }) => {
      const kept = keptOf(connectionId)
      const before = kept.history.filter(
        ({ flowId, text }) => flowId !== aggregation.flowId || text !== aggregation.text
      )
      const history = [{ ...aggregation, ranAtMs: now() }, ...before].slice(0, MAX_AGGREGATION_HISTORY)
      return keep({ ...kept, history })
    },
    saveAggregation: ({ connectionId, name, aggregation }) => {
      const kept = keptOf(connectionId)
      const others = kept.saved.filter((saved) => saved.name !== name)
      if (others.length >= MAX_SAVED_AGGREGATIONS) {
        return failed(
          failure('input/invalid', {
            message: `There are ${String(MAX_SAVED_AGGREGATIONS)} named aggregations already.`,
            hint: 'Delete one that you no longer need, then save again.'
          })
        )
      }
      const saved = [...others, { ...aggregation, name }].sort((left, right) =>
        left.name.localeCompare(right.name)
      )
      return keep({ ...kept, saved })
    },
    deleteAggregation: ({ connectionId, name }) => {
      const kept = keptOf(connectionId)
      return keep({ ...kept, saved: kept.saved.filter((saved) => saved.name !== name) })
    }
  }
}
