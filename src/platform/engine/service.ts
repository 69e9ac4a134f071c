import type { Answer } from '../answer.ts'
import type { Call } from './parts.ts'

/**
 * A service of the protocol, the same for REST and WebSocket. What it does not offer is left out and answers
 * 405.
 */
export interface Service {
  readonly read?: (call: Call, id: string) => Promise<Answer>
  readonly find?: (call: Call) => Promise<Answer>
  /** `ids` is the unchecked body of the request. */
  readonly readMany?: (call: Call, ids: unknown) => Promise<Answer>
  readonly create?: (call: Call, value: unknown) => Promise<Answer>
  readonly update?: (call: Call, id: string, change: unknown) => Promise<Answer>
  readonly updateMany?: (call: Call, changes: unknown) => Promise<Answer>
  readonly updateMember?: (call: Call, id: string, member: string, value: unknown) => Promise<Answer>
  readonly remove?: (call: Call, id: string) => Promise<Answer>
  /** Sums up what is in the scope of the call: a flow's drops. */
  readonly aggregate?: (call: Call, request: unknown) => Promise<Answer>
  /** Deletes everything in the scope of the call: empties a flow. */
  readonly removeAll?: (call: Call) => Promise<Answer>
}
