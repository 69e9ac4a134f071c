import type { DraftSummary, KeptDraft } from '../../shared/ipc/drafts.ts'
import { DropEditor } from './drop-editor.svelte.ts'
import type { DropTarget, StoredChange } from './drop-editor.svelte.ts'
import type { TabServices } from './tab-services.ts'

/** What stands beside the table. */
export type Panel =
  | { readonly kind: 'drop'; readonly editor: DropEditor }
  | { readonly kind: 'comparison'; readonly drops: readonly [ComparedDrop, ComparedDrop] }

export interface ComparedDrop {
  readonly dropId: string
  readonly text: string
}

/** What the panel knows of the tab that it belongs to. */
export interface PanelOwner {
  readonly connectionId: string
  readonly flowId: string
  readonly path: string
  readonly whyReadOnly: string | undefined
}

/** The panel beside the table. What was typed in it is not replaced by something else. */
export class TabPanel {
  readonly #services: Pick<TabServices, 'explorer' | 'drafts'>
  readonly #owner: PanelOwner
  readonly #stored: (change: StoredChange) => void
  #shown = $state.raw<Panel | undefined>(undefined)
  #isEditKept = $state(false)

  constructor(
    services: Pick<TabServices, 'explorer' | 'drafts'>,
    owner: PanelOwner,
    stored: (change: StoredChange) => void
  ) {
    this.#services = services
    this.#owner = owner
    this.#stored = stored
  }

  get shown(): Panel | undefined {
    return this.#shown
  }

  get editor(): DropEditor | undefined {
    return this.#shown?.kind === 'drop' ? this.#shown.editor : undefined
  }

  /** Whether leaving the shown drop would lose what was typed. */
  get hasUnsavedEdit(): boolean {
    return this.editor?.isChanged ?? false
  }

  /** Whether another drop was asked for while the panel holds an edit: the edit stays, and the grid says so. */
  get isEditKept(): boolean {
    return this.#isEditKept && this.hasUnsavedEdit
  }

  /** Whether something else may be shown; what is typed stays, and `isEditKept` tells of it. */
  makeRoom(): boolean {
    this.#isEditKept = this.hasUnsavedEdit
    return !this.#isEditKept
  }

  /** Shows a drop, unless that would lose what was typed in another one. */
  show(target: DropTarget): void {
    if (this.makeRoom()) this.#shown = { kind: 'drop', editor: this.#makeEditor(target) }
  }

  compare(drops: readonly [ComparedDrop, ComparedDrop]): void {
    this.#shown = { kind: 'comparison', drops }
  }

  /** An edit that an earlier run left unsaved. */
  async resume(draft: DraftSummary): Promise<void> {
    const kept = await this.#services.drafts.take(draft)
    if (kept === undefined) return
    const { dropId } = kept
    const target: DropTarget = dropId === '' ? { kind: 'new' } : { kind: 'stored', dropId }
    this.#shown = { kind: 'drop', editor: this.#makeEditor(target, kept) }
  }

  close(): void {
    this.editor?.discard()
    this.#shown = undefined
  }

  /** A drop is gone: the panel that shows it goes too. */
  leave(dropId: string): void {
    if (this.editor?.dropId === dropId) this.#shown = undefined
  }

  #makeEditor(target: DropTarget, draft?: KeptDraft): DropEditor {
    const itsFlow = target.kind === 'stored' ? target.flowId : undefined
    const flowId = itsFlow === undefined || itsFlow === '' ? this.#owner.flowId : itsFlow
    const { connectionId, path } = this.#owner
    const address = { connectionId, flowId, path }
    return new DropEditor(
      {
        explorer: this.#services.explorer,
        drafts: this.#services.drafts,
        stored: this.#stored,
        whyReadOnly: () => this.#owner.whyReadOnly
      },
      address,
      target,
      draft
    )
  }
}
