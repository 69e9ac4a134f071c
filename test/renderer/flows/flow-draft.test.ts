import { describe, expect, test } from 'vitest'
import { failure } from '../../../src/shared/failure.ts'
import type { Flow } from '../../../src/shared/model/flow.ts'
import {
  changesOf,
  checkDraft,
  draftOf,
  emptyDraft,
  fieldOf,
  warningsOf
} from '../../../src/renderer/flows/flow-draft.ts'

const FLOW: Flow = {
  id: 'f1',
  path: '/ana/attic',
  capacity: 1000,
  description: 'Under the roof',
  filter: 'temp > 3',
  creationDate: 1,
  creatorId: 'i1'
}

describe('a flow in a form', () => {
  test('as it is, changes nothing and has no problem', () => {
    expect(changesOf(draftOf(FLOW), FLOW)).toEqual({})
    expect(checkDraft(draftOf(FLOW), FLOW, '/ana/attic')).toEqual({})
    expect(warningsOf(draftOf(FLOW), FLOW)).toEqual({})
  })

  test('sends only the members that differ, and an empty text to take one away', () => {
    const draft = { ...draftOf(FLOW), capacity: '2,000', description: '', filter: ' temp > 3 ' }
    expect(changesOf(draft, FLOW)).toEqual({ capacity: 2000, description: '' })
  })

  test('a new one has the usual capacity', () => {
    expect(changesOf(emptyDraft('/ana/new/'), undefined)).toEqual({
      path: '/ana/new',
      capacity: 1000
    })
  })

  test.each([
    ['path', '', 'needs a path'],
    ['path', 'ana/x', 'must start with a slash'],
    ['path', '/ana', 'at least one segment'],
    ['path', '/ana/x y', 'may hold only letters'],
    ['path', '/ana/‮evil', 'may hold only letters'],
    ['path', '/ana/<b>', 'may hold only letters'],
    ['path', `/ana/${'x'.repeat(130)}`, '128 are allowed'],
    ['path', '/ana/cellar', 'already'],
    ['capacity', 'many', 'whole number'],
    ['capacity', '-1', 'whole number'],
    ['capacity', '100001', '100,000'],
    ['filter', 'temp = 3', 'Column 6']
  ] as const)('%s %j is told at its place', (field, text, expected) => {
    const problems = checkDraft({ ...draftOf(FLOW), [field]: text }, FLOW, '/ana/cellar')
    expect(Object.keys(problems)).toEqual([field])
    expect(problems[field]).toContain(expected)
  })

  test('warns of what saving does beyond the form', () => {
    const draft = { ...draftOf(FLOW), path: '/ana/loft', capacity: '10' }
    expect(warningsOf(draft, FLOW)).toMatchObject({
      path: expect.stringContaining('Tracks') as string,
      capacity: 'The oldest drops beyond 10 are deleted at once.'
    })
  })

  test('a refusal stands at the field that it is about', () => {
    const refused = (
      code: 'platform/bad-request' | 'platform/forbidden' | 'network/closed',
      message: string
    ) => fieldOf(failure(code, { message }))
    expect([
      refused('platform/bad-request', 'a flow with the path /ana/capacity exists already'),
      refused('platform/bad-request', 'capacity must be a whole number from 0 to 100000'),
      refused('platform/bad-request', 'the filter cannot be read: column 3'),
      refused('platform/bad-request', 'description must be a text'),
      refused('platform/forbidden', 'the token gives no write right on /ben/x'),
      refused('platform/bad-request', 'something else'),
      refused('network/closed', 'the path was closed')
    ]).toEqual(['path', 'capacity', 'filter', 'description', 'path', undefined, undefined])
  })
})
