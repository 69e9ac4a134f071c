import { createSubscriber } from 'svelte/reactivity'

/** JetBrains Mono at 12 px; the font that stands in until it is loaded may differ. */
const USUAL_CHARACTER_PX = 7.2
const MEASURED = '0'.repeat(100)

/** The font of codes, times and numbers: all of its characters are of one width. */
class CodeFont {
  #characterPx = USUAL_CHARACTER_PX
  readonly #subscribe = createSubscriber((update) => {
    const measure = (): void => {
      this.#characterPx = measureCharacterPx()
      update()
    }
    document.fonts.addEventListener('loadingdone', measure)
    this.#characterPx = measureCharacterPx()
    return () => {
      document.fonts.removeEventListener('loadingdone', measure)
    }
  })

  /** At the size of tables and rows, in CSS pixels. */
  get characterPx(): number {
    this.#subscribe()
    return this.#characterPx
  }
}

export const codeFont = new CodeFont()

function measureCharacterPx(): number {
  const context = document.createElement('canvas').getContext('2d')
  if (context === null) return USUAL_CHARACTER_PX
  const style = getComputedStyle(document.documentElement)
  context.font = `${style.getPropertyValue('--size-small')} ${style.getPropertyValue('--font-code')}`
  return context.measureText(MEASURED).width / MEASURED.length
}
