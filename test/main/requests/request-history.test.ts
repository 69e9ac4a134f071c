import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNotices } from '../../../src/main/notices.ts'
import { createRequestHistory } from '../../../src/main/requests/request-history.ts'
import { openStores } from '../../../src/main/settings.ts'
import {
  MAX_HISTORY_BODY_CHARACTERS,
  MAX_HISTORY_CHARACTERS,
  MAX_REQUEST_HISTORY
} from '../../../src/shared/model/platform-request.ts'
import { hasMask } from '../../../src/shared/secret-text.ts'
import { createKeptLog } from '../../support/kept-log.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowscope-requests-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const open = () =>
  createRequestHistory(openStores({ directory, notices: createNotices(), log: createKeptLog() }).requests)
const sent = (
  path: string,
  over: { body?: string; parameters?: { name: string; value: string }[] } = {}
) => ({
  request: { method: 'POST', path, parameters: [], body: '', ...over },
  sentAtMs: 1000,
  status: 200,
  durationMs: 3
})

test('what was sent is there after a restart, each request once, the last one first', () => {
  const history = open()
  for (const path of ['/flow', '/track', '/flow']) history.remember('local', sent(path))
  expect(
    open()
      .list('local')
      .map(({ request }) => request.path)
  ).toEqual(['/flow', '/track'])
  expect(open().list('other')).toEqual([])
})

test('a history that is cleared is empty, and the others stay', () => {
  const history = open()
  history.remember('a', sent('/flow'))
  history.remember('b', sent('/flow'))
  history.clear('a')
  expect([open().list('a').length, open().list('b').length]).toEqual([0, 1])
})

test('no secret of a body or a parameter reaches the file', () => {
  open().remember(
    'local',
    sent('/mqtt', {
      body: '{"password": "planted-secret-1", "count": 9007199254740993, "tokenString":"planted-secret-2"}',
      parameters: [{ name: 'token', value: 'planted-secret-3' }]
    })
  )
  const file = readFileSync(join(directory, 'requests.json'), 'utf8')
  expect(file).not.toContain('planted-secret')
  expect(file).toContain('9007199254740993')
  expect(hasMask(open().list('local')[0]?.request.body ?? '')).toBe(true)
})

test('a body that is too long to be kept is left out, and that is said', () => {
  open().remember('local', sent('/flow', { body: 'x'.repeat(MAX_HISTORY_BODY_CHARACTERS + 1) }))
  expect(open().list('local')[0]).toMatchObject({ isBodyLeftOut: true, request: { body: '' } })
})

test('a history is bounded by count and by characters: the oldest leave', () => {
  const history = open()
  for (let place = 0; place < MAX_REQUEST_HISTORY + 5; place++)
    history.remember('a', sent(`/flow/${String(place)}`))
  expect(history.list('a').length).toBe(MAX_REQUEST_HISTORY)
  for (let place = 0; place < 20; place++)
    history.remember('b', sent(`/flow/${String(place)}`, { body: 'y'.repeat(MAX_HISTORY_BODY_CHARACTERS) }))
  const kept = history.list('b')
  expect(JSON.stringify(kept).length).toBeLessThan(1.2 * MAX_HISTORY_CHARACTERS)
  expect(kept[0]?.request.path).toBe('/flow/19')
})
