import type { Clock } from '../../shared/clock.ts'
import type { Authority, Caller } from '../auth.ts'
import type { Log } from '../log.ts'
import type { Encoding } from '../store/encoding.ts'
import type { Store, StoredDrop } from '../store/store.ts'
import type { IdMint } from './ids.ts'
import type { FilterJudge } from './filter-judge.ts'
import type { FlowTurns } from './flow-turns.ts'
import type { Journey } from './publish.ts'

/** What the services are made of; built once in `index.ts` and passed to each. */
export interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly ids: IdMint
  readonly authority: Authority
  readonly log: Log
  /**
   * The master token of an account, which its identity sees of itself; undefined for an account that is not
   * served.
   */
  readonly masterTokenOf: (account: string) => string | undefined
  readonly fhash: FhashMode
  readonly judge: FilterJudge
  readonly turns: FlowTurns
  /** Tells the subscribers of a flow about a drop that is durable, and sets its tracks going. */
  readonly announce: (drop: StoredDrop, journey: Journey) => void
}

/** What happens to a drop whose fhash its flow holds already (platform protocol, "fhash"). */
export type FhashMode = 'ignore' | 'replace'

/** One request as a service sees it, whether it came over REST or WebSocket. */
export interface Call {
  readonly caller: Caller
  /** The request parameters of the protocol's "Request parameters", unchecked. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The encoding of elements when the parameters do not say. */
  readonly defaultEncoding: Encoding
  /** The flow, by id or path, that scopes a request to the drop service. */
  readonly flowKey?: string
}
