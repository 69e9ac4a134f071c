import type { ElementValue } from './elements.ts'

/** How the drops of a flow are added up (platform protocol, "Aggregation"). */
export interface AggregationDraft {
  /** Selectors such as `$count`, `$avg:temp`; at least one. */
  readonly output: readonly string[]
  /** Members, rules, or parts of a date such as `$month`; one group when left out. */
  readonly groupBy?: readonly string[]
  readonly filter?: string
  /** Filters by name: a rule counts 1 for a drop that matches, else 0. */
  readonly rules?: Readonly<Record<string, string>>
  /** Entries of `output` or `groupBy`, each perhaps with `:asc` or `:desc`. */
  readonly sorts?: readonly string[]
}

/** One group: its values by the texts of `groupBy` and `output`. What has no value is null. */
export type AggregationRow = Readonly<Record<string, ElementValue>>
