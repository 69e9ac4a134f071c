import type { FilterTree, Member } from './ast.ts'
import { walkFilter } from './ast.ts'
import { DROP_MEMBERS } from './operators.ts'

/** What of a drop a filter reads. */
export interface ReadMembers {
  /** Members of the drop itself. */
  readonly members: readonly string[]
  readonly elements: readonly string[]
}

/** The members that a filter on drops reads, each once; undefined when it looks at all elements (HAS, MATCHES). */
export function readMembers(tree: FilterTree): ReadMembers | undefined {
  const members = new Set<string>()
  const elements = new Set<string>()
  const add = ({ path }: Pick<Member, 'path'>): boolean => {
    const [first = '', second] = path
    if (first !== 'elems') (DROP_MEMBERS.has(first) ? members : elements).add(first)
    else if (second === undefined) return false
    else elements.add(second)
    return true
  }
  for (const node of walkFilter(tree.root)) {
    if (node.kind === 'has' || node.kind === 'matches' || node.kind === 'error') return undefined
    const isKnown = 'member' in node ? add(node.member ?? { path: ['creationDate'] }) : true
    const isOperandKnown =
      node.kind === 'comparison' && node.operand.kind === 'member' ? add(node.operand) : true
    if (!isKnown || !isOperandKnown) return undefined
  }
  return { members: [...members], elements: [...elements] }
}
