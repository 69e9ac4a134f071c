import fc from 'fast-check'
import type {
  FilterNode,
  FilterTree,
  Literal,
  Member,
  NumberLiteral,
  Regex
} from '../../../src/shared/filter/ast.ts'
import { NO_SPAN } from '../../../src/shared/filter/ast.ts'
import { LANGUAGE, TYPE_NAMES } from '../../../src/shared/filter/operators.ts'

/** Random trees that the language can say, random subjects that have something to do with them, and random texts. */
const span = NO_SPAN

const NAMES = [
  'a',
  'b',
  'temp',
  'elems',
  'path',
  'location',
  'lat',
  'tags',
  'creationDate',
  'x-y',
  '$z',
  'toString'
]
const SEGMENTS = [...NAMES, '0', '1', '2nd', 'AGE', 'true']
const PATTERNS = [
  'a',
  '^a',
  'b$',
  'a.b',
  '[a-c]+',
  '(a|b)',
  '/',
  'x\\.y',
  '\\d{2}',
  '',
  '\\\\',
  '[/]',
  '\\bq'
]

const member: fc.Arbitrary<Member> = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 2 }))
  .map(([first, rest]) => ({ kind: 'member', path: [first, ...rest], span }))

/** As a parser makes them: an integer beyond 2^53 without exponent is a bigint. */
const number: fc.Arbitrary<NumberLiteral> = fc
  .oneof(
    fc.integer({ min: -5, max: 20 }),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n })
  )
  .map((value) => ({ kind: 'number', value, span }))

const text = fc.oneof(
  fc.constantFrom('a', 'ab', "it's", 'x/y', '', 'b\\'),
  fc.string({ unit: 'binary', maxLength: 6 })
)

const scalar: fc.Arbitrary<Literal> = fc.oneof(
  number,
  text.map((value): Literal => ({ kind: 'string', value, span })),
  fc.boolean().map((value): Literal => ({ kind: 'boolean', value, span })),
  fc.constant<Literal>({ kind: 'null', span }),
  number.map(({ value }): Literal => ({ kind: 'date', value, span })),
  text.map((value): Literal => ({ kind: 'id', value, span })),
  text.map((value): Literal => ({ kind: 'email', value, span }))
)

const list = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: scalar },
      { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }).map(listOf) }
    ),
    {
      maxLength: 3
    }
  )
  .map(listOf)

function listOf(entries: readonly Literal[]): Extract<Literal, { kind: 'list' }> {
  return { kind: 'list', entries, span }
}

const regex: fc.Arbitrary<Regex> = fc
  .tuple(fc.constantFrom(...PATTERNS), fc.constantFrom('', 'i', 'm', 's', 'im', 'ims'))
  .map(([pattern, flags]) => ({ kind: 'regexLiteral', pattern, flags, span }))

const comparisonOperator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const coordinate = fc.double({ min: -180, max: 180, noNaN: true })

const rule: fc.Arbitrary<FilterNode> = fc.oneof(
  fc.record({
    kind: fc.constant('comparison'),
    member,
    operator: comparisonOperator,
    operand: fc.oneof(scalar, list, member),
    span: fc.constant(span)
  }),
  fc.record({
    kind: fc.constant('remainder'),
    member,
    divisor: number,
    operator: fc.constantFrom('==', '!='),
    remainder: number,
    span: fc.constant(span)
  }),
  fc.record({ kind: fc.constant('regex'), member, regex, span: fc.constant(span) }),
  fc.record({ kind: fc.constantFrom('in', 'contains'), member, list, span: fc.constant(span) }),
  fc.record({
    kind: fc.constant('within'),
    member,
    distance: number,
    unit: fc.constantFrom('MILES', 'KM', 'METERS', 'FEET'),
    place: fc.record({
      kind: fc.constant('point'),
      lat: coordinate,
      lon: coordinate,
      span: fc.constant(span)
    }),
    span: fc.constant(span)
  }),
  fc.record({ kind: fc.constant('exists'), member, span: fc.constant(span) }),
  fc.record({ kind: fc.constant('has'), typeName: fc.constantFrom(...TYPE_NAMES), span: fc.constant(span) }),
  fc.record({ kind: fc.constant('matches'), regex, span: fc.constant(span) }),
  fc.record({
    kind: fc.constant('age'),
    member: fc.option(member, { nil: undefined }),
    operator: comparisonOperator,
    ageMs: number,
    span: fc.constant(span)
  })
) as fc.Arbitrary<FilterNode>

const { node } = fc.letrec<{ node: FilterNode; group: FilterNode; negation: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: rule },
    { weight: 2, arbitrary: tie('group') },
    { weight: 1, arbitrary: tie('negation') }
  ),
  group: fc
    .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
    .map(([kind, terms]) => ({ kind, terms, span }) as FilterNode),
  negation: tie('node').map((term): FilterNode => ({ kind: 'not', term, span }))
}))

export const filterNode: fc.Arbitrary<FilterNode> = node
export const filterTree: fc.Arbitrary<FilterTree> = node.map((root) => ({ root, hasErrors: false }))

const leaf = fc.oneof(
  fc.constantFrom<unknown>('a', 'ab', 'b', 0, 1, 2, 5.5, true, false, null, 9007199254740993n),
  fc.constantFrom<unknown>(
    { type: 'date', value: 5 },
    { type: 'id', value: 'ab' },
    { type: 'location', value: { lat: 1, lon: 2 } }
  ),
  fc.string({ maxLength: 4 })
)
const value = fc.letrec<{ value: unknown; list: unknown; map: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, { weight: 3, arbitrary: leaf }, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  map: fc.dictionary(fc.constantFrom(...SEGMENTS), tie('value'), { maxKeys: 3 })
})).value

export const drop: fc.Arbitrary<object> = fc.record(
  {
    id: fc.constant('d500a1b2c3d4e5f6071829301'),
    path: fc.constantFrom('/a/b', 'a'),
    creationDate: fc.integer({ min: 0, max: 20 }),
    location: fc.record({ lat: coordinate, lon: coordinate }),
    elems: fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 5 })
  },
  { requiredKeys: ['id', 'path', 'creationDate', 'elems'] }
)

/** Tokens in any order, characters in any order, and filters with a hole: what people have on the way to a filter. */
const SNIPPETS = [
  ...LANGUAGE.map(({ name }) => name),
  ...LANGUAGE.map(({ example }) => example),
  ...[
    '(',
    ')',
    '[',
    ']',
    ',',
    '=',
    '&',
    '|',
    '!',
    '.',
    '"',
    "'",
    '/',
    '\\',
    ' ',
    '\n',
    '-',
    '5',
    '-2.5',
    '1e9',
    'elems.',
    'temp',
    'and',
    'not'
  ],
  ...['"x"', "'x'", '/a/i', '/[', 'KM', 'OF', 'ZIP', 'ZIP=', 'Date(', '[1,2]', 'é', '😀', '\ud83d', '\0']
]
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 12 }).map((parts) => parts.join(' '))
)
