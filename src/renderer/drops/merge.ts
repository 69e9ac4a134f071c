import { parseJson, writeJson } from '../../shared/wire/json.ts'

/** A member that somebody else, or both, changed since a drop was read. */
export interface MergeRow {
  /** `elems.place`, `location`, `fhash`. */
  readonly member: string
  /** JSON texts; undefined where the member is missing. */
  readonly before: string | undefined
  readonly mine: string | undefined
  readonly theirs: string | undefined
  /** Both changed it, and not alike: a person has to choose. */
  readonly isClash: boolean
}

export type MergeSide = 'mine' | 'theirs'

type Members = Readonly<Record<string, unknown>>

/** Every member that either side changed, in the order of the edited text. All three are texts of `editableText`. */
export function mergeRows(baseText: string, mineText: string, theirsText: string): MergeRow[] {
  const [before, mine, theirs] = [baseText, mineText, theirsText].map((text) => flat(text))
  const names = new Set([...(mine?.keys() ?? []), ...(theirs?.keys() ?? []), ...(before?.keys() ?? [])])
  return [...names]
    .map((member) => {
      const row = {
        member,
        before: before?.get(member),
        mine: mine?.get(member),
        theirs: theirs?.get(member)
      }
      const isClash = row.mine !== row.before && row.theirs !== row.before && row.mine !== row.theirs
      return { ...row, isClash }
    })
    .filter((row) => row.mine !== row.before || row.theirs !== row.before)
}

/** The side that nobody has to be asked about; undefined for a clash. */
export const plainSide = ({ before, mine, isClash }: MergeRow): MergeSide | undefined =>
  isClash ? undefined : mine === before ? 'theirs' : 'mine'

/** The other's text with the members that were chosen from mine. */
export function mergedText(
  theirsText: string,
  rows: readonly MergeRow[],
  sideOf: (row: MergeRow) => MergeSide
): string {
  const drop: Record<string, unknown> = { ...(parseJson(theirsText) as Members) }
  const elems: Record<string, unknown> = { ...(drop['elems'] as Members | undefined) }
  for (const row of rows) {
    if (sideOf(row) === 'theirs') continue
    const name = elementName(row.member)
    const target = name === undefined ? drop : elems
    const key = name ?? row.member
    if (row.mine === undefined) Reflect.deleteProperty(target, key)
    else define(target, key, parseJson(row.mine))
  }
  return writeJson({ ...drop, elems }, 2)
}

/** An element may be called like a member of every object: assigning it would change the object's prototype. */
const define = (target: object, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

const elementName = (member: string): string | undefined =>
  member.startsWith('elems.') ? member.slice('elems.'.length) : undefined

function flat(text: string): ReadonlyMap<string, string> {
  const { elems, ...others } = parseJson(text) as Members
  const members = new Map<string, string>()
  for (const [name, value] of Object.entries((elems ?? {}) as Members)) {
    members.set(`elems.${name}`, writeJson(value))
  }
  for (const [name, value] of Object.entries(others)) members.set(name, writeJson(value))
  return members
}
