import { expect, test } from 'vitest'
import {
  FIRST_STATE,
  readRequestState,
  writeRequestState
} from '../../../src/renderer/request/request-state.ts'
import { workspaceSchema } from '../../../src/shared/ipc/settings.ts'
import { MASK } from '../../../src/shared/secret-text.ts'

const fits = (state: string): boolean =>
  workspaceSchema.shape.tabs.safeParse([{ kind: 'request', connectionId: 'local', state }]).success

test('what was typed comes back, without its secrets', () => {
  const state = {
    ...FIRST_STATE,
    view: 'batch' as const,
    draft: { ...FIRST_STATE.draft, body: '{"password": "hidden", "n": 1}' },
    batch: { text: 'GET /flow', concurrency: 3, stopsAtFailure: true }
  }
  const written = writeRequestState(state)
  expect(written).not.toContain('hidden')
  const read = readRequestState(written)
  expect(read).toMatchObject({ view: 'batch', batch: state.batch, draft: { method: 'GET', path: '/flow' } })
  expect(read.draft.body).toBe(`{"password": "${MASK}", "n": 1}`)
})

test('a text that is too long to be kept is left out, and the others are kept', () => {
  const written = writeRequestState({
    ...FIRST_STATE,
    draft: { ...FIRST_STATE.draft, path: '/drop/f1', body: '"'.repeat(60_000) },
    batch: { ...FIRST_STATE.batch, text: 'GET /flow' }
  })
  expect(fits(written)).toBe(true)
  expect(readRequestState(written)).toMatchObject({
    draft: { path: '/drop/f1', body: '' },
    batch: { text: 'GET /flow' }
  })
})

test.each(['', 'null', '[]', '{"draft": 3, "view": "other", "batch": {"concurrency": "x"}}'])(
  'a state of another version is as at the first time where it does not fit: %s',
  (text) => {
    expect(readRequestState(text)).toMatchObject({ view: 'request', draft: { method: 'GET', path: '/flow' } })
  }
)
