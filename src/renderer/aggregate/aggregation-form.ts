import type { AggregationDraft } from '../../shared/model/aggregate.ts'

/** The parts of a date by which drops are grouped, the coarsest first. */
export const DATE_PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
export type DatePart = (typeof DATE_PARTS)[number]

export const OUTPUT_KINDS = ['count', 'sum', 'avg', 'min', 'max', 'unique', 'all', 'distance'] as const
export type OutputKind = (typeof OUTPUT_KINDS)[number]

/** A line of the outputs. `field`: an element or a member of the drop; for a distance the name of a rule. */
export interface OutputLine {
  readonly kind: OutputKind
  readonly field: string
}

/** A line of the groups. `field` of a date part may be empty: that is the date of creation. */
export interface GroupLine {
  readonly kind: 'field' | 'distance' | DatePart
  readonly field: string
}

export interface RuleLine {
  readonly name: string
  readonly filter: string
}

export interface SortLine {
  /** The text of an output or a group. */
  readonly entry: string
  readonly isDescending: boolean
}

/** An aggregation as a person builds it (platform protocol, "Aggregation"). */
export interface AggregationForm {
  readonly outputs: readonly OutputLine[]
  readonly groups: readonly GroupLine[]
  readonly filter: string
  readonly rules: readonly RuleLine[]
  readonly sorts: readonly SortLine[]
}

export const FIRST_FORM: AggregationForm = {
  outputs: [{ kind: 'count', field: '' }],
  groups: [],
  filter: '',
  rules: [],
  sorts: []
}

/** The platform's word for a line: `$avg:temp`. */
export const outputText = ({ kind, field }: OutputLine): string =>
  kind === 'count' ? '$count' : `$${kind}:${field.trim()}`

/** `room`, `$month`, `$hour:measured`, `$distance:near`. */
export function groupText({ kind, field }: GroupLine): string {
  const name = field.trim()
  if (kind === 'field') return name
  if (kind === 'distance') return `$distance:${name}`
  return name === '' ? `$${kind}` : `$${kind}:${name}`
}

/** What can be sorted by. */
export const entriesOf = (form: AggregationForm): readonly string[] => [
  ...new Set([...form.groups.map(groupText), ...form.outputs.map(outputText)])
]

/** The request's body; members that say nothing are left out. */
export function draftOf(form: AggregationForm): AggregationDraft {
  const entries = entriesOf(form)
  const sorts = form.sorts.filter(({ entry }) => entries.includes(entry))
  return {
    output: form.outputs.map(outputText),
    ...(form.groups.length === 0 ? {} : { groupBy: form.groups.map(groupText) }),
    ...(form.filter.trim() === '' ? {} : { filter: form.filter.trim() }),
    ...(form.rules.length === 0
      ? {}
      : { rules: Object.fromEntries(form.rules.map(({ name, filter }) => [name.trim(), filter.trim()])) }),
    ...(sorts.length === 0
      ? {}
      : { sorts: sorts.map(({ entry, isDescending }) => `${entry}:${isDescending ? 'desc' : 'asc'}`) })
  }
}

/** The body as text, as the JSON view shows it. */
export const textOf = (form: AggregationForm): string => JSON.stringify(draftOf(form), null, 2)

export type ReadForm =
  { readonly ok: true; readonly form: AggregationForm } | { readonly ok: false; readonly message: string }

/** Reads a body that was written by hand; what the form cannot show is a sentence, and the text stays. */
export function readForm(text: string): ReadForm {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    return refuse(`The text is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse('A request is an object with an output, such as {"output": ["$count"]}.')
  }
  const members = body as Record<string, unknown>
  const unknown = Object.keys(members).find((name) => !KNOWN_MEMBERS.includes(name))
  if (unknown !== undefined) {
    return refuse(`There is no member ${unknown}: a request has ${KNOWN_MEMBERS.join(', ')}.`)
  }
  const { output, groupBy = [], filter = '', rules = {}, sorts = [] } = members
  if (!isTexts(output) || output.length === 0)
    return refuse('output must be a list of selectors, at least one.')
  if (!isTexts(groupBy)) return refuse('groupBy must be a list of texts.')
  if (!isTexts(sorts)) return refuse('sorts must be a list of texts.')
  if (typeof filter !== 'string') return refuse('filter must be a text.')
  if (!isTextMap(rules)) return refuse('rules must be an object of filters by name.')
  const outputs = output.map(readOutput)
  const strange = outputs.findIndex((line) => line === undefined)
  if (strange >= 0) {
    return refuse(
      `${output[strange] ?? ''} is no output: write $count or one of ${OUTPUT_KINDS.slice(1)
        .map((kind) => `$${kind}:name`)
        .join(', ')}.`
    )
  }
  const groups = groupBy.map((entry) => readGroup(entry, Object.hasOwn(rules, distanceName(entry) ?? '')))
  const strangeGroup = groups.findIndex((line) => line === undefined)
  if (strangeGroup >= 0) {
    return refuse(
      `${groupBy[strangeGroup] ?? ''} is no group: write a name, ${DATE_PARTS.map((part) => `$${part}`).join(', ')} or $distance:rule.`
    )
  }
  return {
    ok: true,
    form: {
      outputs: outputs.filter((line) => line !== undefined),
      groups: groups.filter((line) => line !== undefined),
      filter,
      rules: Object.entries(rules).map(([name, rule]) => ({ name, filter: rule })),
      sorts: sorts.map(readSort)
    }
  }
}

const KNOWN_MEMBERS: readonly string[] = ['output', 'groupBy', 'filter', 'rules', 'sorts']

const refuse = (message: string): ReadForm => ({ ok: false, message })

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((item) => typeof item === 'string')

/** Old requests write a distance without its `$`. */
const distanceName = (text: string): string | undefined => /^\$?distance:(.+)$/s.exec(text)?.[1]

function readOutput(text: string): OutputLine | undefined {
  if (text === '$count') return { kind: 'count', field: '' }
  const rule = distanceName(text)
  if (rule !== undefined) return { kind: 'distance', field: rule }
  const [, name, field = ''] = /^\$(\w+):(.+)$/s.exec(text) ?? []
  const kind = OUTPUT_KINDS.find((known) => known === name && known !== 'count')
  return kind === undefined ? undefined : { kind, field }
}

function readGroup(text: string, isRule: boolean): GroupLine | undefined {
  const rule = distanceName(text)
  if (rule !== undefined && (text.startsWith('$') || isRule)) return { kind: 'distance', field: rule }
  if (!text.startsWith('$')) return text === '' ? undefined : { kind: 'field', field: text }
  const [, name, field = ''] = /^\$(\w+)(?::(.+))?$/s.exec(text) ?? []
  const part = DATE_PARTS.find((known) => known === name)
  return part === undefined ? undefined : { kind: part, field }
}

function readSort(text: string): SortLine {
  const direction = /:(asc|desc)$/.exec(text)?.[1]
  return direction === undefined
    ? { entry: text, isDescending: false }
    : { entry: text.slice(0, -direction.length - 1), isDescending: direction === 'desc' }
}

/** Whether an output is a number in every row that has one: lists are not, and least or most may be texts. */
export const isNumericOutput = ({ kind }: OutputLine): boolean => kind !== 'unique' && kind !== 'all'
