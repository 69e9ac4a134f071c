import type { GridLayout, KeptGridLayout } from '../../shared/ipc/grid-layout.ts'
import { USUAL_LAYOUT } from './grid-layout.ts'

/** As many as the workspace keeps. */
const MAX_LAYOUTS = 300

/** How the columns of each flow are arranged: one arrangement a flow, whichever tab shows it. */
export class GridLayouts {
  readonly #changed: () => void
  #all = $state.raw<readonly KeptGridLayout[]>([])

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** What the workspace keeps, the one that was changed last first. */
  get all(): readonly KeptGridLayout[] {
    return this.#all
  }

  restore(kept: readonly KeptGridLayout[]): void {
    this.#all = kept
  }

  of(connectionId: string, flowId: string): GridLayout {
    return this.#all.find((kept) => isOf(kept, connectionId, flowId))?.layout ?? USUAL_LAYOUT
  }

  change(connectionId: string, flowId: string, layout: GridLayout): void {
    const others = this.#all.filter((kept) => !isOf(kept, connectionId, flowId))
    this.#all = [{ connectionId, flowId, layout }, ...others].slice(0, MAX_LAYOUTS)
    this.#changed()
  }
}

const isOf = (kept: KeptGridLayout, connectionId: string, flowId: string): boolean =>
  kept.connectionId === connectionId && kept.flowId === flowId
