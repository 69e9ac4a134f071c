import type { Drop } from '../model/drop.ts'
import type { ElementType } from '../model/elements.ts'
import { typeOf } from './element-scan.ts'
import { DROP_MEMBERS } from './operators.ts'
import { isNumeric, unwrap } from './values.ts'

/** What the drops of a flow really contain, for completion. Plain data: it can be posted between threads. */
export interface Vocabulary {
  /** The most frequent first. */
  readonly members: readonly MemberFacts[]
  /** How many drops were looked at. */
  readonly dropCount: number
  /** Filters that were run lately, the last one first. */
  readonly recentFilters?: readonly string[]
}

export interface MemberFacts {
  /** As a filter writes it: `elems.temp`, `location.lat`, `path`. */
  readonly name: string
  /** How often a value was seen, entries of lists included. */
  readonly count: number
  /** The types that were seen, the most frequent first. */
  readonly types: readonly ElementType[]
  /** The types of the entries when the member is a list. */
  readonly entryTypes: readonly ElementType[]
  /** Values with how often each was seen, the most frequent first; at most `MAX_SAMPLES`. */
  readonly samples: readonly Sample[]
  /** Whether there were more values than samples. */
  readonly hasMoreSamples: boolean
  /** Of numbers and dates; left out when there was none. */
  readonly min?: number
  readonly max?: number
  /** Of numbers and dates: some of those that were seen, evenly over all, at most `MAX_NUMBERS`. */
  readonly numbers?: readonly number[]
}

export interface Sample {
  readonly value: string | number | bigint | boolean
  readonly count: number
}

/** More members than a person can tell apart; a flow whose element names are data must not fill the memory. */
export const MAX_MEMBERS = 10_000
/** As many values as a completion list is read down. */
export const MAX_SAMPLES = 30
/** Enough for the shape of a distribution. */
export const MAX_NUMBERS = 256
/** Longer texts are prose: nobody compares with one. */
export const MAX_SAMPLE_LENGTH = 120
/** Entries of a list that are looked at: the first ones tell its kind. */
const MAX_LIST_ENTRIES = 20
/** Deeper members exist and can be typed, they are only not offered. */
const MAX_DEPTH = 8

/** The vocabulary of some drops at once. */
export function buildVocabulary(drops: Iterable<Drop>): Vocabulary {
  const builder = new VocabularyBuilder()
  for (const drop of drops) builder.add(drop)
  return builder.snapshot()
}

/** A name that can stand in a filter (platform protocol, "Lexical grammar"); others cannot be offered. */
const SEGMENT = /^[A-Za-z0-9_$][A-Za-z0-9_$:-]*$/

interface Facts {
  readonly name: string
  count: number
  readonly types: Map<ElementType, number>
  readonly entryTypes: Map<ElementType, number>
  readonly samples: Map<Sample['value'], number>
  hasMoreSamples: boolean
  min: number | undefined
  max: number | undefined
  numbers: number[]
  /** Every so many numbers one is kept in `numbers`. */
  stride: number
  numberCount: number
}

/**
 * Collects a vocabulary drop by drop, bounded in members and samples. Values that appear when a member's samples are
 * full are not kept, so the counts of those that are kept stay exact.
 */
export class VocabularyBuilder {
  readonly #facts = new Map<string, Facts>()
  #dropCount = 0

  add(drop: Drop): void {
    this.#dropCount += 1
    for (const name of DROP_MEMBERS) {
      const value = (drop as unknown as Record<string, unknown>)[name]
      if (name !== 'elems' && value !== undefined) this.#addValue(name, value, 1)
    }
    this.#addMembers('elems', drop.elems, 1)
  }

  /** What was collected so far, as data of its own. */
  snapshot(): Vocabulary {
    const members = [...this.#facts.values()].sort((left, right) => right.count - left.count).map(factsOf)
    return { members, dropCount: this.#dropCount }
  }

  #addMembers(prefix: string, holder: object, depth: number): void {
    for (const [name, value] of Object.entries(holder)) {
      if (SEGMENT.test(name)) this.#addValue(`${prefix}.${name}`, value, depth + 1)
    }
  }

  #addValue(name: string, value: unknown, depth: number): void {
    const facts = this.#factsFor(name)
    const type = typeOf(value)
    if (facts === undefined || type === undefined) return
    facts.count += 1
    increase(facts.types, type)
    const inner = unwrap(value)
    if (!Array.isArray(inner)) {
      this.#addInner(facts, inner, depth)
      return
    }
    for (const entry of inner.slice(0, MAX_LIST_ENTRIES) as unknown[]) {
      const entryType = typeOf(entry)
      if (entryType === undefined) continue
      increase(facts.entryTypes, entryType)
      this.#addInner(facts, unwrap(entry), depth)
    }
  }

  #addInner(facts: Facts, inner: unknown, depth: number): void {
    if (typeof inner === 'string' || isNumeric(inner) || typeof inner === 'boolean') addSample(facts, inner)
    else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && depth < MAX_DEPTH) {
      this.#addMembers(facts.name, inner, depth)
    }
  }

  #factsFor(name: string): Facts | undefined {
    const known = this.#facts.get(name)
    if (known !== undefined || this.#facts.size >= MAX_MEMBERS) return known
    const facts: Facts = {
      name,
      count: 0,
      types: new Map(),
      entryTypes: new Map(),
      samples: new Map(),
      hasMoreSamples: false,
      min: undefined,
      max: undefined,
      numbers: [],
      stride: 1,
      numberCount: 0
    }
    this.#facts.set(name, facts)
    return facts
  }
}

const increase = <Key>(counts: Map<Key, number>, key: Key): unknown =>
  counts.set(key, (counts.get(key) ?? 0) + 1)

function addSample(facts: Facts, value: Sample['value']): void {
  if (isNumeric(value)) {
    const number = Number(value)
    facts.min = facts.min === undefined ? number : Math.min(facts.min, number)
    facts.max = facts.max === undefined ? number : Math.max(facts.max, number)
    keepNumber(facts, number)
  }
  const isKept =
    facts.samples.has(value) ||
    (facts.samples.size < MAX_SAMPLES && !(typeof value === 'string' && value.length > MAX_SAMPLE_LENGTH))
  if (isKept) increase(facts.samples, value)
  else facts.hasMoreSamples = true
}

/** Keeps every number while there is room, then every second, every fourth and so on. */
function keepNumber(facts: Facts, number: number): void {
  if (facts.numberCount % facts.stride === 0) {
    if (facts.numbers.length === MAX_NUMBERS) {
      facts.numbers = facts.numbers.filter((_, index) => index % 2 === 0)
      facts.stride *= 2
    }
    if (facts.numberCount % facts.stride === 0) facts.numbers.push(number)
  }
  facts.numberCount += 1
}

function factsOf(facts: Facts): MemberFacts {
  return {
    name: facts.name,
    count: facts.count,
    types: byCount(facts.types).map(([type]) => type),
    entryTypes: byCount(facts.entryTypes).map(([type]) => type),
    samples: byCount(facts.samples).map(([value, count]) => ({ value, count })),
    hasMoreSamples: facts.hasMoreSamples,
    ...(facts.min === undefined || facts.max === undefined
      ? {}
      : { min: facts.min, max: facts.max, numbers: [...facts.numbers] })
  }
}

const byCount = <Key>(counts: ReadonlyMap<Key, number>): [Key, number][] =>
  [...counts].sort((left, right) => right[1] - left[1])
