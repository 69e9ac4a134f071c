import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aggregationHandlers } from '../../../src/main/ipc/aggregation-handlers.ts'
import { createNotices } from '../../../src/main/notices.ts'
import { openStores } from '../../../src/main/settings.ts'
import { MAX_AGGREGATION_HISTORY, MAX_SAVED_AGGREGATIONS } from '../../../src/shared/ipc/aggregations.ts'
import { createKeptLog } from '../../support/kept-log.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-aggregations-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const notices = createNotices()
const open = () =>
  aggregationHandlers({ stores: openStores({ directory, notices, log: createKeptLog() }), now: () => 1000 })
const connectionId = 'local'
const aggregation = (text: string) => ({ flowId: 'f1', path: '/ana/attic', text })

test('what was run is there after a restart, each once, the last one first, per connection', async () => {
  const handlers = open()
  for (const text of ['{"a":1}', '{"b":1}', '{"a":1}'])
    await handlers.rememberAggregation({ connectionId, aggregation: aggregation(text) })
  expect(await open().listAggregations({ connectionId })).toMatchObject({
    value: { history: [{ text: '{"a":1}', ranAtMs: 1000 }, { text: '{"b":1}' }] }
  })
  expect(await open().listAggregations({ connectionId: 'other' })).toMatchObject({ value: { history: [] } })
})

test('a name is kept, replaced and forgotten; a history is bounded', async () => {
  const handlers = open()
  for (let place = 0; place < MAX_AGGREGATION_HISTORY + 3; place++)
    await handlers.rememberAggregation({ connectionId, aggregation: aggregation(`{"n":${String(place)}}`) })
  await handlers.saveAggregation({ connectionId, name: 'mean', aggregation: aggregation('{"a":1}') })
  await handlers.saveAggregation({ connectionId, name: 'mean', aggregation: aggregation('{"a":2}') })
  const kept = await open().listAggregations({ connectionId })
  expect(kept).toMatchObject({ value: { saved: [{ name: 'mean', text: '{"a":2}' }] } })
  expect(kept.ok && kept.value.history.length).toBe(MAX_AGGREGATION_HISTORY)
  expect(await handlers.deleteAggregation({ connectionId, name: 'mean' })).toMatchObject({
    value: { saved: [] }
  })
})

test('too many names are refused with a way out', async () => {
  const handlers = open()
  for (let place = 0; place < MAX_SAVED_AGGREGATIONS; place++)
    await handlers.saveAggregation({
      connectionId,
      name: `n${String(place)}`,
      aggregation: aggregation('{}')
    })
  expect(
    await handlers.saveAggregation({ connectionId, name: 'more', aggregation: aggregation('{}') })
  ).toMatchObject({ ok: false, failure: { hint: expect.stringContaining('Delete one') as string } })
})
