/**
 * What a stage of `npm test` counted.
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * The counts in vitest's JSON report.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests?: number }} report
 * @returns {Counts}
 */
export function countVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests = 0 }) {
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
}

/**
 * The counts in Playwright's JSON report. A test that passed at a second attempt has failed.
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} report
 * @returns {Counts}
 */
export function countPlaywright({ stats: { expected, unexpected, flaky, skipped } }) {
  return { passed: expected, failed: unexpected + flaky, skipped }
}

/**
 * A stage that ran nothing, or that ended badly without a failed test to show for it, counts as one failure: silence is
 * not success.
 * @param {Counts} counts
 * @param {number} exitCode
 * @returns {{ counts: Counts, complaint: string | undefined }}
 */
export function judgeStage(counts, exitCode) {
  const fail = (/** @type {string} */ complaint) => ({
    counts: { ...counts, failed: counts.failed + 1 },
    complaint
  })
  if (counts.passed + counts.failed === 0) return fail('it ran no test')
  if (exitCode !== 0 && counts.failed === 0)
    return fail(`it ended with exit code ${String(exitCode)}, though no test failed`)
  return { counts, complaint: undefined }
}

/**
 * @param {readonly Counts[]} stages
 * @returns {{ total: Counts, line: string }} The sum, and the last line of `npm test`.
 */
export function sumUp(stages) {
  const sum = (/** @type {keyof Counts} */ name) => stages.reduce((total, stage) => total + stage[name], 0)
  const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
  const skipped = total.skipped > 0 ? `, ${String(total.skipped)} skipped` : ''
  return { total, line: `${String(total.passed)} passed, ${String(total.failed)} failed${skipped}` }
}
