import type { Drop } from '../../../shared/model/drop.ts'
import { toTypedElements } from '../../../shared/model/element-encoding.ts'
import type { Elements } from '../../../shared/model/elements.ts'
import type { Result } from '../../../shared/result.ts'
import { success } from '../../../shared/result.ts'
import { writeJson } from '../../../shared/wire/json.ts'
import { cut, refuse } from '../refusal.ts'
import type { FlowQuery, FlowReader } from './flow-reader.ts'
import type { HttpRequest, TransformInput } from './messages.ts'

/** The most text that one call of `Flow.*` may bring into a context: an eighth of its memory. */
export const MAX_ANSWER_LENGTH = 8 * 1024 * 1024
const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100_000

export interface FlowCallOptions {
  readonly reader: FlowReader | undefined
  readonly asIdentity: string
  /** Waits for an HTTP exchange and answers `{statusCode, headers, body}`. */
  readonly exchange?: (request: HttpRequest) => Result<unknown>
}

/**
 * Answers one call of `Flow.*` (platform protocol, "Tracks"): `{"kind": …, "value": …}`, where drops and rows have typed
 * elements, or `{"failure": …}`. Wrong arguments, as the function gave them, are a failure that says what is expected.
 */
export function answerFlowCall(name: string, argumentsText: string, options: FlowCallOptions): string {
  const given = JSON.parse(argumentsText) as unknown[]
  const answer = name.startsWith('Flow.Http.') ? http(name, given, options) : read(name, given, options)
  if (!answer.ok) {
    const { message, details } = answer.failure
    return JSON.stringify({ failure: { message, details: details?.errors ?? [] } })
  }
  const text = writeForSandbox(answer.value)
  return text.length <= MAX_ANSWER_LENGTH
    ? text
    : JSON.stringify({
        failure: {
          message: `${name} found more than ${String(MAX_ANSWER_LENGTH / 1024 / 1024)} MiB; ask for fewer drops with limit and filter.`,
          details: []
        }
      })
}

/** The answer to a call that the server could not answer: the error of this program is none of the function's business. */
export const callFailed = (name: string): string =>
  JSON.stringify({ failure: { message: `${name} failed inside the server.`, details: [] } })

/** A drop as JSON with typed elements, for the sandbox. */
export const dropForSandbox = (drop: TransformInput): string => writeForSandbox(typedDrop(drop))

type Answer =
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'drop'; readonly value: unknown }
  | { readonly kind: 'drops'; readonly value: readonly unknown[] }
  | { readonly kind: 'rows'; readonly value: readonly unknown[] }

function read(
  name: string,
  given: readonly unknown[],
  { reader, asIdentity }: FlowCallOptions
): Result<Answer> {
  if (reader === undefined) return refuse(`${name} cannot be used here: there is nothing to read from.`)
  const [first, second] = given
  switch (name) {
    case 'Flow.Flow.find':
      return found(readFlowQuery(name, first), (query) => map(reader.findFlows(asIdentity, query), plain))
    case 'Flow.Track.find':
      return found(readFlowQuery(name, first), (query) => map(reader.findTracks(asIdentity, query), plain))
    case 'Flow.Flow.get':
      return found(readText(name, 'the id or path of a flow', first), (flow) =>
        map(reader.getFlow(asIdentity, flow), plain)
      )
    case 'Flow.Track.get':
      return found(readText(name, 'the id of a track', first), (id) =>
        map(reader.getTrack(asIdentity, id), plain)
      )
  }
  return found(readText(name, 'the id or path of a flow', first), (flow) => {
    switch (name) {
      case 'Flow.Drop.find':
        return found(readFlowQuery(name, second), (query) =>
          map(reader.findDrops(asIdentity, flow, query), drops)
        )
      case 'Flow.Drop.findOne':
        return found(readFlowQuery(name, second), (query) =>
          map(reader.findDrops(asIdentity, flow, { ...query, limit: Math.min(query.limit, 1) }), ([drop]) =>
            oneDrop(drop)
          )
        )
      case 'Flow.Drop.get':
        return found(readText(name, 'the id of a drop', second), (id) =>
          map(reader.getDrop(asIdentity, flow, id), oneDrop)
        )
      case 'Flow.Drop.findFHash':
        return found(readText(name, 'an fhash', second), (fhash) =>
          map(reader.findDropByFhash(asIdentity, flow, fhash), oneDrop)
        )
      case 'Flow.Drop.aggregate':
        return map(reader.aggregate(asIdentity, flow, second), (rows) => ({
          kind: 'rows',
          value: rows.map(typedRow)
        }))
      default:
        return refuse(`There is no ${name}.`)
    }
  })
}

