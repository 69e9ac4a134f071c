import { canonicalElements, canonicalLocation } from '../../shared/model/element-encoding.ts'
import { ELEMENT_TYPES, isElementType } from '../../shared/model/elements.ts'

/** What is to say of an edited drop before it is sent. */
export interface DropCheck {
  /** Why the platform would not take it; undefined when it would. */
  readonly problem: string | undefined
  /** What it would take but perhaps was not meant. */
  readonly notes: readonly string[]
}

/** Enough to see the pattern; a text with more mistakes of one kind has one cause. */
const MAX_NOTES = 5

/** Judges the members of an edited drop as the platform does (platform protocol, "Element types"). */
export function checkDrop(members: Readonly<Record<string, unknown>>): DropCheck {
  const { elems, location, fhash } = members
  const outcome = canonicalElements(elems)
  const place = location === undefined || location === null ? undefined : canonicalLocation(location)
  const problem =
    outcome.kind === 'invalid'
      ? `${outcome.problem}.`
      : place?.kind === 'invalid'
        ? `${place.problem}.`
        : fhash !== undefined && fhash !== null && typeof fhash !== 'string'
          ? 'fhash must be a text.'
          : undefined
  const notes: string[] = []
  if (problem === undefined) noteUnknownTypes(elems, 'elems', notes)
  return { problem, notes }
}

/** An object of `type` and `value` whose type nobody knows is stored as a map: mostly a slip of the keys. */
function noteUnknownTypes(value: unknown, path: string, notes: string[]): void {
  if (typeof value !== 'object' || value === null || notes.length >= MAX_NOTES) return
  if (Array.isArray(value)) {
    value.forEach((item, place) => {
      noteUnknownTypes(item, `${path}[${String(place)}]`, notes)
    })
    return
  }
  const { type } = value as { type?: unknown }
  const names = Object.keys(value)
  if (path !== 'elems' && names.length === 2 && typeof type === 'string' && names.includes('value')) {
    if (!isElementType(type)) {
      const nearest = nearestType(type)
      const meant = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
      notes.push(`${path}: "${type}" is no element type, so this is stored as a map.${meant}`)
    }
  }
  for (const [name, child] of Object.entries(value)) noteUnknownTypes(child, `${path}.${name}`, notes)
}

function nearestType(name: string): string | undefined {
  const lower = name.toLowerCase()
  const ranked = ELEMENT_TYPES.map((type) => ({ type, distance: distance(lower, type.toLowerCase()) }))
  ranked.sort((left, right) => left.distance - right.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= 2 ? best.type : undefined
}

/** Letters to add, remove or change (Levenshtein); names of types are short. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, place) => place)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[right.length] ?? 0
}
