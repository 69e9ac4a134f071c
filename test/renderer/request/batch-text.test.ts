import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBatch, writeBatchLine } from '../../../src/renderer/request/batch-text.ts'
import { MAX_BATCH_REQUESTS } from '../../../src/shared/model/platform-request.ts'

test('one request a line, with a query and a body; empty lines and remarks say nothing', () => {
  expect(readBatch('# first\nget /flow?limit=1\n\nPOST /flow {"path": "/ana/x y"}\r\n')).toEqual({
    requests: [
      { method: 'GET', path: '/flow', parameters: [{ name: 'limit', value: '1' }], body: '' },
      { method: 'POST', path: '/flow', parameters: [], body: '{"path": "/ana/x y"}' }
    ],
    problems: []
  })
})

test('a line that is no request is told with its number, and hides no other', () => {
  const { requests, problems } = readBatch('GET\nGET /flow\nPOST /flow {"a"\nGET flow')
  expect(requests.length).toBe(1)
  expect(problems.map(({ line }) => line)).toEqual([1, 3, 4])
})

test('more than a batch may hold is told', () => {
  const lines = Array.from({ length: MAX_BATCH_REQUESTS + 1 }, () => 'GET /flow').join('\n')
  expect(readBatch(lines).problems).toMatchObject([{ line: 0 }])
})

test('a request that is written as a line reads the same', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((word) => word.trim() === word)
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'MGET'),
    path: fc.constantFrom('/flow', '/drop/f1', '/'),
    parameters: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
    body: fc.option(fc.json(), { nil: '' })
  })
  fc.assert(
    fc.property(request, (written) => {
      const { requests, problems } = readBatch(writeBatchLine(written))
      expect(problems).toEqual([])
      expect(requests.map(({ method, path, parameters }) => ({ method, path, parameters }))).toEqual([
        { method: written.method, path: written.path, parameters: written.parameters }
      ])
      const [read] = requests
      if (written.body !== '') expect(JSON.parse(read?.body ?? '')).toEqual(JSON.parse(written.body))
    }),
    { seed: 7, numRuns: 200 }
  )
})
