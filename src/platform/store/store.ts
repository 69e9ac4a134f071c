import type { StatisticsType } from '../../shared/model/statistics.ts'
import type { HourCount } from '../engine/statistics.ts'
import type { Aggregated } from './aggregate-rows.ts'
import type { Found, Query } from './query.ts'

/**
 * What the platform keeps, and what a store promises.
 *
 * - Changes are made by plain calls and seen at once by the store's own synchronous reads; they are *durable*
 *   when the promise of `durable()` resolves. Whoever acknowledges a change waits for it first.
 * - Changes that were made without giving up the thread in between are durable together or not at all.
 * - When a change cannot be made durable (a full disk), `durable()` rejects with `StoreUnavailable` for every
 *   change since the last success, and all of them are undone.
 * - A find sees every change whose `durable()` had resolved before the find was asked for.
 * - Within a flow drops are ordered by id, and ids are given in creation order.
 *
 * `test/platform/store.contract.ts` holds both stores to this.
 */
export interface Store {
  readonly object: (id: string) => StoredObject | undefined
  /** The flow at a path without its trailing slash. */
  readonly flowAt: (path: string) => StoredObject | undefined
  /** All objects of a kind, oldest first. For the kinds that are few: identities, tokens, shares. */
  readonly objectsOf: (kind: ObjectKind) => readonly StoredObject[]
  /** Adds an object or replaces the one with its id. */
  readonly putObject: (object: StoredObject) => void
  /** Deletes an object; a flow takes its drops with it. Nothing happens when there is none. */
  readonly deleteObject: (id: string) => void
  /** Finds among the objects of a kind that belong to `account` or lie under one of `paths`. */
  readonly findObjects: (scope: ObjectScope, query: Query) => Promise<Found>

  readonly drop: (flowId: string, dropId: string) => StoredDrop | undefined
  readonly dropByFhash: (flowId: string, fhash: string) => StoredDrop | undefined
  /** What entered a flow last, whether it is still kept or not. */
  readonly lastEntry: (flowId: string) => LastEntry | undefined
  readonly dropCount: (flowId: string) => number
  /**
   * Adds a drop at the end of its flow and removes the oldest until `capacityDrops` are left; with a capacity
   * of 0 only the last entry is remembered.
   */
  readonly addDrop: (drop: StoredDrop, capacityDrops: number) => void
  /** Replaces the drop with the same id; nothing happens when there is none. */
  readonly replaceDrop: (drop: StoredDrop) => void
  /** Whether there was such a drop. */
  readonly deleteDrop: (flowId: string, dropId: string) => boolean
  readonly deleteDrops: (flowId: string) => void
  /** Removes the oldest drops until `capacityDrops` are left. */
  readonly trimDrops: (flowId: string, capacityDrops: number) => void
  readonly findDrops: (flowId: string, query: Query) => Promise<Found>
  /** Aggregates all drops of a flow; `request` is the unchecked body of the request. */
  readonly aggregateDrops: (flowId: string, request: unknown) => Promise<Aggregated>

  /**
   * Counts with the changes of this turn: durable with them, or undone with them (platform protocol, "Statistics").
   */
  readonly countStored: (type: StatisticsType, objectId: string, atMs: number) => void
  /**
   * Counts what changes nothing, such as a call. Durable some seconds later; a killed process may lose those
   * seconds.
   */
  readonly count: (type: StatisticsType, objectId: string, atMs: number) => void
  /** What was counted for an object in whole hours from `fromMs` to `toMs`, which is not included. */
  readonly countsBetween: (
    type: StatisticsType,
    objectId: string,
    fromMs: number,
    toMs: number
  ) => Promise<readonly HourCount[]>

  /** Resolves when everything changed so far is durable. Rejects with `StoreUnavailable`. */
  readonly durable: () => Promise<void>
  /** Makes the last changes durable and lets go of everything. Closing twice is harmless. */
  readonly close: () => Promise<void>
}

export type ObjectKind =
  'flow' | 'identity' | 'token' | 'share' | 'group' | 'track' | 'device' | 'api-task' | 'mqtt' | 'rss'

/** An object of any service but drops. */
export interface StoredObject {
  readonly id: string
  readonly kind: ObjectKind
  /** The account that owns it. */
  readonly account: string
  /**
   * Where the object lies: a flow's own path, the path that a track, a task or a device belongs to; left out for objects
   * that have none. Only flows are found by it.
   */
  readonly path?: string
  readonly creationDate: number
  /** The whole object as JSON. */
  readonly text: string
}

export interface StoredDrop {
  readonly id: string
  readonly flowId: string
  readonly creationDate: number
  readonly fhash?: string
  /** Whether the elements hold no typed wrapper, so that `text` is the plain encoding as it stands. */
  readonly isPlain: boolean
  /** The whole drop as JSON, its elements in the canonical form. */
  readonly text: string
}

export interface LastEntry {
  readonly dropId: string
  readonly creationDate: number
}

/** Which objects a find may look at. */
export interface ObjectScope {
  readonly kind: ObjectKind
  /** Everything that belongs to this account; left out when nothing is visible for that reason alone. */
  readonly account?: string
  /** Paths at and below which objects are visible, whoever they belong to. */
  readonly paths: readonly string[]
}

/** Why changes were not made durable; all of them are undone. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
