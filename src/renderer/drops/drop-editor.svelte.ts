import { failure } from '../../shared/failure.ts'
import type { Failure } from '../../shared/failure.ts'
import type { KeptDraft } from '../../shared/ipc/drafts.ts'
import { failed } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { parseJson, writeJson } from '../../shared/wire/json.ts'
import type { Explorer } from '../bridge.ts'
import { compareEdit, editableText } from './changes.ts'
import type { Edit, Update } from './changes.ts'
import type { Drafts } from './drafts.svelte.ts'
import { mergedText, mergeRows } from './merge.ts'
import type { MergeRow, MergeSide } from './merge.ts'

export type DropTarget =
  | { readonly kind: 'stored'; readonly dropId: string; readonly flowId?: string | undefined }
  /** `text`: what it starts with, such as the text of a drop that is duplicated. */
  | { readonly kind: 'new'; readonly text?: string }

export type EditorPhase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The drop is another one than the one that was edited. */
export interface Conflict {
  readonly wholeText: string
  readonly rows: readonly MergeRow[]
}

export interface StoredChange {
  readonly kind: 'created' | 'updated' | 'deleted'
  readonly dropId: string
  readonly flowId: string
  /** The drop as it was last stored. */
  readonly wholeText: string
}

export interface EditorServices {
  readonly explorer: Explorer
  readonly drafts: Pick<Drafts, 'keep' | 'forget'>
  /** Something was stored. */
  stored(change: StoredChange): void
  /** Why nothing can be changed here; undefined when it can. */
  whyReadOnly(): string | undefined
}

export interface DropAddress {
  readonly connectionId: string
  readonly flowId: string
  readonly path: string
}

/** What a new drop starts with. */
const NEW_DROP_TEXT = '{\n  "elems": {\n    \n  }\n}'
const EMPTY_BASE = '{"elems":{}}'

/**
 * One drop in the drop panel: its text as it is stored, the text as it is edited, and the way between them. What is typed is a
 * draft until it is saved or discarded. Nothing is sent before the stored drop was looked at again: the platform knows no
 * conditional update.
 */
