import { systemClock } from '../../shared/clock.ts'
import { checkFilter, compileFilter, parseFilter, readMembers } from '../../shared/filter/index.ts'
import type { FilterPredicate } from '../../shared/filter/index.ts'
import { runMetered, TooMuchWork } from '../../shared/filter/work.ts'
import { parseJson } from '../../shared/wire/json.ts'
import { zipTableFor } from '../filter/explain-drop.ts'
import { createDropScanner } from './drop-scan.ts'
import type { DropScanner, StoredDrop } from './drop-scan.ts'

/** A filter that can be asked about the texts of drops; one that takes too long on a drop answers `undecided`. */
export type DropJudge = (drop: StoredDrop) => 'yes' | 'no' | 'undecided'

/** Estimated, at worst, for one drop: a slice of the worker's work, so that a hostile pattern cannot hold up the stream. */
const MAX_NANOSECONDS_A_DROP = 4_000_000

/** The judge of a filter; undefined for the empty one and for one with mistakes. */
export async function judgeOf(filter: string): Promise<DropJudge | undefined> {
  const { tree, diagnostics } = parseFilter(filter)
  if (tree.root === undefined || diagnostics.length > 0) return undefined
  const zip = await zipTableFor(tree)
  if (checkFilter(tree, { zip }).length > 0) return undefined
  const wanted = readMembers(tree)
  const scan = wanted === undefined ? undefined : createDropScanner(wanted)
  return meteredJudge(compileFilter(tree, { clock: systemClock, zip }), scan)
}

/** What `scan` cannot read, or all when there is none, is parsed: several times slower. */
function meteredJudge(predicate: FilterPredicate, scan: DropScanner | undefined): DropJudge {
  let left = 0
  // One meter for all drops: a fresh one for each would cost more than most filters.
  const meter = {
    spend: (nanoseconds: number): void => {
      left -= nanoseconds
      if (left < 0) throw new TooMuchWork()
    }
  }
  let subject: object = {}
  const task = (): boolean => predicate(subject)
  return (drop) => {
    const read = scan?.(drop) ?? readDrop(decode(drop))
    if (read === undefined) return 'no'
    subject = read
    left = MAX_NANOSECONDS_A_DROP
    try {
      return runMetered(meter, task) ? 'yes' : 'no'
    } catch (error) {
      if (error instanceof TooMuchWork) return 'undecided'
      throw error
    }
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const decode = ({ bytes, start, end }: StoredDrop): string => decoder.decode(bytes.subarray(start, end))

/** The drop in a text; undefined when it is none. */
export function readDrop(text: string): object | undefined {
  try {
    const value = parseJson(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
