import type { DevToolsSession } from './devtools-pipe.ts'
import { createEvent } from './host-event.ts'
import { loudEmitter } from './not-implemented.ts'

type ThemeSource = 'system' | 'light' | 'dark'

/** Light or dark, as the system has it or as the app decides (Electron, nativeTheme). */
class NativeTheme extends loudEmitter('nativeTheme') {
  readonly shouldUseHighContrastColors = false
  readonly shouldUseInvertedColorScheme = false
  readonly inForcedColorsMode = false
  readonly prefersReducedTransparency = false
  readonly #pages = new Set<DevToolsSession>()
  #source: ThemeSource = 'system'
  #systemPrefersDark = false

  get themeSource(): ThemeSource {
    return this.#source
  }

  set themeSource(source: ThemeSource) {
    this.#source = source
    for (const page of this.#pages) void this.applyTo(page)
    this.emit('updated', createEvent())
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.#systemPrefersDark : this.#source === 'dark'
  }

  /** A page tells what the system prefers; it is heard only while the app leaves the choice to the system. */
  systemPrefers(isDark: boolean): void {
    if (this.#source !== 'system' || this.#systemPrefersDark === isDark) return
    this.#systemPrefersDark = isDark
    this.emit('updated', createEvent())
  }

  async applyTo(page: DevToolsSession): Promise<void> {
    this.#pages.add(page)
    const value = this.#source === 'system' ? '' : this.#source
    await page
      .send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
      .catch(() => this.#pages.delete(page))
  }
}

export const nativeTheme = new NativeTheme()
