import type { ElementType } from '../model/elements.ts'
import type { ComparisonOperator, Span } from './ast.ts'
import { formatLiteral, formatString } from './format.ts'
import { memberCompletions } from './member-search.ts'
import type { LanguageEntry } from './operators.ts'
import { LANGUAGE, languageEntry, TYPE_NAMES, UNITS } from './operators.ts'
import type { Situation } from './situation.ts'
import { situationAt } from './situation.ts'
import type { MemberFacts, Sample, Vocabulary } from './vocabulary.ts'

export interface Completion {
  readonly kind:
    'member' | 'operator' | 'value' | 'conjunction' | 'keyword' | 'function' | 'unit' | 'type' | 'recent'
  /** What the list shows. */
  readonly label: string
  readonly insertText: string
  /** Where the cursor goes, counted in `insertText`; its end when left out. */
  readonly caret?: number
  /** The piece of the text that `insertText` takes the place of. */
  readonly replace: Span
  /** A word of help beside the label: what it is, how often it was seen. */
  readonly detail: string
  /** A whole filter that shows it in use. */
  readonly example?: string
}

/** What a completion list shows without scrolling for long. */
export const DEFAULT_COMPLETIONS = 50

/**
 * What can be written at an offset (UTF-16 units) of a text, the likeliest first, at most `limit` entries.
 *
 * Members and values come from the vocabulary; operators fit the types that the member has there. An empty list where
 * nothing can be offered: inside a regular expression or a place. Applying an entry never makes the text worse, apart
 * from what has to follow the entry itself.
 */
export function completeFilter(
  text: string,
  offset: number,
  vocabulary: Vocabulary,
  limit = DEFAULT_COMPLETIONS
): Completion[] {
  const situation = situationAt(text, offset)
  const space = /^\s/.test(text.slice(situation.replace.end, situation.replace.end + 1)) ? '' : ' '
  return candidates(text, situation, vocabulary, space, limit).slice(0, limit)
}

function candidates(
  text: string,
  situation: Situation,
  vocabulary: Vocabulary,
  space: string,
  limit: number
): Completion[] {
  const { prefix, replace } = situation
  switch (situation.kind) {
    case 'rule':
      return [
        ...(situation.isFirst && text.trim() === '' ? recent(vocabulary, replace) : []),
        ...ruleWords(
          prefix,
          memberCompletions(vocabulary, prefix, replace, space, limit),
          startingWith(prefix, ruleKeywords(replace, space))
        )
      ]
    case 'member':
      return situation.after === 'AGE'
        ? memberCompletions(vocabulary, prefix, replace, '', limit, isDate)
        : memberCompletions(vocabulary, prefix, replace, space, limit)
    case 'operator':
      return startingWith(prefix, operators(factsOf(vocabulary, situation.member), replace, space))
    case 'comparison': {
      const signs: readonly ComparisonOperator[] =
        situation.after === 'remainder' ? ['==', '!='] : ['<', '<=', '>', '>=', '==', '!=']
      return startingWith(
        prefix,
        signs.map((sign) => operator(sign, `${sign}${space}`, replace))
      )
    }
    case 'value':
      return valueCompletions(situation, vocabulary, limit)
    case 'list-start':
      return [{ ...listOf(replace), detail: 'A list of values' }]
    case 'number':
      return numberCompletions(situation)
    case 'unit':
      return startingWith(
        prefix,
        UNITS.map(({ unit, word }) => ({
          kind: 'unit',
          label: unit,
          insertText: `${unit}${space}`,
          replace,
          detail: word
        }))
      )
    case 'of':
      return [
        { kind: 'keyword', label: 'OF', insertText: `OF${space}`, replace, detail: 'The place follows' }
      ]
    case 'type':
      return startingWith(
        prefix,
        TYPE_NAMES.map((name) => ({
          kind: 'type',
          label: name,
          insertText: name,
          replace,
          detail: 'Type of an element'
        }))
      )
    case 'conjunction':
      return conjunctions(text, situation.canClose, prefix, replace, space)
    case 'regex':
      return [
        {
          kind: 'value',
          label: '/ /',
          insertText: '//',
          caret: 1,
          replace,
          detail: 'A regular expression',
          example: 'elems.place =~ /alaska/i'
        }
      ]
    case 'list-separator':
    case 'place':
    case 'nothing':
      return []
  }
}

/**
 * Members come first, since most rules begin with one; but keywords come before members that only hold what was typed
 * somewhere, and first of all when it was typed in capitals.
 */
