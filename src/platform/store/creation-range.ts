import { parseFilter } from '../../shared/filter/index.ts'
import type { FilterNode } from '../../shared/filter/index.ts'
import { ID_LETTERS } from '../engine/ids.ts'

/** Ids of drops of one flow: `fromId` and later, all before `beforeId`. */
export interface IdRange {
  readonly fromId: string
  readonly beforeId: string
}

/** Lies after every id of a drop. */
const AFTER_ALL = String.fromCharCode(ID_LETTERS.drop.charCodeAt(0) + 1)
export const EVERY_ID: IdRange = { fromId: '', beforeId: AFTER_ALL }
const MAX_SECOND = 0xffffffff

/**
 * Where the drops must lie that a filter can let through, as far as rules about `creationDate` that all have to hold say so:
 * an id begins with the second of its creation (`engine/ids.ts`). Who reads a flow on from a moment is then answered from
 * there, and not from the flow's beginning. Undefined when the filter does not limit it.
 */
export function creationRange(filter: string | undefined): IdRange | undefined {
  if (filter?.includes('creationDate') !== true) return undefined
  const { root } = parseFilter(filter).tree
  let fromSecond = 0
  let lastSecond = MAX_SECOND
  for (const rule of root?.kind === 'and' ? root.terms : [root]) {
    const bound = boundOf(rule)
    if (bound === undefined) continue
    if (bound.operator !== '<' && bound.operator !== '<=') fromSecond = Math.max(fromSecond, bound.second)
    if (bound.operator !== '>' && bound.operator !== '>=') lastSecond = Math.min(lastSecond, bound.second)
  }
  return fromSecond === 0 && lastSecond === MAX_SECOND
    ? undefined
    : { fromId: idOf(fromSecond), beforeId: lastSecond === MAX_SECOND ? AFTER_ALL : idOf(lastSecond + 1) }
}

function boundOf(rule: FilterNode | undefined): { operator: string; second: number } | undefined {
  if (rule?.kind !== 'comparison' || rule.operator === '!=' || rule.operand.kind !== 'number')
    return undefined
  if (rule.member.path.length !== 1 || rule.member.path[0] !== 'creationDate') return undefined
  const second = Math.floor(Number(rule.operand.value) / 1000)
  return { operator: rule.operator, second: Math.min(Math.max(second, 0), MAX_SECOND) }
}

const idOf = (second: number): string => ID_LETTERS.drop + second.toString(16).padStart(8, '0')
