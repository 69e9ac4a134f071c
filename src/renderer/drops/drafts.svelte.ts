import type { Draft, DraftSummary, KeptDraft } from '../../shared/ipc/drafts.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'

/** Keys typed within this time are kept together; a kill loses no more. */
const KEEP_DELAY_MS = 250
/** A longer one could not be saved as a drop either. */
const MAX_DRAFT_CHARACTERS = 1_048_576

export interface DraftKey {
  readonly connectionId: string
  readonly flowId: string
  /** Empty for a drop that was never stored. */
  readonly dropId: string
}

const nameOf = ({ connectionId, flowId, dropId }: DraftKey): string =>
  [connectionId, flowId, dropId].join('\n')

/** Unsaved drops: those of this run are kept by main while they are typed, those of an earlier one are offered. */
export class Drafts {
  readonly #explorer: Explorer
  #offered = $state.raw<readonly DraftSummary[]>([])
  // Nothing on the screen shows it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #waiting = new Map<string, { readonly draft: Draft; readonly timer: number }>()

  constructor(explorer: Explorer) {
    this.#explorer = explorer
  }

  /** What an earlier run left unsaved. */
  get offered(): readonly DraftSummary[] {
    return this.#offered
  }

  async read(): Promise<Result<readonly DraftSummary[]>> {
    const result = await this.#explorer.listDrafts()
    if (result.ok) this.#offered = result.value
    return result
  }

  async take(key: DraftKey): Promise<KeptDraft | undefined> {
    const { connectionId, flowId, dropId } = key
    const result = await this.#explorer.readDraft({ connectionId, flowId, dropId })
    this.#withdraw(key)
    return result.ok ? (result.value ?? undefined) : undefined
  }

  /** Keeps what is typed, a moment later. */
  keep(draft: Draft): void {
    if (draft.text.length > MAX_DRAFT_CHARACTERS) return
    const name = nameOf(draft)
    clearTimeout(this.#waiting.get(name)?.timer)
    const timer = window.setTimeout(() => {
      this.#waiting.delete(name)
      void this.#explorer.keepDraft(draft)
    }, KEEP_DELAY_MS)
    this.#waiting.set(name, { draft, timer })
  }

  forget({ connectionId, flowId, dropId }: DraftKey): void {
    const name = nameOf({ connectionId, flowId, dropId })
    clearTimeout(this.#waiting.get(name)?.timer)
    this.#waiting.delete(name)
    this.#withdraw({ connectionId, flowId, dropId })
    void this.#explorer.forgetDraft({ connectionId, flowId, dropId })
  }

  /** The window goes: what waits is kept at once. */
  flush(): void {
    for (const { draft, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      void this.#explorer.keepDraft(draft)
    }
    this.#waiting.clear()
  }

  #withdraw(key: DraftKey): void {
    this.#offered = this.#offered.filter((draft) => nameOf(draft) !== nameOf(key))
  }
}
