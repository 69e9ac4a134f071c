import { buildVocabulary, completeFilter } from '../../shared/filter/index.ts'
import type { Completion, Vocabulary } from '../../shared/filter/index.ts'
import type { Drop } from '../../shared/model/drop.ts'
import { success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { DropTable } from '../drops/drop-table.ts'
import type { Sorting, TableRow } from '../drops/drop-table.ts'
import type { PendingReads } from './pending-reads.ts'
import type { CallInput, TableShape } from './worker-protocol.ts'

/** Drops whose elements are offered as completions: enough for every name that a person would look for. */
const VOCABULARY_DROPS = 2000

interface Entry {
  readonly table: DropTable
  /** Made when the first completion is asked for. */
  vocabulary: Vocabulary | undefined
}

/** The tables inside the drop worker, one a tab. */
export class WorkerTables {
  readonly #reads: PendingReads
  readonly #entries = new Map<string, Entry>()

  constructor(reads: PendingReads) {
    this.#reads = reads
  }

  /** Replaces the table when the answer is complete; a failure leaves the one before. */
  async read(readId: string, tableId: string): Promise<Result<TableShape>> {
    const answer = await this.#reads.await(readId)
    if (!answer.ok) return answer
    const { values, sizeBytes, durationMs } = answer.value
    const table = new DropTable(values)
    const before = this.#entries.get(tableId)
    // A filter that nothing matches must not take the words away with which it could be mended.
    const vocabulary = table.rowCount === 0 ? before?.vocabulary : undefined
    this.#entries.set(tableId, { table, vocabulary })
    const { rowCount, columns, leftOutColumns } = table
    return success({
      rowCount,
      answeredDrops: values.length,
      columns,
      leftOutColumns,
      sizeBytes,
      durationMs
    })
  }

  rows({ tableId, from, to, timeZone }: CallInput<'tableRows'>): readonly TableRow[] {
    return this.#entries.get(tableId)?.table.rows(from, to, timeZone, Date.now()) ?? []
  }

  sort(tableId: string, sorting: Sorting | null): null {
    this.#entries.get(tableId)?.table.sort(sorting)
    return null
  }

  placeOf(tableId: string, dropId: string): number {
    return this.#entries.get(tableId)?.table.placeOf(dropId) ?? -1
  }

  completeFilter(tableId: string, text: string, offset: number): readonly Completion[] {
    const entry = this.#entries.get(tableId)
    if (entry !== undefined) entry.vocabulary ??= vocabularyOf(entry.table)
    return completeFilter(text, offset, entry?.vocabulary ?? buildVocabulary([]))
  }

  forget(tableId: string): void {
    this.#entries.delete(tableId)
  }
}

const vocabularyOf = (table: DropTable): Vocabulary =>
  buildVocabulary(table.drops.slice(0, VOCABULARY_DROPS) as readonly Drop[])
