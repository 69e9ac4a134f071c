import { ELEMENT_TYPES } from '../model/elements.ts'
import type { ComparisonOperator, DistanceUnit } from './ast.ts'

/**
 * The words and signs of the language, each once: the lexer takes its names from here, completion and hover their
 * texts. (Platform protocol, "Flow Filter Language".)
 */
export interface LanguageEntry {
  /** As it is written: `==`, `IN`, `Date`. */
  readonly name: string
  readonly kind: 'operator' | 'conjunction' | 'keyword' | 'function' | 'constant'
  /** How it is used, with `member`, `value` and the like as place holders. */
  readonly signature: string
  /** One sentence: what it is true for. */
  readonly summary: string
  /** A whole filter that parses. */
  readonly example: string
}

export const LANGUAGE: readonly LanguageEntry[] = [
  {
    name: '==',
    kind: 'operator',
    signature: 'member == value',
    summary: 'True when the member equals the value; for a list, when any entry does.',
    example: 'elems.status == "open"'
  },
  {
    name: '!=',
    kind: 'operator',
    signature: 'member != value',
    summary: 'The opposite of ==: true for a missing member too.',
    example: 'elems.status != "closed"'
  },
  {
    name: '<',
    kind: 'operator',
    signature: 'member < value',
    summary: 'True when the member is less than the value.',
    example: 'elems.temp < 10'
  },
  {
    name: '<=',
    kind: 'operator',
    signature: 'member <= value',
    summary: 'True when the member is less than the value or equal to it.',
    example: 'elems.temp <= 10'
  },
  {
    name: '>',
    kind: 'operator',
    signature: 'member > value',
    summary: 'True when the member is greater than the value.',
    example: 'elems.mag > 5'
  },
  {
    name: '>=',
    kind: 'operator',
    signature: 'member >= value',
    summary: 'True when the member is greater than the value or equal to it.',
    example: 'elems.mag >= 5'
  },
  {
    name: '=~',
    kind: 'operator',
    signature: 'member =~ /pattern/flags',
    summary: 'True when the pattern is found anywhere in a string; anchor it with ^ and $.',
    example: 'elems.place =~ /alaska/i'
  },
  {
    name: '%',
    kind: 'operator',
    signature: 'member % number == number',
    summary: 'Compares the remainder of a division, with == or != only.',
    example: 'elems.counter % 100 == 0'
  },
  {
    name: 'IN',
    kind: 'operator',
    signature: 'member IN [value, …]',
    summary: 'True when the member equals one of the values.',
    example: 'elems.status IN ["shipped", "delivered"]'
  },
  {
    name: 'CONTAINS',
    kind: 'operator',
    signature: 'member CONTAINS [value, …]',
    summary: 'True when a list holds all the values, a string all the pieces, or a map all the keys.',
    example: 'elems.tags CONTAINS ["red", "round"]'
  },
  {
    name: 'WITHIN',
    kind: 'operator',
    signature: 'member WITHIN number unit OF [lat, lon]',
    summary: 'True when the place is no further away than the distance.',
    example: 'location WITHIN 5 KM OF [40.7, -73.98]'
  },
  {
    name: '&&',
    kind: 'conjunction',
    signature: 'rule && rule',
    summary: 'True when both rules are. Binds tighter than ||.',
    example: 'elems.mag >= 5 && elems.depth < 10'
  },
  {
    name: '||',
    kind: 'conjunction',
    signature: 'rule || rule',
    summary: 'True when at least one of the rules is.',
    example: 'elems.mag >= 5 || elems.alert == "red"'
  },
  {
    name: 'NOT',
    kind: 'keyword',
    signature: 'NOT rule',
    summary: 'Negates the one rule, or the group in parentheses, that follows.',
    example: 'NOT (elems.a == 1 || elems.b == 2)'
  },
  {
    name: 'EXISTS',
    kind: 'keyword',
    signature: 'EXISTS member',
    summary: 'True when the member is there; false, 0 and "" count as there.',
    example: 'EXISTS elems.battery'
  },
  {
    name: 'HAS',
    kind: 'keyword',
    signature: 'HAS type',
    summary: 'True when at least one element, at any depth, has the type.',
    example: 'HAS location'
  },
  {
    name: 'MATCHES',
    kind: 'keyword',
    signature: 'MATCHES /pattern/flags',
    summary: 'True when the pattern is found in any string anywhere in the elements.',
    example: 'MATCHES /err(or)?/i'
  },
  {
    name: 'AGE',
    kind: 'function',
    signature: "AGE < ms, AGE('member') < ms",
    summary: 'Compares how many milliseconds ago the drop was created, or a date member was.',
    example: "AGE('lastEditDate') > 86400000"
  },
  {
    name: 'Date',
    kind: 'function',
    signature: 'Date(ms)',
    summary: 'A date: milliseconds since 1 January 1970, UTC.',
    example: 'elems.birthday > Date(1342404840000)'
  },
  {
    name: 'ObjectId',
    kind: 'function',
    signature: "ObjectId('hex')",
    summary: 'An object id, with or without the letter of its kind.',
    example: "flowId == ObjectId('f500a1b2c3d4e5f6071829304')"
  },
  {
    name: 'Email',
    kind: 'function',
    signature: "Email('name@host')",
    summary: 'An e-mail address.',
    example: "elems.from == Email('ana@example.com')"
  },
  {
    name: 'true',
    kind: 'constant',
    signature: 'member == true',
    summary: 'The boolean true.',
    example: 'elems.isOpen == true'
  },
  {
    name: 'false',
    kind: 'constant',
    signature: 'member == false',
    summary: 'The boolean false.',
    example: 'elems.isOpen == false'
  },
  {
    name: 'null',
    kind: 'constant',
    signature: 'member == null',
    summary: 'Null. A member that is missing is not null: use NOT EXISTS for it.',
    example: 'elems.note == null'
  }
]

