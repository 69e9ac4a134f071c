import { describe, expect, test } from 'vitest'
import { countPlaywright, countVitest, judgeStage, sumUp } from '../../build/test-report.mjs'

describe('the report of npm test', () => {
  test('counts what vitest and Playwright report', () => {
    expect(
      countVitest({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 })
    ).toEqual({
      passed: 5,
      failed: 1,
      skipped: 3
    })
    expect(countPlaywright({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 } })).toEqual({
      passed: 4,
      failed: 2,
      skipped: 0
    })
  })

  test('takes a stage that ran nothing, or broke without a failed test, for a failure', () => {
    expect(judgeStage({ passed: 0, failed: 0, skipped: 3 }, 0)).toMatchObject({ counts: { failed: 1 } })
    expect(judgeStage({ passed: 9, failed: 0, skipped: 0 }, 1)).toMatchObject({ counts: { failed: 1 } })
    expect(judgeStage({ passed: 9, failed: 2, skipped: 0 }, 1)).toMatchObject({ counts: { failed: 2 } })
    expect(judgeStage({ passed: 9, failed: 0, skipped: 0 }, 0)).toMatchObject({ complaint: undefined })
  })

  test('ends with one line', () => {
    const stages = [
      { passed: 8, failed: 1, skipped: 0 },
      { passed: 100, failed: 0, skipped: 0 }
    ]
    expect(sumUp(stages).line).toBe('108 passed, 1 failed')
    expect(sumUp([...stages, { passed: 0, failed: 0, skipped: 2 }]).line).toBe(
      '108 passed, 1 failed, 2 skipped'
    )
  })
})
