import { Query } from 'mingo'
import peggy from 'peggy'
import sift from 'sift'
import { compileFilter, completeFilter, parseFilter } from '../../src/shared/filter/index.ts'
import type { Vocabulary } from '../../src/shared/filter/index.ts'
import { printFigure, printProgress, quantile } from './figure.ts'
import { PEG_FILTER } from './peg-filter.ts'

/**
 * How fast filters are parsed, completed and run, beside libraries that do the same in the same run. Each figure is the best of several rounds: the machine is
 * shared.
 */
const BENCH = 'filter'
const DROPS = 200_000
const ROUNDS = 7
const PARSES = 50_000
const FIELDS = 10_000
const LONG_FILTER = 10_260
const COMPLETIONS = 2000
/** On these the contestants must agree before any is measured. */
const CHECKED_DROPS = 500

interface WeatherDrop {
  readonly id: string
  readonly path: string
  readonly creationDate: number
  readonly elems: {
    readonly temp: number
    readonly unit: string
    readonly place: string
    readonly deep: { readonly a: { readonly b: number } }
  }
}

const drops: readonly WeatherDrop[] = Array.from({ length: DROPS }, (_, index) => ({
  id: `d${String(index)}`,
  path: '/alice/garden',
  creationDate: index,
  elems: {
    temp: index % 50,
    unit: index % 2 === 0 ? 'C' : 'F',
    place: `Alaska ${String(index)}`,
    deep: { a: { b: index % 7 } }
  }
}))

interface Contest {
  readonly figure: string
  readonly filter: string
  readonly handWritten: (drop: WeatherDrop) => boolean
  /** The same as a query of the MongoDB manner, which both peers understand. */
  readonly query: Record<string, unknown>
}

const contests: readonly Contest[] = [
  {
    figure: 'number',
    filter: 'elems.temp >= 21.5',
    handWritten: ({ elems }) => elems.temp >= 21.5,
    query: { 'elems.temp': { $gte: 21.5 } }
  },
  {
    figure: 'string',
    filter: 'elems.unit == "C"',
    handWritten: ({ elems }) => elems.unit === 'C',
    query: { 'elems.unit': 'C' }
  },
  {
    figure: 'nested member',
    filter: 'elems.deep.a.b == 3',
    handWritten: ({ elems }) => elems.deep.a.b === 3,
    query: { 'elems.deep.a.b': 3 }
  },
  {
    figure: 'mixed',
    filter: 'NOT (elems.temp == 1 || elems.deep.a.b != 2) && elems.unit IN ["C","K"]',
    handWritten: ({ elems }) =>
      !(elems.temp === 1 || elems.deep.a.b !== 2) && ['C', 'K'].includes(elems.unit),
    query: {
      $nor: [{ 'elems.temp': 1 }, { 'elems.deep.a.b': { $ne: 2 } }],
      'elems.unit': { $in: ['C', 'K'] }
    }
  },
  {
    figure: 'nested groups',
    filter:
      '(elems.temp > 10 && (elems.unit == "C" || elems.deep.a.b == 3)) || (elems.temp < 5 && NOT (elems.unit == "F" && elems.deep.a.b > 4))',
    handWritten: ({ elems: { temp, unit, deep } }) =>
      (temp > 10 && (unit === 'C' || deep.a.b === 3)) || (temp < 5 && !(unit === 'F' && deep.a.b > 4)),
    query: {
      $or: [
        { 'elems.temp': { $gt: 10 }, $or: [{ 'elems.unit': 'C' }, { 'elems.deep.a.b': 3 }] },
        { 'elems.temp': { $lt: 5 }, $nor: [{ 'elems.unit': 'F', 'elems.deep.a.b': { $gt: 4 } }] }
      ]
    }
  },
  {
    figure: 'regular expression',
    filter: 'elems.place =~ /alaska 1/i',
    handWritten: ({ elems }) => /alaska 1/i.test(elems.place),
    query: { 'elems.place': /alaska 1/i }
  }
]

