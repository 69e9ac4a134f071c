import type { Failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'
import type { DropWorkerClient } from './drop-worker-client.ts'
import type { LiveExportFormat } from './live-export.ts'
import type { CallInput } from './worker-protocol.ts'

export interface LiveExportDone {
  readonly filePath: string
  readonly drops: number
  /** Rows that left the memory of the console while the file was written. */
  readonly lostEntries: number
}

/** Writes what the console keeps to a file: pieces go from the worker to main, one at a time, so that nothing piles up. */
export class LiveExports {
  readonly #explorer: Explorer
  readonly #worker: DropWorkerClient
  #writtenDrops = $state<number | undefined>(undefined)
  #isCancelled = false

  constructor(explorer: Explorer, worker: DropWorkerClient) {
    this.#explorer = explorer
    this.#worker = worker
  }

  /** Drops that are in the file; undefined while nothing is exported. */
  get writtenDrops(): number | undefined {
    return this.#writtenDrops
  }

  /** Ends the export under way; there is no file then. */
  cancel(): void {
    this.#isCancelled = true
  }

  /** Null when the person chose no file or cancelled; what was at the file's place before stays then. */
  async run(input: {
    readonly format: LiveExportFormat
    readonly range: { readonly oldest: number; readonly newest: number } | undefined
    readonly heldAt: number | null
  }): Promise<Result<LiveExportDone | null>> {
    if (this.#writtenDrops !== undefined) return success(null)
    const { format, range, heldAt } = input
    const exportId = crypto.randomUUID()
    const begun = await this.#explorer.beginTextFile({ fileId: exportId, name: `live-drops.${format}` })
    if (!begun.ok) return begun
    if (begun.value === null) return success(null)
    const { filePath } = begun.value
    this.#isCancelled = false
    this.#writtenDrops = 0
    const written = await this.#write({
      exportId,
      format,
      heldAt,
      ...(range === undefined ? {} : { range })
    })
    void this.#worker.call('closeLiveExport', { exportId })
    const drops = this.#writtenDrops
    this.#writtenDrops = undefined
    const isWhole = written.ok && !this.#isCancelled
    const ended = await this.#explorer.endTextFile({ fileId: exportId, isWhole })
    if (!written.ok) return written
    if (!ended.ok) return ended
    return success(isWhole ? { filePath, drops, lostEntries: written.value } : null)
  }

  async #write(opening: CallInput<'openLiveExport'>): Promise<Result<number>> {
    const { exportId } = opening
    const opened = await this.#worker.call('openLiveExport', opening)
    if (!opened.ok) return opened
    for (;;) {
      if (this.#isCancelled) return success(0)
      const piece = await this.#worker.call('readLiveExport', { exportId })
      if (!piece.ok) return piece
      const { text, drops, isLast, lostEntries } = piece.value
      const failure = await this.#append(exportId, text)
      if (failure !== undefined) return failed(failure)
      this.#writtenDrops = (this.#writtenDrops ?? 0) + drops
      if (isLast) return success(lostEntries)
    }
  }

  /** A single drop may be longer than what a request should carry. */
  async #append(fileId: string, text: string): Promise<Failure | undefined> {
    for (let at = 0; at < text.length; at += MAX_PIECE_CHARACTERS) {
      const part = text.slice(at, at + MAX_PIECE_CHARACTERS)
      const written = await this.#explorer.appendTextFile({ fileId, text: part })
      if (!written.ok) return written.failure
    }
    return undefined
  }
}

/** See `appendTextFile` of the contract. */
const MAX_PIECE_CHARACTERS = 200_000
