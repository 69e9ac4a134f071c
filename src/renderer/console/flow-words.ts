import { VocabularyBuilder } from '../../shared/filter/index.ts'
import type { Vocabulary } from '../../shared/filter/index.ts'
import type { Drop } from '../../shared/model/drop.ts'
import { parseJson } from '../../shared/wire/json.ts'

/** Enough for every name that a person would look for; a vocabulary of them is made in a few milliseconds. */
const MAX_DROPS = 4000
/** A larger drop is not parsed for its words: one of a megabyte would take as long as a thousand others. */
const MAX_TEXT_CHARACTERS = 65_536

/**
 * The words of one flow: what its drops, those that were read and those that arrived, contain. Each drop counts once. When
 * the cap is reached it starts again with the latest, so that counts stay those of drops that are still around.
 */
export class FlowWords {
  #builder = new VocabularyBuilder()
  #seen = new Set<string>()
  #vocabulary: Vocabulary | undefined

  /** Takes the first drops of a table: the newest, as the platform answers. */
  addRead(drops: readonly unknown[]): void {
    for (const drop of drops.slice(0, MAX_DROPS / 2)) this.#add(drop)
  }

  /** Takes the texts of drops that arrived; a text that is no drop is left out. */
  addArrived(texts: readonly string[]): void {
    for (const text of texts) {
      if (text.length > MAX_TEXT_CHARACTERS) continue
      try {
        this.#add(parseJson(text))
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
      }
    }
  }

  get vocabulary(): Vocabulary {
    return (this.#vocabulary ??= this.#builder.snapshot())
  }

  #add(drop: unknown): void {
    if (!isDrop(drop) || this.#seen.has(drop.id)) return
    if (this.#seen.size >= MAX_DROPS) {
      this.#builder = new VocabularyBuilder()
      this.#seen = new Set()
    }
    this.#seen.add(drop.id)
    this.#builder.add(drop)
    this.#vocabulary = undefined
  }
}

function isDrop(value: unknown): value is Drop {
  if (typeof value !== 'object' || value === null) return false
  const { id, elems } = value as { id?: unknown; elems?: unknown }
  return typeof id === 'string' && typeof elems === 'object' && elems !== null
}