printProgress(`${String(DROPS)} drops, ${String(ROUNDS)} rounds`)
for (const { figure, filter, handWritten, query } of contests) {
  const predicate = compileFilter(parseFilter(filter).tree, { clock: { now: () => 0 } })
  const siftTest: (drop: WeatherDrop) => boolean = sift(query)
  const mingoQuery = new Query(query)
  const mingoTest = (drop: WeatherDrop): boolean =>
    mingoQuery.test(drop as unknown as Record<string, unknown>)
  for (const drop of drops.slice(0, CHECKED_DROPS)) {
    const wanted = handWritten(drop)
    if ([predicate, siftTest, mingoTest].some((test) => test(drop) !== wanted))
      throw new Error(`The contestants of "${figure}" do not agree on ${JSON.stringify(drop)}.`)
  }
  const ours = perSecond(predicate)
  const peers = { sift: perSecond(siftTest), mingo: perSecond(mingoTest) }
  printFigure(BENCH, `${figure}: predicates`, ours, 'drops/s')
  printFigure(BENCH, `${figure}: written by hand`, perSecond(handWritten), 'drops/s')
  for (const [peer, value] of Object.entries(peers))
    printFigure(BENCH, `${figure}: ${peer}`, value, 'drops/s')
  printFigure(BENCH, `${figure}: times the faster peer`, ours / Math.max(peers.sift, peers.mingo), 'x')
}

const usual = 'elems.mag >= 5 && NOT (elems.place =~ /alaska/i)'
const pegParser = peggy.generate(PEG_FILTER)
const parsesPerSecond = (parse: () => unknown): number =>
  PARSES /
  (bestMs(() => {
    repeat(PARSES, parse)
  }) /
    1000)
const parses = parsesPerSecond(() => parseFilter(usual))
const pegParses = parsesPerSecond(() => pegParser.parse(usual) as unknown)
printFigure(BENCH, 'parses of a usual filter', parses, '1/s')
printFigure(BENCH, 'parses of a usual filter: peggy', pegParses, '1/s')
printFigure(BENCH, 'parses of a usual filter: times peggy', parses / pegParses, 'x')

/** Of 10 KiB and a little: with two mistakes in every rule, with one at its end, and with none. */
const longRules = (write: (index: string) => string): string => {
  const rules: string[] = []
  for (let length = 0; length < LONG_FILTER; length += (rules.at(-1) ?? '').length + 4)
    rules.push(write(String(rules.length)))
  return rules.join(' || ')
}
const good = longRules((index) => `(elems.f${index} == ${index} && NOT place =~ /alaska ${index}/i)`)
for (const [what, text] of [
  ['full of mistakes', longRules((index) => `(elems.f${index} = ${index} and b == 2)`)],
  ['with a mistake at its end', `${good} && temp =`],
  ['without a mistake', good]
] as const) {
  printFigure(
    BENCH,
    `diagnostics of ${String(text.length)} characters ${what}`,
    bestMs(() => parseFilter(text)),
    'ms'
  )
}
/** The first time no regular expression of it is known yet. */
const unseen = good.replaceAll('alaska', 'nevada')
const firstMs = performance.now()
parseFilter(unseen)
printFigure(
  BENCH,
  `diagnostics of ${String(unseen.length)} characters, seen first`,
  performance.now() - firstMs,
  'ms'
)

const vocabulary: Vocabulary = {
  dropCount: 1,
  members: Array.from({ length: FIELDS }, (_, index) => ({
    name: `elems.field${String(index)}.x${String(index % 100)}`,
    count: FIELDS - index,
    types: ['float'],
    entryTypes: [],
    samples: [],
    hasMoreSamples: false
  }))
}
const texts = ['', 'f', 'field99', 'x99', 'zz', 'elems.', 'elems.field5.x5 > 3 && fie']
const times = Array.from({ length: COMPLETIONS }, (_, index) => {
  const text = texts[index % texts.length] ?? ''
  const startMs = performance.now()
  completeFilter(text, text.length, vocabulary)
  return performance.now() - startMs
})
printFigure(BENCH, `completion of ${String(FIELDS)} fields, p50`, quantile(times, 0.5), 'ms')
printFigure(BENCH, `completion of ${String(FIELDS)} fields, p99`, quantile(times, 0.99), 'ms')

function perSecond(predicate: (drop: WeatherDrop) => boolean): number {
  let matches = 0
  const ms = bestMs(() => {
    for (const drop of drops) if (predicate(drop)) matches += 1
  })
  // The count is used, so that no engine may leave the loop out.
  if (matches < 0) throw new Error('Fewer than no matches.')
  return DROPS / (ms / 1000)
}

function repeat(times: number, task: () => unknown): void {
  for (let index = 0; index < times; index += 1) task()
}

function bestMs(task: () => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startMs = performance.now()
    task()
    return performance.now() - startMs
  })
  return Math.min(...rounds)
}
