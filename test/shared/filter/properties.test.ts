import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyFix,
  buildVocabulary,
  compileFilter,
  completeFilter,
  describeDiagnostic,
  explainFilter,
  formatFilter,
  isSameFilter,
  parseFilter,
  situationAt
} from '../../../src/shared/filter/index.ts'
import { tokenize } from '../../../src/shared/filter/lexer.ts'
import type { Drop } from '../../../src/shared/model/drop.ts'
import { anyText, drop, filterTree } from './arbitrary-filter.ts'

const RUNS = { numRuns: 2000, seed: 20 }
const clock = { now: () => 10 }

test('the tokens of any text cover every character', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { tokens } = tokenize(text)
      let end = 0
      for (const token of tokens) {
        expect(token.start).toBe(end)
        end = token.end
      }
      expect([end, tokens.at(-1)?.kind]).toEqual([text.length, 'end'])
    }),
    RUNS
  )
})

test('any text ends in a tree, or in mistakes that lie inside the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { tree, diagnostics } = parseFilter(text)
      expect(tree.hasErrors).toBe(diagnostics.length > 0)
      for (const diagnostic of diagnostics) {
        const { start, end } = diagnostic.span
        expect(start >= 0 && start <= end && end <= text.length).toBe(true)
        expect(describeDiagnostic(text, diagnostic)).not.toBe('')
        if (diagnostic.fix !== undefined) expect(applyFix(text, diagnostic.fix)).not.toBe(text)
      }
      if (!tree.hasErrors) compileFilter(tree, { clock, zip: () => ({ lat: 0, lon: 0 }) })({ elems: {} })
    }),
    RUNS
  )
})

test('the canonical text of a tree parses to the same tree', () => {
  fc.assert(
    fc.property(filterTree, (tree) => {
      const { tree: again, diagnostics } = parseFilter(formatFilter(tree))
      expect(diagnostics).toEqual([])
      expect(isSameFilter(again, tree)).toBe(true)
    }),
    RUNS
  )
})

test('NOT f is the negation of f', () => {
  fc.assert(
    fc.property(filterTree, drop, (tree, subject) => {
      const { root } = tree
      if (root === undefined) return
      const negated = compileFilter(
        { ...tree, root: { kind: 'not', term: root, span: root.span } },
        { clock }
      )
      expect(negated(subject)).toBe(!compileFilter(tree, { clock })(subject))
    }),
    RUNS
  )
})

test('explained and compiled truth agree, for the whole and for every part', () => {
  fc.assert(
    fc.property(filterTree, drop, (tree, subject) => {
      const explanation = explainFilter(tree, subject, { clock })
      const pending = explanation === undefined ? [] : [explanation]
      for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
        expect(part.isTrue).toBe(compileFilter(parseFilter(part.text).tree, { clock })(subject))
        pending.push(...part.parts)
      }
    }),
    RUNS
  )
})

const vocabulary = {
  ...buildVocabulary([
    {
      id: 'd1',
      flowId: 'f1',
      path: '/a/b',
      creationDate: 5,
      version: 0,
      elems: { temp: 5.5, unit: 'C', tags: ['a'], when: { type: 'date', value: 5 }, ok: true, deep: { x: 1 } }
    } satisfies Drop
  ]),
  recentFilters: ['temp > 5']
}

/** Mistakes that are not about what has to follow the cursor. */
function mistakesElsewhere(text: string, caret: number): number {
  const next = text.slice(caret).search(/\S/)
  const hole = next < 0 ? text.length : caret + next
  const last = text.slice(0, caret).trimEnd().length
  return parseFilter(text).diagnostics.filter(({ span }) => span.end < last || span.start > hole).length
}

test('a completion makes a text that ends at the cursor no worse', () => {
  fc.assert(
    fc.property(filterTree, fc.nat(), (tree, seed) => {
      const whole = formatFilter(tree)
      const text = whole.slice(0, seed % (whole.length + 1))
      const before = parseFilter(text).diagnostics.length
      for (const completion of completeFilter(text, text.length, vocabulary, 20)) {
        const { insertText, replace, caret = insertText.length } = completion
        const applied = text.slice(0, replace.start) + insertText + text.slice(replace.end)
        const after = mistakesElsewhere(applied, replace.start + caret)
        expect([applied, after <= before]).toEqual([applied, true])
      }
    }),
    RUNS
  )
})

test('every place of any text has a situation whose prefix is in the text', () => {
  fc.assert(
    fc.property(anyText, fc.nat(), (text, seed) => {
      const offset = seed % (text.length + 1)
      const { replace } = situationAt(text, offset)
      expect(replace.start <= offset && offset <= replace.end && replace.end <= text.length).toBe(true)
      expect(completeFilter(text, offset, vocabulary, 10).length).toBeLessThanOrEqual(10)
    }),
    RUNS
  )
})
