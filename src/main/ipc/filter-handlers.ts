import { failure } from '../../shared/failure.ts'
import { MAX_FILTER_HISTORY, MAX_SAVED_FILTERS } from '../../shared/ipc/filter-limits.ts'
import type { FiltersFile, KeptFilters } from '../../shared/ipc/filters.ts'
import { failed, success } from '../../shared/result.ts'
import type { Store } from '../settings.ts'
import type { HandlersOf } from './answer-request.ts'

export interface FilterHandlerParts {
  readonly stores: { readonly filters: Store<FiltersFile> }
  readonly now?: () => number
}

/** Filters that were run or named, kept per connection; every answer is the whole of that connection. */
export const filterHandlers = ({
  stores: { filters },
  now = Date.now
}: FilterHandlerParts): HandlersOf<'listFilters' | 'rememberFilter' | 'saveFilter' | 'deleteFilter'> => {
  const keptOf = (connectionId: string): KeptFilters =>
    filters.read()?.connections.find((kept) => kept.connectionId === connectionId) ?? {
      connectionId,
      history: [],
      saved: []
    }
  const keep = (kept: KeptFilters) => {
    const others = (filters.read()?.connections ?? []).filter(
      ({ connectionId }) => connectionId !== kept.connectionId
    )
    filters.write({ connections: [...others, kept] })
    return success(kept)
  }
  return {
    listFilters: ({ connectionId }) => success(keptOf(connectionId)),
    rememberFilter: ({ connectionId, text }) => {
      const kept = keptOf(connectionId)
      const before = kept.history.filter((ran) => ran.text !== text)
      return keep({
        ...kept,
        history: [{ text, ranAtMs: now() }, ...before].slice(0, MAX_FILTER_HISTORY)
      })
    },
    saveFilter: ({ connectionId, name, text }) => {
      const kept = keptOf(connectionId)
      const others = kept.saved.filter((saved) => saved.name !== name)
      if (others.length >= MAX_SAVED_FILTERS) {
        return failed(
          failure('input/invalid', {
            message: `There are ${String(MAX_SAVED_FILTERS)} named filters already.`,
            hint: 'Delete one that you no longer need, then save again.'
          })
        )
      }
      const saved = [...others, { name, text }].sort((left, right) => left.name.localeCompare(right.name))
      return keep({ ...kept, saved })
    },
    deleteFilter: ({ connectionId, name }) => {
      const kept = keptOf(connectionId)
      return keep({ ...kept, saved: kept.saved.filter((saved) => saved.name !== name) })
    }
  }
}
