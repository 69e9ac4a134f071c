import type { FlowTab as SavedTab } from '../../shared/ipc/settings.ts'
import { FlowTab } from './flow-tab.svelte.ts'
import type { TabServices } from './flow-tab.svelte.ts'

/** The open flows, in the order of their tabs. */
export class Tabs {
  readonly #services: TabServices
  #all = $state.raw<readonly FlowTab[]>([])
  #active = $state.raw<FlowTab | undefined>(undefined)
  #closing = $state.raw<FlowTab | undefined>(undefined)

  constructor(services: TabServices) {
    this.#services = services
  }

  get all(): readonly FlowTab[] {
    return this.#all
  }

  get active(): FlowTab | undefined {
    return this.#active
  }

  /** Shows a flow: the tab that it has, or another one. */
  open(flow: { readonly connectionId: string; readonly flowId: string; readonly path: string }): FlowTab {
    const known = this.#all.find(
      (tab) => tab.flowId === flow.flowId && tab.connectionId === flow.connectionId
    )
    const tab = known ?? new FlowTab(this.#services, { ...flow, kind: 'flow', filter: '', filterDraft: '' })
    if (known === undefined) this.#all = [...this.#all, tab]
    this.activate(tab)
    return tab
  }

  restore(saved: readonly SavedTab[], activeTab: number): void {
    this.#all = saved.map((tab) => new FlowTab(this.#services, tab))
    const active = this.#all[activeTab] ?? this.#all[0]
    if (active !== undefined) this.activate(active)
  }

  activate(tab: FlowTab): void {
    this.#active = tab
    tab.open()
    this.#services.changed()
  }

  /** Activates the tab `step` places on, going round. */
  activateNext(step: number): void {
    const index = this.#all.findIndex((tab) => tab === this.#active)
    const next = this.#all[(index + step + this.#all.length) % this.#all.length]
    if (next !== undefined) this.activate(next)
  }

  /** The tab that waits for an answer before it is closed: its drop panel holds an edit. */
  get closing(): FlowTab | undefined {
    return this.#closing
  }

  /** Closes a tab; one with an unsaved edit only after `answerClosing`. */
  close(tab: FlowTab): void {
    if (tab.hasUnsavedEdit) {
      this.activate(tab)
      this.#closing = tab
    } else this.#remove(tab)
  }

  answerClosing(isYes: boolean): void {
    const tab = this.#closing
    this.#closing = undefined
    if (isYes && tab !== undefined) this.#remove(tab)
  }

  #remove(tab: FlowTab): void {
    const index = this.#all.indexOf(tab)
    if (index < 0) return
    tab.close()
    this.#all = this.#all.filter((other) => other !== tab)
    if (this.#active === tab) {
      this.#active = this.#all[Math.min(index, this.#all.length - 1)]
      this.#active?.open()
    }
    this.#services.changed()
  }
}
