import { checkFlowPath, describeFlowPathProblem, normalizeFlowPath } from '../../shared/model/flow-path.ts'
import type { Step } from '../answer.ts'
import { badRequest, go, stop } from '../answer.ts'
import type { Members } from './body.ts'
import { isMembers } from './body.ts'

/**
 * Reads members one by one: one that is not given stays as it was, `null` removes it, and one that does not fit answers
 * 400 with a sentence. The first refusal stands; the values read after it do not matter.
 */
export class MemberReader {
  private refusal: Step<never> | undefined
  private readonly given: Members
  private readonly before: Members

  constructor(given: Members, before: Members = {}) {
    this.given = given
    this.before = before
  }

  text(name: string, maxLength = Number.POSITIVE_INFINITY): string | undefined {
    const expected =
      maxLength === Number.POSITIVE_INFINITY ? '' : ` of at most ${String(maxLength)} characters`
    return this.value(
      name,
      (value): value is string => typeof value === 'string' && value.length <= maxLength,
      `a text${expected}`
    )
  }

  /** A text that may neither be missing nor empty. */
  requiredText(name: string): string {
    const value = this.text(name)
    if (value === undefined || value.trim() === '') this.refuse(`${name} is required and must be a text`)
    return value ?? ''
  }

  flag(name: string, fallback: boolean): boolean {
    return this.value(name, (value) => typeof value === 'boolean', 'true or false') ?? fallback
  }

  wholeNumber(
    name: string,
    range: { readonly from: number; readonly to?: number },
    fallback: number
  ): number {
    const { from, to = Number.MAX_SAFE_INTEGER } = range
    const isInRange = (value: unknown): value is number =>
      Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to
    const expected =
      to === Number.MAX_SAFE_INTEGER ? `of at least ${String(from)}` : `from ${String(from)} to ${String(to)}`
    return this.value(name, isInRange, `a whole number ${expected}`) ?? fallback
  }

  map(name: string): Members | undefined {
    return this.value(name, isMembers, 'an object')
  }

  anything(name: string): unknown {
    return this.value(name, (value): value is unknown => value !== undefined, 'JSON')
  }

  /** A flow's path without its trailing slash; those of the platform itself too. */
  path(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || value === this.before[name]) return value
    const problem = checkFlowPath(value, true)
    if (problem !== undefined) this.refuse(`${name}: ${describeFlowPathProblem(value, problem)}`)
    return normalizeFlowPath(value)
  }

  requiredPath(name: string): string {
    const path = this.path(name)
    if (path === undefined) this.refuse(`${name} is required and must be the path of a flow`)
    return path ?? ''
  }

  refuse(problem: string): void {
    this.refusal ??= stop(badRequest(problem))
  }

  /** The members that were read, without those that have no value; or the first refusal. */
  finish<T extends Members>(members: T): Step<Members> {
    const present = Object.entries(members).filter(([, value]) => value !== undefined)
    return this.refusal ?? go(Object.fromEntries(present))
  }

  private value<T>(name: string, fits: (value: unknown) => value is T, expected: string): T | undefined {
    const given = this.given[name]
    const value = given === undefined ? this.before[name] : given
    if (value === undefined || value === null) return undefined
    if (fits(value)) return value
    this.refuse(`${name} must be ${expected}`)
    return undefined
  }
}
