import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createConnections } from '../../../src/main/connections/connections.ts'
import type { ConnectionSource } from '../../../src/main/connections/connections.ts'
import { statisticsHandlers } from '../../../src/main/ipc/statistics-handlers.ts'
import { success } from '../../../src/shared/result.ts'
import { parseJson } from '../../../src/shared/wire/json.ts'
import { createTestApi, startTestPlatform } from '../../support/local-platform.ts'
import type { TestPlatform } from '../../support/local-platform.ts'
import { valueOf } from '../../support/value-of.ts'

let platform: TestPlatform
let handlers: ReturnType<typeof statisticsHandlers>
let api: ReturnType<typeof createTestApi>
let flowId: string

const connectionId = 'test'

beforeAll(async () => {
  platform = await startTestPlatform()
  api = createTestApi(platform, platform.host)
  const source = {
    current: () => ({ id: connectionId }),
    open: () => Promise.resolve(success({ api })),
    opened: () => undefined,
    close: () => Promise.resolve()
  } as unknown as ConnectionSource
  handlers = statisticsHandlers(createConnections([source]))
  flowId = valueOf(await api.flow.create({ path: '/ana/attic' })).id
  await api.flow.create({ path: '/ana/warm' })
  for (const temp of [11, 9007199254740993n, 12]) await api.drop(flowId).create({ elems: { temp } })
  valueOf(await api.request('POST', '/track', { source: '/ana/attic', destination: '/ana/warm' }))
})

afterAll(async () => {
  await api.close()
  await platform.close()
})

describe('statistics', () => {
  test('each query is answered in its place, an unknown object by itself', async () => {
    const year = new Date().getUTCFullYear()
    const answers = valueOf(
      await handlers.readStatistics({
        connectionId,
        queries: [
          { type: 'flowDropAdded', objectId: flowId, level: 'MONTH', year },
          { type: 'flowDropAdded', objectId: 'f000000000000000000000000', level: 'MONTH', year },
          { type: 'flowDropAdded', objectId: flowId, level: 'YEAR' }
        ]
      })
    )
    const [months, unknown, years] = answers
    expect(months?.ok === true && months.counts).toHaveLength(12)
    expect(months?.ok === true && months.counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(unknown).toMatchObject({ ok: false, failure: { code: 'platform/not-found' } })
    expect(years).toEqual({ ok: true, counts: [3] })
  })

  test('tracks are called by their way, the identity by its name', async () => {
    const tracks = valueOf(await handlers.listStatisticsObjects({ connectionId, kind: 'track' }))
    expect(tracks.map(({ name }) => name)).toEqual(['/ana/attic → /ana/warm'])
    const identities = valueOf(await handlers.listStatisticsObjects({ connectionId, kind: 'identity' }))
    expect(identities.map(({ name }) => name)).toEqual(['ana'])
  })
})

describe('aggregations', () => {
  test('rows come as text, so that integers keep their digits', async () => {
    const answer = valueOf(
      await handlers.runAggregation({
        connectionId,
        requestId: 'one',
        flowId,
        aggregation: { output: ['$count', '$max:temp'], filter: undefined }
      })
    )
    expect(answer).toMatchObject({ shownRows: 1, totalRows: 1 })
    expect(parseJson(answer.rowsText)).toEqual([{ $count: 3, '$max:temp': 9007199254740993n }])
  })

  test('what the platform refuses is told in its words', async () => {
    const answer = await handlers.runAggregation({
      connectionId,
      requestId: 'two',
      flowId,
      aggregation: { output: ['$stddev:temp'] }
    })
    expect(answer).toMatchObject({ ok: false, failure: { code: 'platform/bad-request' } })
    expect(answer.ok ? '' : answer.failure.message).toContain('$stddev')
  })

  test('more groups than an answer holds are counted, and the first are shown', async () => {
    const many = valueOf(await api.flow.create({ path: '/ana/many' })).id
    const long = 'x'.repeat(900)
    await Promise.all(
      Array.from({ length: 400 }, (_, place) =>
        api.drop(many).create({ elems: { name: `${String(place)}${long}` } })
      )
    )
    const answer = valueOf(
      await handlers.runAggregation({
        connectionId,
        requestId: 'three',
        flowId: many,
        aggregation: { output: ['$count'], groupBy: ['name'] }
      })
    )
    expect(answer.totalRows).toBe(400)
    expect(answer.shownRows).toBeLessThan(400)
    expect(answer.rowsText.length).toBeLessThan(256 * 1024)
    expect(parseJson(answer.rowsText)).toHaveLength(answer.shownRows)
  })

  test('giving up one that has ended is no failure', () => {
    expect(handlers.cancelAggregation({ requestId: 'one' })).toEqual(success(null))
  })
})
