import type { Drop } from '../../../shared/model/drop.ts'
import type { ElementValue } from '../../../shared/model/elements.ts'
import type { Result } from '../../../shared/result.ts'

/**
 * How the functions of tracks read flows, tracks and drops (platform protocol, "Tracks", `Flow.*`).
 *
 * A reader lives in the worker that runs the functions and answers at once: they have no other way to wait. It reads
 * what is committed, with the rights of the identity `asIdentity`; what that identity may not see is missing. Ids and
 * paths are as the function wrote them: anything a person can type. A failure is thrown in the function as `Flow.Error`
 * with the failure's message, and the texts of `details.errors`.
 *
 * A reader is never closed: its worker may be ended at any moment, in the middle of a read. It must not write.
 */
export interface FlowReader {
  findFlows(asIdentity: string, query: FlowQuery): Result<readonly object[]>
  /** By id or path; undefined when there is none. */
  getFlow(asIdentity: string, flow: string): Result<object | undefined>
  findTracks(asIdentity: string, query: FlowQuery): Result<readonly object[]>
  getTrack(asIdentity: string, trackId: string): Result<object | undefined>
  /** `flow` is an id or a path; fails when there is no such flow. Elements are canonical. */
  findDrops(asIdentity: string, flow: string, query: FlowQuery): Result<readonly Drop[]>
  getDrop(asIdentity: string, flow: string, dropId: string): Result<Drop | undefined>
  findDropByFhash(asIdentity: string, flow: string, fhash: string): Result<Drop | undefined>
  /** The rows of an aggregation over the flow; `request` is not checked. */
  aggregate(
    asIdentity: string,
    flow: string,
    request: unknown
  ): Result<readonly Readonly<Record<string, ElementValue>>[]>
}

/** What `opts` of a find says, with the defaults filled in. The filter and the sort key are not checked. */
export interface FlowQuery {
  readonly filter?: string
  readonly start: number
  readonly limit: number
  readonly sort: string
  readonly order: 'asc' | 'desc' | 'geo'
}

/**
 * A module that makes readers exports this function. It is imported inside the worker and called once, with the
 * `readerData` that the transformer was given (plain data, such as the path of a database).
 */
export type CreateFlowReader = (readerData: unknown) => FlowReader | Promise<FlowReader>
