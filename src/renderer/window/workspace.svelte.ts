import type { Workspace } from '../../shared/ipc/settings.ts'
import type { Result } from '../../shared/result.ts'
import { USUAL_COLUMNS } from '../console/live-columns.ts'
import type { Explorer } from '../bridge.ts'

/** Changes of a few frames are told together: a dragged splitter makes hundreds. Main puts the writing off. */
const SAVE_DELAY_MS = 50

/** Sizes of panes in CSS pixels and what is open, as the target pictures show them. */
const FIRST_PANES: Panes = {
  sidebarWidth: 268,
  dropPanelWidth: 372,
  consoleHeight: 292,
  isConsoleOpen: true,
  isConsoleNewestFirst: true,
  consoleColumns: [...USUAL_COLUMNS]
}

export type Panes = Pick<
  Workspace,
  | 'sidebarWidth'
  | 'dropPanelWidth'
  | 'consoleHeight'
  | 'isConsoleOpen'
  | 'isConsoleNewestFirst'
  | 'consoleColumns'
>

/** What the next run restores: read once, saved a moment after each change. */
export class WorkspaceKeeper {
  readonly #explorer: Explorer
  readonly #gather: () => Omit<Workspace, keyof Panes>
  #panes = $state.raw(FIRST_PANES)
  #timer: ReturnType<typeof setTimeout> | undefined
  #isRestored = false

  constructor(explorer: Explorer, gather: () => Omit<Workspace, keyof Panes>) {
    this.#explorer = explorer
    this.#gather = gather
  }

  get panes(): Panes {
    return this.#panes
  }

  /** The saved workspace; null on the first run. */
  async read(): Promise<Result<Workspace | null>> {
    const result = await this.#explorer.readWorkspace()
    if (!result.ok || result.value === null) return result
    const { sidebarWidth, dropPanelWidth, consoleHeight, isConsoleOpen, isConsoleNewestFirst } = result.value
    const consoleColumns =
      result.value.consoleColumns.length === 0 ? FIRST_PANES.consoleColumns : result.value.consoleColumns
    this.#panes = {
      sidebarWidth,
      dropPanelWidth,
      consoleHeight,
      isConsoleOpen,
      isConsoleNewestFirst,
      consoleColumns
    }
    return result
  }

  /** From here on changes are saved: before, a half restored workspace would overwrite the whole one. */
  restored(): void {
    this.#isRestored = true
    this.changed()
  }

  changePanes(change: Partial<Panes>): void {
    this.#panes = { ...this.#panes, ...change }
    this.changed()
  }

  changed(): void {
    if (!this.#isRestored) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), SAVE_DELAY_MS)
  }

  /** Saves at once what waits to be saved. */
  async save(): Promise<void> {
    if (!this.#isRestored) return
    clearTimeout(this.#timer)
    await this.#explorer.saveWorkspace({ ...this.#gather(), ...this.#panes })
  }
}
