import { readDrop } from './drop-judge.ts'

/** Drops that are looked at for the names of their elements, none of them so large that it takes long. */
export const NAMED_DROPS = 300
const MAX_CHARACTERS = 65_536
/** A longer name is no head of a column; more of them are no choice. */
const MAX_NAME_CHARACTERS = 512
const MAX_NAMES = 500

/** Names of the elements in the texts of drops, in alphabetical order; those that are too long for a column are left out. */
export function elementNamesIn(texts: readonly string[]): string[] {
  const names = new Set<string>()
  for (const text of texts) {
    if (text.length > MAX_CHARACTERS) continue
    const { elems } = (readDrop(text) ?? {}) as { elems?: unknown }
    if (typeof elems !== 'object' || elems === null) continue
    for (const name of Object.keys(elems)) if (name.length <= MAX_NAME_CHARACTERS) names.add(name)
  }
  return [...names].sort().slice(0, MAX_NAMES)
}
