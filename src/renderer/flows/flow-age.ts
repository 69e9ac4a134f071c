import { formatAge } from '../ui/moment.ts'

/** How long a flow has been without a drop, as its row in the tree says it. */
export interface FlowAge {
  /** `4 min`, `silent 2 h`, or nothing when nothing is known. */
  readonly text: string
  readonly isSilent: boolean
  /** Why, in a sentence. */
  readonly reason: string
}

/** Fewer drops tell no rhythm. */
const MIN_GAPS = 3
/** Drops that came closer were written at once, an import perhaps: that is no rhythm that could end. */
const MIN_GAP_MS = 500
/** A rhythm is one when its longest gap is not much longer than the usual one. */
const MAX_UNEVENNESS = 5
/** So many usual gaps without a drop are silence; and never less than a minute. */
const SILENT_GAPS = 10
const MIN_SILENCE_MS = 60_000

/**
 * What the age of a flow's last drop means. `dates`: when its latest drops were created, the newest first, undefined when they
 * were not read; `lastAtMs`: when the last one arrived live, 0 for never. A flow is silent when it had a rhythm and lost it;
 * a flow without a rhythm just has an age.
 */
export function describeFlowAge(
  dates: readonly number[] | undefined,
  lastAtMs: number,
  nowMs: number
): FlowAge {
  const newestAtMs = Math.max(lastAtMs, dates?.[0] ?? 0)
  if (newestAtMs === 0) {
    return { text: '', isSilent: false, reason: dates === undefined ? '' : 'It holds no drops.' }
  }
  const age = formatAge(newestAtMs, nowMs)
  const usualMs = usualGapMs(dates ?? [])
  const silentMs = nowMs - newestAtMs
  const isSilent = usualMs !== undefined && silentMs > Math.max(MIN_SILENCE_MS, SILENT_GAPS * usualMs)
  return isSilent
    ? {
        text: `silent ${age}`,
        isSilent,
        reason: `No drop for ${age}; the ones before came about every ${formatAge(0, Math.max(1000, usualMs))}.`
      }
    : {
        text: age,
        isSilent,
        reason: age === 'now' ? 'The last drop came just now.' : `The last drop came ${age} ago.`
      }
}

/** The median gap between drops, when they came in some rhythm. */
function usualGapMs(dates: readonly number[]): number | undefined {
  const gaps = dates.slice(1).map((date, index) => (dates[index] ?? date) - date)
  if (gaps.length < MIN_GAPS) return undefined
  const sorted = gaps.sort((left, right) => left - right)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const longest = sorted.at(-1) ?? 0
  return median >= MIN_GAP_MS && longest <= MAX_UNEVENNESS * median ? median : undefined
}
