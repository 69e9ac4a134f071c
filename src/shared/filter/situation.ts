import type { ComparisonOperator, Span } from './ast.ts'
import type { Token } from './lexer.ts'
import { tokenize } from './lexer.ts'
import { isComparisonOperator, TYPED_CONSTANTS } from './operators.ts'

/**
 * What may be written at a place of a text: one of a closed set. Every situation says what is already there (`prefix`)
 * and which piece of the text a completion replaces.
 */
export type Situation = Place & {
  /** The part of the word, string or sign under the cursor that lies before it; a string without its quote. */
  readonly prefix: string
  readonly replace: Span
}

type Place =
  /** A rule starts here: a member, NOT, EXISTS, HAS, MATCHES, AGE or a group. */
  | { readonly kind: 'rule'; readonly isFirst: boolean }
  /** A member, and nothing else: after EXISTS and inside AGE( ). */
  | { readonly kind: 'member'; readonly after: 'EXISTS' | 'AGE' }
  | { readonly kind: 'operator'; readonly member: string }
  /** Only operators that compare: after AGE, or == and != after a division. */
  | { readonly kind: 'comparison'; readonly after: 'AGE' | 'remainder' }
  | {
      readonly kind: 'value'
      readonly member: string
      readonly operator: ComparisonOperator | 'IN' | 'CONTAINS'
      /** Inside square brackets, where no member can stand. */
      readonly isInList: boolean
    }
  /** After a value of a list: a comma or the closing bracket. */
  | { readonly kind: 'list-separator' }
  | { readonly kind: 'list-start'; readonly operator: 'IN' | 'CONTAINS' }
  | { readonly kind: 'regex'; readonly member: string | undefined }
  | { readonly kind: 'number'; readonly of: 'distance' | 'divisor' | 'remainder' | 'age' | 'date' }
  | { readonly kind: 'unit' }
  | { readonly kind: 'of' }
  | { readonly kind: 'place' }
  | { readonly kind: 'type' }
  /** A rule is complete: && or ||, or the closing parenthesis of an open group. */
  | { readonly kind: 'conjunction'; readonly canClose: boolean }
  /** Nothing can be offered: inside a regular expression, a place, or text that is not understood. */
  | { readonly kind: 'nothing' }

/** The situation at an offset in UTF-16 units, 0 to the length of the text. */
export function situationAt(text: string, offset: number): Situation {
  const tokens = tokenize(text.slice(0, offset)).tokens.filter(isSignificant)
  const touching = partialToken(tokens, offset)
  const before = touching === undefined ? tokens : tokens.slice(0, -1)
  let state: State = START
  let openGroups = 0
  for (let index = 0; index < before.length; index += 1) {
    const token = before[index] as Token
    if (isConstant(before, index)) {
      const argument = constantPlace(token.value, before.slice(index + 2, index + CONSTANT_TOKENS))
      if (argument !== undefined) return situationOf(text, offset, argument, touching)
      index += CONSTANT_TOKENS - 1
    }
    if (isOpenGroup(state, token)) openGroups += 1
    if (token.value === ')' && token.kind === 'sign' && state.place.kind === 'conjunction') openGroups -= 1
    state = step(state, token)
  }
  return situationOf(text, offset, finish(state, openGroups), touching)
}

/** `Date`, `(`, the argument, `)`. */
const CONSTANT_TOKENS = 4

const isConstant = (tokens: readonly Token[], index: number): boolean =>
  (TYPED_CONSTANTS as readonly string[]).includes(tokens[index]?.value ?? '') &&
  isSign(tokens[index + 1], '(')

const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.value === sign

/** The place inside the parentheses of a constant; `undefined` when they are closed, and it is a value like any other. */
function constantPlace(name: string, rest: readonly Token[]): Place | undefined {
  if (isSign(rest[1], ')')) return undefined
  return rest.length === 0 && name === 'Date' ? { kind: 'number', of: 'date' } : { kind: 'nothing' }
}

const isSignificant = (token: Token): boolean => token.kind !== 'space' && token.kind !== 'end'

