import { MAX_KEPT_FILTER_CHARACTERS } from '../../shared/ipc/filter-limits.ts'
import type { KeptFilters as Kept, RanFilter, SavedFilter } from '../../shared/ipc/filters.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'

/** The filters of the chosen connection: what was run lately, and what has a name. Main keeps them. */
export class KeptFilters {
  readonly #explorer: Explorer
  readonly #connectionId: () => string
  /** With the connection they belong to: those of another are never shown while the right ones are on their way. */
  #read = $state.raw<Kept | undefined>(undefined)

  constructor(explorer: Explorer, connectionId: () => string) {
    this.#explorer = explorer
    this.#connectionId = connectionId
  }

  /** The last run first. */
  get history(): readonly RanFilter[] {
    return this.#kept?.history ?? []
  }

  /** In the order of their names. */
  get saved(): readonly SavedFilter[] {
    return this.#kept?.saved ?? []
  }

  get #kept(): Kept | undefined {
    return this.#read?.connectionId === this.#connectionId() ? this.#read : undefined
  }

  /** The name of a filter's text; undefined when it has none. */
  nameOf(text: string): string | undefined {
    return this.saved.find((saved) => saved.text === text.trim())?.name
  }

  read(): Promise<Result<null>> {
    return this.#take((connectionId) => this.#explorer.listFilters({ connectionId }))
  }

  /** Puts a filter that was run before all others; one that is too long to be kept is left out. */
  async remember(text: string): Promise<void> {
    if (text === '' || text.length > MAX_KEPT_FILTER_CHARACTERS) return
    await this.#take((connectionId) => this.#explorer.rememberFilter({ connectionId, text }))
  }

  save(name: string, text: string): Promise<Result<null>> {
    return this.#take((connectionId) => this.#explorer.saveFilter({ connectionId, name, text: text.trim() }))
  }

  delete(name: string): Promise<Result<null>> {
    return this.#take((connectionId) => this.#explorer.deleteFilter({ connectionId, name }))
  }

  async #take(ask: (connectionId: string) => Promise<Result<Kept>>): Promise<Result<null>> {
    const connectionId = this.#connectionId()
    const result = await ask(connectionId)
    if (!result.ok) return result
    // An answer that comes late says nothing of the connection that is chosen by now.
    if (connectionId === this.#connectionId()) this.#read = result.value
    return { ok: true, value: null }
  }
}
