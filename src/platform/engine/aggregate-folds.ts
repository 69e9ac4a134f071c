import { toPlain } from '../../shared/model/element-encoding.ts'
import type { ElementValue } from '../../shared/model/elements.ts'
import { compareCodePoints, isNumeric, unwrap, wrapperType } from '../../shared/filter/values.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { FoldName } from './aggregate-selectors.ts'

/** Gathers the values of one output selector in one group. */
export interface Fold {
  add(value: unknown): void
  /** The value for the row, in the plain encoding; null when there was nothing to compute with. */
  result(): ElementValue
}

/** Counts the values that folds keep, over all groups, so that a request cannot fill the memory. */
export interface KeptValues {
  /** False when there is no room for one more. */
  readonly take: () => boolean
}

/** A fold that has seen nothing yet (platform protocol, "Aggregation"). */
export function createFold(name: FoldName, kept: KeptValues): Fold {
  switch (name) {
    case 'sum':
      return new Sum(false)
    case 'avg':
      return new Sum(true)
    case 'min':
      return new Extreme(-1)
    case 'max':
      return new Extreme(1)
    case 'unique':
      return new DistinctValues(kept)
    case 'all':
      return new AllValues(kept)
  }
}

/** From here on numbers are floats even when they have no fraction (platform protocol, "Element types"). */
const LONG_LIMIT = 2 ** 63

/** A number, but no date: dates have an order and no sum. */
const summand = (value: unknown): number | bigint | undefined => {
  const bare = unwrap(value)
  return isNumeric(bare) && wrapperType(value) !== 'date' ? bare : undefined
}

/**
 * Sum or average. Integers are added exactly, beyond 2^53 too; only a float among them makes the sum a float.
 */
class Sum implements Fold {
  private readonly isAverage: boolean
  private count = 0
  /** The integers, as a number while that is exact. */
  private integers: number | bigint = 0
  private floats = 0
  private hasFloat = false

  constructor(isAverage: boolean) {
    this.isAverage = isAverage
  }

  add(value: unknown): void {
    const number = summand(value)
    if (number === undefined) return
    this.count += 1
    if (typeof number === 'number' && !(Number.isInteger(number) && Math.abs(number) < LONG_LIMIT)) {
      this.floats += number
      this.hasFloat = true
      return
    }
    if (typeof number === 'number' && typeof this.integers === 'number') {
      const sum = this.integers + number
      if (Number.isSafeInteger(sum) && Number.isSafeInteger(number)) {
        this.integers = sum
        return
      }
    }
    this.integers = BigInt(this.integers) + BigInt(number)
  }

  result(): ElementValue {
    if (this.count === 0) return null
    if (this.isAverage) return finite((Number(this.integers) + this.floats) / this.count)
    return this.hasFloat ? finite(Number(this.integers) + this.floats) : shortest(this.integers)
  }
}

const shortest = (integer: number | bigint): number | bigint =>
  integer >= Number.MIN_SAFE_INTEGER && integer <= Number.MAX_SAFE_INTEGER ? Number(integer) : integer

/** JSON has no number for an overflow. */
const finite = (number: number): number | null => (Number.isFinite(number) ? number : null)

/** The least or greatest number or date; of the strings when there is neither. Everything else is skipped. */
class Extreme implements Fold {
  /** -1 for the least, 1 for the greatest. */
  private readonly direction: -1 | 1
  private number: number | bigint | undefined
  private text: string | undefined

  constructor(direction: -1 | 1) {
    this.direction = direction
  }

  add(value: unknown): void {
    const bare = unwrap(value)
    if (isNumeric(bare)) {
      const { number } = this
      const isFurther = number === undefined || (this.direction === 1 ? bare > number : bare < number)
      if (isFurther) this.number = bare
    } else if (typeof bare === 'string') {
      const { text } = this
      if (text === undefined || compareCodePoints(bare, text) * this.direction > 0) this.text = bare
    }
  }

  result(): ElementValue {
    return this.number ?? this.text ?? null
  }
}

class DistinctValues implements Fold {
  private readonly values = new Map<string, ElementValue>()
  private readonly kept: KeptValues

  constructor(kept: KeptValues) {
    this.kept = kept
  }

  add(value: unknown): void {
    const plain = toPlain(value as ElementValue)
    const key = valueKey(plain)
    if (!this.values.has(key) && this.kept.take()) this.values.set(key, plain)
  }

  result(): ElementValue {
    return [...this.values.values()]
  }
}

class AllValues implements Fold {
  private readonly values: ElementValue[] = []
  private readonly kept: KeptValues

  constructor(kept: KeptValues) {
    this.kept = kept
  }

  add(value: unknown): void {
    if (this.kept.take()) this.values.push(toPlain(value as ElementValue))
  }

  result(): ElementValue {
    return this.values
  }
}

/** Equal for plain values that are equal: the order of a map's members does not matter, nor how an integer is held. */
export function valueKey(value: ElementValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      // A number of that size prints zeros where a bigint has its last digits.
      return String(Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return writeJson(inKeyOrder(value))
  }
}

function inKeyOrder(value: ElementValue): ElementValue {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map(inKeyOrder)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, child]) => [name, inKeyOrder(child)]))
}

const isList = (value: ElementValue): value is readonly ElementValue[] => Array.isArray(value)
