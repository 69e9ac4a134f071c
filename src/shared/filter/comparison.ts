import type { ComparisonNode, ComparisonOperator, Literal, RemainderNode } from './ast.ts'
import type { FilterPredicate } from './compile.ts'
import type { MemberPath, SubjectKind } from './member-path.ts'
import { BEHIND_LIST, resolveMember, someAt, valuesAt } from './member-path.ts'
import {
  compareCodePoints,
  isEqualValue,
  isNumeric,
  isSameId,
  isSameNumber,
  needsCodePointOrder,
  orderOf,
  unwrap,
  wrapperType
} from './values.ts'
import { ENTRY_NANOSECONDS, spendWork } from './work.ts'

/** A test of one value without wrapper that is no list. */
export type ScalarTest = (value: unknown) => boolean

/**
 * A predicate that is true when the test holds for the member's value, or for any entry when it is a list; false when
 * the member is missing. `idTest` is used for values of type `id`, where it differs.
 */
export function compileLeaf(path: MemberPath, test: ScalarTest, idTest: ScalarTest = test): FilterPredicate {
  const { read } = path
  const holds = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return test(value)
    const inner = unwrap(value)
    if (!Array.isArray(inner)) return wrapperType(value) === 'id' ? idTest(inner) : test(inner)
    spendWork(inner.length * ENTRY_NANOSECONDS)
    return inner.some((entry) => holdsForEntry(entry, test, idTest))
  }
  return (subject) => {
    const value = read(subject)
    if (typeof value === 'number' || typeof value === 'string') return test(value)
    if (value === undefined) return false
    return value === BEHIND_LIST ? someAt(subject, path, holds) : holds(value)
  }
}

const holdsForEntry = (entry: unknown, test: ScalarTest, idTest: ScalarTest): boolean =>
  wrapperType(entry) === 'id' ? idTest(unwrap(entry)) : test(unwrap(entry))

/** `member op operand`. `!=` is the negation of `==`, so that it is true for a missing member. */
export function compileComparison(node: ComparisonNode, subject: SubjectKind): FilterPredicate {
  const { operator, operand } = node
  if (operator === '!=') {
    const equals = compileComparison({ ...node, operator: '==' }, subject)
    return (candidate) => !equals(candidate)
  }
  const path = resolveMember(node.member.path, subject)
  if (operand.kind === 'member') return compareMembers(path, operator, resolveMember(operand.path, subject))
  if (operator !== '==') return compileOrder(path, operator, operand)
  if (operand.kind === 'list') return compileWholeList(path, literalValue(operand))
  const { plain, id } = equalityWith(operand, path.isId)
  return compileLeaf(path, plain, id ?? plain)
}

/** The plain value of a literal; an id keeps its wrapper, because ids compare with and without their letter. */
export function literalValue(literal: Literal): unknown {
  switch (literal.kind) {
    case 'null':
      return null
    case 'list':
      return literal.entries.map(literalValue)
    case 'id':
      return { type: 'id', value: literal.value }
    default:
      return literal.value
  }
}

/** The test for equality with a literal: for values, and for those known to be ids when that is another test. */
export function equalityWith(literal: Literal, isIdMember: boolean): { plain: ScalarTest; id?: ScalarTest } {
  switch (literal.kind) {
    case 'number':
    case 'date': {
      const wanted = literal.value
      return typeof wanted === 'number'
        ? { plain: (value) => value === wanted || (typeof value === 'bigint' && isSameNumber(value, wanted)) }
        : { plain: (value) => isNumeric(value) && isSameNumber(value, wanted) }
    }
    case 'id':
    case 'string':
    case 'email': {
      const wanted = literal.value
      const isId: ScalarTest = (value) => typeof value === 'string' && isSameId(value, wanted)
      if (literal.kind === 'id' || isIdMember) return { plain: isId }
      return { plain: (value) => value === wanted, id: isId }
    }
    case 'boolean': {
      const wanted = literal.value
      return { plain: (value) => value === wanted }
    }
    case 'null':
      return { plain: (value) => value === null }
    case 'list': {
      const wanted = literalValue(literal)
      return { plain: (value) => isEqualValue(value, wanted) }
    }
  }
}

/** `member == [ … ]` compares the whole list, never an entry of it. */
function compileWholeList(path: MemberPath, wanted: unknown): FilterPredicate {
  const isWanted = (value: unknown): boolean => isEqualValue(value, wanted)
  return (subject) => {
    const value = path.read(subject)
    if (value !== BEHIND_LIST) return value !== undefined && isWanted(value)
    // Behind a list, what its entries lead to is one list too: `stops.name == ["a", "b"]`.
    const values = valuesAt(subject, path)
    return values.some(isWanted) || (values.length > 1 && isWanted(values))
  }
}

type OrderOperator = Exclude<ComparisonOperator, '=='>

/** Booleans, null and lists have no order: every such comparison is false. */
function compileOrder(path: MemberPath, operator: OrderOperator, literal: Literal): FilterPredicate {
  switch (literal.kind) {
    case 'number':
    case 'date':
      return compileLeaf(path, numberOrder(operator, literal.value))
    case 'string':
    case 'email':
    case 'id':
      return compileStringOrder(path, operator, literal)
    default:
      return () => false
  }
}