const BY_NAME: ReadonlyMap<string, LanguageEntry> = new Map(LANGUAGE.map((entry) => [entry.name, entry]))

/** The entry of an operator, keyword, function or constant; `undefined` for any other word. */
export const languageEntry = (name: string): LanguageEntry | undefined => BY_NAME.get(name)

export const COMPARISON_OPERATORS: readonly ComparisonOperator[] = ['==', '!=', '<=', '>=', '<', '>']

const COMPARISON_SET: ReadonlySet<string> = new Set(COMPARISON_OPERATORS)

export const isComparisonOperator = (sign: string): sign is ComparisonOperator => COMPARISON_SET.has(sign)

/** Words that cannot start a member unless a dot follows. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'IN',
  'CONTAINS',
  'WITHIN',
  'OF',
  'EXISTS',
  'HAS',
  'AGE',
  'MATCHES',
  'NOT',
  'ZIP',
  'true',
  'false',
  'null'
])

/** The keywords that a rule can start with. */
export const PREFIX_KEYWORDS: ReadonlySet<string> = new Set(['NOT', 'EXISTS', 'HAS', 'MATCHES', 'AGE'])

/** The keywords that follow a member. */
export const INFIX_KEYWORDS: ReadonlySet<string> = new Set(['IN', 'CONTAINS', 'WITHIN'])

export interface UnitEntry {
  readonly unit: DistanceUnit
  /** Every accepted spelling in upper case, the canonical one first. */
  readonly spellings: readonly string[]
  readonly kilometres: number
  readonly word: string
}

/** The units of WITHIN. One mile is 1.609344 km (platform protocol, "Operator semantics"); a foot is 0.3048 m. */
export const UNITS: readonly UnitEntry[] = [
  { unit: 'MILES', spellings: ['MILES', 'MILE', 'MI'], kilometres: 1.609344, word: 'miles' },
  { unit: 'KM', spellings: ['KM', 'KILOMETERS'], kilometres: 1, word: 'kilometres' },
  { unit: 'METERS', spellings: ['METERS', 'M'], kilometres: 0.001, word: 'metres' },
  { unit: 'FEET', spellings: ['FEET', 'FT'], kilometres: 0.0003048, word: 'feet' }
]

const UNIT_BY_SPELLING: ReadonlyMap<string, UnitEntry> = new Map(
  UNITS.flatMap((entry) => entry.spellings.map((spelling) => [spelling, entry] as const))
)

/** The unit of a word in any case; `undefined` when it is none. */
export const unitOf = (word: string): UnitEntry | undefined => UNIT_BY_SPELLING.get(word.toUpperCase())

/** The constants that are written as a name with an argument. */
export const TYPED_CONSTANTS = ['Date', 'ObjectId', 'Email'] as const

/** The members of a drop that are not elements (platform protocol, "Name resolution"). */
export const DROP_MEMBERS: ReadonlySet<string> = new Set([
  'id',
  'flowId',
  'path',
  'creationDate',
  'lastEditDate',
  'location',
  'fhash',
  'version',
  'parentDropId',
  'creatorId',
  'elems'
])

/** The names that HAS accepts. */
export const TYPE_NAMES: readonly string[] = ELEMENT_TYPES
