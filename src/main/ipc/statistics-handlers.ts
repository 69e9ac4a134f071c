import type {
  AggregationAnswer,
  StatisticsAnswer,
  StatisticsObject
} from '../../shared/ipc/statistics-requests.ts'
import type { StatisticsQuery } from '../../shared/ipc/statistics-requests.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { failure } from '../../shared/failure.ts'
import { writeJson } from '../../shared/wire/json.ts'
import type { Api } from '../client/api.ts'
import type { Connections } from '../connections/connections.ts'
import type { HandlersOf } from './answer-request.ts'

/** Queries of one call that are under way at once: the others wait, so that a tree or a find is not kept waiting by them. */
const CONCURRENT_QUERIES = 6
/** Tracks that a picker offers; an account has a handful. */
const MAX_OBJECTS = 1000
/** An answer stays under 256 KiB; what is left is for the rest of the message. */
const MAX_ROWS_CHARACTERS = 240_000

type StatisticsRequest = 'readStatistics' | 'listStatisticsObjects' | 'runAggregation' | 'cancelAggregation'

/** Statistics and aggregations of a connection (platform protocol, "Statistics", "Aggregation"). */
export function statisticsHandlers(
  connections: Connections,
  now: () => number = () => performance.now()
): HandlersOf<StatisticsRequest> {
  const underWay = new Map<string, AbortController>()

  return {
    readStatistics: ({ connectionId, queries }) =>
      connections.use(connectionId, async ({ api }) => success(await readAll(api, queries))),
    listStatisticsObjects: ({ connectionId, kind }) =>
      connections.use(connectionId, ({ api }) => listObjects(api, kind)),
    runAggregation: async ({ connectionId, requestId, flowId, aggregation }) => {
      const controller = new AbortController()
      underWay.set(requestId, controller)
      const startedMs = now()
      const result = await connections.use(connectionId, ({ api }) =>
        api.request('POST', `/drop/${encodeURIComponent(flowId)}/aggregate`, withoutUndefined(aggregation), {
          signal: controller.signal
        })
      )
      if (underWay.get(requestId) === controller) underWay.delete(requestId)
      return result.ok ? rowsOf(result.value, now() - startedMs) : result
    },
    cancelAggregation: ({ requestId }) => {
      underWay.get(requestId)?.abort()
      return success(null)
    }
  }
}

async function readAll(api: Api, queries: readonly StatisticsQuery[]): Promise<readonly StatisticsAnswer[]> {
  const answers: StatisticsAnswer[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let place = next++; place < queries.length; place = next++) {
      const query = queries[place]
      if (query !== undefined) answers[place] = await readOne(api, query)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_QUERIES }, work))
  return answers
}

async function readOne(api: Api, query: StatisticsQuery): Promise<StatisticsAnswer> {
  const { type, objectId, level, year, month, day } = query
  const parts = [type, encodeURIComponent(objectId), year, month, day].filter((part) => part !== undefined)
  const result = await api.request('GET', `/statistics/${parts.join('/')}`, undefined, { level })
  if (!result.ok) return result
  return isCounts(result.value)
    ? { ok: true, counts: result.value }
    : { ok: false, failure: failure('response/malformed') }
}

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((count) => typeof count === 'number')

async function listObjects(
  api: Api,
  kind: 'track' | 'identity'
): Promise<Result<readonly StatisticsObject[]>> {
  const result = await api.request('GET', `/${kind}`, undefined, { limit: MAX_OBJECTS })
  if (!result.ok) return result
  const objects = Array.isArray(result.value) ? (result.value as readonly Record<string, unknown>[]) : []
  return success(
    objects.flatMap((object) => {
      const { id } = object
      return typeof id === 'string' ? [{ id, name: kind === 'track' ? wayOf(object) : nameOf(object) }] : []
    })
  )
}

/** `/ana/attic → /ana/warm`; a track that only calls its function ends in `…`. */
function wayOf({ source, destination }: Record<string, unknown>): string {
  const destinations = Array.isArray(destination) ? destination : [destination]
  const to = destinations.filter((path) => typeof path === 'string')
  return `${typeof source === 'string' ? source : '?'} → ${to.length === 0 ? '…' : to.join(', ')}`
}

const nameOf = ({ id, name }: Record<string, unknown>): string =>
  typeof name === 'string' ? name : String(id)

/** The first rows that fit an answer, as text. */
function rowsOf(body: unknown, durationMs: number): Result<AggregationAnswer> {
  if (!Array.isArray(body)) return failed(failure('response/malformed'))
  const texts: string[] = []
  let characters = 2
  for (const row of body) {
    const text = writeJson(row)
    if (characters + text.length + 1 > MAX_ROWS_CHARACTERS) break
    characters += text.length + 1
    texts.push(text)
  }
  return success({
    rowsText: `[${texts.join(',')}]`,
    shownRows: texts.length,
    totalRows: body.length,
    durationMs: Math.round(durationMs)
  })
}

const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
