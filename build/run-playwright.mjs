import { join } from 'node:path'
import { buildIfStale } from './app-build.mjs'
import { projectDir, projectNode } from './project.mjs'
import { runCommand } from './run-command.mjs'
import { setUp } from './setup.mjs'

/**
 * Sets up, builds what is stale and runs Playwright.
 * @param {string} configFile  Below `test/e2e`.
 * @param {readonly string[]} parameters  Passed on to Playwright.
 * @returns {Promise<number>} Its exit code.
 */
export async function runPlaywright(configFile, parameters) {
  const runtime = await setUp({ isForTests: true })
  await buildIfStale()
  const tool = join(projectDir, 'node_modules', '@playwright', 'test', 'cli.js')
  // Chosen once, here: no test looks for a download site of its own.
  const env = { ...process.env, FLOWSCOPE_RUNTIME: runtime.kind }
  const config = join('test', 'e2e', configFile)
  const { code } = await runCommand(projectNode, [tool, 'test', '--config', config, ...parameters], {
    isShown: true,
    env
  })
  return code
}
