import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filterHandlers } from '../../../src/main/ipc/filter-handlers.ts'
import { createNotices } from '../../../src/main/notices.ts'
import { openStores } from '../../../src/main/settings.ts'
import { contract } from '../../../src/shared/ipc/contract.ts'
import { MAX_FILTER_HISTORY, MAX_SAVED_FILTERS } from '../../../src/shared/ipc/filter-limits.ts'
import { createKeptLog } from '../../support/kept-log.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-filters-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const notices = createNotices()
const open = () =>
  filterHandlers({ stores: openStores({ directory, notices, log: createKeptLog() }), now: () => 1000 })
const connectionId = 'local'

test('what was run is there after a restart, each text once, the last one first', async () => {
  const handlers = open()
  for (const text of ['a == 1', 'b == 2', 'a == 1']) await handlers.rememberFilter({ connectionId, text })
  expect(await open().listFilters({ connectionId })).toMatchObject({
    value: { history: [{ text: 'a == 1', ranAtMs: 1000 }, { text: 'b == 2' }], saved: [] }
  })
  expect(await open().listFilters({ connectionId: 'other' })).toMatchObject({ value: { history: [] } })
})

test('a history is bounded: the oldest leave', async () => {
  const handlers = open()
  for (let place = 0; place < MAX_FILTER_HISTORY + 5; place++)
    await handlers.rememberFilter({ connectionId, text: `a == ${String(place)}` })
  const listed = await handlers.listFilters({ connectionId })
  expect(listed.ok && listed.value.history.length).toBe(MAX_FILTER_HISTORY)
  expect(listed.ok && listed.value.history.at(-1)?.text).toBe('a == 5')
})

test('a name holds one filter: saving again replaces it, deleting forgets it', async () => {
  const handlers = open()
  await handlers.saveFilter({ connectionId, name: 'strong', text: 'mag > 5' })
  await handlers.saveFilter({ connectionId, name: 'deep', text: 'depth > 100' })
  await handlers.saveFilter({ connectionId, name: 'strong', text: 'mag > 6' })
  const saved = [
    { name: 'deep', text: 'depth > 100' },
    { name: 'strong', text: 'mag > 6' }
  ]
  expect(await open().listFilters({ connectionId })).toMatchObject({ value: { saved } })
  expect(await handlers.deleteFilter({ connectionId, name: 'strong' })).toMatchObject({
    value: { saved: [saved[0]] }
  })
})

test('more names than the list can show are refused with what to do', async () => {
  const handlers = open()
  for (let place = 0; place < MAX_SAVED_FILTERS; place++)
    await handlers.saveFilter({ connectionId, name: `n${String(place)}`, text: 'a == 1' })
  const input = { connectionId, name: 'one more', text: 'a == 1' }
  expect(await handlers.saveFilter(input)).toMatchObject({ ok: false, failure: { code: 'input/invalid' } })
  expect(await handlers.saveFilter({ ...input, name: 'n0' })).toMatchObject({ ok: true })
})

test('a damaged file is kept aside, and the list starts empty', async () => {
  writeFileSync(join(directory, 'filters.json'), '{"connections":')
  expect(await open().listFilters({ connectionId })).toMatchObject({ value: { history: [], saved: [] } })
  expect(readdirSync(directory).filter((name) => name.startsWith('filters.damaged-')).length).toBe(1)
})

test('names and texts are trimmed or refused at the door', () => {
  const { input } = contract.saveFilter
  expect(input.parse({ connectionId, name: ' strong ', text: 'a' })).toMatchObject({ name: 'strong' })
  expect(input.safeParse({ connectionId, name: ' ', text: 'a' }).success).toBe(false)
  expect(input.safeParse({ connectionId, name: 'a', text: '' }).success).toBe(false)
  expect(input.safeParse({ connectionId, name: 'a', text: 'a'.repeat(2049) }).success).toBe(false)
})
