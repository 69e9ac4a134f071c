/** How long filters may take away from the server's loop; milliseconds. */
export interface FilterTime {
  /** The whole of a find, or all drops of one judgement. */
  readonly totalMs: number
  /** One search of one string, at worst: nothing stops it once it runs. */
  readonly pieceMs: number
}

/**
 * The reader that everybody shares. Finds in a full flow take a tenth of it; one that takes longer starts again beside,
 * so that it holds up no other.
 */
export const SHARED_LIMIT: FilterTime = { totalMs: 1000, pieceMs: 100 }

/**
 * Where only slow filters wait for each other. A pattern of 450 instructions and a string of 1 MiB that are made for each
 * other still come to an end.
 */
export const LONG_LIMIT: FilterTime = { totalMs: 10_000, pieceMs: 6000 }

/** A longer text is no filter that a person or a program writes; it is parsed in a few milliseconds. */
export const MAX_FILTER_CHARACTERS = 65_536
