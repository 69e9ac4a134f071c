import { formatFilter, parseFilter } from '../../shared/filter/index.ts'

/**
 * One filter out of two, with the parentheses that it needs: `a || b` and `c` joined with "and" is `(a || b) && c`. The
 * other one alone when one is empty; undefined when one has a mistake.
 */
export function joinFilters(first: string, second: string, kind: 'and' | 'or'): string | undefined {
  const [left, right] = [parseFilter(first).tree, parseFilter(second).tree]
  if (left.hasErrors || right.hasErrors) return undefined
  if (left.root === undefined) return formatFilter(right)
  if (right.root === undefined) return formatFilter(left)
  const terms = [left.root, right.root].flatMap((root) => (root.kind === kind ? root.terms : [root]))
  return formatFilter({ root: { kind, terms, span: { start: 0, end: 0 } }, hasErrors: false })
}
