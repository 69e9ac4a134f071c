/** The tokens that a canvas needs: it cannot use custom properties by itself. */
export interface ChartTheme {
  readonly background: string
  readonly text: string
  readonly muted: string
  readonly rule: string
  readonly accent: string
  readonly font: string
  /** Colours of series, the first at place 1. */
  readonly series: readonly string[]
}

const SERIES_TOKENS = 8

/** Reads the tokens as they hold at an element; call it again when the theme has changed. */
export function readChartTheme(element: Element): ChartTheme {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    background: token('--panel'),
    text: token('--text'),
    muted: token('--muted'),
    rule: token('--border'),
    accent: token('--accent'),
    font: `11px ${token('--font-code')}`,
    series: [
      token('--accent'),
      ...Array.from({ length: SERIES_TOKENS }, (_, index) => token(`--series-${String(index + 1)}`))
    ]
  }
}

/** The colour of a series, counted from 1; after the last the first comes again. */
export const seriesColour = (theme: ChartTheme, colour: number): string =>
  theme.series[((colour - 1) % SERIES_TOKENS) + 1] ?? theme.accent
