import { DEFAULT_CAPACITY_DROPS } from '../../shared/model/flow.ts'
import type { Flow } from '../../shared/model/flow.ts'
import type { AppState } from '../window/app.svelte.ts'
import { DeleteFlows } from './delete-flows.svelte.ts'
import type { FlowField } from './flow-draft.ts'
import { FlowForm } from './flow-form.svelte.ts'
import type { TreeRow } from './flow-tree-model.ts'

/** A folder with more flows than this is not deleted from the tree: its list alone would not be read by anybody. */
export const MAX_DELETED_FLOWS = 10_000

export type FlowDialogState =
  | { readonly kind: 'none' }
  | { readonly kind: 'form'; readonly form: FlowForm }
  | { readonly kind: 'delete'; readonly task: DeleteFlows }

/** What a person does to flows from the tree: each opens a dialog, and the dialogs have the rest. */
export class FlowActions {
  readonly #app: AppState
  #dialog = $state.raw<FlowDialogState>({ kind: 'none' })

  constructor(app: AppState) {
    this.#app = app
  }

  get dialog(): FlowDialogState {
    return this.#dialog
  }

  close(): void {
    this.#dialog = { kind: 'none' }
  }

  /** A form for a new flow below a row's path, or below the account. */
  openNew(row: TreeRow | undefined): void {
    const { explorer, tree, connections } = this.#app
    const connectionId = connections.chosenId
    const folder =
      row === undefined || row.kind === 'pins'
        ? `/${connections.chosen?.account ?? ''}`
        : row.flow === undefined || row.isExpanded
          ? row.path
          : row.path.slice(0, row.path.lastIndexOf('/'))
    const form = new FlowForm({ explorer, tree, connectionId, firstPath: `${folder}/`, firstField: 'path' })
    this.#dialog = { kind: 'form', form }
  }

  /** A form for a flow, as the platform has it now. */
  async openEdit(row: TreeRow, firstField: FlowField): Promise<void> {
    const { explorer, tree, connections, notices } = this.#app
    if (row.flow === undefined) return
    const connectionId = connections.chosenId
    const read = await explorer.readFlow({ connectionId, flow: { flowId: row.flow.id } })
    if (!read.ok) {
      notices.addFailure(read.failure)
      return
    }
    const before: Flow = { ...read.value, capacity: read.value.capacity ?? DEFAULT_CAPACITY_DROPS }
    const form = new FlowForm({ explorer, tree, connectionId, before, firstPath: '', firstField })
    this.#dialog = { kind: 'form', form }
  }

  openEmpty(row: TreeRow): void {
    if (row.flow !== undefined) this.#ask('empty', row, [row.flow])
  }

  /** Asks before a flow is deleted, or all flows of a folder. */
  async openDelete(row: TreeRow): Promise<void> {
    if (row.kind === 'pins') return
    if (row.flow !== undefined) {
      this.#ask('delete', row, [row.flow])
      return
    }
    if (row.flowCount > MAX_DELETED_FLOWS) {
      this.#app.notices.addInfo(
        `${row.path} holds more than ${String(MAX_DELETED_FLOWS)} flows: delete its folders one by one.`
      )
      return
    }
    this.#ask('delete', row, await this.#app.tree.flowsBelow(row.path, MAX_DELETED_FLOWS))
  }

  /** A form was saved: the flow is looked at, and what showed it at an earlier path follows. */
  saved(form: FlowForm, flow: Flow): void {
    this.close()
    this.#app.flowMoved({ connectionId: form.connectionId, flowId: flow.id, path: flow.path })
    if (form.connectionId !== this.#app.connections.chosenId) return
    if (form.before === undefined) this.#app.openFlow({ flowId: flow.id, path: flow.path })
    else void this.#app.tree.reveal(flow.path)
  }

  /** Flows were deleted or emptied: tabs that show them follow. */
  deleted({ parts }: DeleteFlows): void {
    for (const tab of this.#app.tabs.flows) {
      if (tab.connectionId !== parts.connectionId || !parts.flows.some(({ id }) => id === tab.flowId))
        continue
      if (parts.kind === 'empty') tab.refresh()
      else this.#app.tabs.close(tab)
    }
  }

  #ask(kind: 'delete' | 'empty', row: TreeRow, flows: DeleteFlows['parts']['flows']): void {
    const { explorer, tree, connections } = this.#app
    const { path } = row
    const mustType = isProduction(connections.chosen?.environment ?? '')
    const connectionId = connections.chosenId
    this.#dialog = {
      kind: 'delete',
      task: new DeleteFlows({ explorer, tree, connectionId, kind, path, flows, mustType })
    }
  }
}

/** The label is a word of the person's own: `production`, `Prod`, `prod-eu`. */
const isProduction = (environment: string): boolean => /^\s*prod/i.test(environment)