function ruleWords(
  prefix: string,
  members: readonly Completion[],
  keywords: readonly Completion[]
): readonly Completion[] {
  if (prefix === '') return [...members, ...keywords]
  if (/^[A-Z]+$/.test(prefix)) return [...keywords, ...members]
  const lower = prefix.toLowerCase()
  const isPlain = ({ label }: Completion): boolean =>
    label.toLowerCase().startsWith(lower) || label.toLowerCase().startsWith(`elems.${lower}`)
  return [...members.filter(isPlain), ...keywords, ...members.filter((member) => !isPlain(member))]
}

/** Elements of type date, and the dates that every drop has. */
const isDate = ({ name, types }: MemberFacts): boolean =>
  types.includes('date') || name === 'creationDate' || name === 'lastEditDate'

/** Entries whose label starts with what is there, in any case. */
function startingWith(prefix: string, completions: readonly Completion[]): Completion[] {
  const lower = prefix.toLowerCase()
  return completions.filter(({ label }) => label.toLowerCase().startsWith(lower))
}

const recent = (vocabulary: Vocabulary, replace: Span): Completion[] =>
  (vocabulary.recentFilters ?? []).map((filter) => ({
    kind: 'recent',
    label: filter,
    insertText: filter,
    replace,
    detail: 'Run before'
  }))

const fromLanguage = (
  name: string,
  kind: Completion['kind'],
  insertText: string,
  replace: Span,
  caret?: number
): Completion => {
  const entry: LanguageEntry | undefined = languageEntry(name)
  return {
    kind,
    label: name,
    insertText,
    replace,
    detail: entry?.summary ?? '',
    ...(entry === undefined ? {} : { example: entry.example }),
    ...(caret === undefined ? {} : { caret })
  }
}

const ruleKeywords = (replace: Span, space: string): Completion[] => [
  ...['NOT', 'EXISTS', 'HAS', 'MATCHES'].map((name) =>
    fromLanguage(name, 'keyword', `${name}${space}`, replace)
  ),
  fromLanguage('AGE', 'function', `AGE${space}`, replace)
]

/** `[]` with the cursor inside. */
const listOf = (replace: Span): Completion => ({
  kind: 'value',
  label: '[ ]',
  insertText: '[]',
  caret: 1,
  replace,
  detail: ''
})

const factsOf = (vocabulary: Vocabulary, member: string): MemberFacts | undefined =>
  vocabulary.members.find(({ name }) => name === member || name === `elems.${member}`)

function operator(sign: string, insertText: string, replace: Span, caret?: number): Completion {
  return fromLanguage(sign, 'operator', insertText, replace, caret)
}

const NUMBER_TYPES: ReadonlySet<ElementType> = new Set(['integer', 'long', 'float', 'date'])
const LIST_TYPES: ReadonlySet<ElementType> = new Set(['list', 'set', 'sortedSet'])
const MAP_TYPES: ReadonlySet<ElementType> = new Set(['map', 'sortedMap', 'dropRef'])

/** The operators that can be true for the types a member has, the most usual first; all for an unknown member. */
export function fittingOperators(facts: MemberFacts | undefined): readonly string[] {
  const types = new Set([...(facts?.types ?? []), ...(facts?.entryTypes ?? [])])
  if (types.size === 0) return LANGUAGE.filter(({ kind }) => kind === 'operator').map(({ name }) => name)
  const fitting = new Set<string>()
  const add = (...signs: readonly string[]): void => {
    for (const sign of signs) fitting.add(sign)
  }
  for (const type of types) {
    if (NUMBER_TYPES.has(type))
      add('>=', '<=', '>', '<', '==', '!=', 'IN', ...(type === 'float' ? [] : ['%']))
    else if (LIST_TYPES.has(type)) add('CONTAINS', '==', '!=')
    else if (type === 'boolean') add('==', '!=')
    else if (type === 'location') add('WITHIN')
    else if (MAP_TYPES.has(type)) add('CONTAINS')
    else add('==', '!=', '=~', 'IN', 'CONTAINS', '<', '<=', '>', '>=')
  }
  return [...fitting]
}

function operators(facts: MemberFacts | undefined, replace: Span, space: string): Completion[] {
  const fitting = fittingOperators(facts)
  const holdsPlace = facts !== undefined && MAP_TYPES.has(facts.types[0] ?? 'string')
  return [...fitting, ...(holdsPlace ? ['WITHIN'] : [])].map((sign) => {
    if (sign === 'IN' || sign === 'CONTAINS') return operator(sign, `${sign} []`, replace, sign.length + 2)
    return operator(sign, `${sign}${space}`, replace)
  })
}

