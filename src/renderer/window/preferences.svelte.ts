import { MediaQuery } from 'svelte/reactivity'
import type { Settings } from '../../shared/ipc/settings.ts'
import type { Result } from '../../shared/result.ts'
import type { Explorer } from '../bridge.ts'

/** What stands until main has answered: the defaults of the schema. */
const UNTIL_READ: Settings = {
  theme: 'system',
  timeZone: 'UTC',
  suggestions: true,
  flashOnChange: true,
  liveBudgetBytes: 256 * 1_048_576
}

export type Theme = 'dark' | 'light'

/** What the person chose, and the theme that follows from it. */
export class Preferences {
  readonly #explorer: Explorer
  readonly #systemIsDark = new MediaQuery('(prefers-color-scheme: dark)', true)
  #settings = $state.raw(UNTIL_READ)
  readonly theme: Theme = $derived.by(() => {
    const { theme } = this.#settings
    if (theme !== 'system') return theme
    return this.#systemIsDark.current ? 'dark' : 'light'
  })

  constructor(explorer: Explorer) {
    this.#explorer = explorer
    explorer.on('settingsChanged', (settings) => {
      this.#settings = settings
    })
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Takes the settings that main keeps; a failure leaves the defaults. */
  async read(): Promise<Result<Settings>> {
    const result = await this.#explorer.readSettings()
    if (result.ok) this.#settings = result.value
    return result
  }

  /** Shows the change at once; main keeps it. */
  async change(change: Partial<Settings>): Promise<void> {
    const before = this.#settings
    this.#settings = { ...before, ...change }
    const result = await this.#explorer.changeSettings(change)
    this.#settings = result.ok ? result.value : before
  }
}