/** Signs that may be the start of a longer one. `<` and `>` are whole: a value may follow at once. */
const UNFINISHED_SIGNS: ReadonlySet<string> = new Set(['=', '!', '&', '|'])

/** The token that the cursor touches at its end and that is still being written. */
function partialToken(tokens: readonly Token[], offset: number): Token | undefined {
  const last = tokens.at(-1)
  if (last?.end !== offset) return undefined
  switch (last.kind) {
    case 'name':
    case 'keyword':
    case 'word':
    case 'number':
      return last
    case 'string':
    case 'regex':
      return last.isBroken ? last : undefined
    case 'sign':
      return UNFINISHED_SIGNS.has(last.value) ? last : undefined
    default:
      return undefined
  }
}

function situationOf(text: string, offset: number, place: Place, touching: Token | undefined): Situation {
  if (touching?.kind === 'regex') {
    return { kind: 'nothing', prefix: '', replace: { start: offset, end: offset } }
  }
  if (touching === undefined) {
    return { ...place, prefix: '', replace: { start: offset, end: offset } }
  }
  const { start } = touching
  if (touching.kind !== 'string' && touching.kind !== 'sign') {
    return { ...place, prefix: touching.value, replace: { start, end: endOfWord(text, offset) } }
  }
  const whole = tokenize(text).tokens.find((token) => token.start === start)
  const end = whole?.kind === touching.kind && !whole.isBroken ? whole.end : offset
  return { ...place, prefix: touching.value, replace: { start, end } }
}

const WORD_REST = /[A-Za-z0-9_$:.-]*/y

/** Where the word that the cursor is in ends. */
function endOfWord(text: string, offset: number): number {
  WORD_REST.lastIndex = offset
  return offset + (WORD_REST.exec(text)?.[0].length ?? 0)
}

// ── a small machine: what may follow after each token ──

interface State {
  readonly place: Place
  /** The member of the rule that is being written. */
  readonly member: string
  readonly operator: ComparisonOperator | 'IN' | 'CONTAINS'
  readonly listDepth: number
  /** Where the next token leads: after the number of a distance comes its unit. */
  readonly then?: State
}

const START: State = { place: { kind: 'rule', isFirst: true }, member: '', operator: '==', listDepth: 0 }
const NEXT_RULE: State = { ...START, place: { kind: 'rule', isFirst: false } }
const COMPLETE: State = { ...START, place: { kind: 'conjunction', canClose: false } }
const NOTHING: State = { ...START, place: { kind: 'nothing' } }

const isOpenGroup = (state: State, token: Token): boolean =>
  token.kind === 'sign' && token.value === '(' && state.place.kind === 'rule'

function finish(state: State, openGroups: number): Place {
  return state.place.kind === 'conjunction' ? { kind: 'conjunction', canClose: openGroups > 0 } : state.place
}

function step(state: State, token: Token): State {
  const sign = token.kind === 'sign' ? token.value : ''
  // A conjunction starts afresh, whatever was written before it.
  if (sign === '&&' || sign === '||') return NEXT_RULE
  switch (state.place.kind) {
    case 'rule':
      return stepRule(state, token)
    case 'member':
      return stepMember(state, token)
    case 'operator':
      return stepOperator(state, token)
    case 'comparison':
      return stepComparison(state, token)
    case 'value':
      return stepValue(state, token)
    case 'list-start':
      return sign === '[' ? inList(state) : NOTHING
    case 'list-separator':
      if (sign === ',') return inList({ ...state, listDepth: state.listDepth - 1 })
      return sign === ']' ? closeList(state) : NOTHING
    case 'regex':
      return token.kind === 'regex' ? COMPLETE : NOTHING
    case 'number':
      return token.kind === 'number' ? (state.then ?? COMPLETE) : NOTHING
    case 'unit':
      return token.kind === 'name' ? { ...state, place: { kind: 'of' } } : NOTHING
    case 'of':
      return token.value.toUpperCase() === 'OF' ? { ...state, place: { kind: 'place' } } : NOTHING
    case 'place':
      return { ...NOTHING, then: COMPLETE }
    case 'type':
      return COMPLETE
    case 'conjunction':
      return sign === ')' ? COMPLETE : NOTHING
    case 'nothing':
      // Only the brackets of a place lead on: anything else waits for the next conjunction.
      if (sign === ']' && state.then !== undefined) return state.then
      return state
  }
}

