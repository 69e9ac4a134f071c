import { completeFilter } from '../../shared/filter/index.ts'
import type { Explanation } from '../../shared/filter/index.ts'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { cellFilters } from '../drops/cell-filters.ts'
import type { CellFilters } from '../drops/cell-filters.ts'
import { referenceOf } from '../drops/references.ts'
import type { References } from '../drops/references.ts'
import { missingDrop } from '../drops/table-drop.ts'
import { formatCount } from '../ui/quantity.ts'
import { DropTable } from '../drops/drop-table.ts'
import type { Sorting, TableRow } from '../drops/drop-table.ts'
import { explainDrop } from '../filter/explain-drop.ts'
import { helpFor, memberHelp } from '../filter/word-help.ts'
import type { HelpedCompletion } from '../filter/word-help.ts'
import { FlowWords } from './flow-words.ts'
import type { LiveFeed } from './live-feed.ts'
import type { PendingReads } from './pending-reads.ts'
import type { CallInput, CallOutput, TableShape } from './worker-protocol.ts'

/** Drops that arrived are sampled from this many entries of the stream at most, the latest first. */
const SAMPLED_ENTRIES = 20_000
/** And at most this many of them at once: a completion must not wait for more. */
const SAMPLED_DROPS = 500

interface Entry {
  readonly table: DropTable
  /** Whether `words` holds the drops of `table`: they are read when the first completion is asked for. */
  isCounted: boolean
  /** Kept over reads: a filter must not take the words away with which it could be mended. */
  readonly words: FlowWords
  /** Up to where the stream was sampled. */
  sampledSequence: number
}

/** The tables inside the drop worker, one a tab. */
export class WorkerTables {
  readonly #reads: PendingReads
  readonly #feed: LiveFeed
  readonly #entries = new Map<string, Entry>()

  constructor(reads: PendingReads, feed: LiveFeed) {
    this.#reads = reads
    this.#feed = feed
  }

  /** Replaces the table when the answer is complete; a failure leaves the one before. */
  async read({ readId, tableId, askedIds, mergeBy }: CallInput<'readDrops'>): Promise<Result<TableShape>> {
    const answer = await this.#reads.await(readId)
    if (!answer.ok) return answer
    const { sizeBytes, durationMs } = answer.value
    const known = askedIds === undefined ? undefined : byAskedIds(askedIds, answer.value.values)
    const values = known?.values ?? answer.value.values
    const references = answer.value.references as References
    const table = new DropTable(values, references, mergeBy)
    const before = this.#entries.get(tableId)
    this.#entries.set(tableId, {
      table,
      isCounted: false,
      words: before?.words ?? new FlowWords(),
      sampledSequence: before?.sampledSequence ?? 0
    })
    const { rowCount, columns, leftOutColumns } = table
    return success({
      rowCount,
      answeredDrops: values.length,
      columns,
      leftOutColumns,
      missingIds: known?.missingIds ?? [],
      sizeBytes,
      durationMs
    })
  }

  rows({ tableId, from, to, timeZone, columnIds }: CallInput<'tableRows'>): readonly TableRow[] {
    return this.#entries.get(tableId)?.table.rows(from, to, timeZone, Date.now(), columnIds) ?? []
  }

  copyRows({ tableId, ranges, form, columnIds }: CallInput<'copyRows'>): Result<CallOutput<'copyRows'>> {
    const copied = this.#entries.get(tableId)?.table.text(ranges, form, columnIds, MAX_COPIED_CHARACTERS)
    if (copied?.isWhole === true) return success(copied)
    return failed(
      failure('input/invalid', {
        message: `These drops are too many to copy: together they are longer than ${formatCount(MAX_COPIED_CHARACTERS)} characters.`,
        hint: 'Export them to a file instead, or choose fewer.'
      })
    )
  }

  json({ tableId, maxCharacters }: CallInput<'tableJson'>): CallOutput<'tableJson'> {
    const table = this.#entries.get(tableId)?.table
    if (table === undefined) return { text: '[]', dropCount: 0 }
    const { text, dropCount } = table.text([{ from: 0, to: table.rowCount }], 'drops', [], maxCharacters)
    return { text, dropCount }
  }

  keys({ tableId, ranges, limit }: CallInput<'tableKeys'>): CallOutput<'tableKeys'> {
    return this.#entries.get(tableId)?.table.keysAt(ranges, limit) ?? []
  }

  sort(tableId: string, sorting: Sorting | null): null {
    this.#entries.get(tableId)?.table.sort(sorting)
    return null
  }

  placeOf(tableId: string, dropId: string): number {
    return this.#entries.get(tableId)?.table.placeOf(dropId) ?? -1
  }

  completeFilter(input: CallInput<'completeFilter'>): readonly HelpedCompletion[] {
    const { tableId, flowId, text, offset, recentFilters } = input
    const vocabulary = this.#wordsOf(tableId, flowId).vocabulary
    const completions =
      text.trim() === '' && recentFilters.length > 0 ? { ...vocabulary, recentFilters } : vocabulary
    return completeFilter(text, offset, completions).map((completion) => ({
      ...completion,
      help: helpFor(completion, vocabulary)
    }))
  }

  describeMember({ tableId, flowId, name }: CallInput<'describeMember'>): string | null {
    return memberHelp(name, this.#wordsOf(tableId, flowId).vocabulary) ?? null
  }

  explainFilter(input: CallInput<'explainFilter'>): Promise<Result<Explanation | null>> {
    return explainDrop(input)
  }

  cellFilters({ tableId, dropId, columnId }: CallInput<'cellFilters'>): CellFilters | null {
    const table = this.#entries.get(tableId)?.table
    const drop = table?.dropOf(dropId)
    if (table === undefined || drop === undefined) return null
    const value = table.valueAt(drop, columnId)
    const target = referenceOf(value, table.references)?.target
    return { ...cellFilters(columnId, value), ...(target === undefined ? {} : { target }) }
  }

  points({ tableId, columnIds }: CallInput<'tablePoints'>): CallOutput<'tablePoints'> {
    const table = this.#entries.get(tableId)?.table
    return table?.points(columnIds) ?? { atMs: [], columns: columnIds.map(() => []) }
  }

  #wordsOf(tableId: string, flowId: string): FlowWords {
    const entry = this.#entries.get(tableId)
    if (entry === undefined) return new FlowWords()
    if (!entry.isCounted) {
      entry.isCounted = true
      entry.words.addRead(entry.table.drops)
    }
    const { texts, nextSequence } = this.#feed.latestOf(
      flowId,
      entry.sampledSequence,
      SAMPLED_DROPS,
      SAMPLED_ENTRIES
    )
    entry.sampledSequence = nextSequence
    entry.words.addArrived(texts)
    return entry.words
  }

  forget(tableId: string): void {
    this.#entries.delete(tableId)
  }
}

/** What the window may put on the clipboard at once. */
const MAX_COPIED_CHARACTERS = 4_000_000

/** The values in the order in which their ids were asked for, with a row for each that is not there. */
function byAskedIds(askedIds: readonly string[], values: readonly unknown[]) {
  const found = new Map(values.map((value) => [(value as { id?: unknown } | null)?.id, value]))
  const missingIds = askedIds.filter((id) => !found.has(id))
  return { values: askedIds.map((id) => found.get(id) ?? missingDrop(id)), missingIds }
}