function http(name: string, given: readonly unknown[], { exchange }: FlowCallOptions): Result<Answer> {
  if (exchange === undefined) return refuse(`${name} cannot be used here.`)
  const [url, headers, body] = given
  return found(readText(name, 'a URL', url), (text) => {
    if (
      headers !== undefined &&
      headers !== null &&
      (typeof headers !== 'object' || Array.isArray(headers))
    ) {
      return refuse(`${name} expects an object of headers as its second argument.`)
    }
    const sent = Object.entries(headers ?? {}).map(([header, value]) => [header, String(value)])
    const isPost = name === 'Flow.Http.post'
    const hasBody = isPost && body !== undefined && body !== null
    return map(
      exchange({
        method: isPost ? 'POST' : 'GET',
        url: text,
        headers: Object.fromEntries(sent) as Record<string, string>,
        ...(hasBody ? { body: typeof body === 'string' ? body : writeJson(body) } : {})
      }),
      plain
    )
  })
}

const plain = (value: unknown): Answer => ({ kind: 'plain', value: value ?? null })

const oneDrop = (drop: Drop | undefined): Answer => ({
  kind: 'drop',
  value: drop === undefined ? null : typedDrop(drop)
})

const drops = (found: readonly Drop[]): Answer => ({ kind: 'drops', value: found.map(typedDrop) })

function map<T>(result: Result<T>, change: (value: T) => Answer): Result<Answer> {
  return result.ok ? success(change(result.value)) : result
}

const found = <T>(result: Result<T>, next: (value: T) => Result<Answer>): Result<Answer> =>
  result.ok ? next(result.value) : result

function readText(name: string, what: string, given: unknown): Result<string> {
  return typeof given === 'string' && given !== ''
    ? success(given)
    : refuse(`${name} expects ${what} as a string, not ${cut(JSON.stringify(given) ?? 'nothing')}.`)
}

/** The options of a find; both names of `start` are accepted, as in requests. */
function readFlowQuery(name: string, given: unknown): Result<FlowQuery> {
  const wrong = (member: string, expected: string) => refuse(`${name} expects ${member} to be ${expected}.`)
  if (given !== undefined && given !== null && (typeof given !== 'object' || Array.isArray(given))) {
    return refuse(`${name} expects its options as an object, such as {filter: "temp > 20", limit: 5}.`)
  }
  const options = (given ?? {}) as Readonly<Record<string, unknown>>
  const { filter, sort = 'creationDate', order = 'desc', limit = DEFAULT_LIMIT } = options
  const start = options['start'] ?? options['skip'] ?? 0
  if (filter !== undefined && filter !== null && typeof filter !== 'string')
    return wrong('filter', 'a string')
  if (!isCount(start)) return wrong('start', 'a whole number of at least 0')
  if (!isCount(limit)) return wrong('limit', 'a whole number of at least 0')
  if (typeof sort !== 'string') return wrong('sort', 'the name of a member')
  if (order !== 'asc' && order !== 'desc' && order !== 'geo') return wrong('order', '"asc" or "desc"')
  return success({
    ...(filter === undefined || filter === null || filter.trim() === '' ? {} : { filter }),
    start,
    limit: Math.min(limit, MAX_LIMIT),
    sort,
    order
  })
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function typedDrop(drop: TransformInput): TransformInput {
  const { location } = drop
  return {
    ...drop,
    elems: toTypedElements(drop.elems),
    ...(location?.specifiers === undefined
      ? {}
      : { location: { ...location, specifiers: toTypedElements(location.specifiers) } })
  }
}

/** Rows hold null where there was nothing to compute with, which no type stands for. */
function typedRow(row: Elements): Elements {
  const entries = Object.entries(row)
  const typed = toTypedElements(Object.fromEntries(entries.filter(([, value]) => value !== null)))
  const empty = entries
    .filter(([, value]) => value === null)
    .map(([name]) => [name, { type: 'string', value: null }])
  return { ...typed, ...Object.fromEntries(empty) } as Elements
}

/** JSON in which a long of more digits than a number holds is a text: the engine's own parser would round it. */
const writeForSandbox = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => (typeof member === 'bigint' ? member.toString() : member))
