import { describe, expect, test } from 'vitest'
import {
  checkFlowPath,
  describeFlowPathProblem,
  flowPathAccount,
  flowPathName,
  flowPathSegments,
  normalizeFlowPath
} from '../../../src/shared/model/flow-path.ts'

describe('checkFlowPath', () => {
  test.each([
    ['/ana/attic', undefined],
    ['/ana/attic/', undefined],
    ['/ana/Attic_1.2:x-y', undefined],
    ['', 'empty'],
    ['ana/attic', 'no-leading-slash'],
    ['/ana', 'too-short'],
    ['/', 'empty-segment'],
    ['/ana//attic', 'empty-segment'],
    ['/ana/at tic', 'bad-segment'],
    ['/ana/été', 'bad-segment'],
    ['/ana/:inbox', 'reserved-segment'],
    [`/ana/${'x'.repeat(123)}`, undefined],
    [`/ana/${'x'.repeat(124)}`, 'too-long']
  ])('%s is %s', (path, kind) => {
    expect(checkFlowPath(path)?.kind).toBe(kind)
  })

  test('a reserved segment is allowed to the platform itself', () => {
    expect(checkFlowPath('/ana/:inbox', true)).toBeUndefined()
  })

  test('each problem has a sentence that names the offending part', () => {
    const path = '/ana/at tic'
    const problem = checkFlowPath(path)
    expect(problem && describeFlowPathProblem(path, problem)).toContain('at tic')
  })
})

test('a path is taken apart without its trailing slash', () => {
  expect([
    normalizeFlowPath('/ana/attic/'),
    flowPathSegments('/ana/attic/'),
    flowPathName('/ana/attic/'),
    flowPathAccount('/ana/attic')
  ]).toEqual(['/ana/attic', ['ana', 'attic'], 'attic', 'ana'])
})
