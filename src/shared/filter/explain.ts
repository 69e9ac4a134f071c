import type { FilterNode, FilterTree, Member, Span } from './ast.ts'
import type { CompileOptions, FilterSubject } from './compile.ts'
import { compileNode } from './compile.ts'
import { someString } from './element-scan.ts'
import { formatMember, formatNode } from './format.ts'
import { resolveMember, valuesAt } from './member-path.ts'
import { compileRegex } from './regex.ts'
import { isNumeric, unwrap } from './values.ts'

/** The truth of one piece of a filter for one subject. Plain data: it can be posted between threads. */
export interface Explanation {
  readonly kind: FilterNode['kind']
  /** The piece's place in the text that was parsed. */
  readonly span: Span
  /** Its canonical text. */
  readonly text: string
  readonly isTrue: boolean
  /** What it looked at; empty for `&&`, `||`, NOT and HAS, whose reasons are their parts or the whole drop. */
  readonly saw: readonly Sight[]
  /** The rules that it joins or negates. */
  readonly parts: readonly Explanation[]
}

/** The values that a member had. */
export interface Sight {
  /** The member, or a phrase such as "age in ms". */
  readonly name: string
  /** Without typed wrapper; empty when the member is missing. At most `MAX_SIGHTS`. */
  readonly values: readonly unknown[]
}

/** More values than this are not read: a walk through a list may lead to thousands. */
export const MAX_SIGHTS = 20

/**
 * Says for every piece of a filter whether it is true for the subject and which value it saw; `undefined` for the empty
 * filter. Every piece is judged, also those that a run would skip; the outermost truth is that of `compileFilter`.
 *
 * @throws Error as `compileFilter` does.
 */
export function explainFilter(
  tree: FilterTree,
  subject: FilterSubject,
  options: CompileOptions
): Explanation | undefined {
  if (tree.hasErrors)
    throw new Error('A filter with mistakes cannot be explained: look at its diagnostics first.')
  return tree.root === undefined ? undefined : explainNode(tree.root, subject, options)
}

function explainNode(node: FilterNode, subject: FilterSubject, options: CompileOptions): Explanation {
  const parts = partsOf(node).map((part) => explainNode(part, subject, options))
  return {
    kind: node.kind,
    span: node.span,
    text: formatNode(node),
    isTrue: truthOf(node, parts, subject, options),
    saw: sightsOf(node, subject, options),
    parts
  }
}

function partsOf(node: FilterNode): readonly FilterNode[] {
  if (node.kind === 'and' || node.kind === 'or') return node.terms
  return node.kind === 'not' ? [node.term] : []
}

/** Joined from the parts, so that no rule is run twice. */
function truthOf(
  node: FilterNode,
  parts: readonly Explanation[],
  subject: FilterSubject,
  options: CompileOptions
): boolean {
  if (node.kind === 'and') return parts.every(({ isTrue }) => isTrue)
  if (node.kind === 'or') return parts.some(({ isTrue }) => isTrue)
  if (node.kind === 'not') return parts[0]?.isTrue === false
  return compileNode(node, options)(subject)
}

function sightsOf(node: FilterNode, subject: FilterSubject, options: CompileOptions): Sight[] {
  switch (node.kind) {
    case 'comparison': {
      const left = sightOf(node.member, subject, options)
      return node.operand.kind === 'member' ? [left, sightOf(node.operand, subject, options)] : [left]
    }
    case 'remainder':
    case 'regex':
    case 'in':
    case 'contains':
    case 'within':
    case 'exists':
      return [sightOf(node.member, subject, options)]
    case 'age':
      return [ageOf(node.member, subject, options)]
    case 'matches': {
      const compiled = compileRegex(node.regex.pattern, node.regex.flags)
      return compiled.ok ? [{ name: 'text', values: matchingStrings(subject, options, compiled.test) }] : []
    }
    default:
      return []
  }
}

const valuesOf = (path: readonly string[], subject: FilterSubject, options: CompileOptions): unknown[] =>
  valuesAt(subject, resolveMember(path, options.subject ?? 'drop'))
    .slice(0, MAX_SIGHTS)
    .map(unwrap)

const sightOf = (member: Member, subject: FilterSubject, options: CompileOptions): Sight => ({
  name: formatMember(member.path),
  values: valuesOf(member.path, subject, options)
})

function ageOf(member: Member | undefined, subject: FilterSubject, options: CompileOptions): Sight {
  const nowMs = options.clock.now()
  const dates = valuesOf(member?.path ?? ['creationDate'], subject, options)
    .flat()
    .filter(isNumeric)
  const name = member === undefined ? 'age in ms' : `age of ${formatMember(member.path)} in ms`
  return { name, values: dates.map((date) => nowMs - Number(date)) }
}

function matchingStrings(
  subject: FilterSubject,
  options: CompileOptions,
  test: (text: string) => boolean
): readonly string[] {
  const found: string[] = []
  const elements = options.subject === 'object' ? subject : (subject as { elems?: unknown }).elems
  someString(elements, (text) => {
    if (test(text)) found.push(text)
    return found.length >= MAX_SIGHTS
  })
  return found
}