export class DropEditor {
  readonly #services: EditorServices
  readonly #address: DropAddress
  #target = $state.raw<DropTarget>({ kind: 'new' })
  #phase = $state.raw<EditorPhase>({ kind: 'loading' })
  #base = $state.raw(EMPTY_BASE)
  #wholeText = $state.raw('')
  #text = $state('')
  /** A failure of saving or deleting: it stands beside the text, which stays as it was typed. */
  #saveFailure = $state.raw<Failure | undefined>(undefined)
  #conflict = $state.raw<Conflict | undefined>(undefined)
  #isGone = $state(false)
  readonly edit: Edit = $derived(compareEdit(this.#base, this.#text))

  constructor(services: EditorServices, address: DropAddress, target: DropTarget, draft?: KeptDraft) {
    this.#services = services
    this.#address = address
    this.#target = target
    if (draft !== undefined) this.#resume(draft)
    else if (target.kind === 'new') {
      this.#text = target.text ?? NEW_DROP_TEXT
      this.#phase = { kind: 'ready' }
    } else void this.read()
  }

  get target(): DropTarget {
    return this.#target
  }

  get flowId(): string {
    return this.#address.flowId
  }

  get dropId(): string | undefined {
    return this.#target.kind === 'stored' ? this.#target.dropId : undefined
  }

  get phase(): EditorPhase {
    return this.#phase
  }

  /** The editable part as it is stored. */
  get baseText(): string {
    return this.#base
  }

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    if (text === this.#text) return
    this.#text = text
    if (this.isChanged) this.#services.drafts.keep({ ...this.#draftKey(), wholeText: this.#wholeText, text })
    else this.#services.drafts.forget(this.#draftKey())
  }

  /** The stored drop as the platform answered it; empty for a new one. */
  get wholeText(): string {
    return this.#wholeText
  }

  get saveFailure(): Failure | undefined {
    return this.#saveFailure
  }

  /** What somebody else changed while the drop was edited: nothing is saved before a person chose. */
  get conflict(): Conflict | undefined {
    return this.#conflict
  }

  /** Whether the drop was deleted while it was looked at; its text can make another one. */
  get isGone(): boolean {
    return this.#isGone
  }

  get isChanged(): boolean {
    if (this.#target.kind === 'new') return this.#text.trim() !== (this.#target.text ?? NEW_DROP_TEXT).trim()
    // A drop that was not read has no text that anybody could have changed.
    if (this.#wholeText === '') return false
    return this.edit.kind === 'unreadable' || this.edit.changes.length > 0
  }

  get whyReadOnly(): string | undefined {
    return this.#services.whyReadOnly()
  }

  get canSave(): boolean {
    return (
      this.#phase.kind === 'ready' &&
      this.#conflict === undefined &&
      !this.#isGone &&
      this.whyReadOnly === undefined &&
      this.edit.kind === 'readable' &&
      (this.#target.kind === 'new' || this.edit.changes.length > 0)
    )
  }

  async read(): Promise<void> {
    if (this.#target.kind === 'new') return
    this.#phase = { kind: 'loading' }
    const result = await this.#readStored(this.#target.dropId)
    if (result.ok) this.#take(result.value.text)
    else this.#phase = { kind: 'failed', failure: result.failure }
  }

  discard(): void {
    this.#services.drafts.forget(this.#draftKey())
    this.#text = this.#target.kind === 'new' ? (this.#target.text ?? NEW_DROP_TEXT) : this.#base
    this.#saveFailure = undefined
    this.#conflict = undefined
  }

  /** Saves, unless somebody changed the same drop meanwhile: then `conflict` says what. */
  async save(): Promise<void> {
    const { edit, target } = this
    if (edit.kind === 'unreadable' || !this.canSave) return
    this.#phase = { kind: 'saving' }
    this.#saveFailure = undefined
    const result =
      target.kind === 'new' ? await this.#create() : await this.#update(target.dropId, edit.update)
    this.#phase = { kind: 'ready' }
    if (result === undefined) return
    if (!result.ok) {
      this.#saveFailure = result.failure
      this.#isGone = target.kind === 'stored' && result.failure.code === 'platform/not-found'
      return
    }
    this.#services.drafts.forget(this.#draftKey())
    const dropId = this.#take(result.value.text)
    const kind = target.kind === 'new' ? 'created' : 'updated'
    this.#services.stored({ kind, dropId, flowId: this.flowId, wholeText: this.#wholeText })
  }

  /** Ends a conflict with the members that were chosen, and saves. */
  async resolve(sideOf: (row: MergeRow) => MergeSide): Promise<void> {
    const conflict = this.#conflict
    if (conflict === undefined) return
    const theirs = editableText(conflict.wholeText)
    const text = mergedText(theirs, conflict.rows, sideOf)
    this.#conflict = undefined
    this.#wholeText = conflict.wholeText
    this.#base = theirs
    this.#text = text
    if (this.edit.kind === 'readable' && this.edit.changes.length === 0) this.discard()
    else await this.save()
  }

  /** Back to the text, with nothing saved. */
  closeConflict(): void {
    this.#conflict = undefined
  }

  /** Makes another drop of the text, with another id: for one that is gone. */
  async createAgain(): Promise<void> {
    const draftKey = this.#draftKey()
    this.#target = { kind: 'new', text: this.#text }
    this.#isGone = false
    this.#saveFailure = undefined
    this.#base = EMPTY_BASE
    this.#wholeText = ''
    await this.save()
    if (this.dropId !== undefined) this.#services.drafts.forget(draftKey)
  }

  async delete(): Promise<void> {
    if (this.#target.kind === 'new') return
    const { dropId } = this.#target
    this.#saveFailure = undefined
    const result = await this.#services.explorer.deleteDrop({ ...this.#where(), dropId })
    // Somebody else was faster: what was wanted is so.
    if (result.ok || result.failure.code === 'platform/not-found') {
      this.#services.drafts.forget(this.#draftKey())
      this.#services.stored({ kind: 'deleted', dropId, flowId: this.flowId, wholeText: this.#wholeText })
    } else this.#saveFailure = result.failure
  }

  async copy(form: 'drop' | 'elems'): Promise<void> {
    const shown = this.isChanged || this.#wholeText === '' ? this.#text : this.#wholeText
    const text = form === 'drop' ? shown : elementsText(shown)
    const result = await this.#services.explorer.copyText({ text })
    if (!result.ok) this.#saveFailure = result.failure
  }

  /** What a duplicate starts with: an fhash is taken once in a flow, so it stays behind. */
  get duplicateText(): string {
    try {
      const { fhash: _fhash, ...members } = parseJson(this.#text) as Readonly<Record<string, unknown>>
      return writeJson(members, 2)
    } catch {
      return this.#text
    }
  }

  async #create(): Promise<Result<{ readonly text: string }>> {
    return this.#services.explorer.createDrop({ ...this.#where(), text: this.#text })
  }

  /** Undefined when there is a conflict: nothing was sent. */
  async #update(dropId: string, update: Update): Promise<Result<{ readonly text: string }> | undefined> {
    const { explorer } = this.#services
    const stored = await this.#readStored(dropId)
    if (!stored.ok) return stored
    const theirs = editableText(stored.value.text)
    if (theirs !== this.#base) {
      const rows = mergeRows(this.#base, this.#text, theirs)
      if (rows.length === 0) return failed(failure('response/malformed'))
      this.#conflict = { wholeText: stored.value.text, rows }
      return undefined
    }
    const address = { ...this.#where(), dropId }
    return update.kind === 'element'
      ? explorer.updateDropElement({ ...address, element: update.name, text: update.text })
      : explorer.updateDrop({ ...address, text: update.text })
  }

  #readStored(dropId: string): Promise<Result<{ readonly text: string }>> {
    return this.#services.explorer.readDrop({ ...this.#where(), dropId })
  }

  /** A draft of an earlier run goes on where it stood: what changed since then is seen when it is saved. */
  #resume({ wholeText, text }: KeptDraft): void {
    this.#wholeText = wholeText
    this.#base = wholeText === '' ? EMPTY_BASE : editableText(wholeText)
    this.#text = text
    this.#phase = { kind: 'ready' }
  }

  #where(): { readonly connectionId: string; readonly flowId: string } {
    const { connectionId, flowId } = this.#address
    return { connectionId, flowId }
  }

  #draftKey() {
    return { ...this.#where(), path: this.#address.path, dropId: this.dropId ?? '' }
  }

  #take(wholeText: string): string {
    this.#wholeText = wholeText
    this.#base = editableText(wholeText)
    this.#text = this.#base
    this.#phase = { kind: 'ready' }
    this.#isGone = false
    const { id } = parseJson(wholeText) as { readonly id?: unknown }
    const dropId = typeof id === 'string' ? id : ''
    this.#target = { kind: 'stored', dropId, flowId: this.flowId }
    return dropId
  }
}

function elementsText(text: string): string {
  try {
    return writeJson((parseJson(text) as { readonly elems?: unknown }).elems ?? {}, 2)
  } catch {
    return text
  }
}
