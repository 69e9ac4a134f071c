import { describe, expect, test } from 'vitest'
import { filterState } from '../../../src/renderer/filter/filter-state.ts'
import type { FilterFacts } from '../../../src/renderer/filter/filter-state.ts'

const facts = (over: Partial<FilterFacts>): FilterFacts => ({
  draft: '',
  applied: '',
  phase: { kind: 'shown', durationMs: 4 },
  rowCount: 1703,
  totalDrops: 1703,
  ...over
})

describe('the state of the filter line', () => {
  test.each([
    ['no filter', {}, 'empty', '1,703 drops · 4 ms'],
    [
      'a filter that was run',
      { draft: 'mag > 4', applied: 'mag > 4', rowCount: 38 },
      'shown',
      '38 of 1,703 · 4 ms'
    ],
    [
      'a filter that was run before the flow was counted',
      { draft: 'mag > 4', applied: 'mag > 4', rowCount: 38, totalDrops: undefined },
      'shown',
      '38 · 4 ms'
    ],
    ['a readable filter that was not run', { draft: 'mag > 4' }, 'valid', 'valid · Enter runs it'],
    ['an emptied line over a result', { applied: 'mag > 4' }, 'valid', 'Enter shows all drops'],
    ['a read under way', { draft: 'mag >', phase: { kind: 'reading' } }, 'running', 'running…']
  ] as const)('%s', (_name, over, kind, text) => {
    expect(filterState(facts(over))).toEqual({ kind, text })
  })

  test('a text that only stops too early is incomplete, not wrong', () => {
    expect(filterState(facts({ draft: 'mag > 4 && ' })).kind).toBe('incomplete')
    expect(filterState(facts({ draft: 'place == "Os' })).kind).toBe('incomplete')
  })

  test('a mistake names its column', () => {
    const { kind, text } = filterState(facts({ draft: 'mag ? 4 && depth > 3' }))
    expect([kind, /^column 5: /.test(text)]).toEqual(['invalid', true])
  })
})
