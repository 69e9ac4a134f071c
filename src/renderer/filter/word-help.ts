import { languageEntry } from '../../shared/filter/index.ts'
import type { Completion, MemberFacts, Vocabulary } from '../../shared/filter/index.ts'
import { barOf, sparkline } from './distribution.ts'
import { cutText } from '../drops/cut-text.ts'
import { formatCount } from '../ui/quantity.ts'

/** A completion with its page of help in Markdown. What drops contain stands in code, never as markup. */
export interface HelpedCompletion extends Completion {
  readonly help: string
}

/** Values in a help text: it is read at a glance. */
const SHOWN_VALUES = 6
const VALUE_CHARACTERS = 48

/** The help of an entry of the completion list. */
export function helpFor(completion: Completion, vocabulary: Vocabulary): string {
  if (completion.kind === 'member') return memberHelp(completion.label, vocabulary) ?? completion.detail
  const language = languageHelp(completion.label)
  if (language !== undefined) return language
  const text = completion.kind === 'recent' ? completion.label : completion.example
  return [completion.detail, ...(text === undefined ? [] : [filterBlock(text)])].join('\n\n')
}

/** What a word or sign of the language is for; undefined for any other text. */
export function languageHelp(name: string): string | undefined {
  const entry = languageEntry(name)
  if (entry === undefined) return undefined
  return [inCode(entry.signature), entry.summary, filterBlock(entry.example)].join('\n\n')
}

/** What the drops of the flow have under a name, with or without `elems.`; undefined when nothing was seen. */
export function memberHelp(name: string, vocabulary: Vocabulary): string | undefined {
  const facts = vocabulary.members.find((member) => member.name === name || member.name === `elems.${name}`)
  if (facts === undefined) return undefined
  return [
    inCode(facts.name),
    describeMember(facts, vocabulary.dropCount),
    ...[distributionLines(facts), sampleLines(facts)]
      .filter((lines) => lines.length > 0)
      .map((lines) => block(VALUES_LANGUAGE, lines.join('\n'))),
    filterBlock(exampleOf(facts))
  ].join('\n\n')
}

function describeMember(
  { name, types, entryTypes, count, min, max }: MemberFacts,
  dropCount: number
): string {
  const kind = name.startsWith('elems.') ? 'element' : 'member of a drop'
  const type = types.join(' or ') + (entryTypes.length === 0 ? '' : ` of ${entryTypes.join(' or ')}`)
  const share =
    count > dropCount
      ? `${formatCount(count)} values in ${formatCount(dropCount)} drops`
      : `in ${formatCount(count)} of ${formatCount(dropCount)} drops`
  const range =
    min === undefined || max === undefined ? '' : ` · ${rangeText(min, types)} to ${rangeText(max, types)}`
  return `${kind} · ${type} · ${share}${range}`
}

/** What a Date can hold (ECMAScript, "Time Values and Time Range"). */
const MAX_DATE_MS = 8.64e15

const rangeText = (value: number, types: readonly string[]): string =>
  types.includes('date') && Math.abs(value) <= MAX_DATE_MS ? new Date(value).toISOString() : String(value)

/** Where the numbers lie between the least and the largest. */
function distributionLines({ numbers, min, max, types }: MemberFacts): string[] {
  if (numbers === undefined || min === undefined || max === undefined || min === max) return []
  const sorted = numbers.toSorted((left, right) => left - right)
  const median = sorted[Math.floor(sorted.length / 2)] ?? min
  return [
    sparkline(numbers, min, max),
    `${rangeText(min, types)} … median ${rangeText(median, types)} … ${rangeText(max, types)}`
  ]
}

/** The most frequent values; none when every number was another, since their distribution tells more. */
function sampleLines({ samples, hasMoreSamples, numbers }: MemberFacts): string[] {
  const [most] = samples
  if (most === undefined || (numbers !== undefined && hasMoreSamples && most.count === 1)) return []
  const shown = samples.slice(0, SHOWN_VALUES)
  const texts = shown.map(({ value }) => cutText(String(value), VALUE_CHARACTERS))
  const width = Math.max(...texts.map((text) => text.length))
  const counts = shown.map(({ count }) => `${formatCount(count)}×`)
  const countWidth = Math.max(...counts.map((count) => count.length))
  const lines = shown.map(({ count }, index) =>
    [
      (texts[index] ?? '').padEnd(width),
      (counts[index] ?? '').padStart(countWidth),
      barOf(count, most.count)
    ].join('  ')
  )
  return hasMoreSamples || samples.length > SHOWN_VALUES ? [...lines, '…'] : lines
}

function exampleOf({ name, types, entryTypes, samples, min, max }: MemberFacts): string {
  if (types.includes('location')) return `${name} WITHIN 100 KM OF [40.7, -73.98]`
  const value = samples[0]?.value
  if (value === undefined) return `EXISTS ${name}`
  if (types.includes('date')) return `AGE('${name}') < 86400000`
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  if (entryTypes.length > 0) return `${name} CONTAINS [${text}]`
  if (typeof value === 'string' || typeof value === 'boolean') return `${name} == ${text}`
  return `${name} >= ${min === undefined || max === undefined ? text : String(Math.round((min + max) / 2))}`
}

/** The language of blocks with values and bars, which colours the bars. */
export const VALUES_LANGUAGE = 'flow-values'

const filterBlock = (text: string): string => block('flow-filter', text)

/** A fence longer than any run of the same sign in the text, so that the text cannot end it. */
function block(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

/** For names and signatures, which hold no back-ticks. */
const inCode = (text: string): string => `\`${text.replaceAll('`', '')}\``
