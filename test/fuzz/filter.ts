import { readdirSync, readFileSync } from 'node:fs'
import {
  buildVocabulary,
  compileFilter,
  completeFilter,
  describeFilter,
  explainFilter,
  formatFilter,
  isSameFilter,
  parseFilter
} from '../../src/shared/filter/index.ts'

/** A keystroke that takes longer is felt. */
const STALL_MS = 50
const REPEATS = 5
/** Enough to see a pattern in. */
const MAX_FINDINGS = 10

const folder = new URL('../cases/filter/', import.meta.url)
const language = readFileSync(new URL('../../src/shared/filter/LANGUAGE.md', import.meta.url), 'utf8')

/** Every text of the cases, and every line of the language page. */
const corpus = [
  ...readdirSync(folder).flatMap((name) =>
    stringsIn(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
  ),
  ...language.split('\n')
]

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

const PIECES = [...new Set(corpus.flatMap((text) => text.split(/\b/)))]

const drop = {
  id: 'd500a1b2c3d4e5f6071829301',
  flowId: 'f500a1b2c3d4e5f6071829304',
  path: '/alice/garden',
  creationDate: 5,
  version: 0,
  elems: {
    temp: 21.5,
    unit: 'C',
    tags: ['red'],
    text: 'a'.repeat(1000),
    when: { type: 'date', value: 5 },
    map: { x: [{ y: 1 }] }
  }
}
const vocabulary = buildVocabulary([drop])
const options = { clock: { now: () => 10 }, zip: () => ({ lat: 1, lon: 2 }) }

/** Random and mutated text through everything that takes a text: nothing throws, nothing takes long. */
export function fuzz(
  seconds: number,
  seed: number
): { readonly runs: number; readonly slowestMs: number; readonly findings: readonly string[] } {
  const random = randomFrom(seed)
  const findings: string[] = []
  const endMs = performance.now() + seconds * 1000
  let runs = 0
  let slowestMs = 0
  while (performance.now() < endMs && findings.length < MAX_FINDINGS) {
    const text = someText(random)
    const offset = Math.floor(random() * (text.length + 1))
    const startMs = performance.now()
    const wrong = tryText(text, offset)
    const tookMs = performance.now() - startMs
    runs += 1
    // The machine may pause as well: only what is slow every time is a finding.
    const again = tookMs > STALL_MS ? bestTimeOf(text, offset) : tookMs
    slowestMs = Math.max(slowestMs, Math.min(tookMs, again))
    if (wrong !== undefined) findings.push(`${wrong}: ${JSON.stringify(text)}`)
    else if (again > STALL_MS) findings.push(`took ${String(Math.round(again))} ms: ${JSON.stringify(text)}`)
  }
  return { runs, slowestMs: Number(slowestMs.toFixed(1)), findings }
}

function bestTimeOf(text: string, offset: number): number {
  const times = Array.from({ length: REPEATS }, () => {
    const startMs = performance.now()
    tryText(text, offset)
    return performance.now() - startMs
  })
  return Math.min(...times)
}

function tryText(text: string, offset: number): string | undefined {
  try {
    completeFilter(text, offset, vocabulary)
    const { tree, diagnostics } = parseFilter(text)
    if (tree.hasErrors !== diagnostics.length > 0) return 'tree and diagnostics disagree'
    if (tree.hasErrors) return undefined
    if (!isSameFilter(parseFilter(formatFilter(tree)).tree, tree)) return 'another tree from its own text'
    describeFilter(tree)
    const isMatch = compileFilter(tree, options)(drop)
    const isExplained = explainFilter(tree, drop, options)?.isTrue ?? true
    return isMatch === isExplained ? undefined : 'compiled and explained truth disagree'
  } catch (error) {
    return `threw ${String(error)}`
  }
}

type Random = () => number

/** A seeded generator (mulberry32), so that a finding can be had again. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined =>
  items[Math.floor(random() * items.length)]

function someText(random: Random): string {
  const kind = random()
  if (kind < 0.1) return noise(random, Math.floor(random() * 200))
  if (kind < 0.3)
    return Array.from({ length: Math.floor(random() * 40) }, () => pick(random, PIECES)).join(
      random() < 0.5 ? ' ' : ''
    )
  let text = pick(random, corpus) ?? ''
  if (random() < 0.2)
    text = `${text} ${pick(random, ['&&', '||', '', ',']) ?? ''} ${pick(random, corpus) ?? ''}`
  const changes = Math.floor(random() * 4)
  for (let change = 0; change < changes; change += 1) text = mutated(random, text)
  if (random() < 0.02) text = text.repeat(1 + Math.floor(random() * (10_000 / Math.max(1, text.length))))
  return text
}

function mutated(random: Random, text: string): string {
  const at = Math.floor(random() * (text.length + 1))
  const end = at + Math.floor(random() * 5)
  switch (Math.floor(random() * 4)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return text.slice(0, at) + (pick(random, PIECES) ?? '') + text.slice(at)
    case 2:
      return text.slice(0, at) + noise(random, 2) + text.slice(at)
    default:
      return text.slice(0, end) + text.slice(at)
  }
}

const SIGNS = '()[]{}<>=!~&|%,.\\/"\'+-*?^$:;#@ \n\t0123456789abAZ_\u00e9\u{1f600}\u2028\ud83d'

const noise = (random: Random, length: number): string =>
  Array.from({ length }, () => SIGNS.charAt(Math.floor(random() * SIGNS.length))).join('')
