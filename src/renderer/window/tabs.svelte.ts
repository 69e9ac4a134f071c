import type { SavedTab, ViewTab } from '../../shared/ipc/settings.ts'
import { FlowTab } from '../drops/flow-tab.svelte.ts'
import type { TabServices } from '../drops/tab-services.ts'
import type { Tab } from './tab.ts'

/** How a view of each kind is made from what the last run kept of it; its `state` is empty at first. */
export type ViewMakers = Readonly<Partial<Record<ViewTab['kind'], (saved: ViewTab) => Tab>>>

/** The open tabs in their order, of all connections. */
export class Tabs {
  readonly #services: TabServices
  readonly #makers: ViewMakers
  readonly #activated: (tab: Tab) => void
  #all = $state.raw<readonly Tab[]>([])
  #active = $state.raw<Tab | undefined>(undefined)
  #closing = $state.raw<Tab | undefined>(undefined)

  constructor(services: TabServices, makers: ViewMakers, activated: (tab: Tab) => void = () => {}) {
    this.#services = services
    this.#makers = makers
    this.#activated = activated
  }

  get all(): readonly Tab[] {
    return this.#all
  }

  get active(): Tab | undefined {
    return this.#active
  }

  /** The active tab if it shows a flow. */
  get activeFlow(): FlowTab | undefined {
    return this.#active instanceof FlowTab ? this.#active : undefined
  }

  /** Those that show flows. */
  get flows(): readonly FlowTab[] {
    return this.#all.filter((tab) => tab instanceof FlowTab)
  }

  /** Shows a flow: the tab that it has, or another one. */
  openFlow(flow: { readonly connectionId: string; readonly flowId: string; readonly path: string }): FlowTab {
    const known = this.flows.find(
      (tab) => tab.flowId === flow.flowId && tab.connectionId === flow.connectionId
    )
    const tab = known ?? new FlowTab(this.#services, { ...flow, kind: 'flow', filter: '', filterDraft: '' })
    if (known === undefined) this.#all = [...this.#all, tab]
    else known.moved(flow.path)
    this.activate(tab)
    return tab
  }

  /** Shows a view: the last tab of its kind and connection, or a fresh one. */
  openView(kind: ViewTab['kind'], connectionId: string): void {
    const known = this.#all.findLast((tab) => tab.kind === kind && tab.connectionId === connectionId)
    if (known === undefined) this.add({ kind, connectionId, state: '' })
    else this.activate(known)
  }

  /** Another tab behind the others, made from its saved form, and looked at. */
  add(saved: SavedTab): void {
    const tab = this.#make(saved)
    if (tab === undefined) return
    this.#all = [...this.#all, tab]
    this.activate(tab)
  }

  restore(saved: readonly SavedTab[], activeTab: number): void {
    const made = saved.map((tab) => this.#make(tab))
    this.#all = made.filter((tab) => tab !== undefined)
    const active = made[activeTab] ?? this.#all[0]
    if (active !== undefined) this.activate(active)
  }

  activate(tab: Tab): void {
    this.#active = tab
    tab.open()
    this.#activated(tab)
    this.#services.changed()
  }

  /** Activates the tab `step` places on, going round. */
  activateNext(step: number): void {
    const index = this.#all.findIndex((tab) => tab === this.#active)
    const next = this.#all[(index + step + this.#all.length) % this.#all.length]
    if (next !== undefined) this.activate(next)
  }

  /** The tab that waits for an answer before it is closed: it holds an edit. */
  get closing(): Tab | undefined {
    return this.#closing
  }

  /** Closes a tab; one with an unsaved edit only after `answerClosing`. */
  close(tab: Tab): void {
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

  /** Closes the tabs of a connection that is gone: there is nothing left that an edit could be saved to. */
  closeAllOf(connectionId: string): void {
    for (const tab of this.#all) if (tab.connectionId === connectionId) this.#remove(tab)
  }

  /** Undefined for a kind that another version of the app wrote. */
  #make(saved: SavedTab): Tab | undefined {
    return saved.kind === 'flow' ? new FlowTab(this.#services, saved) : this.#makers[saved.kind]?.(saved)
  }

  #remove(tab: Tab): void {
    const index = this.#all.indexOf(tab)
    if (index < 0) return
    tab.close()
    this.#all = this.#all.filter((other) => other !== tab)
    if (this.#active === tab) {
      this.#active = this.#all[Math.min(index, this.#all.length - 1)]
      this.#active?.open()
      if (this.#active !== undefined) this.#activated(this.#active)
    }
    this.#services.changed()
  }
}
