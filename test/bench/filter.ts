import { compileFilter, completeFilter, parseFilter } from '../../src/shared/filter/index.ts'
import type { Vocabulary } from '../../src/shared/filter/index.ts'
import { printFigure, printProgress, quantile } from './figure.ts'

/** How fast filters are parsed, completed and run. Each figure is the best of several rounds: the machine is shared. */
const BENCH = 'filter'
const DROPS = 200_000
const ROUNDS = 7
const PARSES = 50_000
const FIELDS = 10_000
const COMPLETIONS = 2000

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
}

const contests: readonly Contest[] = [
  { figure: 'number', filter: 'elems.temp >= 21.5', handWritten: ({ elems }) => elems.temp >= 21.5 },
  { figure: 'string', filter: 'elems.unit == "C"', handWritten: ({ elems }) => elems.unit === 'C' },
  { figure: 'nested', filter: 'elems.deep.a.b == 3', handWritten: ({ elems }) => elems.deep.a.b === 3 },
  {
    figure: 'mixed',
    filter: 'NOT (elems.temp == 1 || elems.deep.a.b != 2) && elems.unit IN ["C","K"]',
    handWritten: ({ elems }) => !(elems.temp === 1 || elems.deep.a.b !== 2) && ['C', 'K'].includes(elems.unit)
  },
  {
    figure: 'regular expression',
    filter: 'elems.place =~ /alaska 1/i',
    handWritten: ({ elems }) => /alaska 1/i.test(elems.place)
  }
]

printProgress(`${String(DROPS)} drops, ${String(ROUNDS)} rounds`)
for (const { figure, filter, handWritten } of contests) {
  const predicate = compileFilter(parseFilter(filter).tree, { clock: { now: () => 0 } })
  printFigure(BENCH, `${figure}: predicates`, perSecond(predicate), 'drops/s')
  printFigure(BENCH, `${figure}: written by hand`, perSecond(handWritten), 'drops/s')
}

const usual = 'elems.mag >= 5 && NOT (elems.place =~ /alaska/i)'
printFigure(
  BENCH,
  'parses of a usual filter',
  PARSES / (bestMs(() => repeat(PARSES, () => parseFilter(usual))) / 1000),
  '1/s'
)

const long = Array.from(
  { length: 270 },
  (_, index) => `(elems.f${String(index)} = ${String(index)} and b == 2)`
).join(' || ')
printFigure(
  BENCH,
  `diagnostics of ${String(long.length)} characters`,
  bestMs(() => parseFilter(long)),
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
