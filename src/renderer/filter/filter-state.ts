import { columnOf, parseFilter } from '../../shared/filter/index.ts'
import type { Diagnostic } from '../../shared/filter/index.ts'
import type { TabPhase } from '../drops/flow-tab.svelte.ts'
import { formatCount, formatNumberOf } from '../ui/quantity.ts'

/** What the filter line says about itself: a tone, and always words beside it. */
export interface FilterState {
  readonly kind: 'empty' | 'valid' | 'incomplete' | 'invalid' | 'running' | 'shown'
  readonly text: string
  /** The first problem; there is none unless `kind` is `incomplete` or `invalid`. */
  readonly diagnostic?: Diagnostic
}

export interface FilterFacts {
  readonly draft: string
  /** The filter whose result is shown. */
  readonly applied: string
  readonly phase: TabPhase
  readonly rowCount: number
  /** Drops in the flow; undefined while no read without a filter told. */
  readonly totalDrops: number | undefined
}

/** The state of the filter line. A running read hides everything else; then mistakes; then the result. */
export function filterState({ draft, applied, phase, rowCount, totalDrops }: FilterFacts): FilterState {
  if (phase.kind === 'reading') return { kind: 'running', text: 'running…' }
  const text = draft.trim()
  const [diagnostic] = parseFilter(draft).diagnostics
  if (diagnostic !== undefined) {
    return isAtEnd(draft, diagnostic)
      ? { kind: 'incomplete', text: `incomplete: ${lowerFirst(diagnostic.message)}`, diagnostic }
      : {
          kind: 'invalid',
          text: `column ${String(columnOf(diagnostic))}: ${lowerFirst(diagnostic.message)}`,
          diagnostic
        }
  }
  if (text !== applied)
    return { kind: 'valid', text: text === '' ? 'Enter shows all drops' : 'valid · Enter runs it' }
  if (phase.kind !== 'shown')
    return text === '' ? { kind: 'empty', text: 'no filter' } : { kind: 'valid', text: 'valid' }
  const durationText = `${formatCount(phase.durationMs)} ms`
  if (text === '') return { kind: 'empty', text: `${formatNumberOf(rowCount, 'drop')} · ${durationText}` }
  const of = totalDrops === undefined ? '' : ` of ${formatCount(Math.max(totalDrops, rowCount))}`
  return { kind: 'shown', text: `${formatCount(rowCount)}${of} · ${durationText}` }
}

/** Whether the text only stops too early: what is wrong is that something is missing at its end. */
function isAtEnd(text: string, { span, code }: Diagnostic): boolean {
  return span.start >= text.trimEnd().length || (code.startsWith('unterminated') && span.end >= text.length)
}

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1)
