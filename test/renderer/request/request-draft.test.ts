import { expect, test } from 'vitest'
import { makeRow, readDraft, splitPath, writeQuery } from '../../../src/renderer/request/request-draft.ts'
import type { RequestDraft } from '../../../src/renderer/request/request-draft.ts'
import { MASK } from '../../../src/shared/secret-text.ts'

const draft = (over: Partial<RequestDraft> = {}): RequestDraft => ({
  method: 'get',
  path: '/flow',
  rows: [],
  body: '',
  ...over
})

test('a draft is the request that it says: rows that are off or empty are left out', () => {
  const rows = [makeRow('limit', '1'), makeRow('start', '2', false), makeRow()]
  expect(readDraft(draft({ rows, body: '  ' }))).toEqual({
    ok: true,
    request: { method: 'GET', path: '/flow', parameters: [{ name: 'limit', value: '1' }], body: '' }
  })
})

test.each([
  ['method', { method: '' }],
  ['method', { method: 'GET /x' }],
  ['path', { path: 'flow' }],
  ['path', { path: '/flow?limit=1' }],
  ['path', { path: '/my flow' }],
  ['parameters', { rows: [makeRow('', 'value')] }],
  ['body', { body: `{"password": "${MASK}"}` }]
] as const)('what cannot be sent is told at its field: %s %j', (field, over) => {
  const read = readDraft(draft(over))
  expect(read.ok ? undefined : read.problem.field).toBe(field)
})

test('a pasted path or address gives its parameters to the rows', () => {
  expect(splitPath('/flow?filter=a%20%3D%3D%201&limit=5')).toEqual({
    path: '/flow',
    parameters: [
      { name: 'filter', value: 'a == 1' },
      { name: 'limit', value: '5' }
    ]
  })
  expect(splitPath('https://api.example.org/v4.0/ana/drop/f1?limit=5#x')).toEqual({
    path: '/drop/f1',
    parameters: [{ name: 'limit', value: '5' }]
  })
  expect(splitPath('/flow')).toEqual({ path: '/flow', parameters: [] })
})

test('a query is written so that it reads the same', () => {
  const parameters = [{ name: 'filter', value: 'a == "é&?#"' }]
  expect(splitPath(`/x${writeQuery(parameters)}`).parameters).toEqual(parameters)
  expect(writeQuery([])).toBe('')
})
