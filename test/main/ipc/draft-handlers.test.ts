import { expect, test } from 'vitest'
import { draftHandlers } from '../../../src/main/ipc/draft-handlers.ts'
import { MAX_DRAFTS, MAX_DRAFTS_CHARACTERS } from '../../../src/shared/ipc/drafts.ts'
import type { DraftsFile } from '../../../src/shared/ipc/drafts.ts'

function makeHandlers() {
  let kept: DraftsFile | undefined
  const drafts = { read: () => kept, write: (file: DraftsFile) => (kept = file) }
  return draftHandlers({ stores: { drafts }, now: () => 7 })
}

const draft = (dropId: string, text = 'text') => ({
  connectionId: 'local',
  flowId: 'f1',
  path: '/local/a',
  dropId,
  wholeText: '{}',
  text
})
const key = (dropId: string) => ({ connectionId: 'local', flowId: 'f1', dropId })
const listed = (handlers: ReturnType<typeof makeHandlers>): unknown => {
  const result = handlers.listDrafts(undefined) as unknown as { value: { dropId: string }[] }
  return result.value.map(({ dropId }) => dropId)
}

test('a draft is kept once an address, the latest first, and read back with its texts', () => {
  const handlers = makeHandlers()
  void handlers.keepDraft(draft('d1', 'one'))
  void handlers.keepDraft(draft('d2'))
  void handlers.keepDraft(draft('d1', 'two'))
  expect(listed(handlers)).toEqual(['d1', 'd2'])
  expect(handlers.readDraft(key('d1'))).toEqual({ ok: true, value: { ...draft('d1', 'two'), keptAtMs: 7 } })
})

test('a draft that is forgotten is gone, and one that is not there is no failure', () => {
  const handlers = makeHandlers()
  void handlers.keepDraft(draft('d1'))
  void handlers.forgetDraft(key('d1'))
  expect(handlers.forgetDraft(key('d1'))).toEqual({ ok: true, value: null })
  expect([listed(handlers), handlers.readDraft(key('d1'))]).toEqual([[], { ok: true, value: null }])
})

test('of too many, or too long ones, the oldest leave', () => {
  const handlers = makeHandlers()
  for (let index = 0; index <= MAX_DRAFTS; index++) void handlers.keepDraft(draft(`d${String(index)}`))
  expect(listed(handlers)).toHaveLength(MAX_DRAFTS)
  expect(listed(handlers)).not.toContain('d0')
  const long = 'x'.repeat(MAX_DRAFTS_CHARACTERS / 2)
  void handlers.keepDraft(draft('long', long))
  void handlers.keepDraft(draft('longer', long))
  expect(listed(handlers)).not.toContain('long')
  expect(listed(handlers)).toContain('longer')
})
