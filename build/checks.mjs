import { join } from 'node:path'
import { projectDir, projectNode } from './project.mjs'
import { runCommand } from './run-command.mjs'

/**
 * One check: a command of the project's tools that passes or fails as a whole.
 * @typedef {object} Check
 * @property {string} title
 * @property {readonly string[]} command  The file of the tool in node_modules, then its arguments.
 */

const TSC = 'typescript/bin/tsc'

/** @type {readonly Check[]} */
export const CHECKS = [
  ...['src/shared', 'src/platform', 'src/main', 'src/preload', 'build', 'test'].map((room) => ({
    title: `types in ${room}`,
    command: [TSC, '-p', room]
  })),
  {
    title: 'types and accessibility in src/renderer',
    command: [
      'svelte-check/bin/svelte-check',
      '--tsconfig',
      'src/renderer/tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human'
    ]
  },
  { title: 'lint', command: ['eslint/bin/eslint.js', '.', '--max-warnings', '0'] },
  { title: 'format', command: ['prettier/bin/prettier.cjs', '--check', '.'] }
]

/** Each of them keeps one core busy. */
const CHECKS_AT_ONCE = 2

/**
 * Runs all checks, and prints a line for each; the output of those that fail.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks() {
  const waiting = [...CHECKS]
  let failed = 0
  const runNext = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await runCheck(check))) failed++
    }
  }
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, runNext))
  return { passed: CHECKS.length - failed, failed }
}

/** @param {Check} check */
async function runCheck({ title, command }) {
  const [tool = '', ...parameters] = command
  const startedAt = Date.now()
  const { code, output } = await runCommand(projectNode, [
    join(projectDir, 'node_modules', tool),
    ...parameters
  ])
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${title} (${seconds} s)\n`)
  if (code !== 0) process.stdout.write(`${output.trim()}\n\n`)
  return code === 0
}