function stepRule(state: State, token: Token): State {
  if (token.kind === 'name')
    return { ...state, member: token.value, place: { kind: 'operator', member: token.value } }
  if (token.kind === 'sign' && token.value === '(') return NEXT_RULE
  if (token.kind !== 'keyword') return NOTHING
  switch (token.value) {
    case 'NOT':
      return NEXT_RULE
    case 'EXISTS':
      return { ...state, place: { kind: 'member', after: 'EXISTS' } }
    case 'HAS':
      return { ...state, place: { kind: 'type' } }
    case 'MATCHES':
      return { ...state, place: { kind: 'regex', member: undefined } }
    case 'AGE':
      return { ...state, place: { kind: 'comparison', after: 'AGE' } }
    default:
      return NOTHING
  }
}

function stepMember(state: State, token: Token): State {
  if (state.place.kind === 'member' && state.place.after === 'AGE') {
    // The closing parenthesis of AGE( ) leaves the place as it is.
    if (token.kind === 'sign') return token.value === ')' ? afterAge(state) : NOTHING
    return token.kind === 'name' || token.kind === 'string' ? state : NOTHING
  }
  return token.kind === 'name' ? COMPLETE : NOTHING
}

const afterAge = (state: State): State => ({ ...state, place: { kind: 'comparison', after: 'AGE' } })

function stepOperator(state: State, token: Token): State {
  const { member } = state
  if (token.kind === 'keyword') {
    if (token.value === 'IN' || token.value === 'CONTAINS') {
      return { ...state, operator: token.value, place: { kind: 'list-start', operator: token.value } }
    }
    if (token.value !== 'WITHIN') return NOTHING
    return {
      ...state,
      place: { kind: 'number', of: 'distance' },
      then: { ...START, place: { kind: 'unit' } }
    }
  }
  if (token.kind !== 'sign') return NOTHING
  if (token.value === '=~') return { ...state, place: { kind: 'regex', member } }
  if (token.value === '%') {
    const then: State = { ...state, place: { kind: 'comparison', after: 'remainder' } }
    return { ...state, place: { kind: 'number', of: 'divisor' }, then }
  }
  if (!isComparisonOperator(token.value)) return NOTHING
  return {
    ...state,
    operator: token.value,
    place: { kind: 'value', member, operator: token.value, isInList: false }
  }
}

function stepComparison(state: State, token: Token): State {
  if (token.kind !== 'sign') return NOTHING
  const isAge = state.place.kind === 'comparison' && state.place.after === 'AGE'
  if (isAge && token.value === '(') return { ...state, place: { kind: 'member', after: 'AGE' } }
  if (!isComparisonOperator(token.value)) return NOTHING
  return { ...state, place: { kind: 'number', of: isAge ? 'age' : 'remainder' }, then: COMPLETE }
}

function stepValue(state: State, token: Token): State {
  if (token.kind === 'sign') {
    if (token.value === '[') return inList(state)
    if (token.value === ']' && state.listDepth > 0) return closeList(state)
    return NOTHING
  }
  if (token.kind === 'regex' || token.kind === 'unknown') return NOTHING
  return afterValue(state)
}

const afterValue = (state: State): State =>
  state.listDepth > 0 ? { ...state, place: { kind: 'list-separator' } } : COMPLETE

function inList(state: State): State {
  const { member, operator } = state
  return {
    ...state,
    listDepth: state.listDepth + 1,
    place: { kind: 'value', member, operator, isInList: true }
  }
}

function closeList(state: State): State {
  return afterValue({ ...state, listDepth: state.listDepth - 1 })
}