function numberOrder(operator: OrderOperator, limit: number | bigint): ScalarTest {
  switch (operator) {
    case '<':
      return (value) => isNumeric(value) && value < limit
    case '<=':
      return (value) => isNumeric(value) && value <= limit
    case '>':
      return (value) => isNumeric(value) && value > limit
    case '>=':
      return (value) => isNumeric(value) && value >= limit
    case '!=':
      return (value) => isNumeric(value) && !isSameNumber(value, limit)
  }
}

function compileStringOrder(
  path: MemberPath,
  operator: OrderOperator,
  literal: Literal & { readonly value: string }
): FilterPredicate {
  const limit = literal.value
  const typedLimit = { type: 'id', value: limit }
  const idTest: ScalarTest = (value) =>
    typeof value === 'string' && isOrdered(operator, orderOf(value, typedLimit))
  if (literal.kind === 'id' || path.isId) return compileLeaf(path, idTest)
  return compileLeaf(path, stringOrder(operator, limit), idTest)
}

function stringOrder(operator: OrderOperator, limit: string): ScalarTest {
  if (needsCodePointOrder(limit)) {
    return (value) => typeof value === 'string' && isOrdered(operator, compareCodePoints(value, limit))
  }
  // Without units beyond the surrogates in the limit, JavaScript's own order is that of the code points.
  switch (operator) {
    case '<':
      return (value) => typeof value === 'string' && value < limit
    case '<=':
      return (value) => typeof value === 'string' && value <= limit
    case '>':
      return (value) => typeof value === 'string' && value > limit
    case '>=':
      return (value) => typeof value === 'string' && value >= limit
    case '!=':
      return (value) => typeof value === 'string' && value !== limit
  }
}

function isOrdered(operator: ComparisonOperator, order: number | undefined): boolean {
  if (order === undefined) return false
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/** A test of two numbers by an operator, `!=` as itself: for AGE, where a missing date is false under every operator. */
export const orderTest =
  (operator: ComparisonOperator) =>
  (left: number | bigint, right: number | bigint): boolean =>
    isOrdered(operator, left < right ? -1 : left > right ? 1 : 0)

function compareMembers(left: MemberPath, operator: ComparisonOperator, right: MemberPath): FilterPredicate {
  const areIds = left.isId || right.isId
  const test = (leftValue: unknown, rightValue: unknown): boolean =>
    operator === '=='
      ? isEqualMember(leftValue, rightValue, areIds)
      : isOrdered(operator, orderOf(leftValue, rightValue))
  return (subject) => {
    const leftValue = left.read(subject)
    const rightValue = right.read(subject)
    if (leftValue === undefined || rightValue === undefined) return false
    if (typeof leftValue === 'number' && typeof rightValue === 'number') {
      return isOrdered(operator, leftValue - rightValue)
    }
    return someAt(subject, left, (leftOne) =>
      someAt(subject, right, (rightOne) => somePair(leftOne, rightOne, test))
    )
  }
}

const isEqualMember = (left: unknown, right: unknown, areIds: boolean): boolean => {
  if (isEqualValue(left, right)) return true
  const leftText = unwrap(left)
  const rightText = unwrap(right)
  return (
    areIds && typeof leftText === 'string' && typeof rightText === 'string' && isSameId(leftText, rightText)
  )
}

/** The values themselves, or any entry of a list against the other side. */
function somePair(left: unknown, right: unknown, test: (left: unknown, right: unknown) => boolean): boolean {
  const leftList = unwrap(left)
  const rightList = unwrap(right)
  spendWork(lengthOf(leftList) * lengthOf(rightList) * ENTRY_NANOSECONDS)
  if (test(left, right)) return true
  if (Array.isArray(leftList)) {
    return leftList.some(
      (entry) => test(entry, right) || (Array.isArray(rightList) && rightList.some((one) => test(entry, one)))
    )
  }
  return Array.isArray(rightList) && rightList.some((entry) => test(left, entry))
}

/** How many values a side brings to a comparison. */
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length + 1 : 1)

/** `member % divisor == remainder`, the remainder of a division that is cut off towards zero. */
export function compileRemainder(node: RemainderNode, subject: SubjectKind): FilterPredicate {
  const divisor = node.divisor.value
  const wanted = node.remainder.value
  const wantsEqual = node.operator === '=='
  // `==` would not do: 0n is zero too.
  if (Number(divisor) === 0) return () => false
  return compileLeaf(resolveMember(node.member.path, subject), (value) => {
    if (!isNumeric(value)) return false
    const remainder = remainderOf(value, divisor)
    return isSameNumber(remainder, wanted) === wantsEqual
  })
}

/** Exact for integers of any size; a fraction is worked out in floating point. */
function remainderOf(value: number | bigint, divisor: number | bigint): number | bigint {
  if (typeof value === 'number' && typeof divisor === 'number') return value % divisor
  if (typeof value === 'number' && !Number.isInteger(value)) return value % Number(divisor)
  if (typeof divisor === 'number' && !Number.isInteger(divisor)) return Number(value) % divisor
  return BigInt(value) % BigInt(divisor)
}
