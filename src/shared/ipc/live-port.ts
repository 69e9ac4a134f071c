/**
 * The port of live drops: main's drop batcher at one end, the window's drop worker at the other. The window's own
 * thread only hands it over.
 *
 * Credit keeps it bounded. The worker grants drops and bytes; main sends no more than was granted and keeps a bounded
 * queue. What does not fit is skipped, counted per flow, and told by a marker at its place in the stream: loss is never
 * silent. Credit is granted as a running total, not as a difference, so that a lost message cannot stop the stream.
 */
export type LiveMessage = LiveDrops | LiveMarkerMessage

/** Drops in the order in which they arrived, as columns of equal length: cheaper to clone than objects. */
export interface LiveDrops {
  readonly kind: 'drops'
  /** Of the subscription that each came by; the marker `subscribed` said what that is. */
  readonly subscriptionIds: readonly number[]
  /** When main received each, milliseconds since the Unix epoch. */
  readonly receivedAtMs: readonly number[]
  /** The drops as JSON texts, as the platform sent them. */
  readonly texts: readonly string[]
}

export interface LiveMarkerMessage {
  readonly kind: 'marker'
  readonly marker: LiveMarker
}

/**
 * A flow of a connection that is followed. Its number is main's own, never used twice in a run: two connections may lead to
 * one platform, where a flow has the same id for both, and a number costs less to send with each drop.
 */
export interface LiveSubscription {
  readonly subscriptionId: number
  readonly connectionId: string
  readonly flowId: string
  readonly path: string
}

/**
 * Why drops were read from a flow's history: the connection was lost, the platform skipped pushes, or the flow joined those
 * that are followed some time after it was made.
 */
export type GapCause = 'connection-lost' | 'skipped' | 'joined'

/** A row of the stream that is no drop. Times are milliseconds since the Unix epoch. */
export type LiveMarker =
  /** Comes before the first drop with its number. */
  | ({ readonly kind: 'subscribed'; readonly atMs: number } & LiveSubscription)
  /** Nothing with its number comes after it. */
  | ({ readonly kind: 'unsubscribed'; readonly atMs: number } & LiveSubscription)
  | {
      readonly kind: 'connection-lost'
      readonly connectionId: string
      readonly atMs: number
      readonly reason: string
    }
  /** `path` is where the flow is from here on; its drops come by the same number as before. */
  | ({ readonly kind: 'renamed'; readonly atMs: number; readonly previousPath: string } & LiveSubscription)
  /**
   * After the drops that were filled in: once for each subscription after a reconnect, and for a flow that joined when
   * there was something to fill in or something is missing.
   */
  | ({
      readonly kind: 'gap'
      readonly atMs: number
      readonly cause: GapCause
      /** How long the connection was lost meanwhile; 0 when it was not. */
      readonly downMs: number
      /** Drops read from the flow's history; they came as drops before this marker. */
      readonly filledDrops: number
      /** Drops that are gone for good; 'unknown' when history does not reach back to where the gap began. */
      readonly missedDrops: number | 'unknown'
    } & LiveSubscription)
  | {
      readonly kind: 'skipped'
      readonly subscriptionId: number
      readonly atMs: number
      readonly drops: number
      /** Who was too slow: the platform towards main, or main towards the window. */
      readonly where: 'platform' | 'window'
    }

/** From the worker to main: how much it has taken in all since the port was opened. */
export interface LiveCredit {
  readonly kind: 'credit'
  /** Drops that main may have sent in all. */
  readonly totalDrops: number
  /** Characters of texts that main may have sent in all. */
  readonly totalCharacters: number
}

/** A batch is sent when one of these is reached (a frame's time, a cheap clone, a bounded message). */
export const BATCH_WAIT_MS = 16
export const BATCH_DROPS = 200
export const BATCH_CHARACTERS = 262_144

/** What a worker grants ahead of what it has taken. */
export const CREDIT_DROPS = 8000
export const CREDIT_CHARACTERS = 16 * 1_048_576

/** What main keeps at most for a window that has no credit left. */
export const QUEUE_DROPS = 20_000
export const QUEUE_CHARACTERS = 32 * 1_048_576
