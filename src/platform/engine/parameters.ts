import type { Answer, Step } from '../answer.ts'
import { badRequest, go, stop } from '../answer.ts'
import { filterProblem } from '../filters.ts'
import type { Encoding } from '../store/encoding.ts'
import type { Query } from '../store/query.ts'
import { DEFAULT_LIMIT, DEFAULT_SORT, MAX_LIMIT } from '../store/query.ts'
import type { Call } from './parts.ts'

/**
 * Checks the request parameters of a find, from a query string (all texts) or from the options of a WebSocket
 * command (any JSON). Unknown ones are ignored, invalid ones answer 400. (Platform protocol, "Request
 * parameters".)
 */
export function readQuery(call: Call): Step<Query> {
  const { parameters } = call
  const start = readCount(parameters, parameters['start'] === undefined ? 'skip' : 'start', 0)
  if (typeof start === 'string') return stop(badRequest(start))
  const limit = readCount(parameters, 'limit', DEFAULT_LIMIT)
  if (typeof limit === 'string') return stop(badRequest(limit))
  const order = text(parameters['order']) ?? 'desc'
  if (order !== 'asc' && order !== 'desc' && order !== 'geo') {
    return stop(badRequest(`order must be asc, desc or geo, not "${order}"`))
  }
  const { filter: givenFilter } = parameters
  if (givenFilter !== undefined && typeof givenFilter !== 'string')
    return stop(badRequest('filter must be a text'))
  const filter = givenFilter ?? ''
  const problem = filter.trim() === '' ? undefined : filterProblem(filter)
  if (problem !== undefined) return stop(badRequest(problem))
  const encoding = readEncoding(call)
  if (encoding.kind === 'stop') return encoding
  const refs = readFlag(parameters, 'refs', false)
  if (typeof refs === 'string') return stop(badRequest(refs))
  const only = readNames(parameters['only'])
  return go({
    ...(filter.trim() === '' ? {} : { filter }),
    start,
    limit: Math.min(limit, MAX_LIMIT),
    sort: text(parameters['sort']) ?? DEFAULT_SORT,
    order,
    ...(only === undefined ? {} : { only }),
    encoding: encoding.value,
    refs
  })
}

/** The parameters that also matter when single objects are answered. */
export interface Presentation {
  readonly encoding: Encoding
  readonly only?: readonly string[]
  readonly refs: boolean
}

export function readPresentation(call: Call): Step<Presentation> {
  const encoding = readEncoding(call)
  if (encoding.kind === 'stop') return encoding
  const refs = readFlag(call.parameters, 'refs', false)
  if (typeof refs === 'string') return stop(badRequest(refs))
  const only = readNames(call.parameters['only'])
  return go({ encoding: encoding.value, refs, ...(only === undefined ? {} : { only }) })
}

function readEncoding(call: Call): Step<Encoding> {
  const hints = readFlag(call.parameters, 'hints', call.defaultEncoding === 'typed')
  return typeof hints === 'string' ? stop(badRequest(hints)) : go(hints ? 'typed' : 'plain')
}

/** A count that is not negative, or the sentence that says what is wrong. */
function readCount(parameters: Call['parameters'], name: string, fallback: number): number | string {
  const given = parameters[name]
  if (given === undefined || given === null || given === '') return fallback
  const count =
    typeof given === 'number' ? given : /^\d{1,15}$/.test(String(given)) ? Number(given) : Number.NaN
  return Number.isSafeInteger(count) && count >= 0
    ? count
    : `${name} must be a whole number of at least 0, not "${shown(given)}"`
}

/** Python sends `True` and `False`, the other clients 1 and 0. */
function readFlag(parameters: Call['parameters'], name: string, fallback: boolean): boolean | string {
  const given = parameters[name]
  if (given === undefined || given === null || given === '') return fallback
  const word = shown(given).toLowerCase()
  if (word === '1' || word === 'true') return true
  if (word === '0' || word === 'false') return false
  return `${name} must be 1, 0, true or false, not "${shown(given)}"`
}

function readNames(given: unknown): readonly string[] | undefined {
  const list = Array.isArray(given) ? given.map(shown) : typeof given === 'string' ? given.split(',') : []
  const names = list.map((name) => name.trim()).filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}

const text = (given: unknown): string | undefined =>
  typeof given === 'string' && given !== '' ? given : undefined

/** A given value inside a sentence, cut to a length that can be read. */
const shown = (given: unknown): string =>
  (typeof given === 'string' ? given : (JSON.stringify(given) ?? '')).slice(0, 60)

/** Runs `next` when the step goes on, else answers what stopped it. */
export async function whenGo<T>(
  step: Step<T>,
  next: (value: T) => Promise<Answer> | Answer
): Promise<Answer> {
  return step.kind === 'stop' ? step.answer : await next(step.value)
}
