import type { LiveFeed } from './live-feed.ts'

/** What a search among the shown rows found. */
export interface LiveSearchResult {
  /** The drop that was found next; undefined when there is none. */
  readonly sequence: number | undefined
  /** Drops that hold the text, of so many. */
  readonly foundDrops: number
  readonly searchedDrops: number
}

/**
 * Looks for a text in the drops that are shown, whatever its case: the next older one than `fromSequence` (or the next newer
 * one), beginning again at the other end; and counts all. A step a drop.
 */
export function* searchLive(
  feed: LiveFeed,
  { text, fromSequence, isNewer }: { text: string; fromSequence: number; isNewer: boolean }
): Generator<void, LiveSearchResult> {
  // The texts are JSON: what a person types is looked for as JSON writes it.
  const written = JSON.stringify(text).slice(1, -1)
  const pattern = new RegExp(written.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'i')
  let foundDrops = 0
  let searchedDrops = 0
  let next: number | undefined
  let fromOtherEnd: number | undefined
  for (const sequence of feed.shownSequences(null)) {
    const drop = feed.ring.textAt(sequence)
    if (drop === undefined) continue
    searchedDrops += 1
    if (pattern.test(drop)) {
      foundDrops += 1
      if (isNewer) {
        if (sequence > fromSequence) next ??= sequence
        fromOtherEnd ??= sequence
      } else {
        if (sequence < fromSequence) next = sequence
        fromOtherEnd = sequence
      }
    }
    yield
  }
  return { sequence: next ?? fromOtherEnd, foundDrops, searchedDrops }
}
