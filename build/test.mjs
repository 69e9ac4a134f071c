// npm test: sets up, builds, then checks, unit and integration tests, and the app itself. The last line counts them all.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from './app-build.mjs'
import { runChecks } from './checks.mjs'
import { projectDir, projectNode } from './project.mjs'
import { runCommand } from './run-command.mjs'
import { runScript, setUp } from './setup.mjs'
import { countPlaywright, countVitest, judgeStage, sumUp } from './test-report.mjs'

/** @typedef {import('./test-report.mjs').Counts} Counts */

const reportDir = mkdtempSync(join(tmpdir(), 'flowscope-test-'))
process.on('exit', () => {
  rmSync(reportDir, { recursive: true, force: true })
})

await runScript(async () => {
  const runtime = await setUp({ isForTests: true })
  await buildIfStale()
  const stages = [await runCheckStage(), await runUnitStage(), await runAppStage(runtime)]
  const { total, line } = sumUp(stages)
  process.stdout.write(`\n${line}\n`)
  return total.failed === 0 ? 0 : 1
})

/** @returns {Promise<Counts>} */
async function runCheckStage() {
  announce('Types, lint and format')
  return { ...(await runChecks()), skipped: 0 }
}

/** @returns {Promise<Counts>} */
async function runUnitStage() {
  announce('Unit and integration tests')
  const reportFile = join(reportDir, 'vitest.json')
  const tool = join(projectDir, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const parameters = [tool, 'run', '--config', 'test/vitest.config.ts', ...reporters]
  const { code } = await runCommand(projectNode, parameters, { isShown: true })
  return readCounts(reportFile, countVitest, code)
}

/**
 * @param {import('./runtime.mjs').Runtime} runtime
 * @returns {Promise<Counts>}
 */
async function runAppStage(runtime) {
  announce('The app, end to end')
  const reportFile = join(reportDir, 'playwright.json')
  const tool = join(projectDir, 'node_modules', '@playwright', 'test', 'cli.js')
  const env = { ...process.env, FLOWSCOPE_RUNTIME: runtime.kind, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile }
  const parameters = [tool, 'test', '--config', 'test/e2e/playwright.config.ts', '--reporter=list,json']
  const { code } = await runCommand(projectNode, parameters, { isShown: true, env })
  return readCounts(reportFile, countPlaywright, code)
}

/**
 * @template Report
 * @param {string} reportFile
 * @param {(report: Report) => Counts} count
 * @param {number} exitCode
 * @returns {Counts}
 */
function readCounts(reportFile, count, exitCode) {
  const counted = existsSync(reportFile)
    ? count(JSON.parse(readFileSync(reportFile, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 }
  const { counts, complaint } = judgeStage(counted, exitCode)
  if (complaint !== undefined) process.stdout.write(`✗ This stage counts as failed: ${complaint}.\n`)
  return counts
}

/** @param {string} title */
function announce(title) {
  process.stdout.write(`\n── ${title}\n`)
}
