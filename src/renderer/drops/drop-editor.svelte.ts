import type { Failure } from '../../shared/failure.ts'
import { parseJson } from '../../shared/wire/json.ts'
import type { Explorer } from '../bridge.ts'
import { compareEdit, editableText } from './changes.ts'
import type { Edit } from './changes.ts'

export type DropTarget = { readonly kind: 'stored'; readonly dropId: string } | { readonly kind: 'new' }

export type EditorPhase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What a new drop starts with. */
const NEW_DROP_TEXT = '{\n  "elems": {\n    \n  }\n}'
const EMPTY_BASE = '{"elems":{}}'

interface DropAddress {
  readonly connectionId: string
  readonly flowId: string
}

/** One drop in the drop panel: its text as it is stored, the text as it is edited, and the way between them. */
export class DropEditor {
  readonly #explorer: Explorer
  readonly #address: DropAddress
  readonly #onStored: (change: 'created' | 'updated' | 'deleted', dropId: string) => void
  readonly target: DropTarget
  #phase = $state.raw<EditorPhase>({ kind: 'loading' })
  #base = $state.raw(EMPTY_BASE)
  #wholeText = $state.raw('')
  #text = $state('')
  /** A failure of saving or deleting: it stands beside the text, which stays as it was typed. */
  #saveFailure = $state.raw<Failure | undefined>(undefined)
  readonly edit: Edit = $derived(compareEdit(this.#base, this.#text))

  constructor(
    explorer: Explorer,
    address: DropAddress,
    target: DropTarget,
    onStored: (change: 'created' | 'updated' | 'deleted', dropId: string) => void
  ) {
    this.#explorer = explorer
    this.#address = address
    this.#onStored = onStored
    this.target = target
    if (target.kind === 'new') {
      this.#text = NEW_DROP_TEXT
      this.#phase = { kind: 'ready' }
    } else void this.read()
  }

  get phase(): EditorPhase {
    return this.#phase
  }

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    this.#text = text
  }

  /** The stored drop as the platform answered it; empty for a new one. */
  get wholeText(): string {
    return this.#wholeText
  }

  get saveFailure(): Failure | undefined {
    return this.#saveFailure
  }

  get isChanged(): boolean {
    if (this.target.kind === 'new') return this.#text.trim() !== NEW_DROP_TEXT.trim()
    return this.edit.kind === 'unreadable' || this.edit.changes.length > 0
  }

  get canSave(): boolean {
    return (
      this.#phase.kind === 'ready' &&
      this.edit.kind === 'readable' &&
      (this.target.kind === 'new' || this.edit.changes.length > 0)
    )
  }

  async read(): Promise<void> {
    if (this.target.kind === 'new') return
    this.#phase = { kind: 'loading' }
    const result = await this.#explorer.readDrop({ ...this.#address, dropId: this.target.dropId })
    if (result.ok) this.#take(result.value.text)
    else this.#phase = { kind: 'failed', failure: result.failure }
  }

  discard(): void {
    this.#text = this.target.kind === 'new' ? NEW_DROP_TEXT : this.#base
    this.#saveFailure = undefined
  }

  async save(): Promise<void> {
    const { edit, target } = this
    if (edit.kind === 'unreadable' || !this.canSave) return
    this.#phase = { kind: 'saving' }
    this.#saveFailure = undefined
    const result =
      target.kind === 'new'
        ? await this.#explorer.createDrop({ ...this.#address, text: this.#text })
        : await this.#explorer.updateDrop({ ...this.#address, dropId: target.dropId, text: edit.body })
    this.#phase = { kind: 'ready' }
    if (!result.ok) {
      this.#saveFailure = result.failure
      return
    }
    const { id } = this.#take(result.value.text)
    this.#onStored(target.kind === 'new' ? 'created' : 'updated', id)
  }

  async delete(): Promise<void> {
    if (this.target.kind === 'new') return
    const { dropId } = this.target
    this.#saveFailure = undefined
    const result = await this.#explorer.deleteDrop({ ...this.#address, dropId })
    if (result.ok) this.#onStored('deleted', dropId)
    else this.#saveFailure = result.failure
  }

  async copy(): Promise<void> {
    const text = this.isChanged || this.#wholeText === '' ? this.#text : this.#wholeText
    const result = await this.#explorer.copyText({ text })
    if (!result.ok) this.#saveFailure = result.failure
  }

  #take(wholeText: string): { readonly id: string } {
    this.#wholeText = wholeText
    this.#base = editableText(wholeText)
    this.#text = this.#base
    this.#phase = { kind: 'ready' }
    const { id } = parseJson(wholeText) as { readonly id?: unknown }
    return { id: typeof id === 'string' ? id : '' }
  }
}
