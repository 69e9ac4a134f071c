import type { Span } from './ast.ts'
import type { Completion } from './complete.ts'
import { DROP_MEMBERS } from './operators.ts'
import { parseFilter } from './parser.ts'
import type { MemberFacts, Vocabulary } from './vocabulary.ts'

/** How a member was found, the best first: it is just that, or begins so, or one of its names does, or it holds it. */
const RANKS = 4

/**
 * The members that fit a prefix and are wanted: the best rank first, within a rank the most frequent. Elements are offered
 * by their bare names, as people write them, unless `elems.` is begun.
 */
export function memberCompletions(
  vocabulary: Vocabulary,
  prefix: string,
  replace: Span,
  space: string,
  limit: number,
  isWanted: (member: MemberFacts) => boolean = () => true
): Completion[] {
  const index = indexOf(vocabulary)
  const lower = prefix.toLowerCase()
  const found: MemberFacts[][] = Array.from({ length: RANKS }, () => [])
  for (let position = 0; position < index.members.length; position += 1) {
    const rank = rankOf(index.names[position] ?? '', lower)
    const list = rank < 0 ? undefined : found[rank]
    const member = index.members[position]
    if (member !== undefined && list !== undefined && list.length < limit && isWanted(member))
      list.push(member)
  }
  const isWhole = ELEMENTS.startsWith(lower) || lower.startsWith(ELEMENTS)
  return found
    .flat()
    .slice(0, limit)
    .map((member) => completionOf(member, lower !== '' && isWhole, replace, space))
}

const ELEMENTS = 'elems.'

function rankOf(name: string, prefix: string): number {
  const at = name.indexOf(prefix)
  if (at < 0) return -1
  if (at === 0 || (at === ELEMENTS.length && name.startsWith(ELEMENTS)))
    return at + prefix.length === name.length ? 0 : 1
  return name.includes(`.${prefix}`) ? 2 : 3
}

interface MemberIndex {
  readonly members: readonly MemberFacts[]
  /** The names in lower case, beside the members. */
  readonly names: readonly string[]
}

/** Made once a vocabulary: lower-casing ten thousand names takes longer than searching them. */
const indexes = new WeakMap<Vocabulary, MemberIndex>()

function indexOf(vocabulary: Vocabulary): MemberIndex {
  const known = indexes.get(vocabulary)
  if (known !== undefined) return known
  const elements = vocabulary.members.filter(({ name }) => name.startsWith(ELEMENTS))
  const others = vocabulary.members.filter(({ name }) => !name.startsWith(ELEMENTS))
  const seen = new Set(others.map(({ name }) => name))
  const unseen = [...DROP_MEMBERS]
    .filter((name) => name !== 'elems' && !seen.has(name))
    .map((name): MemberFacts => ({
      name,
      count: 0,
      types: [],
      entryTypes: [],
      samples: [],
      hasMoreSamples: false
    }))
  // Elements first: every drop has an id and a path, so by count alone they would hide what the flow is about.
  const members = [...elements, ...others, ...unseen]
  const index = { members, names: members.map(({ name }) => name.toLowerCase()) }
  indexes.set(vocabulary, index)
  return index
}

function completionOf(member: MemberFacts, isWhole: boolean, replace: Span, space: string): Completion {
  const name = isWhole ? member.name : bareName(member.name)
  return {
    kind: 'member',
    label: name,
    insertText: `${name}${space}`,
    replace,
    detail: describeMember(member),
    ...(member.samples[0] === undefined ? {} : { example: exampleOf({ ...member, name }) })
  }
}

/** The name without `elems.`, when it means the same without. */
function bareName(name: string): string {
  const bare = name.startsWith(ELEMENTS) ? name.slice(ELEMENTS.length) : name
  const [first = ''] = bare.split('.')
  const meansAnother = DROP_MEMBERS.has(first) || isReservedWord(bare)
  return meansAnother ? name : bare
}

/** The words of the language and those that are taken for slips of them are short and have letters only. */
const MAYBE_RESERVED = /^([A-Za-z]{1,8}|[0-9].*)$/

function isReservedWord(name: string): boolean {
  if (!MAYBE_RESERVED.test(name)) return false
  const { tree, diagnostics } = parseFilter(`${name} == 1`)
  return diagnostics.length > 0 || tree.root?.kind !== 'comparison'
}

function describeMember({ types, entryTypes, count, min, max }: MemberFacts): string {
  if (count === 0) return 'member of a drop, not seen yet'
  const type = types.join(' or ') + (entryTypes.length === 0 ? '' : ` of ${entryTypes.join(' or ')}`)
  const range =
    min === undefined || max === undefined || types.includes('date')
      ? ''
      : `, ${String(min)} to ${String(max)}`
  return `${type}, seen ${String(count)}×${range}`
}

function exampleOf({ name, samples, entryTypes }: MemberFacts): string {
  const value = samples[0]?.value
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return entryTypes.length > 0 ? `${name} CONTAINS [${text}]` : `${name} == ${text}`
}