/** The words that people start to type for a conjunction. */
const SIGN_WORDS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or' }

function conjunctions(
  text: string,
  canClose: boolean,
  prefix: string,
  replace: Span,
  space: string
): Completion[] {
  const lead = prefix === '' && !/\s$/.test(text.slice(0, replace.start)) ? ' ' : ''
  const signs = ['&&', '||'].map((sign) =>
    fromLanguage(sign, 'conjunction', `${lead}${sign}${space}`, replace)
  )
  const close: Completion = {
    kind: 'conjunction',
    label: ')',
    insertText: ')',
    replace,
    detail: 'Closes the group'
  }
  const lower = prefix.toLowerCase()
  return [...signs, ...(canClose ? [close] : [])].filter(
    ({ label }) => label.startsWith(prefix) || (SIGN_WORDS[label] ?? '').startsWith(lower)
  )
}

type ValueSituation = Extract<Situation, { readonly kind: 'value' }>

function valueCompletions(situation: ValueSituation, vocabulary: Vocabulary, limit: number): Completion[] {
  const { prefix, replace, member } = situation
  const facts = factsOf(vocabulary, member)
  const types = new Set([...(facts?.types ?? []), ...(facts?.entryTypes ?? [])])
  const samples = (facts?.samples ?? []).filter(({ value }) =>
    String(value).toLowerCase().includes(prefix.toLowerCase())
  )
  const values = samples.map((sample) => valueCompletion(sample, types, replace, situation))
  if (situation.isInList) return values
  const others: Completion[] = []
  if (types.has('boolean') || types.size === 0) {
    others.push(
      fromLanguage('true', 'value', 'true', replace),
      fromLanguage('false', 'value', 'false', replace)
    )
  }
  if (types.has('date') || types.size === 0)
    others.push(fromLanguage('Date', 'function', 'Date()', replace, 5))
  if (types.has('id') || types.size === 0)
    others.push(fromLanguage('ObjectId', 'function', 'ObjectId("")', replace, 10))
  const members = prefix === '' ? [] : memberCompletions(vocabulary, prefix, replace, '', limit)
  return [...values, ...startingWith(prefix, withoutDoubles(others, values)), ...members]
}

const withoutDoubles = (completions: readonly Completion[], others: readonly Completion[]): Completion[] =>
  completions.filter(({ label }) => !others.some((other) => other.label === label))

function valueCompletion(
  sample: Sample,
  types: ReadonlySet<ElementType>,
  replace: Span,
  { member, operator: sign }: ValueSituation
): Completion {
  const text = textOfSample(sample.value, types)
  const list = sign === 'IN' || sign === 'CONTAINS'
  return {
    kind: 'value',
    label: text,
    insertText: text,
    replace,
    detail: describeSample(sample, types),
    example: list ? `${member} ${sign} [${text}]` : `${member} ${sign} ${text}`
  }
}

function textOfSample(value: Sample['value'], types: ReadonlySet<ElementType>): string {
  if (typeof value === 'string') return formatString(value)
  if (typeof value === 'boolean') return String(value)
  const kind = types.has('date') ? 'date' : 'number'
  return formatLiteral({ kind, value, span: { start: 0, end: 0 } })
}

function describeSample({ value, count }: Sample, types: ReadonlySet<ElementType>): string {
  const seen = `seen ${String(count)}×`
  if (!types.has('date') || typeof value !== 'number' || Math.abs(value) > MAX_DATE_MS) return seen
  return `${new Date(value).toISOString()}, ${seen}`
}

/** What a Date can hold (ECMAScript, "Time Values and Time Range"). */
const MAX_DATE_MS = 8.64e15

/** Round lengths of time, and usual distances. */
const NUMBERS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  age: [
    ['60000', 'a minute in ms'],
    ['600000', 'ten minutes in ms'],
    ['3600000', 'an hour in ms'],
    ['86400000', 'a day in ms'],
    ['604800000', 'a week in ms']
  ],
  distance: [
    ['1', 'distance'],
    ['5', 'distance'],
    ['10', 'distance'],
    ['100', 'distance']
  ],
  divisor: [
    ['2', 'every second'],
    ['10', 'every tenth'],
    ['100', 'every hundredth']
  ],
  remainder: [['0', 'no remainder']],
  date: []
}

function numberCompletions(situation: Extract<Situation, { readonly kind: 'number' }>): Completion[] {
  const { prefix, replace, of } = situation
  const numbers = NUMBERS[of] ?? []
  return startingWith(
    prefix,
    numbers.map(([label, detail]) => ({ kind: 'value', label, insertText: label, replace, detail }))
  )
}
